//! The records as JSON.

use super::records::Document;

/// Writes the document down, with a line break at its end.
pub(super) fn write(document: &Document) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}
