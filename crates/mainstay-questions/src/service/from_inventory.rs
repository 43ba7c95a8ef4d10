//! An answer from the inventory that an organisation has here: first what would leave is shown,
//! then exactly that is signed and sent.

use jiff::{SignedDuration, Timestamp};
use mainstay_inventory::{Inventory, Party};
use mainstay_store::Actor;
use mainstay_types::{SectorId, Tlp};

use super::receive::{Received, Sent};
use super::{Questions, ServiceError};
use crate::examine::examine_inventory;
use crate::{Answer, Detail, Drafting, Examination, Name, PayloadDigest, Words};

/// How long what was shown can be sent.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What an organisation decides about its answer.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How much of what was seen leaves.
    pub detail: Detail,
    /// How far the answer may be told. Nothing: as far as the question.
    pub marking: Option<Tlp>,
    /// What else it says.
    pub note: Option<Words>,
}

impl Questions {
    /// What an organisation's inventory says to a question, and what would leave of it.
    ///
    /// # Errors
    /// [`ServiceError::Absent`] when the question was not told to it; a marking that does not fit.
    pub fn preview(
        &self,
        inventory: &Inventory,
        (question, party): (&str, &Party),
        preview: &Preview,
        now: Timestamp,
    ) -> Result<(Examination, Answer), ServiceError> {
        let published = self.told_to(question, &party.id, now)?;
        let subject = &published.signed.question.subject;
        let examination = examine_inventory(inventory, &party.id, subject, now)?;
        let sectors = party.sectors.iter().filter_map(|id| SectorId::parse(id).ok());
        let answer = examination.answer(Drafting {
            question: &published.signed,
            answered_by: Name::parse("name", &party.name)?,
            sectors: sectors.collect(),
            marking: preview.marking,
            detail: preview.detail,
            fixed_since: None,
            note: preview.note.clone(),
            now,
        })?;
        Ok((examination, answer))
    }

    /// Signs and sends what was shown: an answer of this id, made at that moment, with this
    /// content.
    ///
    /// # Errors
    /// [`ServiceError::Changed`] when the inventory says something else by now, or it was shown
    /// long ago; else as [`Questions::preview`] and [`Questions::receive`].
    pub fn send_shown(
        &self,
        inventory: &Inventory,
        (question, party): (&str, &Party),
        preview: &Preview,
        (id, shown_at, digest): (&str, Timestamp, &PayloadDigest),
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Received, ServiceError> {
        if shown_at > now || now.duration_since(shown_at) > SHOWN_FOR {
            return Err(ServiceError::Changed);
        }
        let (_, mut answer) = self.preview(inventory, (question, party), preview, shown_at)?;
        answer.id = id.into();
        if PayloadDigest::of(answer.payload().as_bytes()) != *digest {
            return Err(ServiceError::Changed);
        }
        let key = self.key(&party.id)?;
        let envelope = answer.seal(&key)?;
        let sent =
            Sent { organisation: &party.id, key: &key.verifying(), envelope: envelope.as_bytes() };
        self.receive(question, &sent, (actor, now))
    }
}
