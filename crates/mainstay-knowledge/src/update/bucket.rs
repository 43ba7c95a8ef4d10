//! The OSV bucket: the whole export of an ecosystem, or the records that changed.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use jiff::Timestamp;
use mainstay_advisories::osv::Record;
use mainstay_fetch::{Conditions, FetchErrorKind};
use mainstay_types::{Ecosystem, SourceUrl, percent_encoded};

use super::feed::wrong;
use super::{EcosystemUpdated, Job, Updated};
use crate::archive::ArchiveWriter;
use crate::import::sources::{entry_name, new_zip};
use crate::intake::Intake;
use crate::layers::{Joining, NewZip, slug};
use crate::manifest::{EcosystemState, Origin};
use crate::{EcosystemImported, KnowledgeError};

/// With more changes than this the whole export is fetched instead of one file per record.
const MAX_CHANGES: usize = 500;
/// Lines of `modified_id.csv` read at most, and bytes of each.
const MAX_LINE: u64 = 4096;

/// What changed since the last update.
struct Changes {
    ids: BTreeSet<String>,
    /// The newest date in the list.
    until: Option<Timestamp>,
}

impl Job<'_> {
    pub(super) fn bucket_url(&self, ecosystem: Ecosystem, file: &str) -> SourceUrl {
        let base = self.options.addresses.osv.reveal().trim_end_matches('/');
        let name = percent_encoded(ecosystem.osv_name());
        SourceUrl::new(&format!("{base}/{name}/{}", percent_encoded(file)))
    }

    /// Makes one ecosystem current.
    pub(super) fn update_ecosystem(
        &mut self,
        ecosystem: Ecosystem,
    ) -> Result<EcosystemUpdated, KnowledgeError> {
        self.progress.step(&format!("{ecosystem}: asking what changed"));
        let since = self.manifest.ecosystem(ecosystem).and_then(|state| {
            let usable = mainstay_matching::Index::open(&self.folder.file(&state.index)).is_ok();
            // Changes can be added only to the whole export of an earlier update.
            state.updated.and(state.changed_until).filter(|_| usable)
        });
        let Some(since) = since else { return self.fetch_whole(ecosystem) };
        let changes = self.changes(ecosystem, since)?;
        if changes.ids.is_empty() {
            return self.confirm(ecosystem, changes.until);
        }
        if changes.ids.len() > MAX_CHANGES {
            return self.fetch_whole(ecosystem);
        }
        self.fetch_changes(ecosystem, &changes)
    }

    /// Reads `modified_id.csv`, newest first, down to what is here.
    fn changes(
        &mut self,
        ecosystem: Ecosystem,
        since: Timestamp,
    ) -> Result<Changes, KnowledgeError> {
        let url = self.bucket_url(ecosystem, "modified_id.csv");
        let response = self.fetcher.get(&url, &Conditions::default())?;
        let mut changes = Changes { ids: BTreeSet::new(), until: None };
        let mut input = BufReader::new(response.body);
        let mut line = String::new();
        loop {
            line.clear();
            let read = (&mut input).take(MAX_LINE).read_line(&mut line);
            let count = read.map_err(|error| wrong(&url, "list of changes", error.to_string()))?;
            self.bytes = self.bytes.saturating_add(count as u64);
            if count == 0 {
                break;
            }
            let Some((date, id)) = line.trim_end().split_once(',') else {
                return Err(wrong(&url, "list of changes", "a line has no comma"));
            };
            let date: Timestamp =
                date.parse().map_err(|_| wrong(&url, "list of changes", "a line has no date"))?;
            if date <= since {
                break;
            }
            changes.until = changes.until.max(Some(date));
            // The list over all ecosystems writes `<Ecosystem>/<ID>`.
            changes.ids.insert(id.rsplit('/').next().unwrap_or(id).to_owned());
            if changes.ids.len() > MAX_CHANGES {
                break;
            }
        }
        Ok(changes)
    }

    /// Nothing changed: only the time of the update moves on.
    fn confirm(
        &mut self,
        ecosystem: Ecosystem,
        until: Option<Timestamp>,
    ) -> Result<EcosystemUpdated, KnowledgeError> {
        let mut manifest = self.manifest.clone();
        let mut state = manifest.ecosystem(ecosystem).cloned().unwrap_or_default();
        state.updated = Some(self.options.now);
        state.changed_until = state.changed_until.max(until);
        let known = imported(&state);
        manifest.ecosystems.insert(ecosystem.osv_name().to_owned(), state);
        self.commit(manifest)?;
        Ok(EcosystemUpdated { how: Updated::Current, state: known, errors: 0 })
    }

    fn fetch_changes(
        &mut self,
        ecosystem: Ecosystem,
        changes: &Changes,
    ) -> Result<EcosystemUpdated, KnowledgeError> {
        let failed = KnowledgeError::io("write", &self.folder.file("records"));
        let mut writer = ArchiveWriter::new(self.folder.create("records")?);
        let mut errors = 0;
        let mut written = Ok(());
        let total = changes.ids.len() as u64;
        for (number, id) in (0_u64..).zip(&changes.ids) {
            self.progress.step(&format!("{ecosystem}: {number} of {total} changed records"));
            let Some(bytes) = self.fetch_record(ecosystem, id)? else {
                errors += 1;
                continue;
            };
            written = written.and_then(|()| writer.add(&entry_name(id, number), &bytes));
        }
        let file = written.and_then(|()| writer.finish()).and_then(|mut file| {
            file.flush()?;
            Ok(file)
        });
        let zip = new_zip(file.map_err(failed)?, &format!("the changes of {ecosystem}"))?;
        let zip = NewZip { origin: Origin::Changes, whole: false, ..zip };
        let until = changes.until;
        let now = self.options.now;
        let stamp = move |state: &mut EcosystemState| {
            state.updated = Some(now);
            state.changed_until = state.changed_until.max(until);
        };
        let mut report = self.take_in(ecosystem, zip, &stamp)?;
        report.how = Updated::Changes(total);
        report.errors += errors;
        Ok(report)
    }

    /// One record; nothing when the bucket no longer has it.
    fn fetch_record(
        &mut self,
        ecosystem: Ecosystem,
        id: &str,
    ) -> Result<Option<Vec<u8>>, KnowledgeError> {
        let url = self.bucket_url(ecosystem, &format!("{id}.json"));
        let response = match self.fetcher.get(&url, &Conditions::default()) {
            Ok(response) => response,
            Err(error) if *error.kind() == FetchErrorKind::Status(404) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let bytes = response.read_to_end()?;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        let record =
            Record::parse(&bytes).map_err(|error| wrong(&url, "OSV record", error.to_string()))?;
        if *record.id != *id {
            return Err(wrong(&url, "OSV record", "it has another id"));
        }
        Ok(Some(bytes))
    }

    fn fetch_whole(&mut self, ecosystem: Ecosystem) -> Result<EcosystemUpdated, KnowledgeError> {
        self.progress.step(&format!("{ecosystem}: fetching all records"));
        let url = self.bucket_url(ecosystem, "all.zip");
        let state = self.manifest.ecosystem(ecosystem);
        let usable = state.filter(|state| {
            state.layers.iter().any(|layer| layer.origin != Origin::Import)
                && mainstay_matching::Index::open(&self.folder.file(&state.index)).is_ok()
        });
        let etag = usable.and_then(|state| state.etag.clone());
        let download = self.download(&url, &slug(ecosystem), etag.as_deref())?;
        let Some(download) = download else { return self.confirm(ecosystem, None) };
        let (etag, last_modified) = (download.etag, download.last_modified);
        let zip = new_zip(download.file, &format!("all records of {ecosystem}"))?;
        let zip = NewZip { origin: Origin::Whole, ..zip };
        let now = self.options.now;
        let stamp = move |state: &mut EcosystemState| {
            state.updated = Some(now);
            state.changed_until = state.newest;
            state.etag.clone_from(&etag);
            state.last_modified.clone_from(&last_modified);
        };
        self.take_in(ecosystem, zip, &stamp)
    }

    /// Joins what was fetched with what is here. A download that is no export of the ecosystem,
    /// or a damaged one, changes nothing.
    fn take_in(
        &mut self,
        ecosystem: Ecosystem,
        zip: NewZip,
        stamp: &dyn Fn(&mut EcosystemState),
    ) -> Result<EcosystemUpdated, KnowledgeError> {
        let url = self.bucket_url(ecosystem, "all.zip");
        let mut manifest = self.manifest.clone();
        let whole = zip.origin == Origin::Whole;
        let scope = std::iter::once(ecosystem).collect();
        let mut intake = Intake::new(self.options.now, self.options.limits.entry_bytes);
        let mut joining = Joining {
            folder: self.folder,
            manifest: &mut manifest,
            now: self.options.now,
            limits: self.options.limits,
            progress: self.progress,
            replaces_updates_of: whole.then_some(ecosystem),
            again: scope,
            refuse_damage: true,
            stamp,
        };
        let states = joining.join(vec![NewZip { scope, ..zip }], &mut intake);
        let states = match states {
            Err(KnowledgeError::Import { why, .. }) => {
                return Err(wrong(&url, "export of OSV records", why));
            }
            states => states?,
        };
        let layers = manifest.ecosystem(ecosystem).map_or(&[][..], |state| &state.layers);
        let counts = !whole || layers.iter().any(|layer| layer.origin == Origin::Whole);
        let Some(state) = states.get(&ecosystem).copied().filter(|_| counts) else {
            return Err(wrong(&url, "export of OSV records", "it has no record of the ecosystem"));
        };
        self.commit(manifest)?;
        let errors = intake.report.errors_count;
        Ok(EcosystemUpdated { how: Updated::Whole, state, errors })
    }
}

fn imported(state: &EcosystemState) -> EcosystemImported {
    EcosystemImported {
        records: state.records,
        rows: state.rows,
        withdrawn: state.withdrawn,
        newest: state.newest,
        as_of: state.as_of(),
    }
}
