//! A document before it is read: which standard and which syntax its bytes are.

use std::borrow::Cow;
use std::fmt;

use mainstay_reading::json::{self, Text as Key};
use mainstay_reading::{ReadError, ReadErrorKind, decode};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::model::keep::Keep;
use crate::spdx::syntax::{Context, Syntax, is_rdf, told_by_lines};
use crate::{Sbom, cyclonedx, spdx};

/// The bytes of a document, and what they are. A model borrows its texts from here.
pub struct DocumentText<'b> {
    bytes: &'b [u8],
    text: Cow<'b, str>,
    format: DocumentFormat,
}

/// A standard in a syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentFormat {
    /// CycloneDX in JSON.
    CycloneDxJson,
    /// CycloneDX in XML.
    CycloneDxXml,
    /// SPDX 2 in JSON.
    SpdxJson,
    /// SPDX 2 as tag-value.
    SpdxTagValue,
    /// SPDX 3 in JSON-LD.
    SpdxJsonLd,
}

impl DocumentFormat {
    /// Whether it is SPDX.
    pub(crate) fn is_spdx(self) -> bool {
        match self {
            Self::SpdxJson | Self::SpdxTagValue | Self::SpdxJsonLd => true,
            Self::CycloneDxJson | Self::CycloneDxXml => false,
        }
    }
}

impl<'b> DocumentText<'b> {
    /// Looks at the bytes. What is no SBOM of a standard that is read is an error that says what it
    /// seems to be.
    pub fn of(bytes: &'b [u8]) -> Result<Self, ReadError> {
        if let Some(unread) = unread_spdx(bytes) {
            let message = format!("{unread}; of SPDX, JSON, tag-value and JSON-LD are read");
            return Err(ReadError::at(ReadErrorKind::UnreadSyntax, 1, message));
        }
        if is_xml(bytes) {
            let text = Cow::Borrowed("");
            return Ok(Self { bytes, text, format: DocumentFormat::CycloneDxXml });
        }
        if let Some(unread) = unread_syntax(bytes) {
            return Err(ReadError::at(ReadErrorKind::Shape, 1, unread));
        }
        let text = decode(bytes)?;
        let format = format_of(&text)?;
        Ok(Self { bytes, text, format })
    }

    /// What it is.
    pub fn format(&self) -> DocumentFormat {
        self.format
    }

    /// Reads it.
    pub fn sbom(&self) -> Result<Sbom<'_>, ReadError> {
        self.read(Keep::Everything)
    }

    /// Reads no more of it than an inventory needs.
    pub(crate) fn packages(&self) -> Result<Sbom<'_>, ReadError> {
        self.read(Keep::Packages)
    }

    fn read(&self, keep: Keep) -> Result<Sbom<'_>, ReadError> {
        match self.format {
            DocumentFormat::CycloneDxJson => cyclonedx::json::read(&self.text, keep),
            DocumentFormat::CycloneDxXml => cyclonedx::xml::read(self.bytes, keep),
            DocumentFormat::SpdxJson => spdx::v2::read_json(&self.text, keep),
            DocumentFormat::SpdxTagValue => spdx::v2::read_tag_value(&self.text, keep),
            DocumentFormat::SpdxJsonLd => spdx::v3::read(&self.text, keep),
        }
    }
}

/// XML begins with `<`, after a mark and white space.
fn is_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<") || matches!(bytes, [0xFF, 0xFE, b'<', 0, ..])
}

/// Syntaxes that are told and not read.
fn unread_syntax(bytes: &[u8]) -> Option<&'static str> {
    // A CycloneDX document in Protocol Buffers begins with its version, the field 1, a text: `1.x`.
    if let [0x0A, 3, b'1', b'.', b'0'..=b'9', ..] = bytes {
        return Some("CycloneDX in Protocol Buffers is not read; JSON and XML are");
    }
    None
}

/// Syntaxes of SPDX that are told and not read.
fn unread_spdx(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some("this is a zip or a spreadsheet");
    }
    if bytes.starts_with(b"BZh") || bytes.starts_with(b"\x1F\x8B") {
        return Some("the file is compressed: unpack it first");
    }
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if is_xml(head) && is_rdf(head) {
        return Some("this is an SPDX document in RDF or XML");
    }
    let text = valid(head);
    (told_by_lines(text) == Some(Syntax::Yaml)).then_some("this is an SPDX document in YAML")
}

/// So much of a file tells what it is, where that needs no parsing.
const HEAD: usize = 65_536;

/// The text of a beginning, which may break off within a letter.
fn valid(bytes: &[u8]) -> &str {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(whole).unwrap_or_default()
        }
    }
}

/// What the first tag, or the keys at the top of a JSON document, tell.
fn format_of(text: &str) -> Result<DocumentFormat, ReadError> {
    if told_by_lines(text) == Some(Syntax::TagValue) {
        return Ok(DocumentFormat::SpdxTagValue);
    }
    let mut found = None;
    let outcome = json::parse_into(text, TopKeys { found: &mut found });
    match (found, outcome) {
        (Some(format), _) => Ok(format),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(ReadError::at(
            ReadErrorKind::Shape,
            1,
            "the document has neither bomFormat nor spdxVersion nor SPDX's @context at its top, so \
             it is no SBOM in JSON",
        )),
    }
}

/// What the first part of a document tells, which may break off anywhere.
pub(crate) fn told_by_beginning(bytes: &[u8]) -> Option<DocumentFormat> {
    if is_xml(bytes) {
        let namespace = cyclonedx::NAMESPACE.as_bytes();
        let is_one = memchr::memmem::find(bytes, namespace).is_some();
        return is_one.then_some(DocumentFormat::CycloneDxXml);
    }
    let text = valid(bytes);
    if told_by_lines(text) == Some(Syntax::TagValue) {
        return Some(DocumentFormat::SpdxTagValue);
    }
    let mut found = None;
    // Where it breaks off is an error of the parser, and no matter.
    let _ = json::parse_into(text, TopKeys { found: &mut found });
    found
}

/// Reads keys until one of them tells the standard.
struct TopKeys<'f> {
    found: &'f mut Option<DocumentFormat>,
}

impl<'de> DeserializeSeed<'de> for TopKeys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopKeys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SBOM, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            if key == "@context" && !map.next_value::<Context>()?.0 {
                continue;
            }
            if key == spdx::v2::WRAPPED {
                let inner = map.next_value_seed(TopKeys { found: &mut *self.found });
                if matches!(*self.found, Some(other) if other != DocumentFormat::SpdxJson) {
                    *self.found = None;
                    let message = "what stands under `sbom` is no SPDX 2 document: take it out";
                    return Err(A::Error::custom(message));
                }
                inner?;
                continue;
            }
            if let Some(format) = told_by(&key) {
                *self.found = Some(format);
                // The one way to stop a parser.
                return Err(A::Error::custom("found"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

fn told_by(key: &str) -> Option<DocumentFormat> {
    match key {
        "bomFormat" => Some(DocumentFormat::CycloneDxJson),
        "spdxVersion" | "SPDXID" => Some(DocumentFormat::SpdxJson),
        "@context" => Some(DocumentFormat::SpdxJsonLd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(text: &str) -> Result<DocumentFormat, ReadErrorKind> {
        DocumentText::of(text.as_bytes()).map(|one| one.format()).map_err(|error| error.kind)
    }

    #[test]
    fn the_first_key_need_not_be_the_one_that_tells() {
        let text = "{\"version\": 1, \"components\": [{}], \"bomFormat\": \"CycloneDX\"}";
        assert_eq!(format(text), Ok(DocumentFormat::CycloneDxJson));
    }

    #[test]
    fn a_lockfile_is_no_sbom() {
        assert_eq!(format("{\"lockfileVersion\": 3}"), Err(ReadErrorKind::Shape));
    }

    #[test]
    fn a_document_that_is_cut_off_before_it_tells_is_a_syntax_error() {
        assert_eq!(format("{\"version\": 1,"), Err(ReadErrorKind::Syntax));
    }

    #[test]
    fn the_content_tells_the_edition_of_spdx() {
        for (text, expected) in [
            (r#"{"SPDXID": "x", "spdxVersion": "SPDX-2.3"}"#, Ok(DocumentFormat::SpdxJson)),
            ("# made by hand\nSPDXVersion: SPDX-2.2\n", Ok(DocumentFormat::SpdxTagValue)),
            (
                r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}"#,
                Ok(DocumentFormat::SpdxJsonLd),
            ),
            (
                r#"{"sbom": {"SPDXID": "x", "spdxVersion": "SPDX-2.3"}}"#,
                Ok(DocumentFormat::SpdxJson),
            ),
            (r#"{"sbom": {"of": "something"}}"#, Err(ReadErrorKind::Shape)),
            ("---\nSPDXID: \"SPDXRef-DOCUMENT\"\n", Err(ReadErrorKind::UnreadSyntax)),
            (
                r#"<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#">"#,
                Err(ReadErrorKind::UnreadSyntax),
            ),
            ("PK\u{3}\u{4}", Err(ReadErrorKind::UnreadSyntax)),
            (r#"{"@context": "https://openvex.example/ns"}"#, Err(ReadErrorKind::Shape)),
        ] {
            assert_eq!(format(text), expected, "{text}");
        }
    }

    #[test]
    fn protocol_buffers_are_told_and_not_read() {
        let error = DocumentText::of(b"\x0A\x031.6\x10\x01").err().unwrap();
        assert!(error.message.contains("Protocol Buffers"), "{error}");
    }
}
