//! The words of telling.

mod contact;
mod content;
mod delivery;
mod stage;

pub use contact::{Channel, Contact, ContactRole, NewContact, WebhookAddress};
pub use content::{Circle, Content, Digest, Reminders, Text, Title};
pub use delivery::{
    Answer, Board, Delivery, DeliveryState, Reach, Reached, Recipient, Seen, Unreached, Why,
};
pub use stage::{Act, Closed, Draft, Released, Reviewed, Stage};

use jiff::Timestamp;

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: String,
    /// The organisation that tells.
    pub owner: String,
    /// What is told, to whom, and how far they may tell it on.
    pub content: Content,
    /// Grows with each change.
    pub version: i64,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it was drafted by itself, after an advisory came.
    pub is_automatic: bool,
    /// Who drafted it, and when.
    pub drafted: Act,
}

impl Notice {
    /// From when on it may leave; nothing, before it was released.
    pub fn leaves_at(&self) -> Option<Timestamp> {
        let released = self.stage.released()?;
        Some(self.content.not_before.map_or(released.at, |at| at.max(released.at)))
    }

    /// Its object, as rights see it.
    pub(crate) fn object(id: &str) -> String {
        format!("{OBJECT}{id}")
    }
}

/// What the names of these objects begin with.
pub(crate) const OBJECT: &str = "notice/";
