//! Fetching what changed: the OSV bucket, KEV, EPSS.
//!
//! Layout of the bucket: <https://google.github.io/osv.dev/data/>.

mod attempts;
mod bucket;
mod download;
mod feed;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use mainstay_fetch::Fetcher;
use mainstay_types::{Ecosystem, SourceUrl};

use crate::manifest::Manifest;
use crate::{DataFolder, EcosystemImported, KnowledgeError, Limits, Progress};
use attempts::Attempts;

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
    /// The KEV catalogue. `None`: not asked, as there was no network for the sources before it.
    pub kev: Option<Result<TableUpdated, KnowledgeError>>,
    /// The EPSS scores. `None`: not asked.
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

/// An update under way.
pub(crate) struct Job<'a> {
    folder: &'a DataFolder,
    options: &'a UpdateOptions,
    fetcher: &'a Fetcher,
    progress: &'a dyn Progress,
    manifest: Manifest,
    bytes: u64,
}

/// Fetches what is missing and what changed. Each source stands for itself: one that fails keeps
/// what it had, and its error is in the report. The first time an ecosystem comes whole, later
/// only what `modified_id.csv` lists as changed.
///
/// When nothing answers at all, the sources that follow are not tried: a machine without a
/// network learns so within seconds.
///
/// # Errors
/// Only what concerns the folder as a whole: it cannot be written, or another process writes it.
pub fn update(
    folder: &DataFolder,
    options: &UpdateOptions,
    fetcher: &Fetcher,
    progress: &dyn Progress,
) -> Result<UpdateReport, KnowledgeError> {
    let _lock = folder.lock()?;
    let manifest = Manifest::read(folder)?;
    let mut ecosystems = options.ecosystems.clone();
    if ecosystems.is_empty() {
        ecosystems = manifest.known().map(|(ecosystem, _)| ecosystem).collect();
    }
    ecosystems.sort_unstable();
    ecosystems.dedup();
    let mut attempts = Attempts::read(folder);
    let mut report = UpdateReport::default();
    let mut job = Job { folder, options, fetcher, progress, manifest, bytes: 0 };
    for ecosystem in ecosystems {
        let source = job.bucket_url(ecosystem, "all.zip");
        if attempts.are_too_fresh(&source, options) {
            report.not_tried.push(ecosystem);
            continue;
        }
        let outcome = job.update_ecosystem(ecosystem);
        attempts.note(&source, options.now, outcome.as_ref().err());
        report.ecosystems.insert(ecosystem, outcome);
    }
    report.kev = job.try_table(&mut attempts, &options.addresses.kev, feed::Feed::Kev);
    report.epss = job.try_table(&mut attempts, &options.addresses.epss, feed::Feed::Epss);
    report.bytes = job.bytes;
    attempts.write(folder);
    progress.finished();
    Ok(report)
}

impl Job<'_> {
    fn try_table(
        &mut self,
        attempts: &mut Attempts,
        source: &SourceUrl,
        feed: feed::Feed,
    ) -> Option<Result<TableUpdated, KnowledgeError>> {
        if attempts.are_too_fresh(source, self.options) {
            return None;
        }
        let outcome = self.update_table(source, feed);
        attempts.note(source, self.options.now, outcome.as_ref().err());
        Some(outcome)
    }

    /// Makes the manifest current, keeping the one in memory as it was when that fails.
    fn commit(&mut self, manifest: Manifest) -> Result<(), KnowledgeError> {
        manifest.write(self.folder)?;
        self.folder.remove_unnamed(&manifest);
        self.manifest = manifest;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
