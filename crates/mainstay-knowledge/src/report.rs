//! What an import found.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mainstay_types::Ecosystem;

use crate::classify::shown;

/// What an import found. Every file and every entry is in one of the counts or lists.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// What each ecosystem that the files speak of knows now.
    pub ecosystems: BTreeMap<Ecosystem, EcosystemImported>,
    /// Records of the OSV schema read, over all ecosystems; a record of two counts once.
    pub records: u64,
    /// Records that do not count, as another record of the same id does.
    pub superseded: u64,
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

/// Names kept of each list; the count goes on.
pub(crate) const LISTED: usize = 1000;

impl ImportReport {
    pub(crate) fn note_not_advisory(&mut self, path: impl FnOnce() -> String, reason: &str) {
        self.not_advisories_count += 1;
        if self.not_advisories.len() < LISTED {
            self.not_advisories.push(NotAdvisory { path: path(), reason: reason.to_owned() });
        }
    }

    pub(crate) fn note_failure(&mut self, path: impl FnOnce() -> String, problem: &str) {
        self.errors_count += 1;
        if self.errors.len() < LISTED {
            self.errors.push(ReadFailure { path: path(), problem: shown(problem.as_bytes()) });
        }
    }

    pub(crate) fn note_unknown_ecosystem(&mut self, name: &str) {
        if let Some(count) = self.unknown_ecosystems.get_mut(name) {
            *count += 1;
        } else if self.unknown_ecosystems.len() < LISTED {
            self.unknown_ecosystems.insert(shown(name.as_bytes()), 1);
        }
    }
}
