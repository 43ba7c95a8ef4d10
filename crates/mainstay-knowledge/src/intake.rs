//! Files as they come in: each is counted, taken or named.

use jiff::Timestamp;
use mainstay_advisories::osv::Record;

use crate::classify::{Content, classify, gunzip, is_gzip, shown};
use crate::compile::{EcosystemSet, ecosystems_of};
use crate::report::ImportReport;
use crate::tables::NewTable;

/// Collects what is not a record, and counts what is.
#[derive(Debug)]
pub(crate) struct Intake {
    pub(crate) report: ImportReport,
    pub(crate) kev: Option<NewTable>,
    pub(crate) epss: Option<NewTable>,
    /// Files that could be records, of whatever ecosystem, and cannot be read as such.
    pub(crate) broken: u64,
    now: Timestamp,
    entry_bytes: u64,
}

impl Intake {
    pub(crate) fn new(now: Timestamp, entry_bytes: u64) -> Self {
        Self { report: ImportReport::default(), kev: None, epss: None, broken: 0, now, entry_bytes }
    }

    /// Takes one file. A record is given to `take_record`; everything else is dealt with here.
    pub(crate) fn take(
        &mut self,
        path: &dyn Fn() -> String,
        bytes: &[u8],
        take_record: &mut dyn FnMut(&mut Self, &Record<'_>, &[u8]),
    ) {
        if is_gzip(bytes) {
            match gunzip(bytes, self.entry_bytes) {
                Ok(plain) => match classify(&plain) {
                    // The scores are kept packed, as they came.
                    Content::Epss => self.take_epss(path, bytes),
                    Content::Osv | Content::Kev | Content::Other(_) | Content::Broken => {
                        self.take_plain(path, &plain, take_record);
                    }
                },
                Err(problem) => self.report.note_failure(path, &problem),
            }
            return;
        }
        self.take_plain(path, bytes, take_record);
    }

    fn take_plain(
        &mut self,
        path: &dyn Fn() -> String,
        bytes: &[u8],
        take_record: &mut dyn FnMut(&mut Self, &Record<'_>, &[u8]),
    ) {
        match classify(bytes) {
            Content::Osv => match Record::parse(bytes) {
                Ok(record) => take_record(self, &record, bytes),
                Err(error) => {
                    self.broken += 1;
                    self.report.note_failure(path, &error.to_string());
                }
            },
            Content::Kev => self.take_kev(path, bytes),
            Content::Epss => self.take_epss(path, bytes),
            Content::Other(reason) => self.report.note_not_advisory(path, reason),
            Content::Broken => {
                self.broken += 1;
                self.report.note_failure(path, "not whole JSON; is the file cut off?");
            }
        }
    }

    /// Counts a record and says which ecosystems it names.
    pub(crate) fn count(&mut self, record: &Record<'_>) -> EcosystemSet {
        self.report.records += 1;
        let named = ecosystems_of(record, |name| self.report.note_unknown_ecosystem(name));
        if named.is_empty() {
            self.report.without_package += 1;
        }
        named
    }

    fn take_kev(&mut self, path: &dyn Fn() -> String, bytes: &[u8]) {
        match NewTable::kev(bytes.to_vec(), self.now) {
            Ok(table) => {
                self.report.kev = Some(table.rows());
                self.note_unusable(path, table.unusable);
                self.kev = Some(later(self.kev.take(), table));
            }
            Err(problem) => self.report.note_failure(path, &problem),
        }
    }

    fn take_epss(&mut self, path: &dyn Fn() -> String, bytes: &[u8]) {
        match NewTable::epss(bytes.to_vec(), self.entry_bytes) {
            Ok(table) => {
                self.report.epss = Some(table.rows());
                self.note_unusable(path, table.unusable);
                self.epss = Some(later(self.epss.take(), table));
            }
            Err(problem) => self.report.note_failure(path, &problem),
        }
    }

    fn note_unusable(&mut self, path: &dyn Fn() -> String, lines: u64) {
        if lines > 0 {
            let problem = format!("{lines} lines without a usable CVE id and value were left out");
            self.report.note_failure(path, &problem);
        }
    }
}

/// Of two tables the newer one; when that cannot be said, the second.
fn later(first: Option<NewTable>, second: NewTable) -> NewTable {
    match first {
        Some(first) if first.newest > second.newest => first,
        Some(_) | None => second,
    }
}

/// The path of an entry, for a report.
pub(crate) fn path_in_archive(archive: &str, entry: &[u8]) -> String {
    format!("{archive}!/{}", shown(entry))
}
