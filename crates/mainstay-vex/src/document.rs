//! A document, read: its statements, and what in it says nothing.

use std::sync::Arc;

use jiff::Timestamp;
use mainstay_reading::json::{self, Object};
use mainstay_reading::{ReadError, ReadErrorKind, decode};
use serde::de::IgnoredAny;

use crate::statement::{SaidBy, Statement, VexFormat};
use crate::{csaf, cyclonedx, openvex};

/// A VEX document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Who answers for it.
    pub said_by: Arc<SaidBy>,
    /// What it says.
    pub statements: Vec<Statement>,
    /// What it fails to say: parts that are kept, and have no effect.
    pub remarks: Vec<Remark>,
}

/// A part of a document that has no effect, or not all the effect that it was meant to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// What it is about: a flaw, a product.
    pub about: String,
    /// Why it has no effect, as a sentence without a full stop.
    pub why: String,
}

/// The most statements that one document makes: each is about one flaw and one product.
pub(crate) const MAX_STATEMENTS: usize = 500_000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// A document of this format.
    Vex(VexFormat),
    /// Well-formed, and something else.
    Other,
}

/// Tells by the content what a file is. The error says why it is not even well-formed: then
/// nobody knows what it was meant to be.
pub fn sniff(bytes: &[u8]) -> Result<Sniffed, ReadError> {
    let text = decode(bytes)?;
    if text.trim_start().starts_with('<') {
        return Ok(if is_cyclonedx_xml(&text) {
            Sniffed::Vex(VexFormat::CycloneDx)
        } else {
            Sniffed::Other
        });
    }
    if text.trim_start().starts_with('[') {
        return Ok(Sniffed::Other);
    }
    let document: Object<'_, Head> = json::parse(&text)?;
    let has = |key: &str| document.0.iter().any(|(name, _)| &**name == key);
    let context = document.0.iter().find(|(name, _)| &**name == "@context");
    let is_openvex =
        context.is_some_and(|(_, value)| value.names_openvex) || has("statements") && has("author");
    Ok(if has("bomFormat") {
        Sniffed::Vex(VexFormat::CycloneDx)
    } else if is_openvex {
        Sniffed::Vex(VexFormat::OpenVex)
    } else if document.0.iter().any(|(name, value)| &**name == "document" && value.is_csaf) {
        Sniffed::Vex(VexFormat::Csaf)
    } else if context.is_some_and(|(_, value)| value.names_spdx) {
        Sniffed::Vex(VexFormat::Spdx)
    } else {
        Sniffed::Other
    })
}

fn is_cyclonedx_xml(text: &str) -> bool {
    let head: String = text.chars().take(4096).collect();
    head.contains("cyclonedx.org/schema/bom/")
}

/// As much of a value as tells what the document is.
#[derive(Default)]
struct Head {
    names_openvex: bool,
    names_spdx: bool,
    is_csaf: bool,
}

impl<'de> serde::Deserialize<'de> for Head {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeadVisitor;
        impl<'de> serde::de::Visitor<'de> for HeadVisitor {
            type Value = Head;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }
            fn visit_str<E>(self, text: &str) -> Result<Head, E> {
                Ok(Head {
                    names_openvex: text.contains("openvex.dev/ns"),
                    names_spdx: text.contains("spdx.org/rdf/3"),
                    is_csaf: false,
                })
            }
            fn visit_bool<E>(self, _: bool) -> Result<Head, E> {
                Ok(Head::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Head, E> {
                Ok(Head::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Head, E> {
                Ok(Head::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Head, E> {
                Ok(Head::default())
            }
            fn visit_unit<E>(self) -> Result<Head, E> {
                Ok(Head::default())
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<Head, A::Error> {
                // A list of contexts.
                let mut head = Head::default();
                while let Some(one) = list.next_element::<Head>()? {
                    head.names_spdx |= one.names_spdx;
                }
                Ok(head)
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Head, A::Error> {
                let mut head = Head::default();
                while let Some(key) = map.next_key::<String>()? {
                    head.is_csaf |= key == "csaf_version";
                    map.next_value::<IgnoredAny>()?;
                }
                Ok(head)
            }
        }
        deserializer.deserialize_any(HeadVisitor)
    }
}

/// Reads a document.
pub fn read(bytes: &[u8], format: VexFormat) -> Result<Document, ReadError> {
    match format {
        VexFormat::OpenVex => openvex::read(&decode(bytes)?),
        VexFormat::Csaf => csaf::read(&decode(bytes)?),
        VexFormat::CycloneDx => cyclonedx::read(bytes),
        VexFormat::Spdx => cyclonedx::read_spdx(&decode(bytes)?),
    }
}

/// A document while it is read.
pub(crate) struct Drafting {
    pub(crate) said_by: Arc<SaidBy>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) remarks: Vec<Remark>,
}

impl Drafting {
    pub(crate) fn new(said_by: SaidBy) -> Self {
        Self { said_by: Arc::new(said_by), statements: Vec::new(), remarks: Vec::new() }
    }

    pub(crate) fn remark(
        &mut self,
        line: Option<u32>,
        about: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.remarks.push(Remark { line, about: about.into(), why: why.into() });
    }

    pub(crate) fn add(&mut self, statement: Statement) -> Result<(), ReadError> {
        if self.statements.len() >= MAX_STATEMENTS {
            return Err(ReadError::new(
                ReadErrorKind::TooDeep,
                format!("the document makes more than {MAX_STATEMENTS} statements"),
            ));
        }
        self.statements.push(statement);
        Ok(())
    }

    /// A moment, which must be RFC 3339. What is none is told, and counts as not given.
    pub(crate) fn moment(
        &mut self,
        line: Option<u32>,
        about: &str,
        text: Option<&str>,
    ) -> Option<Timestamp> {
        let text = text?;
        let moment = text.parse().ok();
        if moment.is_none() {
            let why = format!("its date \"{text}\" cannot be read, and counts as none");
            self.remark(line, about, why);
        }
        moment
    }

    pub(crate) fn finish(self) -> Document {
        Document { said_by: self.said_by, statements: self.statements, remarks: self.remarks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_its_content() {
        let vex = |text: &str| sniff(text.as_bytes()).unwrap();
        assert_eq!(
            vex(r#"{"@context": "https://openvex.dev/ns/v0.2.0"}"#),
            Sniffed::Vex(VexFormat::OpenVex)
        );
        assert_eq!(vex(r#"{"bomFormat": "CycloneDX"}"#), Sniffed::Vex(VexFormat::CycloneDx));
        assert_eq!(vex(r#"{"document": {"csaf_version": "2.0"}}"#), Sniffed::Vex(VexFormat::Csaf));
        assert_eq!(vex(r#"{"document": {"title": "x"}}"#), Sniffed::Other);
        assert_eq!(vex("[1]"), Sniffed::Other);
    }

    #[test]
    fn what_is_not_well_formed_may_be_anything() {
        assert!(sniff(b"{\"@context\": ").is_err());
    }
}
