//! The file in which a project keeps its statements: an `OpenVEX` document that grows.
//!
//! A statement is added; none is changed or taken away. A later one about the same flaw and
//! product counts by its date, so that the file tells what was thought when. What others wrote in
//! the file stays byte for byte as it is, fields unknown to us included; only `version`,
//! `last_updated` and the list of statements change.

use std::fmt::Write as _;

use jiff::Timestamp;
use mainstay_reading::json::{self, Object};
use mainstay_reading::{ReadError, decode};
use mainstay_types::Purl;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use thiserror::Error;

use crate::document::{Sniffed, read, sniff};
use crate::notes;
use crate::statement::{Claim, Flaw, Reason, VexFormat};
use crate::write::{CONTEXT, date, uuid_of};

/// A statement to be added.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// About which flaw.
    pub flaw: Flaw,
    /// About which products.
    pub products: Vec<Purl>,
    /// About which parts of them. Empty: about the products as such.
    pub parts: Vec<Purl>,
    /// What is said.
    pub claim: Claim,
    /// How it was found out.
    pub evidence: Vec<String>,
    /// What else there is to say.
    pub notes: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<jiff::civil::Date>,
    /// When it is said.
    pub time: Timestamp,
}

/// Why a statement cannot be added.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The file is no `OpenVEX` document of the version that is written.
    #[error("the file is no OpenVEX 0.2.0 document; take another file with --file")]
    Foreign,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] ReadError),
    /// Nobody answers for a new document.
    #[error("a new file needs an author; say who answers for it with --author")]
    NoAuthor,
    /// The file's author is somebody else.
    #[error(
        "the author of the file is \"{0}\"; a document has one author, so take another file with \
         --file"
    )]
    OtherAuthor(String),
    /// The statement is about nothing.
    #[error("a statement is about at least one product")]
    NoProduct,
    /// An affected product needs an action.
    #[error("OpenVEX asks what to do about an affected product; say it with --action")]
    NoAction,
    /// What was made cannot be read again. This does not happen for any statement.
    #[error("the statement could not be added: {0}")]
    Lost(String),
}

/// Adds a statement to a document, or begins one. Gives the whole text.
pub fn add(
    existing: Option<&[u8]>,
    author: Option<&str>,
    new: &NewStatement,
) -> Result<String, LedgerError> {
    if new.products.is_empty() {
        return Err(LedgerError::NoProduct);
    }
    if matches!(new.claim, Claim::Affected { action: None }) {
        return Err(LedgerError::NoAction);
    }
    let statement = statement(new);
    let before = match existing {
        None => 0,
        Some(bytes) => document_of(bytes)?,
    };
    let text = match existing {
        None => begin(author, new, &statement)?,
        Some(bytes) => grow(&decode(bytes)?, author, new, &statement)?,
    };
    // What is written must say what was meant: it is read by the reader that will read it.
    let after = read(text.as_bytes(), VexFormat::OpenVex)?;
    let added = new.products.len() * new.parts.len().max(1);
    if after.statements.len() != before + added {
        return Err(LedgerError::Lost("it is not read again as it was written".to_owned()));
    }
    Ok(text)
}

/// How many statements a file makes. Only a file that we can write may grow.
fn document_of(bytes: &[u8]) -> Result<usize, LedgerError> {
    match sniff(bytes)? {
        Sniffed::Vex(VexFormat::OpenVex) => Ok(read(bytes, VexFormat::OpenVex)?.statements.len()),
        Sniffed::Vex(VexFormat::CycloneDx | VexFormat::Csaf | VexFormat::Spdx) | Sniffed::Other => {
            Err(LedgerError::Foreign)
        }
    }
}

fn statement(new: &NewStatement) -> String {
    let parts: Vec<Value> = new.parts.iter().map(|part| json!({"@id": part.as_str()})).collect();
    let product = |product: &Purl| {
        if parts.is_empty() {
            json!({"@id": product.as_str()})
        } else {
            json!({"@id": product.as_str(), "subcomponents": parts})
        }
    };
    let products: Vec<Value> = new.products.iter().map(product).collect();
    let vulnerability = if new.flaw.aliases.is_empty() {
        json!({"name": new.flaw.id})
    } else {
        json!({"name": new.flaw.id, "aliases": new.flaw.aliases})
    };
    let mut fields: Vec<(&str, Value)> = vec![
        ("vulnerability", vulnerability),
        ("timestamp", json!(date(new.time))),
        ("products", json!(products)),
        ("status", json!(new.claim.word())),
    ];
    if let Some(notes) = notes::write(new.notes.as_deref(), &new.evidence, new.expires) {
        fields.push(("status_notes", json!(notes)));
    }
    if let Some(reason) = new.claim.reason() {
        let justification = reason.justification().map(|one| json!(one.shared().word()));
        fields.extend(justification.map(|word| ("justification", word)));
        fields.extend(Reason::impact(reason).map(|text| ("impact_statement", json!(text))));
    }
    fields.extend(new.claim.action().map(|text| ("action_statement", json!(text))));
    let lines: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("      {}: {}", json!(key), indented(value, 6)))
        .collect();
    format!("{{\n{}\n    }}", lines.join(",\n"))
}

/// JSON on several lines, the later ones this far to the right.
fn indented(value: &Value, columns: usize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('\n', &format!("\n{}", " ".repeat(columns)))
}

fn begin(author: Option<&str>, new: &NewStatement, statement: &str) -> Result<String, LedgerError> {
    let author = author.filter(|author| !author.is_empty()).ok_or(LedgerError::NoAuthor)?;
    let id = format!("urn:uuid:{}", uuid_of(&format!("{author}\n{statement}")));
    let head = [
        ("@context", json!(CONTEXT)),
        ("@id", json!(id)),
        ("author", json!(author)),
        ("timestamp", json!(date(new.time))),
        ("version", json!(1)),
    ];
    let mut text = String::from("{\n");
    for (key, value) in head {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {}: {value},", json!(key));
    }
    let _ = write!(text, "  \"statements\": [\n    {statement}\n  ]\n}}\n");
    Ok(text)
}

fn grow(
    existing: &str,
    author: Option<&str>,
    new: &NewStatement,
    statement: &str,
) -> Result<String, LedgerError> {
    let document: Object<'_, &RawValue> = json::parse(existing)?;
    let raw = |key: &str| {
        document.0.iter().find(|(name, _)| &**name == key).map(|(_, value)| value.get())
    };
    let text = |key: &str| raw(key).and_then(|raw| serde_json::from_str::<String>(raw).ok());
    if text("@context").as_deref().map(|context| context.trim_end_matches('/')) != Some(CONTEXT) {
        return Err(LedgerError::Foreign);
    }
    let own = text("author").unwrap_or_default();
    if author.is_some_and(|author| author != own) {
        return Err(LedgerError::OtherAuthor(own));
    }
    let statements: Vec<&RawValue> = json::parse_list(raw("statements").unwrap_or("[]"))?;
    let mut all: Vec<&str> = statements.iter().map(|one| one.get()).collect();
    all.push(statement);
    let list = format!("[\n    {}\n  ]", all.join(",\n    "));
    let version = raw("version").and_then(|raw| raw.trim_matches('"').parse::<u64>().ok());
    let version = version.unwrap_or(0).saturating_add(1).to_string();
    let updated = json!(date(new.time)).to_string();
    let mut lines: Vec<String> = Vec::new();
    for (key, value) in &document.0 {
        let value = match &**key {
            "statements" => &list,
            "version" => &version,
            "last_updated" => &updated,
            _ => value.get(),
        };
        lines.push(format!("  {}: {value}", json!(&**key)));
    }
    for (key, value) in [("version", &version), ("last_updated", &updated), ("statements", &list)] {
        if raw(key).is_none() {
            lines.push(format!("  {}: {value}", json!(key)));
        }
    }
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

#[cfg(test)]
mod tests;
