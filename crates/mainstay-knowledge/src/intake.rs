//! Files as they come in: each is counted, taken or named.

use jiff::Timestamp;
use mainstay_advisories::osv::Record;

use crate::classify::{Content, classify, gunzip, is_gzip, shown};
use crate::compile::{EcosystemSet, ecosystems_of};
use crate::record_list::{ListEnd, each_record};
use crate::report::ImportReport;
use crate::tables::NewTable;

/// Collects what is not a record, and counts what is.
#[derive(Debug)]
pub(crate) struct Intake {
    pub(crate) report: ImportReport,
    pub(crate) kev: Option<NewTable>,
    pub(crate) epss: Option<NewTable>,
    /// Files that may hold advisories and could not be read, so far.
    pub(crate) unread: u64,
    now: Timestamp,
    entry_bytes: u64,
}

/// Gets each record, with its bytes as they came and what it came from.
pub(crate) type TakeRecord<'t> = &'t mut dyn FnMut(&mut Intake, &Record<'_>, &[u8], Taken);

/// What a file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One document. The kept zips have one record in each entry.
    Single,
    /// One document, or a list of records: a JSON array, or one document behind the other.
    SingleOrList,
}

/// What a file was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A list of records.
    List,
    /// Anything else.
    Single,
}

impl Intake {
    pub(crate) fn new(now: Timestamp, entry_bytes: u64) -> Self {
        let report = ImportReport::default();
        Self { report, kev: None, epss: None, unread: 0, now, entry_bytes }
    }

    /// Takes one file. A record is given to `take_record`; everything else is dealt with here.
    pub(crate) fn take(
        &mut self,
        path: &dyn Fn() -> String,
        bytes: &[u8],
        form: Form,
        take_record: TakeRecord<'_>,
    ) -> Taken {
        if !is_gzip(bytes) {
            return self.take_plain(path, bytes, form, take_record);
        }
        match gunzip(bytes, self.entry_bytes) {
            Ok(plain) => match classify(&plain) {
                // The scores are kept packed, as they came.
                Content::Epss => self.take_epss(path, bytes),
                Content::Osv | Content::Kev | Content::Other(_) | Content::Broken => {
                    return self.take_plain(path, &plain, form, take_record);
                }
            },
            Err(problem) => self.note_unread(path, &problem),
        }
        Taken::Single
    }

    fn take_plain(
        &mut self,
        path: &dyn Fn() -> String,
        bytes: &[u8],
        form: Form,
        take_record: TakeRecord<'_>,
    ) -> Taken {
        if let Some(record) = Record::recognize(bytes) {
            take_record(self, &record, bytes, Taken::Single);
            return Taken::Single;
        }
        if form == Form::SingleOrList && self.take_list(path, bytes, take_record) == Taken::List {
            return Taken::List;
        }
        match classify(bytes) {
            Content::Osv => match Record::parse(bytes) {
                Ok(record) => take_record(self, &record, bytes, Taken::Single),
                Err(error) => self.note_unread(path, &error.to_string()),
            },
            Content::Kev => self.take_kev(path, bytes),
            Content::Epss => self.take_epss(path, bytes),
            Content::Other(_) if form == Form::Single && holds_records(bytes) => {
                self.note_unread(path, "a list of records in a zip is not read; unpack it first");
            }
            Content::Other(reason) => self.report.note_not_advisory(path, reason),
            Content::Broken => self.note_unread(path, "not whole JSON; is the file cut off?"),
        }
        Taken::Single
    }

    /// Takes the records of a list, if it is one.
    fn take_list(
        &mut self,
        path: &dyn Fn() -> String,
        bytes: &[u8],
        take_record: TakeRecord<'_>,
    ) -> Taken {
        let (mut records, mut others) = (0_u64, 0_u64);
        let end = each_record(bytes, &mut |place, document| {
            let here = || format!("{} (document {place})", path());
            if let Some(record) = Record::recognize(document) {
                records += 1;
                take_record(self, &record, document, Taken::List);
            } else if classify(document) == Content::Osv {
                records += 1;
                let why = Record::parse(document).err().map(|error| error.to_string());
                self.note_unread(&here, why.as_deref().unwrap_or("not an OSV record"));
            } else {
                others += 1;
            }
        });
        match end {
            ListEnd::NoList => return Taken::Single,
            _ if records == 0 => return Taken::Single,
            ListEnd::Whole => {}
            ListEnd::Broken(why) => {
                self.note_unread(path, &format!("it breaks off after {records} records: {why}"));
            }
        }
        if others > 0 {
            let reason = format!("{others} documents of the list are no advisory data");
            self.report.note_not_advisory(path, &reason);
        }
        Taken::List
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

    /// Names a file that may hold advisories and cannot be read.
    pub(crate) fn note_unread(&mut self, path: &dyn Fn() -> String, problem: &str) {
        self.unread += 1;
        self.report.note_failure(path, problem);
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
        match NewTable::epss(bytes.to_vec(), self.entry_bytes, self.now) {
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

fn holds_records(list: &[u8]) -> bool {
    let mut found = false;
    each_record(list, &mut |_, document| found = found || classify(document) == Content::Osv);
    found
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
