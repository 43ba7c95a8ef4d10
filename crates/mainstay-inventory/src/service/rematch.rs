//! Matching again, when the advisory data are newer.
//!
//! What is asked is each component once, not each SBOM: a flaw that becomes known in a package
//! that ten thousand assets use is looked up once and opens ten thousand findings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mainstay_knowledge::Knowledge;
use mainstay_store::{Actor, Event, Transaction};
use serde_json::json;

use super::Inventory;
use super::findings::{Closing, settle};
use super::intake::ask;
use crate::InventoryError;
use crate::store::components::{self, Stored};
use crate::store::known::{self, Known};
use crate::store::{parties, postings, sboms, statements};

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

impl Inventory {
    /// Matches again, when the advisory data are newer than those that were matched with. For a
    /// server that looks now and then. Several processes may: what is done twice is right.
    ///
    /// # Errors
    /// As [`Inventory::rematch`].
    pub fn match_if_newer(
        &self,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Rematched>, InventoryError> {
        let edition = self.newest_knowledge().edition().to_string();
        let matched = self.read(|transaction| Ok(known::matched_edition(transaction)?))?;
        // Without an edition nothing was ever received, so there is nothing to match.
        match matched {
            Some(matched) if matched != edition => self.rematch(actor, now).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// After a restore: the advisory data of this folder are not those that were matched with, even
    /// when they have the same edition. Answers say so until all was matched again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn was_restored(&self) -> Result<(), InventoryError> {
        self.write(|transaction| Ok(known::unmatch(transaction)?))
    }

    /// Opens the advisory data as they are now and matches every stored component again.
    ///
    /// # Errors
    /// When the database does not answer. What was matched until then stays; doing it again is
    /// right.
    pub fn rematch(&self, actor: &Actor, now: Timestamp) -> Result<Rematched, InventoryError> {
        let knowledge = self.reopen_knowledge();
        let mut told = Rematched::default();
        let mut after = 0;
        loop {
            let stored =
                self.read(|transaction| Ok(components::after(transaction, after, AT_ONCE)?))?;
            let Some(last) = stored.last() else { break };
            after = last.number;
            told.components += stored.len();
            told.changed += self.update_changed(&knowledge, &stored, now)?;
        }
        (told.opened, told.closed) = self.settle_users(now)?;
        self.speak(now)?;
        self.write(|transaction| {
            // Whoever receives an SBOM at this moment looks again, with these data.
            known::begin_changing_flaws(transaction)?;
            known::set_matched_edition(transaction, knowledge.edition(), false)?;
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

    /// Asks about components, writes down what is known differently, and says of how many.
    fn update_changed(
        &self,
        knowledge: &Knowledge,
        stored: &[Stored],
        now: Timestamp,
    ) -> Result<usize, InventoryError> {
        let numbers: Vec<i64> = stored.iter().map(|one| one.number).collect();
        let mut flaws = self.read(|transaction| Ok(known::flaws(transaction, &numbers)?))?;
        let differs: Vec<(i64, Known)> = stored
            .iter()
            .filter_map(|one| {
                let unchecked = one.unchecked.clone();
                let before =
                    Known { unchecked, flaws: flaws.remove(&one.number).unwrap_or_default() };
                let (now, asked) = ask(knowledge, &one.identity, &one.ecosystem, &one.name);
                let now = now.with_untold(&before, (asked, knowledge));
                (now != before).then_some((one.number, now))
            })
            .collect();
        if !differs.is_empty() {
            self.write(|transaction| {
                let turn = known::begin_changing_flaws(transaction)?;
                for (number, known) in &differs {
                    known::set_known(transaction, *number, known, now)?;
                    known::set_unsettled(transaction, *number, turn)?;
                }
                Ok(())
            })?;
        }
        Ok(differs.len())
    }

    /// Brings the findings in line of every version of an asset that has a component whose flaws
    /// were changed, now or by a process that did not come to this.
    fn settle_users(&self, now: Timestamp) -> Result<(usize, usize), InventoryError> {
        let mut users = BTreeSet::new();
        let turn = {
            let mut holders = self.holders();
            self.read(|transaction| {
                holders.refresh(transaction)?;
                let (changed, turn) = known::unsettled(transaction)?;
                postings::uses(transaction, &changed, |sbom, _, _| {
                    if holders.current(sbom).is_some() {
                        users.insert(sbom);
                    }
                })?;
                Ok(turn)
            })?
        };
        let (mut opened, mut closed) = (0, 0);
        for some in Vec::from_iter(users).chunks(ASSETS_AT_ONCE) {
            let mut is_again = false;
            let settled = self.write(|transaction| {
                settle_these(transaction, some, (std::mem::replace(&mut is_again, true), now))
            })?;
            opened += settled.0;
            closed += settled.1;
        }
        self.write(|transaction| Ok(known::set_settled(transaction, turn)?))?;
        Ok((opened, closed))
    }
}

/// Brings the findings of SBOMs in line, and says how many were opened and closed. Who had to
/// give way lets nobody speak meanwhile, so that it does not give way forever.
fn settle_these(
    transaction: &mut Transaction<'_>,
    some: &[i64],
    (is_again, now): (bool, Timestamp),
) -> Result<(usize, usize), InventoryError> {
    let mut assets = BTreeSet::new();
    for sbom in some {
        assets.extend(sboms::current_of_number(transaction, *sbom)?.map(|seen| seen.asset));
    }
    for asset in assets {
        parties::lock_asset(transaction, asset)?;
    }
    let turn = known::flaws_turn(transaction, is_again)?;
    let mut counts = (0, 0);
    let mut flaws: BTreeMap<String, usize> = BTreeMap::new();
    let mut places = Vec::new();
    for sbom in some {
        // It may have become one of the past before its asset was locked.
        let Some(current) = sboms::current_of_number(transaction, *sbom)? else { continue };
        let content = current.components()?;
        let settled = settle(transaction, &current, &content, (Closing::NoLongerKnown, now))?;
        counts.0 += settled.opened.len();
        counts.1 += settled.closed;
        for (_, flaw) in settled.opened {
            *flaws.entry(flaw).or_default() += 1;
        }
        places.push((current.asset, current.release));
    }
    // A statement that came meanwhile may be unheard.
    known::same_turn(transaction, turn)?;
    for (asset, release) in &places {
        statements::set_heard(transaction, (*asset, release))?;
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
}
