//! The syntaxes of SPDX that are no JSON, told by their content.
//!
//! Standard: SPDX specification 2.3, clause 5.2: RDF, spreadsheet, tag-value, JSON, YAML, XML.

use serde::de::Deserializer;

/// A syntax of SPDX 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Lines of `Tag: value`.
    TagValue,
    /// YAML. Not read.
    Yaml,
}

/// So much of a text is looked at for its first line that says something.
const HEAD: usize = 65_536;

/// What the first line of a text tells. YAML looks like tag-value, but its keys are those of JSON.
pub(crate) fn told_by_lines(text: &str) -> Option<Syntax> {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut lines = text.get(..end).unwrap_or("").lines().map(str::trim);
    let line = lines.find(|line| !line.is_empty() && !line.starts_with('#') && *line != "---")?;
    let (tag, value) = line.split_once(':')?;
    match tag.trim_matches('"') {
        "SPDXVersion" => Some(Syntax::TagValue),
        "SPDXID" | "spdxVersion" if value.contains("SPDX") => Some(Syntax::Yaml),
        _ => None,
    }
}

/// Whether the beginning of an XML file is that of SPDX in RDF or XML. Not read.
pub(crate) fn is_rdf(beginning: &[u8]) -> bool {
    let has = |text: &str| memchr::memmem::find(beginning, text.as_bytes()).is_some();
    has("spdx.org/rdf/terms") || has("<spdxVersion>")
}

/// The context of a JSON-LD document: whether it names SPDX 3.
pub(crate) struct Context(pub(crate) bool);

impl<'de> serde::Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
        let is_ours = |value: &serde_json::Value| {
            value.as_str().is_some_and(|text| text.contains("spdx.org/rdf/3."))
        };
        let named = is_ours(&value) || value.as_array().is_some_and(|all| all.iter().any(is_ours));
        Ok(Self(named))
    }
}
