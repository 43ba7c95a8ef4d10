//! Taking files into the data folder: zips, folders, single files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use mainstay_types::Ecosystem;

use crate::{DataFolder, KnowledgeError, Limits, Progress};

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    /// When the data were true, if somebody says so. Else the newest record tells.
    pub as_of: Option<Timestamp>,
    /// The time now.
    pub now: Timestamp,
    /// How much is taken in.
    pub limits: Limits,
}

/// What an import found. Every file and every entry is in one of the counts or lists.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// What each ecosystem that the files speak of knows now.
    pub ecosystems: BTreeMap<Ecosystem, EcosystemImported>,
    /// Records of the OSV schema read, over all ecosystems; a record of two counts once.
    pub records: u64,
    /// Records that an already known, newer record of the same id outdates.
    pub outdated: u64,
    /// Records that name no package of an ecosystem that Mainstay knows.
    pub without_package: u64,
    /// Entries of the known exploited vulnerabilities catalogue, when one was there.
    pub kev: Option<u64>,
    /// Scores of the exploit prediction table, when one was there.
    pub epss: Option<u64>,
    /// Files that are no advisory data, with the reason. The first thousand of them.
    pub not_advisories: Vec<NotAdvisory>,
    /// How many there are.
    pub not_advisories_count: u64,
    /// Ecosystems that Mainstay does not know, as the records write them, with how many affected
    /// entries name them. The first thousand of them.
    pub unknown_ecosystems: BTreeMap<String, u64>,
    /// Files that should be advisory data and could not be read. The first thousand of them.
    pub errors: Vec<ReadFailure>,
    /// How many there are.
    pub errors_count: u64,
}

/// One ecosystem after an import or update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EcosystemImported {
    /// Records, withdrawn ones included.
    pub records: u64,
    /// Affected entries compiled into the index.
    pub rows: u64,
    /// Records that their authors took back.
    pub withdrawn: u64,
    /// The newest `modified` or `published` between 2000 and now.
    pub newest: Option<Timestamp>,
    /// When the data were true.
    pub as_of: Option<Timestamp>,
}

/// A file that is no advisory data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAdvisory {
    /// The path; within an archive, `archive.zip!/name`.
    pub path: String,
    /// Why it was left out.
    pub reason: String,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFailure {
    /// The path; within an archive, `archive.zip!/name`.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

/// Takes files into the data folder and compiles what they say.
///
/// Paths are zips, folders (walked; links are not followed) or single files. Of two records with
/// one id the later `modified` wins; when that tells nothing, the record imported last.
///
/// # Errors
/// A path that does not exist, a disk that fills, a folder that another process writes. Whatever
/// fails, the folder keeps what it had. Trouble with single entries is in the report instead.
pub fn import(
    _folder: &DataFolder,
    _paths: &[PathBuf],
    _options: &ImportOptions,
    _progress: &dyn Progress,
) -> Result<ImportReport, KnowledgeError> {
    Ok(ImportReport::default())
}

/// Builds the derived files of these ecosystems again from the kept records; of all of them when
/// none is named. For an index that is missing, damaged or of an older format.
///
/// # Errors
/// As [`import`].
pub fn rebuild(
    _folder: &DataFolder,
    _ecosystems: &[Ecosystem],
    _now: Timestamp,
    _progress: &dyn Progress,
) -> Result<BTreeMap<Ecosystem, EcosystemImported>, KnowledgeError> {
    Ok(BTreeMap::new())
}
