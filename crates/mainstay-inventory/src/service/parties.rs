//! Parties, contacts and assets.

use jiff::Timestamp;
use mainstay_store::Actor;
use serde_json::json;

use super::{Inventory, new_id};
use crate::InventoryError;
use crate::model::{Asset, Contact, NewParty, Party, PartyKind};
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
        checked_name("name", &party.name)?;
        self.write(|transaction| {
            parties::put(transaction, party, now)?;
            let detail = json!({
                "kind": party.kind.word(), "name": party.name, "important": party.is_important,
                "sectors": party.sectors,
            });
            transaction.append(actor.does("party.put", &party.id, detail, now));
            Ok(())
        })
    }

    /// The party of this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn party(&self, id: &str) -> Result<Party, InventoryError> {
        self.read(|transaction| {
            parties::of_id(transaction, id)?.ok_or(InventoryError::Absent("party"))
        })
    }

    /// The parties of a kind, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn parties(&self, kind: PartyKind) -> Result<Vec<Party>, InventoryError> {
        self.read(|transaction| Ok(parties::of_kind(transaction, kind)?))
    }

    /// Adds or changes a contact of a party.
    ///
    /// # Errors
    /// When there is no such party, or the address will not do.
    pub fn put_contact(
        &self,
        party: &str,
        contact: &Contact,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        checked_name("address", &contact.address)?;
        self.write(|transaction| {
            let number =
                parties::number_of(transaction, party)?.ok_or(InventoryError::Absent("party"))?;
            parties::put_contact(transaction, number, contact)?;
            // The address is personal data, and stays out of a log that is never changed.
            let detail = json!({ "contact": contact.id, "role": contact.role.word() });
            transaction.append(actor.does("contact.put", party, detail, now));
            Ok(())
        })
    }

    /// The contacts of a party, by role.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn contacts(&self, party: &str) -> Result<Vec<Contact>, InventoryError> {
        self.read(|transaction| {
            let number =
                parties::number_of(transaction, party)?.ok_or(InventoryError::Absent("party"))?;
            Ok(parties::contacts(transaction, number)?)
        })
    }

    /// The asset of this name within a party; it is added when it is not there.
    ///
    /// # Errors
    /// When there is no such party, or the name will not do.
    pub fn asset_named(
        &self,
        party: &str,
        name: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Asset, InventoryError> {
        let name = checked_name("asset", name)?;
        let id = new_id("ast", now)?;
        self.write(|transaction| {
            let number =
                parties::number_of(transaction, party)?.ok_or(InventoryError::Absent("party"))?;
            let (id, is_new) = parties::put_asset(transaction, number, (&id, name), now)?;
            if is_new {
                let detail = json!({ "party": party, "name": name });
                transaction.append(actor.does("asset.add", &id, detail, now));
            }
            parties::asset(transaction, &id)?.ok_or(InventoryError::Absent("asset"))
        })
    }

    /// The asset of this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn asset(&self, id: &str) -> Result<Asset, InventoryError> {
        self.read(|transaction| {
            parties::asset(transaction, id)?.ok_or(InventoryError::Absent("asset"))
        })
    }

    /// The assets of a party, by name.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn assets(&self, party: &str) -> Result<Vec<Asset>, InventoryError> {
        self.read(|transaction| {
            let number =
                parties::number_of(transaction, party)?.ok_or(InventoryError::Absent("party"))?;
            Ok(parties::assets(transaction, number)?)
        })
    }
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
