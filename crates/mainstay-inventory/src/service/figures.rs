//! What those learn who see no inventory: bands by sector, once a day, that single out nobody.
//! The rules are those of `mainstay-figures`.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mainstay_figures::{
    Facts, Figures, HoldOutKey, MemberId, Members, Partition, Question, State, Threshold, release,
};
use mainstay_store::Transaction;
use mainstay_types::{Purl, SectorId};

use super::Inventory;
use super::affected::{Seen, meant};
use super::answered::having;
use crate::InventoryError;
use crate::model::Subject;
use crate::store::{components, known, postings, sboms, snapshots};

impl Inventory {
    /// The figures of a question, as of today's snapshot. Nothing for a range of versions: such
    /// ranges could be cut so fine that they describe one member.
    ///
    /// # Errors
    /// A package URL that cannot be read.
    pub fn figures(
        &self,
        subject: &Subject,
        now: Timestamp,
    ) -> Result<Option<Figures>, InventoryError> {
        let Some(question) = question_of(subject)? else { return Ok(None) };
        let day = now.to_zoned(TimeZone::UTC).date();
        let kept = self.read(|transaction| Ok(snapshots::read(transaction, &question)?))?;
        if let Some(kept) = kept.filter(|kept| kept.day >= day) {
            return Ok(Some(kept.figures()));
        }
        let key = HoldOutKey::new(&self.figures_key()?)?;
        let can_tell = self.can_tell(subject, now)?;
        let (released, is_kept) = {
            let mut holders = self.holders();
            self.read(|transaction| {
                holders.refresh(transaction)?;
                let seen = Seen { holders: &holders, parties: None };
                let facts = facts(transaction, &seen, (subject, can_tell))?;
                let partition = Partition::of(&members(&seen)?, Threshold::default(), &key);
                let previous = snapshots::read(transaction, &question)?;
                let released = release(&question, &partition, &facts, previous.as_ref(), day)?;
                // What never named anybody is not kept: a flood of made-up questions leaves
                // nothing. When it first does, as many facts as the threshold have changed.
                let is_kept =
                    previous.is_some() || facts.values().any(|state| *state == State::Affected);
                Ok((released, is_kept))
            })?
        };
        if !is_kept {
            return Ok(Some(released.figures()));
        }
        // Of two who make the snapshot of a day the first counts, for both.
        let kept = self.write(|transaction| {
            snapshots::write(transaction, &released)?;
            Ok(snapshots::read(transaction, &question)?)
        })?;
        Ok(Some(kept.unwrap_or(released).figures()))
    }

    /// The secret key of figures. It is drawn when it is first needed.
    fn figures_key(&self) -> Result<Vec<u8>, InventoryError> {
        match self.read(|transaction| Ok(snapshots::key(transaction)?))? {
            Some(key) => Ok(key),
            None => self.write(|transaction| Ok(snapshots::draw_key(transaction)?)),
        }
    }

    /// Whether who does not have a subject can be told from who has: a flaw that the advisory data
    /// do not know, or that not every component was asked about, may be anybody's; and whom a
    /// statement that ran out still calls unaffected.
    fn can_tell(&self, subject: &Subject, now: Timestamp) -> Result<bool, InventoryError> {
        let Subject::Flaw(name) = subject else { return Ok(true) };
        let knowledge = self.knowledge();
        let edition = knowledge.edition().to_string();
        let matched = self.read(|transaction| Ok(known::matched_edition(transaction)?))?;
        let is_matched = matched.is_none_or(|matched| matched == edition);
        let is_known = matches!(knowledge.advisory(name.as_str()), Ok(Some(_)));
        Ok(is_matched && is_known && !self.is_unspoken(now)?)
    }
}

/// The question that outsiders may ask about a subject.
fn question_of(subject: &Subject) -> Result<Option<Question>, InventoryError> {
    match subject {
        Subject::Flaw(name) => Ok(Some(Question::Advisory(name.as_str().into()))),
        Subject::Package { range: Some(_), .. } => Ok(None),
        Subject::Package { purl, range: None } => {
            let wrong = |text: String| InventoryError::field("package", text);
            let name = Purl::parse(purl)
                .map_err(|error| wrong(error.to_string()))?
                .package_name()
                .ok_or_else(|| wrong("packages of this type are not known here".to_owned()))?
                .map_err(|error| wrong(error.to_string()))?;
            Ok(Some(Question::package(&name)))
        }
    }
}

/// Every organisation that belongs to a sector, counted in the first that it names.
fn members(seen: &Seen<'_>) -> Result<Members, InventoryError> {
    let sectors = seen.holders.sectors();
    let mut members = Members::default();
    for (number, party) in seen.holders.parties() {
        let first = party.sectors.iter().min().and_then(|at| sectors.get(*at));
        let first = first.and_then(|sector| SectorId::parse(sector).ok());
        if let Some(sector) = first.filter(|_| party.is_organisation) {
            members.add(member(*number), sector)?;
        }
    }
    Ok(members)
}

/// What is known of each member. Not affected is who has an inventory that leaves nothing open.
fn facts(
    transaction: &mut Transaction<'_>,
    seen: &Seen<'_>,
    (subject, can_tell): (&Subject, bool),
) -> Result<Facts, InventoryError> {
    let meant = meant(transaction, subject)?;
    // Who says that it does no harm is not affected, by his own word.
    let having = having(transaction, seen, (subject, &meant.components))?;
    let affected = seen.holders_of(&having.affected);
    let mut parties_with = |components: &[i64]| -> Result<HashSet<i64>, InventoryError> {
        let mut parties = HashSet::new();
        postings::uses(transaction, components, |sbom, _, _| parties.extend(seen.holder_of(sbom)))?;
        Ok(parties)
    };
    let mut open = parties_with(&meant.undecided)?;
    if matches!(subject, Subject::Flaw(_)) {
        let unchecked = components::all_unchecked(transaction)?;
        postings::uses(transaction, &unchecked, |sbom, _, _| open.extend(seen.holder_of(sbom)))?;
    }
    let partial = sboms::all_partial(transaction)?;
    open.extend(partial.into_iter().filter_map(|sbom| seen.holder_of(sbom)));
    let with_inventory = seen.holders.with_inventory();
    let state = |number: &i64| {
        if affected.contains(number) {
            State::Affected
        } else if can_tell && with_inventory.contains(number) && !open.contains(number) {
            State::NotAffected
        } else {
            State::Unknown
        }
    };
    Ok(seen.holders.parties().keys().map(|number| (member(*number), state(number))).collect())
}

fn member(number: i64) -> MemberId {
    MemberId(number.unsigned_abs())
}
