//! Licences as elements: expressions, listed and custom licences, and sets of them.

use std::collections::HashMap;

use super::fields::{name_it, text, texts, values};
use super::prefixes::Prefixes;
use crate::cyclonedx::value::{Fields, Value};
use crate::spdx::words::{NONE, said};
use crate::{Acknowledgement, CustomLicence, Licence, LicenceText, Sbom, Text};

/// The licence elements of a document, and whose they are.
#[derive(Default)]
pub(super) struct Licences<'t> {
    elements: HashMap<Text<'t>, Element<'t>>,
    held: Vec<(Text<'t>, Vec<Text<'t>>, Acknowledgement)>,
    custom: Vec<CustomLicence<'t>>,
}

enum Element<'t> {
    /// An expression, or the identifier of one licence.
    Text(Text<'t>),
    /// A set, joined by this word.
    Set(&'static str, Vec<Text<'t>>),
    /// A licence or any later version of it.
    OrLater(Text<'t>),
    /// A licence with an addition.
    With(Text<'t>, Text<'t>),
}

/// How deep sets of sets go. Real ones have two levels.
const DEPTH: u8 = 16;
/// The most elements that one expression is made of.
const MOST: usize = 1_000;

impl<'t> Licences<'t> {
    /// Whether a class is one of licences.
    pub(super) fn has(class: &str) -> bool {
        class.starts_with("simplelicensing_") || class.starts_with("expandedlicensing_")
    }

    /// Takes in an element. Gives the elements that stand inside it.
    pub(super) fn take(
        &mut self,
        class: &str,
        id: Text<'t>,
        mut fields: Fields<'t>,
        prefixes: &Prefixes<'t>,
    ) -> Vec<Fields<'t>> {
        let fields = &mut fields;
        let mut inner = Vec::new();
        let mut names = |fields: &mut Fields<'t>, field| -> Vec<Text<'t>> {
            let mut names = Vec::new();
            for value in values(fields, field) {
                match value {
                    Value::Text(name) => names.push(prefixes.expand(name)),
                    Value::Object(mut one) => {
                        if let Some(name) = text(&mut one, "spdxId") {
                            name_it(&mut one, name.clone());
                            inner.push(one);
                            names.push(prefixes.expand(name));
                        }
                    }
                    Value::Null | Value::Bool(_) | Value::List(_) => {}
                }
            }
            names
        };
        let element = match class.rsplit('_').next().unwrap_or("") {
            "LicenseExpression" => {
                let written = text(fields, "simplelicensing_licenseExpression");
                Element::Text(written.unwrap_or_default())
            }
            "ConjunctiveLicenseSet" => {
                Element::Set(" AND ", names(fields, "expandedlicensing_member"))
            }
            "DisjunctiveLicenseSet" => {
                Element::Set(" OR ", names(fields, "expandedlicensing_member"))
            }
            "OrLaterOperator" => {
                let of = names(fields, "expandedlicensing_subjectLicense");
                Element::OrLater(of.into_iter().next().unwrap_or_default())
            }
            "WithAdditionOperator" => {
                let of = names(fields, "expandedlicensing_subjectExtendableLicense");
                let with = names(fields, "expandedlicensing_subjectAddition");
                Element::With(
                    of.into_iter().next().unwrap_or_default(),
                    with.into_iter().next().unwrap_or_default(),
                )
            }
            "ListedLicense" | "ListedLicenseException" => Element::Text(last(&id)),
            _ => self.spelt_out(&id, fields),
        };
        self.elements.insert(id, element);
        inner
    }

    /// A licence whose text the document has.
    fn spelt_out(&mut self, id: &Text<'t>, fields: &mut Fields<'t>) -> Element<'t> {
        let reference = reference(id);
        let written = text(fields, "simplelicensing_licenseText")
            .or_else(|| text(fields, "expandedlicensing_licenseText"))
            .or_else(|| text(fields, "expandedlicensing_additionText"));
        if let Some(written) = written {
            self.custom.push(CustomLicence {
                id: reference.clone(),
                name: text(fields, "name"),
                text: written,
                urls: texts(fields, "expandedlicensing_seeAlso"),
                comment: text(fields, "comment"),
            });
        }
        Element::Text(reference)
    }

    /// Notes that an element has these licences.
    pub(super) fn of(&mut self, whose: Text<'t>, names: Vec<Text<'t>>, word: Acknowledgement) {
        self.held.push((whose, names, word));
    }

    /// Gives every component its licences, and the document those that it spells out.
    pub(super) fn settle(self, sbom: &mut Sbom<'t>, position: impl Fn(&str) -> Option<usize>) {
        for (whose, names, word) in &self.held {
            let Some(component) = position(whose).and_then(|at| sbom.components.get_mut(at)) else {
                sbom.leave_out("licences of what is left out", None);
                continue;
            };
            for name in names {
                if let Some(meaning) = self.meaning(name) {
                    component.licences.push(Licence::new(meaning, *word));
                }
            }
        }
        sbom.custom_licences.extend(self.custom);
    }

    /// What a licence element says. `None` when it says that nobody says.
    pub(super) fn meaning(&self, name: &Text<'t>) -> Option<LicenceText<'t>> {
        // The two individuals, in full or short: `expandedlicensing_NoneLicense`.
        if name.ends_with("NoneLicense") {
            return Some(LicenceText::None);
        }
        if name.ends_with("NoAssertionLicense") {
            return None;
        }
        let mut left = MOST;
        let written = match self.elements.get(name) {
            Some(Element::Text(text)) => said(Some(text.clone()))?,
            _ => Text::Owned(self.expression(name, DEPTH, &mut left)?),
        };
        if written.trim() == NONE {
            return Some(LicenceText::None);
        }
        Some(LicenceText::Expression(written))
    }

    /// The expression that an element stands for. Depth and size are bounded: sets may contain
    /// one another.
    fn expression(&self, name: &Text<'t>, depth: u8, left: &mut usize) -> Option<String> {
        *left = left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        Some(match self.elements.get(name) {
            // Not defined here: one of the list, by its address.
            None => last(name).into_owned(),
            Some(Element::Text(text)) if text.contains(' ') => format!("({text})"),
            Some(Element::Text(text)) => text.to_string(),
            Some(Element::Set(joint, members)) => {
                let members: Option<Vec<String>> =
                    members.iter().map(|one| self.expression(one, depth, left)).collect();
                format!("({})", members?.join(joint))
            }
            Some(Element::OrLater(of)) => format!("{}+", self.expression(of, depth, left)?),
            Some(Element::With(of, addition)) => format!(
                "{} WITH {}",
                self.expression(of, depth, left)?,
                self.expression(addition, depth, left)?
            ),
        })
    }
}

/// The last part of an IRI: the identifier of a listed licence.
fn last<'t>(name: &Text<'t>) -> Text<'t> {
    match name.rfind(['/', '#']) {
        Some(at) => Text::Owned(name.get(at + 1..).unwrap_or("").to_owned()),
        None => name.clone(),
    }
}

/// The `LicenseRef-` by which an expression names a licence with this IRI.
fn reference<'t>(id: &Text<'t>) -> Text<'t> {
    for kind in ["LicenseRef-", "AdditionRef-"] {
        if let Some(at) = id.rfind(kind) {
            return Text::Owned(id.get(at..).unwrap_or("").to_owned());
        }
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let name: String = last(id).chars().map(|c| if plain(c) { c } else { '-' }).collect();
    Text::Owned(format!("LicenseRef-{name}"))
}
