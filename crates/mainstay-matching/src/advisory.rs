//! What the index keeps of an advisory: enough for a report, not the record.

use jiff::Timestamp;
use mainstay_types::{FindingKind, Score, Severity};

/// An advisory as the index holds it. The texts point into the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory<'i> {
    /// The record's id.
    pub id: &'i str,
    /// Ids of the same flaw in other databases.
    pub aliases: Vec<&'i str>,
    /// What sort of trouble it is.
    pub kind: FindingKind,
    /// How bad, in a word.
    pub severity: Severity,
    /// The base score.
    pub score: Option<Score>,
    /// The CVSS vector as the record writes it.
    pub vector: Option<&'i str>,
    /// One line on what it is; may be empty.
    pub title: &'i str,
    /// A public page.
    pub url: &'i str,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it changed last.
    pub modified: Option<Timestamp>,
}
