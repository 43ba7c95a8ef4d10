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

    /// Gives every component its licences, and the document those that it spells out. `false` when
    /// they take more room than any real document's; `most` is how many bytes they may take.
    pub(super) fn settle(
        self,
        sbom: &mut Sbom<'t>,
        most: usize,
        position: impl Fn(&str) -> Option<usize>,
    ) -> bool {
        let mut room = Room { bytes: most, elements: MOST };
        let mut unsaid = 0;
        for (whose, names, word) in &self.held {
            let Some(component) = position(whose).and_then(|at| sbom.components.get_mut(at)) else {
                sbom.leave_out("licences of what is left out", None);
                continue;
            };
            for name in names {
                match self.meaning(name, &mut room) {
                    Ok(None) => {}
                    Ok(Some(meaning)) => component.licences.push(Licence::new(meaning, *word)),
                    Err(Unsaid::TooManyElements) => unsaid += 1,
                    Err(Unsaid::TooManyBytes) => return false,
                }
            }
        }
        for _ in 0..unsaid {
            sbom.leave_out("licences of too many parts", None);
        }
        sbom.custom_licences.extend(self.custom);
        true
    }

    /// What a licence element says. `None` when it says that nobody says.
    fn meaning(&self, name: &Text<'t>, room: &mut Room) -> Result<Option<LicenceText<'t>>, Unsaid> {
        // The two individuals, in full or short: `expandedlicensing_NoneLicense`.
        if name.ends_with("NoneLicense") {
            return Ok(Some(LicenceText::None));
        }
        if name.ends_with("NoAssertionLicense") {
            return Ok(None);
        }
        room.elements = MOST;
        let written = match self.elements.get(name) {
            Some(Element::Text(text)) => {
                // A text that is borrowed from the document takes no room.
                if let Text::Owned(text) = text {
                    room.take(text.len())?;
                }
                text.clone()
            }
            _ => Text::Owned(self.expression(name, DEPTH, room)?),
        };
        let Some(written) = said(Some(written)) else { return Ok(None) };
        if written.trim() == NONE {
            return Ok(Some(LicenceText::None));
        }
        Ok(Some(LicenceText::Expression(written)))
    }

    /// The licence of the document itself.
    pub(super) fn of_document(&self, name: &Text<'t>, most: usize) -> Option<LicenceText<'t>> {
        self.meaning(name, &mut Room { bytes: most, elements: MOST }).ok().flatten()
    }

    /// The expression that an element stands for. Depth and size are bounded: sets may contain
    /// one another.
    fn expression(&self, name: &Text<'t>, depth: u8, room: &mut Room) -> Result<String, Unsaid> {
        room.elements = room.elements.checked_sub(1).ok_or(Unsaid::TooManyElements)?;
        let depth = depth.checked_sub(1).ok_or(Unsaid::TooManyElements)?;
        let expression = match self.elements.get(name) {
            // Not defined here: one of the list, by its address.
            None => {
                let text = last(name);
                room.take(text.len())?;
                text.into_owned()
            }
            Some(Element::Text(text)) => {
                room.take(text.len())?;
                if text.contains(' ') { format!("({text})") } else { text.to_string() }
            }
            Some(Element::Set(joint, members)) => {
                let members: Result<Vec<String>, Unsaid> =
                    members.iter().map(|one| self.expression(one, depth, room)).collect();
                format!("({})", members?.join(joint))
            }
            Some(Element::OrLater(of)) => format!("{}+", self.expression(of, depth, room)?),
            Some(Element::With(of, addition)) => format!(
                "{} WITH {}",
                self.expression(of, depth, room)?,
                self.expression(addition, depth, room)?
            ),
        };
        Ok(expression)
    }
}

/// What licences may still take.
struct Room {
    /// Bytes, over all components.
    bytes: usize,
    /// Elements, of one expression.
    elements: usize,
}

impl Room {
    fn take(&mut self, bytes: usize) -> Result<(), Unsaid> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Unsaid::TooManyBytes)?;
        Ok(())
    }
}

/// Why a licence is not said.
enum Unsaid {
    /// It is made of more parts than any real one, or of itself.
    TooManyElements,
    /// All of them are larger than those of any real document.
    TooManyBytes,
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
