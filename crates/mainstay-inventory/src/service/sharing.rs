//! Who sees whose inventory.
//!
//! The inventory of an organisation is one object, `inventory/ID`, marked AMBER. Its own people
//! see it; another organisation sees it when it was named. The definition is that of
//! `mainstay-visibility`.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use mainstay_store::{Actor, Transaction, Value};
use mainstay_types::Tlp;
use mainstay_visibility::{
    Audience, Marked, ObjectId, OrganisationId, Reader, Release, VisibleSql,
};

use super::Inventory;
use super::parties::party_number;
use crate::InventoryError;

/// What the names of these objects begin with.
const OBJECT: &str = "inventory/";

/// Whose inventories somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everybody's: whoever may write into the data folder.
    Everything,
    /// Of these parties, by id.
    Of(BTreeSet<String>),
}

impl Sight {
    /// Whether the inventory of this party is seen.
    pub fn has(&self, party: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Of(parties) => parties.contains(party),
        }
    }

    /// The small numbers of the parties that are seen; nothing for everybody's.
    pub(super) fn numbers(
        &self,
        transaction: &mut Transaction<'_>,
    ) -> Result<Option<HashSet<i64>>, InventoryError> {
        let Self::Of(parties) = self else { return Ok(None) };
        let keys: Vec<Value> = parties.iter().map(Value::from).collect();
        let mut numbers = HashSet::new();
        transaction.each_of("SELECT number FROM party WHERE id IN", &[], &keys, |row| {
            numbers.insert(row.integer(0)?);
            Ok(())
        })?;
        Ok(Some(numbers))
    }
}

/// What somebody who saw a list of organisations decided on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingChoice {
    /// The organisations that were shown. What is said on others stays as it is.
    pub among: BTreeSet<OrganisationId>,
    /// Those of them with which the inventory was shared then.
    pub seen: BTreeSet<OrganisationId>,
    /// Those of them with which it is to be shared.
    pub with: BTreeSet<OrganisationId>,
}

impl Inventory {
    /// Whose inventories a reader sees now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn sight(&self, reader: &Reader, now: Timestamp) -> Result<Sight, InventoryError> {
        let (sql, parameters) = VisibleSql::all(reader, now);
        self.read(|transaction| {
            let objects = transaction.rows(&sql, &parameters, |row| row.text(0))?;
            let parties = objects.iter().filter_map(|object| object.strip_prefix(OBJECT));
            Ok(Sight::Of(parties.map(str::to_owned).collect()))
        })
    }

    /// With which organisations a party shares its inventory, and since when.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn shared_with(
        &self,
        party: &str,
    ) -> Result<Vec<(OrganisationId, Timestamp)>, InventoryError> {
        self.read(|transaction| {
            party_number(transaction, party)?;
            shared_now(transaction, party)
        })
    }

    /// Says with which organisations a party shares its inventory, from now on. Those that are
    /// not named see it no longer.
    ///
    /// # Errors
    /// When the party or one of the organisations is not there.
    pub fn share(
        &self,
        party: &str,
        with: &BTreeSet<OrganisationId>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        self.write(|transaction| share_in(transaction, (party, with), actor, now))
    }

    /// Changes with which of some organisations a party shares its inventory.
    ///
    /// # Errors
    /// [`InventoryError::Outdated`] when it is shared with others of them than were seen: a page
    /// that is old must not share again with whom somebody has just shut out. As
    /// [`Inventory::share`] otherwise.
    pub fn choose_sharing(
        &self,
        party: &str,
        choice: &SharingChoice,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        self.write(|transaction| {
            party_number(transaction, party)?;
            // Of two who decide at once, the second sees what the first did.
            Marked::hold(transaction, &object_of(party)?)?;
            let (shown, others): (BTreeSet<_>, BTreeSet<_>) = shared_now(transaction, party)?
                .into_iter()
                .map(|(id, _)| id)
                .partition(|id| choice.among.contains(id));
            if shown != choice.seen {
                return Err(InventoryError::Outdated("with whom the inventory is shared"));
            }
            let with = choice.with.intersection(&choice.among).cloned().chain(others).collect();
            share_in(transaction, (party, &with), actor, now)
        })
    }
}

fn shared_now(
    transaction: &mut Transaction<'_>,
    party: &str,
) -> Result<Vec<(OrganisationId, Timestamp)>, InventoryError> {
    let marked = Marked::read(transaction, &object_of(party)?)?;
    let releases = marked.map(|marked| marked.releases).unwrap_or_default();
    Ok(releases
        .into_iter()
        .filter_map(|release| match release.audience {
            Audience::Organisation(id) => Some((id, release.not_before)),
            Audience::Public
            | Audience::SignedIn
            | Audience::Community(_)
            | Audience::Sector(_)
            | Audience::Person(_) => None,
        })
        .collect())
}

fn share_in(
    transaction: &mut Transaction<'_>,
    (party, with): (&str, &BTreeSet<OrganisationId>),
    actor: &Actor,
    now: Timestamp,
) -> Result<(), InventoryError> {
    party_number(transaction, party)?;
    for one in with {
        party_number(transaction, one.as_str())?;
    }
    let object = object_of(party)?;
    let before = Marked::read(transaction, &object)?;
    let since = |one: &OrganisationId| {
        let audience = Audience::Organisation(one.clone());
        let kept = before.as_ref()?.releases.iter().find(|it| it.audience == audience)?;
        Some(kept.not_before)
    };
    let releases = with.iter().map(|one| Release {
        audience: Audience::Organisation(one.clone()),
        not_before: since(one).unwrap_or(now),
        marking: Tlp::Amber,
    });
    let marked = Marked { releases: releases.collect(), ..own(party, object)? };
    marked.write(transaction)?;
    transaction.append(actor.does("inventory.share", party, marked.detail(), now));
    Ok(())
}

/// Marks the inventory of a party that is new: for its own people alone.
pub(super) fn mark_new(
    transaction: &mut Transaction<'_>,
    party: &str,
) -> Result<(), InventoryError> {
    let object = object_of(party)?;
    if Marked::read(transaction, &object)?.is_none() {
        own(party, object)?.write(transaction)?;
    }
    Ok(())
}

fn own(party: &str, object: ObjectId) -> Result<Marked, InventoryError> {
    let owner = party.parse().map_err(|_| wrong_id())?;
    Ok(Marked { object, owner, marking: Tlp::Amber, releases: Vec::new() })
}

fn object_of(party: &str) -> Result<ObjectId, InventoryError> {
    format!("{OBJECT}{party}").parse().map_err(|_| wrong_id())
}

fn wrong_id() -> InventoryError {
    InventoryError::field("id", "1 to 100 letters, digits, `-`, `_` and `.` are asked for")
}
