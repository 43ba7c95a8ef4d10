//! Parties and assets.

use jiff::Timestamp;
use mainstay_store::{Actor, Transaction, new_id};
use mainstay_types::SectorId;
use serde_json::json;

use super::Inventory;
use super::sharing::mark_new;
use crate::InventoryError;
use crate::model::{Asset, NewParty, Party, PartyKind};
use crate::store::parties;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;

impl Inventory {
    /// Adds a party, or changes the one of that id.
    ///
    /// # Errors
    /// A name that is empty or too long.
    pub fn put_party(
        &self,
        party: &NewParty,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        self.write(|transaction| put_in(transaction, party, actor, now))
    }

    /// Adds a party, in a transaction of the caller's: with its first owner, say, or not at all.
    ///
    /// # Errors
    /// When there is one of that id; as [`Inventory::put_party`].
    pub fn found_party(
        transaction: &mut Transaction<'_>,
        party: &NewParty,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        if parties::number_of(transaction, &party.id)?.is_some() {
            return Err(InventoryError::field("id", "there is an organisation of this id"));
        }
        put_in(transaction, party, actor, now)
    }

    /// The party of this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn party(&self, id: &str) -> Result<Party, InventoryError> {
        self.read(|transaction| {
            parties::of_id(transaction, id)?.ok_or_else(|| InventoryError::absent("party", id))
        })
    }

    /// The parties of a kind, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn parties(&self, kind: PartyKind) -> Result<Vec<Party>, InventoryError> {
        self.read(|transaction| Ok(parties::of_kind(transaction, kind)?))
    }

    /// The asset of this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn asset(&self, id: &str) -> Result<Asset, InventoryError> {
        self.read(|transaction| asset(transaction, id))
    }

    /// The assets of a party, by name.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn assets(&self, party: &str) -> Result<Vec<Asset>, InventoryError> {
        self.read(|transaction| {
            let number = party_number(transaction, party)?;
            Ok(parties::assets(transaction, number)?)
        })
    }
}

fn put_in(
    transaction: &mut Transaction<'_>,
    party: &NewParty,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), InventoryError> {
    checked_name("name", &party.name)?;
    checked_id(&party.id)?;
    parties::put(transaction, party, now)?;
    mark_new(transaction, &party.id)?;
    let detail = json!({
        "kind": party.kind.word(), "name": party.name, "important": party.is_important,
        "sectors": party.sectors.iter().map(SectorId::as_str).collect::<Vec<_>>(),
    });
    transaction.append(actor.does("party.put", &party.id, detail, now));
    Ok(())
}

/// An id that a person chose: what can stand in an address without being escaped.
fn checked_id(id: &str) -> Result<(), InventoryError> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    // Of dots alone it would be another place in an address.
    let is_dots = id.chars().all(|letter| letter == '.');
    if id.is_empty() || id.len() > 100 || is_dots || !id.chars().all(plain) {
        let problem =
            format!("\"{id}\" is no id: use letters, digits, `-`, `_` and `.`, at most 100 in all");
        return Err(InventoryError::field("id", problem));
    }
    Ok(())
}

/// The number of a party.
pub(super) fn party_number(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<i64, InventoryError> {
    parties::number_of(transaction, id)?.ok_or_else(|| InventoryError::absent("party", id))
}

/// The asset of this name within a party; it is added when it is not there.
pub(super) fn asset_named(
    transaction: &mut Transaction<'_>,
    (party, name): (&str, &str),
    (actor, now): (&Actor, Timestamp),
) -> Result<Asset, InventoryError> {
    let number = party_number(transaction, party)?;
    if let Some(known) = parties::asset_named(transaction, number, name)? {
        return Ok(known);
    }
    let id = new_id("ast", now)?;
    if parties::add_asset(transaction, number, (&id, name), now)? {
        let detail = json!({ "party": party, "name": name });
        transaction.append(actor.does("asset.add", &id, detail, now));
    }
    // Another may have added it at this moment; whoever cannot see that yet looks again.
    let added = parties::asset_named(transaction, number, name)?;
    added.ok_or_else(|| transaction.give_way().into())
}

/// The asset of an id.
pub(super) fn asset(transaction: &mut Transaction<'_>, id: &str) -> Result<Asset, InventoryError> {
    parties::asset(transaction, id)?.ok_or_else(|| InventoryError::absent("asset", id))
}

/// A name for people: not empty, not too long, one line.
pub(super) fn checked_name<'n>(
    field: &'static str,
    name: &'n str,
) -> Result<&'n str, InventoryError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(InventoryError::field(field, "it is empty"));
    }
    checked_text(field, name)
}

/// As [`checked_name`], but may be empty.
pub(super) fn checked_text<'n>(
    field: &'static str,
    text: &'n str,
) -> Result<&'n str, InventoryError> {
    if text.len() > LONGEST_NAME {
        return Err(InventoryError::field(
            field,
            format!("it is longer than {LONGEST_NAME} bytes"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(InventoryError::field(field, "it has control characters"));
    }
    Ok(text)
}
