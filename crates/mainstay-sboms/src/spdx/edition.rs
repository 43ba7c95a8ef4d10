//! Which edition and syntax of SPDX a file is in, told by its content.
//!
//! Standard: SPDX specification 2.3, clause 5.2 (RDF, spreadsheet, tag-value, JSON, YAML, XML);
//! SPDX specification 3.0.1, clause 6 (JSON-LD). Names of files are a matter of taste (`bom.json`,
//! `x.spdx`), so the content decides.

use std::fmt;

use mainstay_reading::json::{self, Text};
use mainstay_reading::{ReadError, ReadErrorKind};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

/// An edition of SPDX in a syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// SPDX 2 in JSON.
    TwoJson,
    /// SPDX 2 as tag-value.
    TwoTagValue,
    /// SPDX 3 in JSON-LD.
    Three,
    /// SPDX 2 in RDF/XML, or in XML. Not read.
    Xml,
    /// SPDX 2 in YAML. Not read.
    Yaml,
}

/// So much of a text in lines is looked at for its first line that says something.
const HEAD: usize = 65_536;

impl Edition {
    /// The edition of a text, or `None` when it is no SPDX document.
    pub fn of(text: &str) -> Option<Self> {
        let start = text.trim_start();
        match start.as_bytes().first()? {
            b'{' => of_json(start),
            b'<' => {
                let head = head(start);
                head.contains("spdx.org/rdf/terms").then_some(Self::Xml)
            }
            _ => of_lines(head(start)),
        }
    }

    /// Why a document in this syntax is not read, where that is so.
    pub fn refusal(self) -> Option<ReadError> {
        let syntax = match self {
            Self::TwoJson | Self::TwoTagValue | Self::Three => return None,
            Self::Xml => "RDF or XML",
            Self::Yaml => "YAML",
        };
        Some(ReadError::new(
            ReadErrorKind::UnreadSyntax,
            format!("this is an SPDX document in {syntax}; JSON, tag-value and JSON-LD are read"),
        ))
    }
}

/// The beginning of a text.
fn head(text: &str) -> &str {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// The first tag decides. YAML looks alike, but its keys are those of JSON.
fn of_lines(head: &str) -> Option<Edition> {
    let line = head
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#') && *line != "---")?;
    let (tag, value) = line.split_once(':')?;
    if tag == "SPDXVersion" {
        return Some(Edition::TwoTagValue);
    }
    let is_key = matches!(tag.trim_matches('"'), "SPDXID" | "spdxVersion");
    (is_key && value.contains("SPDX")).then_some(Edition::Yaml)
}

/// The first key that only one edition has. Reading stops there.
fn of_json(text: &str) -> Option<Edition> {
    let mut found = None;
    let read = json::parse_into(text, Keys(&mut found));
    // The error is how the reading stopped early.
    drop(read);
    found
}

struct Keys<'f>(&'f mut Option<Edition>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key {
                "spdxVersion" => {
                    *self.0 = Some(Edition::TwoJson);
                    return Err(A::Error::custom("told"));
                }
                "@context" => {
                    if map.next_value::<Context>()?.0 {
                        *self.0 = Some(Edition::Three);
                        return Err(A::Error::custom("told"));
                    }
                }
                // No other format of JSON says what it is after so many keys.
                _ => {
                    let _: IgnoredAny = map.next_value()?;
                }
            }
        }
        Ok(())
    }
}

/// Whether the context of a JSON-LD document names SPDX 3.
struct Context(bool);

impl<'de> serde::Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let is_ours = |value: &serde_json::Value| {
            value.as_str().is_some_and(|text| text.contains("spdx.org/rdf/3."))
        };
        let named = is_ours(&value) || value.as_array().is_some_and(|all| all.iter().any(is_ours));
        Ok(Self(named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_edition() {
        for (text, edition) in [
            (
                r#"{"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3"}"#,
                Some(Edition::TwoJson),
            ),
            ("# made by hand\nSPDXVersion: SPDX-2.2\n", Some(Edition::TwoTagValue)),
            (
                r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}"#,
                Some(Edition::Three),
            ),
            ("---\nSPDXID: \"SPDXRef-DOCUMENT\"\n", Some(Edition::Yaml)),
            (r#"<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#">"#, Some(Edition::Xml)),
            (r#"{"bomFormat": "CycloneDX"}"#, None),
            (r#"{"@context": "https://openvex.example/ns", "statements": []}"#, None),
            ("left: right", None),
            ("", None),
        ] {
            assert_eq!(Edition::of(text), edition, "{text}");
        }
    }

    #[test]
    fn a_broken_document_is_known_by_what_comes_before_the_break() {
        assert_eq!(
            Edition::of(r#"{"spdxVersion": "SPDX-2.3", "packages": ["#),
            Some(Edition::TwoJson)
        );
    }
}
