//! What can be done with notices. Every face (page, API, job) calls these; who may, it asks first.

mod automatic;
mod contacts;
mod drafting;
mod reach;
mod reminding;
mod sending;
mod steps;
mod told;

use std::sync::Arc;

use jiff::Timestamp;
use mainstay_inventory::{Inventory, Sight};
use mainstay_store::{Database, Event, Transaction};
use mainstay_visibility::{Reader, Role};

use crate::NoticesError;

pub use contacts::Wish;
pub use sending::{MAIL_JOB, OPENING_JOB, Outcome, Parcel, WEBHOOK_JOB};
pub use told::Linked;

/// The notices of an instance. Shared by all threads.
#[derive(Debug)]
pub struct Notices {
    database: Arc<Database>,
    inventory: Arc<Inventory>,
}

impl Notices {
    /// Opens them over a database, and the inventory that says who is affected.
    pub fn open(database: Arc<Database>, inventory: Arc<Inventory>) -> Self {
        Self { database, inventory }
    }

    /// Whose inventories an organisation sees: what its notices rest on, whoever writes them.
    fn sight_of(&self, owner: &str, now: Timestamp) -> Result<Sight, NoticesError> {
        Ok(self.inventory.sight(&reader_of(owner)?, now)?)
    }

    fn read<T>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, NoticesError>,
    ) -> Result<T, NoticesError> {
        self.database.read(look)
    }

    fn write<T>(
        &self,
        change: impl FnMut(&mut Transaction<'_>) -> Result<T, NoticesError>,
    ) -> Result<T, NoticesError> {
        self.database.write(change)
    }
}

/// An organisation as a reader: somebody there with the least of roles.
fn reader_of(party: &str) -> Result<Reader, NoticesError> {
    let somebody = "mainstay".parse()?;
    Ok(Reader::signed_in(somebody, [(party.parse()?, Role::Reader)], [], [])?)
}

/// Tells open pages that something about a notice changed: those of this organisation.
fn tell(
    transaction: &mut Transaction<'_>,
    kind: &'static str,
    (id, party): (&str, &str),
    now: Timestamp,
) {
    transaction.emit(Event {
        at: now,
        kind,
        subject: id.to_owned(),
        body: serde_json::json!({ "member": party }),
    });
}
