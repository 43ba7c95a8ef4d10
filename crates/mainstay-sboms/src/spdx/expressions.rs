//! Licences on their way into a document: valid expressions, and a `LicenseRef-` for whatever the
//! SPDX list does not have.
//!
//! Standard: SPDX specification 2.3, annex D and clause 10.

use std::collections::{BTreeMap, HashMap, HashSet};

use mainstay_types::{Licence as Stated, LicenceMeaning, LicenceNode, LicenceTerm};

use super::words::{NO_ASSERTION, NONE};
use crate::{Acknowledgement, Component, Licence, LicenceText, Sbom};

/// A licence that a document has to spell out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpeltOut {
    /// What people call it.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
    /// Where it can be read.
    pub(crate) urls: Vec<String>,
    /// A remark.
    pub(crate) comment: Option<String>,
}

/// The licences met so far that have to be spelt out, by their `LicenseRef-`.
#[derive(Default)]
pub(crate) struct Expressions {
    pub(crate) spelt_out: BTreeMap<String, SpeltOut>,
    /// The reference of each name with its text.
    by_name: HashMap<(String, String), String>,
    /// The number that the next name gets that would have a reference which is taken.
    numbers: HashMap<String, usize>,
}

impl Expressions {
    /// Those that the document spells out itself.
    pub(crate) fn of(sbom: &Sbom<'_>) -> Self {
        let mut own = Self::default();
        for licence in &sbom.custom_licences {
            let id = reference(&licence.id);
            let new = SpeltOut {
                name: licence.name.as_deref().unwrap_or(&licence.id).to_owned(),
                text: licence.text.to_string(),
                urls: licence.urls.iter().map(ToString::to_string).collect(),
                comment: licence.comment.as_deref().map(str::to_owned),
            };
            own.by_name.insert((new.name.clone(), new.text.clone()), id.clone());
            own.spelt_out.insert(id, new);
        }
        own
    }

    /// What a component's licence is by these people's word: one expression, `NONE`, or
    /// `NOASSERTION`.
    pub(crate) fn stated(&mut self, component: &Component<'_>, by: &[Acknowledgement]) -> String {
        let (mut parts, mut met): (Vec<String>, HashSet<String>) = (Vec::new(), HashSet::new());
        let said = component.licences.iter().filter(|one| by.contains(&one.acknowledgement));
        for licence in said {
            let Some(part) = self.one(licence) else { continue };
            if met.insert(part.clone()) {
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

    /// What one statement says. `None` when it says that nobody says.
    pub(crate) fn one(&mut self, licence: &Licence<'_>) -> Option<String> {
        Some(match &licence.text {
            LicenceText::NoAssertion => return None,
            LicenceText::None => NONE.to_owned(),
            // Many tools write the identifiers of the list as names.
            LicenceText::Name(name) if licence.full_text.is_none() && is_on_list(name) => {
                self.expression(name)
            }
            LicenceText::Name(name) => self.named(name, licence.full_text.as_deref()),
            LicenceText::Expression(text) => self.expression(text),
        })
    }

    fn expression(&mut self, text: &str) -> String {
        let Some(stated) = Stated::stated(text) else { return NO_ASSERTION.to_owned() };
        let nodes = match stated.meaning() {
            LicenceMeaning::NoLicence => return NONE.to_owned(),
            LicenceMeaning::Unread(_) => return self.named(text, None),
            LicenceMeaning::Expression(nodes) => nodes,
        };
        // Each operand, and whether it is a choice, which needs brackets where both must hold.
        let mut operands: Vec<(String, bool)> = Vec::new();
        for node in nodes {
            let is_choice = match node {
                LicenceNode::Term(term) => {
                    operands.push((self.term(term), false));
                    continue;
                }
                LicenceNode::And => false,
                LicenceNode::Or => true,
            };
            let (Some(right), Some(left)) = (operands.pop(), operands.pop()) else { break };
            let bracketed = |(text, inner): (String, bool)| {
                if inner && !is_choice { format!("({text})") } else { text }
            };
            let word = if is_choice { " OR " } else { " AND " };
            operands.push((bracketed(left) + word + &bracketed(right), is_choice));
        }
        operands.pop().map_or_else(|| NO_ASSERTION.to_owned(), |(text, _)| text)
    }

    /// One licence of an expression. What the list does not have, with all that belongs to it, is a
    /// licence of the document's own.
    fn term(&mut self, term: &LicenceTerm) -> String {
        let written = term.to_string();
        if !term.known {
            return self.named(&written, None);
        }
        if term.id.contains("LicenseRef-") && !term.id.starts_with("DocumentRef-") {
            self.needed(&term.id);
        }
        written
    }

    /// The reference for a licence that has only a name.
    fn named(&mut self, name: &str, text: Option<&str>) -> String {
        let key = (name.to_owned(), text.unwrap_or(name).to_owned());
        if let Some(id) = self.by_name.get(&key) {
            return id.clone();
        }
        let wanted = reference(name);
        let mut id = wanted.clone();
        // Two names may differ only in what an identifier cannot have.
        while self.spelt_out.contains_key(&id) {
            let number = self.numbers.entry(wanted.clone()).or_insert(1);
            *number += 1;
            id = format!("{wanted}-{number}");
        }
        let (name, text) = key.clone();
        self.spelt_out.insert(id.clone(), SpeltOut { name, text, ..SpeltOut::default() });
        self.by_name.insert(key, id.clone());
        id
    }

    /// A reference that the document uses; without a text of its own it says so.
    fn needed(&mut self, id: &str) {
        let missing = || SpeltOut {
            name: id.to_owned(),
            text: "The text of this licence was not given.".to_owned(),
            ..SpeltOut::default()
        };
        self.spelt_out.entry(id.to_owned()).or_insert_with(missing);
    }
}

fn in_brackets(expression: &str) -> String {
    if expression.contains(' ') { format!("({expression})") } else { expression.to_owned() }
}

/// `LicenseRef-` and what an identifier may have of a name.
fn reference(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let own = name.strip_prefix("LicenseRef-").unwrap_or(name);
    let mut id = String::from("LicenseRef-");
    if own.len() < name.len() && own.chars().all(|c| plain(c) == c || c == '-') {
        // An identifier stays as long as it is.
        id.push_str(own);
        return id;
    }
    // Names of licences are sometimes whole texts. The length tells those with one beginning apart.
    id.extend(own.chars().take(80).map(plain));
    if own.chars().nth(80).is_some() {
        id.push('-');
        id.push_str(&own.len().to_string());
    }
    id
}

/// Whether a name is an identifier of SPDX's list, or a word for having no licence.
fn is_on_list(name: &str) -> bool {
    Stated::stated(name).is_some_and(|stated| match stated.meaning() {
        LicenceMeaning::NoLicence => true,
        LicenceMeaning::Unread(_) => false,
        LicenceMeaning::Expression(nodes) => {
            matches!(nodes, [LicenceNode::Term(term)] if term.known)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        Expressions::default().expression(text)
    }

    #[test]
    fn what_the_list_has_stays_and_what_it_lacks_is_spelt_out_whole() {
        for (text, expected) in [
            ("mit OR (Apache-2.0 AND Foo)", "MIT OR Apache-2.0 AND LicenseRef-Foo"),
            ("(MIT OR ISC) AND Foo+", "(MIT OR ISC) AND LicenseRef-Foo-"),
            ("MIT WITH Nonexistent-exception", "LicenseRef-MIT-WITH-Nonexistent-exception"),
            (
                "GPL-2.0-only WITH Classpath-exception-2.0",
                "GPL-2.0-only WITH Classpath-exception-2.0",
            ),
        ] {
            assert_eq!(written(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_that_looks_like_a_reference_becomes_one() {
        assert_eq!(reference("LicenseRef-My License, (1)"), "LicenseRef-My-License---1-");
        assert_eq!(reference("LicenseRef-own.1"), "LicenseRef-own.1");
    }

    #[test]
    fn the_same_name_with_another_text_is_another_licence() {
        let mut expressions = Expressions::default();
        let one = expressions.named("Own", Some("one"));
        assert_eq!(expressions.named("Own", Some("one")), one);
        assert_ne!(expressions.named("Own", Some("two")), one);
    }

    #[test]
    fn many_names_that_would_have_one_reference_cost_no_more_each() {
        let mut expressions = Expressions::default();
        // Each name has other characters that an identifier cannot have.
        let name = |at: u32| -> String {
            (0..20).map(|bit| if at >> bit & 1 == 1 { '_' } else { ' ' }).collect()
        };
        for at in 0..30_000 {
            expressions.named(&name(at), None);
        }
        assert_eq!(expressions.spelt_out.len(), 30_000);
    }
}
