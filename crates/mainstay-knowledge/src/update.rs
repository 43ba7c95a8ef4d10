//! Fetching what changed: the OSV bucket, KEV, EPSS.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use mainstay_fetch::Fetcher;
use mainstay_types::{Ecosystem, SourceUrl};

use crate::{DataFolder, EcosystemImported, KnowledgeError, Limits, Progress};

/// Where the data are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The base of the OSV bucket; below it lie `<Ecosystem>/all.zip`,
    /// `<Ecosystem>/modified_id.csv` and `<Ecosystem>/<ID>.json`.
    pub osv: SourceUrl,
    /// The KEV catalogue in JSON.
    pub kev: SourceUrl,
    /// The current EPSS scores, as gzip-packed CSV.
    pub epss: SourceUrl,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            osv: SourceUrl::new("https://osv-vulnerabilities.storage.googleapis.com"),
            kev: SourceUrl::new(
                "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
            ),
            epss: SourceUrl::new("https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"),
        }
    }
}

/// What to update, from where.
#[derive(Clone, Debug)]
pub struct UpdateOptions {
    /// The ecosystems to have; empty means those that are there already.
    pub ecosystems: Vec<Ecosystem>,
    /// Where the data are published.
    pub addresses: Addresses,
    /// The time now.
    pub now: Timestamp,
    /// How much is taken in.
    pub limits: Limits,
    /// A source that failed less than this ago is not asked again. Zero asks always: somebody
    /// who types `db update` means it.
    pub back_off: Duration,
}

/// What an update did.
#[derive(Debug, Default)]
pub struct UpdateReport {
    /// Per ecosystem, what came of it.
    pub ecosystems: BTreeMap<Ecosystem, Result<EcosystemUpdated, KnowledgeError>>,
    /// The KEV catalogue. `None`: not reached, as there was no network for the sources before it.
    pub kev: Option<Result<TableUpdated, KnowledgeError>>,
    /// The EPSS scores. `None`: not reached.
    pub epss: Option<Result<TableUpdated, KnowledgeError>>,
    /// Ecosystems not asked for, as the network failed before their turn or a short while ago.
    pub not_tried: Vec<Ecosystem>,
    /// Bytes that came over the network.
    pub bytes: u64,
}

/// How current data came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    /// Everything was fetched.
    Whole,
    /// So many changed records were fetched.
    Changes(u64),
    /// Nothing had changed.
    Current,
}

/// An ecosystem that is current now.
#[derive(Clone, Copy, Debug)]
pub struct EcosystemUpdated {
    /// What was fetched.
    pub how: Updated,
    /// What the ecosystem knows now.
    pub state: EcosystemImported,
    /// Entries of the download that could not be read.
    pub errors: u64,
}

/// A table (KEV, EPSS) that is current now.
#[derive(Clone, Copy, Debug)]
pub struct TableUpdated {
    /// What was fetched.
    pub how: Updated,
    /// Lines of the table.
    pub records: u64,
}

/// Fetches what is missing and what changed. Each source stands for itself: one that fails keeps
/// what it had, and its error is in the report. The first time an ecosystem comes whole, later
/// only what `modified_id.csv` lists as changed.
///
/// # Errors
/// Only what concerns the folder as a whole: it cannot be written, or another process writes it.
pub fn update(
    _folder: &DataFolder,
    _options: &UpdateOptions,
    _fetcher: &Fetcher,
    _progress: &dyn Progress,
) -> Result<UpdateReport, KnowledgeError> {
    Ok(UpdateReport::default())
}
