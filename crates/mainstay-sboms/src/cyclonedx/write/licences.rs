//! Licences. An id of SPDX's list is an `id`, another text a `name`, and what joins several an
//! `expression`. In 1.6 an expression must stand alone; from 1.7 on the kinds may be mixed.

use mainstay_types::{Licence as StatedLicence, LicenceMeaning, LicenceNode};
use serde::Serialize;

use super::OutputVersion;
use super::formats::iri;
use super::parts::PropertyOut;
use crate::properties::component::{LICENCE, licence_value};
use crate::{Acknowledgement, Licence, LicenceText, Text};

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum LicenceOut<'c> {
    One {
        license: OneLicence<'c>,
    },
    Expression {
        expression: &'c str,
        #[serde(skip_serializing_if = "Option::is_none")]
        acknowledgement: Option<&'static str>,
    },
}

#[derive(Serialize)]
pub(super) struct OneLicence<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Text<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Attachment<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<Text<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledgement: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Attachment<'c> {
    content: &'c str,
}

/// Licences as the version can say them, and what it cannot say as properties.
pub(super) fn licences<'c>(
    version: OutputVersion,
    licences: impl Iterator<Item = &'c Licence<'c>>,
) -> (Vec<LicenceOut<'c>>, Vec<PropertyOut<'c>>) {
    let said: Vec<(&Licence<'_>, LicenceOut<'c>)> =
        licences.filter_map(|one| Some((one, LicenceOut::of(one)?))).collect();
    let is_expression = |one: &LicenceOut<'_>| matches!(one, LicenceOut::Expression { .. });
    let alone = said.iter().position(|(_, one)| is_expression(one));
    match alone {
        Some(alone) if version == OutputVersion::V1_6 && said.len() > 1 => {
            let mut others = Vec::new();
            let mut kept = Vec::new();
            for (at, (licence, one)) in said.into_iter().enumerate() {
                if at == alone {
                    kept.push(one);
                } else {
                    others.push(property(licence));
                }
            }
            (kept, others)
        }
        Some(_) | None => (said.into_iter().map(|(_, one)| one).collect(), Vec::new()),
    }
}

/// A licence that the version cannot say beside the others.
fn property<'c>(licence: &Licence<'_>) -> PropertyOut<'c> {
    PropertyOut::new(LICENCE, licence_value(licence))
}

fn text<'c>(licence: &'c Licence<'_>) -> Option<&'c str> {
    match &licence.text {
        LicenceText::Expression(text) | LicenceText::Name(text) => Some(text),
        LicenceText::None => Some("NONE"),
        LicenceText::NoAssertion => None,
    }
}

impl<'c> LicenceOut<'c> {
    fn of(licence: &'c Licence<'_>) -> Option<Self> {
        let text = text(licence)?;
        let acknowledgement = match licence.acknowledgement {
            Acknowledgement::Declared => Some("declared"),
            Acknowledgement::Concluded => Some("concluded"),
            Acknowledgement::Unstated | Acknowledgement::FoundInFiles => None,
        };
        let one = |id, name| Self::One {
            license: OneLicence {
                id,
                name,
                text: licence.full_text.as_deref().map(|content| Attachment { content }),
                url: licence.url.as_deref().map(iri),
                acknowledgement,
            },
        };
        let is_name = matches!(licence.text, LicenceText::Name(_) | LicenceText::None);
        let stated = StatedLicence::stated(text).filter(|_| !is_name);
        Some(match stated.as_ref().map(StatedLicence::meaning) {
            Some(LicenceMeaning::Expression([LicenceNode::Term(term)]))
                if term.known
                    && !term.or_later
                    && term.exception.is_none()
                    && !term.id.contains("Ref-") =>
            {
                one(Some(Text::Owned(term.id.to_string())), None)
            }
            Some(LicenceMeaning::Expression(_)) => {
                Self::Expression { expression: text, acknowledgement }
            }
            Some(LicenceMeaning::NoLicence | LicenceMeaning::Unread(_)) | None => {
                one(None, Some(text))
            }
        })
    }
}
