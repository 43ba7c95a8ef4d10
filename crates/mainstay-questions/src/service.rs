//! Questions on a server: published to those who may know of them, answered in the name of
//! organisations, counted together with what inventories say.
//!
//! | to | look in |
//! | --- | --- |
//! | publish, find and close a question; who may see it | `publish.rs` |
//! | take in an answer | `receive.rs` |
//! | answer from an inventory that is here | `from_inventory.rs` |
//! | count both kinds of answer | `picture.rs` |
//!
//! A question and an answer are objects with a marking (`mainstay-visibility`): what is not in
//! sight is answered as what is not there. A party is an organisation of this instance here, since
//! the server knows who sends; the signature says that nobody changed what was sent.

mod error;
mod from_inventory;
mod picture;
mod publish;
mod receive;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{DataDir, Database, SigningKey, Transaction};
use mainstay_visibility::{ObjectId, OrganisationId};

pub use error::ServiceError;
pub use from_inventory::Preview;
pub use picture::{PartyPicture, PartyStanding, Picture, PictureCounts, SectorPicture, Source};
pub use publish::{Published, Told};
pub use receive::{KeptAnswer, Received, Sent};

use crate::QuestionError;

/// How far a clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// The questions of an instance. Shared by all threads; every method blocks its own.
#[derive(Debug)]
pub struct Questions {
    database: Arc<Database>,
    folder: DataDir,
}

impl Questions {
    /// Over a database, with keys in the folder of the instance.
    pub fn open(database: Arc<Database>, folder: DataDir) -> Self {
        Self { database, folder }
    }

    /// The key that signs for an organisation here. It is made when it is first asked for.
    ///
    /// # Errors
    /// When its file cannot be read or written.
    pub fn key(&self, organisation: &str) -> Result<SigningKey, ServiceError> {
        let path = self.folder.key_of(organisation)?;
        match SigningKey::open_or_create(&path, organisation) {
            Ok(key) => Ok(key),
            // Another request may have made it at this moment.
            Err(_) if path.exists() => Ok(SigningKey::open_or_create(&path, organisation)?),
            Err(error) => Err(error.into()),
        }
    }

    fn read<T>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.database.read(look)
    }

    fn write<T>(
        &self,
        change: impl FnMut(&mut Transaction<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.database.write(change)
    }
}

fn question_object(id: &str) -> Result<ObjectId, ServiceError> {
    Ok(format!("question/{id}").parse()?)
}

fn answer_object(id: &str) -> Result<ObjectId, ServiceError> {
    Ok(format!("answer/{id}").parse()?)
}

fn organisation_id(id: &str) -> Result<OrganisationId, ServiceError> {
    Ok(id.parse()?)
}

/// Refuses a time that is still to come.
fn check_past(field: &'static str, at: Timestamp, now: Timestamp) -> Result<(), ServiceError> {
    if at > now.saturating_add(AHEAD).unwrap_or(now) {
        return Err(QuestionError::field(field, "it is still to come: set the clock right").into());
    }
    Ok(())
}
