//! `OpenVEX` 0.2.0.

use serde_json::{Map, Value, json};

use super::{Publication, WriteError, content, date, newest, uuid_of};
use crate::notes;
use crate::product::{PackagePattern, Subject};
use crate::statement::{Claim, Flaw, Reason, Statement};

/// The address of the version that is written.
pub(crate) const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// What an affected product needs to say by the standard, where nobody said it.
pub(crate) const NO_ACTION: &str = "No action is stated.";

pub(super) fn document(
    statements: &[&Statement],
    publication: &Publication,
) -> Result<Value, WriteError> {
    let made = || format!("urn:uuid:{}", uuid_of(&content(statements, publication)));
    let each: Result<Vec<Value>, WriteError> = statements
        .iter()
        .map(|one| {
            let time = one.issued.or(one.updated).unwrap_or(publication.time);
            let mut value = statement(one, &product(&one.product.subject, &one.product.written)?);
            value.insert("timestamp".to_owned(), json!(date(time)));
            if let Some(updated) = one.updated.filter(|updated| *updated > time) {
                value.insert("last_updated".to_owned(), json!(date(updated)));
            }
            Ok(Value::Object(value))
        })
        .collect();
    Ok(json!({
        "@context": CONTEXT,
        "@id": publication.id.clone().unwrap_or_else(made),
        "author": publication.author,
        "timestamp": date(newest(statements, publication)),
        "version": 1,
        "statements": each?,
    }))
}

/// A statement without its dates.
fn statement(one: &Statement, product: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    put("vulnerability", flaw(&one.flaw));
    put("products", json!([product]));
    put("status", json!(one.claim.word()));
    if let Some(notes) = notes::write(one.notes.as_deref(), &one.evidence, one.expires) {
        put("status_notes", json!(notes));
    }
    match &one.claim {
        Claim::NotAffected(reason) => {
            if let Some(justification) = reason.justification() {
                put("justification", json!(justification.shared().word()));
            }
            if let Some(impact) = Reason::impact(reason) {
                put("impact_statement", json!(impact));
            }
        }
        Claim::Affected { action } => {
            put("action_statement", json!(action.as_deref().unwrap_or(NO_ACTION)));
        }
        Claim::Fixed | Claim::UnderInvestigation => {}
    }
    fields
}

fn flaw(flaw: &Flaw) -> Value {
    if flaw.aliases.is_empty() {
        json!({"name": flaw.id})
    } else {
        json!({"name": flaw.id, "aliases": flaw.aliases})
    }
}

fn product(subject: &Subject, written: &str) -> Result<Value, WriteError> {
    Ok(match subject {
        Subject::Package(pattern) => component(pattern)?,
        Subject::Part { whole, part } => {
            json!({"@id": whole.label(), "subcomponents": [component(part)?]})
        }
        Subject::Whole(whole) => json!({"@id": whole.label()}),
        Subject::Unmatchable(_) => json!({"@id": written}),
    })
}

fn component(pattern: &PackagePattern) -> Result<Value, WriteError> {
    match pattern.range() {
        None => Ok(json!({"@id": pattern.purl().as_str()})),
        Some(_) => Err(WriteError::Range(pattern.label())),
    }
}
