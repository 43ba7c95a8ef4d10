//! What the data folder holds, source by source.

use jiff::{SignedDuration, Timestamp};
use mainstay_types::Ecosystem;

use mainstay_matching::Index;

use crate::cve_table::CveTable;
use crate::digest::sha256_of_list;
use crate::manifest::{EcosystemState, Manifest, TableState};
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
    /// Files among the data that may hold advisories and could not be read.
    pub unread: u64,
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
pub fn status(folder: &DataFolder, now: Timestamp) -> Result<Status, KnowledgeError> {
    let manifest = Manifest::read(folder)?;
    let mut sources: Vec<SourceStatus> = manifest
        .known()
        .map(|(ecosystem, state)| of_ecosystem(folder, ecosystem, state, now))
        .collect();
    let kev = manifest.kev.iter().map(|state| (SourceKind::Kev, state));
    let epss = manifest.epss.iter().map(|state| (SourceKind::Epss, state));
    sources.extend(kev.chain(epss).map(|(kind, state)| of_table(folder, kind, state, now)));
    Ok(Status { sources })
}

fn of_ecosystem(
    folder: &DataFolder,
    ecosystem: Ecosystem,
    state: &EcosystemState,
    now: Timestamp,
) -> SourceStatus {
    let facts = state.facts();
    let index = Index::open(&folder.file(&state.index)).and_then(|index| index.verify());
    let digest = match state.layers.as_slice() {
        [layer] => layer.digest.clone(),
        layers => sha256_of_list(layers.iter().map(|layer| layer.digest.as_str())).to_string(),
    };
    SourceStatus {
        kind: SourceKind::Advisories(ecosystem),
        records: facts.records,
        newest: facts.newest,
        as_of: facts.as_of,
        age: facts.as_of.map(|as_of| age(as_of, now)),
        digest,
        bytes: state.layers.iter().map(|layer| layer.bytes).sum(),
        complete: facts.complete,
        unread: facts.unread,
        index: match index {
            Ok(()) => IndexState::Ready,
            Err(error) => IndexState::Unusable(error.to_string()),
        },
    }
}

fn of_table(
    folder: &DataFolder,
    kind: SourceKind,
    state: &TableState,
    now: Timestamp,
) -> SourceStatus {
    SourceStatus {
        kind,
        records: state.records,
        newest: state.newest,
        as_of: state.as_of,
        age: state.as_of.map(|as_of| age(as_of, now)),
        digest: state.digest.clone(),
        bytes: state.bytes,
        complete: true,
        unread: 0,
        index: match CveTable::open(&folder.file(&state.table)) {
            Ok(_) => IndexState::Ready,
            Err(error) => IndexState::Unusable(error.to_string()),
        },
    }
}

/// How long ago; a time in the future counts as now.
fn age(as_of: Timestamp, now: Timestamp) -> SignedDuration {
    now.duration_since(as_of).max(SignedDuration::ZERO)
}
