//! What the data folder holds, source by source.

use jiff::{SignedDuration, Timestamp};
use mainstay_types::Ecosystem;

use crate::{DataFolder, KnowledgeError};

/// Everything in the data folder.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Ecosystems first, in their order; then KEV, then EPSS.
    pub sources: Vec<SourceStatus>,
}

/// What a source holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// OSV records of an ecosystem.
    Advisories(Ecosystem),
    /// CISA's catalogue of known exploited vulnerabilities.
    Kev,
    /// FIRST's exploit prediction scores.
    Epss,
}

/// One source.
#[derive(Clone, Debug)]
pub struct SourceStatus {
    /// What it holds.
    pub kind: SourceKind,
    /// Records, entries or scores.
    pub records: u64,
    /// The newest record between 2000 and now.
    pub newest: Option<Timestamp>,
    /// When the data were true.
    pub as_of: Option<Timestamp>,
    /// Now less `as_of`; never negative.
    pub age: Option<SignedDuration>,
    /// `sha256:...` of the kept raw data (of the list of their digests, when there are several).
    pub digest: String,
    /// Bytes of the kept raw data.
    pub bytes: u64,
    /// Whether every record of the ecosystem is there. False when other ecosystems' data only
    /// mention it: a package that is not found there is then not known to be clean.
    pub complete: bool,
    /// Whether the derived file can be used.
    pub index: IndexState,
}

/// Whether a derived file can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// It can.
    Ready,
    /// It is not there, or it is damaged; with the reason.
    Unusable(String),
}

/// Lists every source in the folder.
///
/// # Errors
/// The manifest cannot be read, or a newer Mainstay wrote the folder.
pub fn status(_folder: &DataFolder, _now: Timestamp) -> Result<Status, KnowledgeError> {
    Ok(Status::default())
}
