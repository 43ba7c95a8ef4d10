//! The KEV catalogue and the EPSS scores: one file each, fetched when it changed.

use mainstay_fetch::{Conditions, Outcome};
use mainstay_types::SourceUrl;

use super::{Job, TableUpdated, Updated};
use crate::KnowledgeError;
use crate::manifest::TableState;
use crate::tables::NewTable;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    Kev,
    Epss,
}

impl Feed {
    fn name(self) -> &'static str {
        match self {
            Self::Kev => "KEV catalogue",
            Self::Epss => "table of EPSS scores",
        }
    }
}

impl Job<'_> {
    pub(super) fn update_table(
        &mut self,
        url: &SourceUrl,
        feed: Feed,
    ) -> Result<TableUpdated, KnowledgeError> {
        self.progress.step(&format!("fetching the {}", feed.name()));
        let before = match feed {
            Feed::Kev => self.manifest.kev.clone(),
            Feed::Epss => self.manifest.epss.clone(),
        };
        // A table that was lost or damaged is fetched again even if the source has not changed.
        let before = before.filter(|state| {
            crate::cve_table::CveTable::open(&self.folder.file(&state.table)).is_ok()
        });
        let conditions = Conditions {
            etag: before.as_ref().and_then(|state| state.etag.as_deref()),
            if_modified_since: before.as_ref().and_then(|state| state.last_modified.as_deref()),
            resume: None,
        };
        let response = self.fetcher.get(url, &conditions)?;
        let (how, mut state) = match (response.outcome, before) {
            (Outcome::NotModified, Some(before)) => (Updated::Current, before),
            (Outcome::NotModified | Outcome::Whole | Outcome::Rest { .. }, _) => {
                let (etag, last_modified) = (response.etag.clone(), response.last_modified.clone());
                let raw = response.read_to_end()?;
                self.bytes = self.bytes.saturating_add(raw.len() as u64);
                let limit = self.options.limits.entry_bytes;
                let table = match feed {
                    Feed::Kev => NewTable::kev(raw, self.options.now),
                    Feed::Epss => NewTable::epss(raw, limit, self.options.now),
                };
                let table = table.map_err(|why| wrong(url, feed.name(), why))?;
                let state = table.store(self.folder)?;
                (Updated::Whole, TableState { etag, last_modified, ..state })
            }
        };
        state.as_of = Some(self.options.now);
        let records = state.records;
        let mut manifest = self.manifest.clone();
        match feed {
            Feed::Kev => manifest.kev = Some(state),
            Feed::Epss => manifest.epss = Some(state),
        }
        self.commit(manifest)?;
        Ok(TableUpdated { how, records })
    }
}

/// What an address answered is not what was asked for.
pub(super) fn wrong(
    url: &SourceUrl,
    wanted: &'static str,
    why: impl Into<String>,
) -> KnowledgeError {
    KnowledgeError::Wrong { url: url.to_string(), wanted, why: why.into() }
}
