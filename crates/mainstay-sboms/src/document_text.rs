//! A document before it is read: which standard and which syntax its bytes are.

use std::borrow::Cow;
use std::fmt;

use mainstay_reading::json::{self, Text as Key};
use mainstay_reading::{ReadError, ReadErrorKind, decode};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

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
    Spdx2Json,
    /// SPDX 2 in tag-value.
    Spdx2TagValue,
}

impl<'b> DocumentText<'b> {
    /// Looks at the bytes. What is no SBOM of a standard that is read is an error that says what it
    /// seems to be.
    pub fn of(bytes: &'b [u8]) -> Result<Self, ReadError> {
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
        match self.format {
            DocumentFormat::CycloneDxJson => cyclonedx::read_json(&self.text),
            DocumentFormat::CycloneDxXml => cyclonedx::read_xml(self.bytes),
            DocumentFormat::Spdx2Json => spdx::read_v2_json(&self.text),
            DocumentFormat::Spdx2TagValue => spdx::read_v2_tag_value(&self.text),
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

/// What the text tells: a line of tag-value, or a key at the top of a JSON document.
fn format_of(text: &str) -> Result<DocumentFormat, ReadError> {
    if is_tag_value(text) {
        return Ok(DocumentFormat::Spdx2TagValue);
    }
    let mut found = None;
    let outcome = json::parse_into(text, TopKeys { found: &mut found });
    match (found, outcome) {
        (Some(format), _) => Ok(format),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(ReadError::at(
            ReadErrorKind::Shape,
            1,
            "the document has neither a bomFormat (CycloneDX) nor an spdxVersion (SPDX)",
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
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
    };
    if is_tag_value(text) {
        return Some(DocumentFormat::Spdx2TagValue);
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
        "spdxVersion" | "SPDXID" => Some(DocumentFormat::Spdx2Json),
        _ => None,
    }
}

/// A document in tag-value has its version on a line of its own, after comments at most.
fn is_tag_value(text: &str) -> bool {
    /// Comments at the head of a real document are a few lines.
    const MOST_LINES: usize = 1000;
    text.lines()
        .take(MOST_LINES)
        .map(str::trim_start)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line.starts_with("SPDXVersion:"))
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
    fn a_document_in_tag_value_may_begin_with_comments() {
        let text = "# made by hand\n\nSPDXVersion: SPDX-2.3\n";
        assert_eq!(format(text), Ok(DocumentFormat::Spdx2TagValue));
        assert_eq!(format("{\"SPDXID\": \"SPDXRef-DOCUMENT\"}"), Ok(DocumentFormat::Spdx2Json));
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
    fn protocol_buffers_are_told_and_not_read() {
        let error = DocumentText::of(b"\x0A\x031.6\x10\x01").err().unwrap();
        assert!(error.message.contains("Protocol Buffers"), "{error}");
    }
}
