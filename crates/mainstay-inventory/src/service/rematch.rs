//! Matching again, when the advisory data are newer.
//!
//! What is asked is each component once, not each SBOM: a flaw that becomes known in a package
//! that ten thousand assets use is looked up once and opens ten thousand findings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mainstay_scan::{Finding, PackageStatus};
use mainstay_store::{Actor, Event};
use serde_json::json;

use super::Inventory;
use super::findings::{Closing, settle};
use super::intake::known;
use crate::InventoryError;
use crate::store::components::{self, FlawFacts, Stored};
use crate::store::postings;
use crate::store::sboms;

/// Components that are asked about at once.
const AT_ONCE: i64 = 2_000;
/// Versions of assets whose findings are brought in line in one transaction.
const ASSETS_AT_ONCE: usize = 200;

/// What matching again did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rematched {
    /// Components that were asked about.
    pub components: usize,
    /// Of those, how many are known differently now.
    pub changed: usize,
    /// Findings that were opened.
    pub opened: usize,
    /// Findings that were closed.
    pub closed: usize,
}

type Known = (PackageStatus, Vec<Finding>);

impl Inventory {
    /// Opens the advisory data as they are now and matches every stored component again.
    ///
    /// # Errors
    /// When the database does not answer. What was matched until then stays; doing it again is
    /// right.
    pub fn rematch(&self, actor: &Actor, now: Timestamp) -> Result<Rematched, InventoryError> {
        let knowledge = self.reopen_knowledge();
        let mut told = Rematched::default();
        let mut changed = Vec::new();
        let mut after = 0;
        loop {
            let stored =
                self.read(|transaction| Ok(components::after(transaction, after, AT_ONCE)?))?;
            let Some(last) = stored.last() else { break };
            after = last.number;
            told.components += stored.len();
            let asked: Vec<(&Stored, Known)> = stored
                .iter()
                .map(|one| (one, known(&knowledge, &one.identity, &one.ecosystem, &one.name)))
                .collect();
            changed.extend(self.update_changed(&asked, now)?);
        }
        told.changed = changed.len();
        (told.opened, told.closed) = self.settle_users(&changed, now)?;
        self.write(|transaction| {
            let detail = json!({
                "components": told.components, "changed": told.changed,
                "opened": told.opened, "closed": told.closed,
            });
            transaction.append(actor.does("advisories.match", "advisories", detail.clone(), now));
            transaction.emit(Event {
                at: now,
                kind: "advisories.matched",
                subject: "advisories".to_owned(),
                body: detail,
            });
            Ok(())
        })?;
        Ok(told)
    }

    /// Writes down what is known differently, and gives the numbers of those components.
    fn update_changed(
        &self,
        asked: &[(&Stored, Known)],
        now: Timestamp,
    ) -> Result<Vec<i64>, InventoryError> {
        let numbers: Vec<i64> = asked.iter().map(|(stored, _)| stored.number).collect();
        let before = self.read(|transaction| Ok(components::flaws(transaction, &numbers)?))?;
        let nothing = Vec::new();
        let differs: Vec<&(&Stored, Known)> = asked
            .iter()
            .filter(|(stored, (status, findings))| {
                let unchecked = match status {
                    PackageStatus::Checked => None,
                    PackageStatus::Unchecked { problem, .. } => Some(&**problem),
                };
                let mut facts: Vec<FlawFacts> = findings.iter().map(FlawFacts::of).collect();
                facts.sort_unstable();
                facts.dedup_by(|one, two| one.flaw == two.flaw);
                unchecked != stored.unchecked.as_deref()
                    || facts != *before.get(&stored.number).unwrap_or(&nothing)
            })
            .collect();
        if !differs.is_empty() {
            self.write(|transaction| {
                for (stored, known) in &differs {
                    components::set_known(transaction, stored.number, known, now)?;
                }
                Ok(())
            })?;
        }
        Ok(differs.into_iter().map(|(stored, _)| stored.number).collect())
    }

    /// Brings the findings in line of every version of an asset that has one of the components.
    fn settle_users(
        &self,
        changed: &[i64],
        now: Timestamp,
    ) -> Result<(usize, usize), InventoryError> {
        if changed.is_empty() {
            return Ok((0, 0));
        }
        let mut users = BTreeSet::new();
        let users = {
            let mut holders = self.holders();
            self.read(|transaction| {
                holders.refresh(transaction)?;
                postings::uses(transaction, changed, |sbom, _, _| {
                    if holders.current(sbom).is_some() {
                        users.insert(sbom);
                    }
                })
            })?;
            Vec::from_iter(users)
        };
        let (mut opened, mut closed) = (0, 0);
        for some in users.chunks(ASSETS_AT_ONCE) {
            let settled = self.write(|transaction| {
                let mut counts = (0, 0);
                let mut flaws: BTreeMap<String, usize> = BTreeMap::new();
                for sbom in some {
                    // It may have become one of the past since.
                    let Some(current) = sboms::current_of_number(transaction, *sbom)? else {
                        continue;
                    };
                    let content = current.components()?;
                    let settled = settle(
                        transaction,
                        (current.asset, &current.release),
                        &content,
                        (Closing::NoLongerKnown, now),
                    )?;
                    counts.0 += settled.opened.len();
                    counts.1 += settled.closed;
                    for (_, flaw) in settled.opened {
                        *flaws.entry(flaw).or_default() += 1;
                    }
                }
                for (flaw, count) in flaws {
                    transaction.emit(Event {
                        at: now,
                        kind: "finding.opened",
                        subject: flaw,
                        body: json!({ "releases": count }),
                    });
                }
                Ok(counts)
            })?;
            opened += settled.0;
            closed += settled.1;
        }
        Ok((opened, closed))
    }
}
