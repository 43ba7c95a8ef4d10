//! When asking failed last, so that a scan soon after does not wait for the same failure again.

use std::collections::BTreeMap;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use mainstay_types::SourceUrl;
use serde::{Deserialize, Serialize};

use super::UpdateOptions;
use crate::{DataFolder, KnowledgeError};

const NAME: &str = "attempts.json";

/// Failed attempts, by address. Losing them costs a few seconds, so trouble with the file is no
/// error.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Attempts {
    /// When nothing answered at all.
    no_network: Option<Timestamp>,
    failed: BTreeMap<String, Timestamp>,
    /// Nothing answered in this very run.
    #[serde(skip)]
    offline_now: bool,
}

impl Attempts {
    pub(super) fn read(folder: &DataFolder) -> Self {
        let bytes = fs::read(folder.file(NAME)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(super) fn write(&self, folder: &DataFolder) {
        if let Ok(bytes) = serde_json::to_vec_pretty(self) {
            let _ = folder.write(NAME, &bytes);
        }
    }

    /// Whether asking this source again is too soon.
    pub(super) fn are_too_fresh(&self, source: &SourceUrl, options: &UpdateOptions) -> bool {
        let back_off = SignedDuration::try_from(options.back_off).unwrap_or(SignedDuration::MAX);
        let fresh = |at: &Timestamp| {
            let ago = options.now.duration_since(*at);
            // A time in the future comes from a clock that was set since.
            ago >= SignedDuration::ZERO && ago < back_off
        };
        self.offline_now
            || self.no_network.as_ref().is_some_and(fresh)
            || self.failed.get(&source.to_string()).is_some_and(fresh)
    }

    /// Remembers how asking went.
    pub(super) fn note(
        &mut self,
        source: &SourceUrl,
        now: Timestamp,
        error: Option<&KnowledgeError>,
    ) {
        match error {
            Some(KnowledgeError::Fetch(error)) if error.is_no_network() => {
                self.no_network = Some(now);
                self.offline_now = true;
            }
            Some(_) => {
                self.failed.insert(source.to_string(), now);
            }
            None => {
                self.no_network = None;
                self.failed.remove(&source.to_string());
            }
        }
    }
}
