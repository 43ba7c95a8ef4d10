//! Licences on their way into a document: valid expressions, and a `LicenseRef-` for whatever the
//! SPDX list does not have.
//!
//! Standard: SPDX specification 2.3, annex D and clause 10.

use std::collections::BTreeMap;

use mainstay_types::{Licence as Stated, LicenceMeaning, LicenceNode};

use super::words::{NO_ASSERTION, NONE};
use crate::{Acknowledgement, Component, LicenceText, Sbom};

/// A licence that a document has to spell out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpeltOut {
    /// What people call it.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// The licences met so far that have to be spelt out, by their `LicenseRef-`.
#[derive(Default)]
pub(crate) struct Expressions(pub(crate) BTreeMap<String, SpeltOut>);

impl Expressions {
    /// Those that the document spells out itself.
    pub(crate) fn of(sbom: &Sbom<'_>) -> Self {
        let mut own = Self::default();
        for licence in &sbom.custom_licences {
            let name = licence.name.as_deref().unwrap_or(&licence.id).to_owned();
            let text = licence.text.to_string();
            own.0.insert(reference(&licence.id), SpeltOut { name, text });
        }
        own
    }

    /// What a component's licence is by these people's word: one expression, `NONE`, or
    /// `NOASSERTION`.
    pub(crate) fn stated(&mut self, component: &Component<'_>, by: &[Acknowledgement]) -> String {
        let mut parts: Vec<String> = Vec::new();
        let said = component.licences.iter().filter(|one| by.contains(&one.acknowledgement));
        for licence in said {
            let part = match &licence.text {
                LicenceText::NoAssertion => continue,
                LicenceText::None => NONE.to_owned(),
                LicenceText::Name(name) => self.named(name, licence.full_text.as_deref()),
                LicenceText::Expression(text) => self.expression(text),
            };
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        match parts.as_slice() {
            [] => NO_ASSERTION.to_owned(),
            [one] => one.clone(),
            several => {
                let real: Vec<String> =
                    several.iter().filter(|one| *one != NONE).map(|one| in_brackets(one)).collect();
                real.join(" AND ")
            }
        }
    }

    fn expression(&mut self, text: &str) -> String {
        let Some(stated) = Stated::stated(text) else { return NO_ASSERTION.to_owned() };
        let nodes = match stated.meaning() {
            LicenceMeaning::NoLicence => return NONE.to_owned(),
            LicenceMeaning::Unread(_) => return self.named(text, None),
            LicenceMeaning::Expression(nodes) => nodes,
        };
        let written = stated.canonical().unwrap_or_default();
        let mut unlisted: Vec<&str> = Vec::new();
        for node in nodes {
            if let LicenceNode::Term(term) = node {
                let is_reference = term.id.contains("LicenseRef-");
                if is_reference && !term.id.starts_with("DocumentRef-") {
                    self.needed(&term.id);
                }
                if !term.known && !is_reference {
                    unlisted.push(&term.id);
                }
            }
        }
        if unlisted.is_empty() { written } else { self.replace(&written, &unlisted) }
    }

    /// Puts references in the place of identifiers that are not on the list.
    fn replace(&mut self, written: &str, unlisted: &[&str]) -> String {
        let mut out = String::with_capacity(written.len());
        for piece in written.split_inclusive([' ', '(', ')']) {
            let word = piece.trim_end_matches([' ', '(', ')']);
            let rest = piece.get(word.len()..).unwrap_or("");
            let id = word.trim_end_matches('+');
            if unlisted.contains(&id) {
                out.push_str(&self.named(id, None));
            } else {
                out.push_str(word);
            }
            out.push_str(rest);
        }
        out
    }

    /// The reference for a licence that has only a name.
    fn named(&mut self, name: &str, text: Option<&str>) -> String {
        let new = SpeltOut { name: name.to_owned(), text: text.unwrap_or(name).to_owned() };
        let wanted = reference(name);
        let mut id = wanted.clone();
        // Two names may differ only in what an identifier cannot have.
        let mut number = 1;
        while self.0.get(&id).is_some_and(|known| known.name != new.name) {
            number += 1;
            id = format!("{wanted}-{number}");
        }
        self.0.entry(id.clone()).or_insert(new);
        id
    }

    /// A reference that the document uses; without a text of its own it says so.
    fn needed(&mut self, id: &str) {
        let missing = || SpeltOut {
            name: id.to_owned(),
            text: "The text of this licence was not given.".to_owned(),
        };
        self.0.entry(id.to_owned()).or_insert_with(missing);
    }
}

fn in_brackets(expression: &str) -> String {
    if expression.contains(' ') { format!("({expression})") } else { expression.to_owned() }
}

/// `LicenseRef-` and what an identifier may have of a name.
fn reference(name: &str) -> String {
    if name.starts_with("LicenseRef-") {
        return name.to_owned();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let mut id = String::from("LicenseRef-");
    // Names of licences are sometimes whole texts. The length tells those with one beginning apart.
    id.extend(name.chars().take(80).map(plain));
    if name.chars().nth(80).is_some() {
        id.push('-');
        id.push_str(&name.len().to_string());
    }
    id
}
