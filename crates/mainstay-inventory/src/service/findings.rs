//! Findings follow from what an SBOM names and what is known about that.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_store::Transaction;
use mainstay_types::{FlawName, Severity};

use super::parties::{asset as asset_of, party_number};
use super::{Inventory, Sight};
use crate::InventoryError;
use crate::model::{FindingRow, FlawSummary};
use crate::store::findings::{self, Key};
use crate::store::known;

/// Why findings close that do not follow any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// The newer SBOM does not name the component.
    NoLongerUsed,
    /// The records do not speak of the component any more.
    NoLongerKnown,
}

impl Closing {
    fn word(self) -> &'static str {
        match self {
            Self::NoLongerUsed => "the SBOM does not name it any more",
            Self::NoLongerKnown => "the advisories do not name it any more",
        }
    }
}

/// What changed.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The flaws of findings that were opened.
    pub(super) opened: Vec<Key>,
    /// How many were closed.
    pub(super) closed: usize,
}

/// Brings the findings of a version of an asset in line with the components that it has.
pub(super) fn settle(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    content: &[i64],
    (closing, now): (Closing, Timestamp),
) -> Result<Settled, InventoryError> {
    let flaws = known::flaws(transaction, content)?;
    let mut wanted: Vec<Key> = flaws
        .into_iter()
        .flat_map(|(component, flaws)| flaws.into_iter().map(move |flaw| (component, flaw.id)))
        .collect();
    wanted.sort_unstable();
    let states = findings::states(transaction, asset, release)?;
    let opened: Vec<&Key> =
        wanted.iter().filter(|key| states.get(key).copied() != Some(true)).collect();
    findings::open(transaction, (asset, release), &opened, now)?;
    let mut gone: Vec<&Key> = states
        .iter()
        .filter(|(key, is_open)| **is_open && wanted.binary_search(key).is_err())
        .map(|(key, _)| key)
        .collect();
    gone.sort_unstable();
    findings::close(transaction, (asset, release), &gone, (closing.word(), now))?;
    Ok(Settled { opened: opened.into_iter().cloned().collect(), closed: gone.len() })
}

impl Inventory {
    /// The findings of an asset: open ones first; known to be exploited, grave and likely ones
    /// before others.
    ///
    /// # Errors
    /// When there is no such asset.
    pub fn findings(&self, asset: &str) -> Result<Vec<FindingRow>, InventoryError> {
        self.read(|transaction| {
            let asset = asset_of(transaction, asset)?;
            Ok(findings::of_asset(transaction, asset.number)?)
        })
    }

    /// What is known here of a flaw, as far as components of this instance have it; nothing, when
    /// none has. What it says of packages covers all inventories: show of it what may be seen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn flaw(&self, name: &FlawName) -> Result<Option<FlawSummary>, InventoryError> {
        let rows = self.read(|transaction| Ok(known::of_name(transaction, name.as_str())?))?;
        let Some((_, first)) = rows.iter().max_by_key(|(_, flaw)| flaw.severity) else {
            return Ok(None);
        };
        Ok(Some(FlawSummary {
            id: first.id.clone(),
            title: first.title.clone(),
            severity: known::severity_of(first.severity),
            exploited: rows.iter().filter_map(|(_, flaw)| flaw.exploited).max().map(|one| one != 0),
            fixes: rows.into_iter().map(|(purl, flaw)| (purl, flaw.fixed_in)).collect(),
        }))
    }

    /// How many findings of a party are open, by severity, the gravest first.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn open_findings(&self, party: &str) -> Result<Vec<(Severity, i64)>, InventoryError> {
        self.read(|transaction| {
            let number = party_number(transaction, party)?;
            let counts = findings::open_of_party(transaction, number)?;
            Ok(counts
                .into_iter()
                .map(|(severity, count)| (known::severity_of(severity), count))
                .collect())
        })
    }

    /// How many findings are open of each party in sight, by severity, the gravest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_by_party(
        &self,
        sight: &Sight,
    ) -> Result<HashMap<String, Vec<(Severity, i64)>>, InventoryError> {
        let counts = self.read(|transaction| Ok(findings::open_of_all(transaction)?))?;
        let mut by_party: HashMap<String, Vec<(Severity, i64)>> = HashMap::new();
        for (party, severity, count) in counts {
            if sight.has(&party) {
                by_party.entry(party).or_default().push((known::severity_of(severity), count));
            }
        }
        Ok(by_party)
    }
}
