//! How bad a record is, from what it says itself.

use mainstay_types::{Score, Severity};
use serde_json::value::RawValue;

use crate::osv::{Affected, Record};

/// How bad something is: the word, and the score and vector it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rating {
    /// The word.
    pub severity: Severity,
    /// The base score, where a vector or a number is given.
    pub score: Option<Score>,
    /// The CVSS vector as the record writes it.
    pub vector: Option<String>,
}

pub(crate) fn rate(_record: &Record<'_>, _affected: &Affected<'_>) -> Rating {
    Rating { severity: Severity::Unknown, score: None, vector: None }
}

pub(crate) fn informational(_specific: Option<&RawValue>) -> Option<String> {
    None
}
