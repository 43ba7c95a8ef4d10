//! Who is told, by which way, and what comes back.

use jiff::Timestamp;
use mainstay_inventory::NotKnown;
use mainstay_vex::Claim;

use super::{Channel, Contact, ContactRole};

/// Why an organisation is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is known to be affected.
    Affected,
    /// The author named it.
    Named,
}

impl Why {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Named => "named",
        }
    }

    pub(crate) fn of_word(word: &str) -> Self {
        if word == "affected" { Self::Affected } else { Self::Named }
    }
}

/// Whom a notice would reach now.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Organisations with a fitting contact.
    pub reached: Vec<Reached>,
    /// Organisations without one.
    pub unreached: Vec<Unreached>,
    /// The advisory data that it rests on, and when they were true.
    pub knowledge: Vec<(String, Option<Timestamp>)>,
    /// What is not known of the others.
    pub unknowns: Vec<NotKnown>,
}

/// An organisation, and its contacts that fit.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Its id.
    pub party: String,
    /// Its name.
    pub name: String,
    /// Why it is told.
    pub why: Why,
    /// Through whom.
    pub contacts: Vec<Contact>,
}

/// An organisation that cannot be told.
#[derive(Clone, Debug)]
pub struct Unreached {
    /// Its id.
    pub party: String,
    /// Its name.
    pub name: String,
    /// Why it would be told.
    pub why: Why,
    /// Why it cannot be.
    pub problem: String,
}

/// What became of a letter or a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits, at least until then; the last trouble, if it was tried.
    Waiting(Timestamp, Option<String>),
    /// The next server, or the program, took it.
    Sent(Timestamp),
    /// It was given up.
    Failed(Timestamp, String),
}

impl DeliveryState {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting(..) => "waiting",
            Self::Sent(_) => "sent",
            Self::Failed(..) => "failed",
        }
    }
}

/// A letter or a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// 0 tells, later ones remind.
    pub turn: i64,
    /// `mail` or `webhook`.
    pub channel: String,
    /// The address, which others than its keeper may not see: see [`Delivery::shown_address`].
    pub(crate) address: String,
    /// The name of the contact.
    pub name: String,
    /// Its role.
    pub role: ContactRole,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
}

impl Delivery {
    /// The address, as everybody may see it: of a webhook only the origin.
    pub fn shown_address(&self) -> String {
        Channel::of(&self.channel, &self.address).map(|one| one.shown()).unwrap_or_default()
    }
}

/// Who has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The id of an account, or the address of the letter whose link was opened.
    pub who: String,
    /// The first time.
    pub at: Timestamp,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: String,
    /// The id of an account or a token, or the address of the letter whose link was used.
    pub who: String,
    /// In the words of VEX.
    pub claim: Claim,
    /// What else was written.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// An organisation that was told, and what came back.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The id of this row.
    pub id: String,
    /// The id of the organisation.
    pub party: String,
    /// Its name.
    pub name: String,
    /// Why it is told.
    pub why: Why,
    /// Why nobody there was called.
    pub untold: Option<String>,
    /// Since when it is a recipient.
    pub told_at: Timestamp,
    /// How often it was reminded.
    pub reminders: i64,
    /// Letters and calls.
    pub deliveries: Vec<Delivery>,
    /// Who has seen it, in order.
    pub seen: Vec<Seen>,
    /// What it answered, the newest first.
    pub answers: Vec<Answer>,
}

impl Recipient {
    /// The answer that counts.
    pub fn answer(&self) -> Option<&Answer> {
        self.answers.first()
    }
}

/// All recipients of a notice, by name.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// The organisations.
    pub recipients: Vec<Recipient>,
}

impl Board {
    /// Organisations of which nothing came back.
    pub fn silent(&self) -> impl Iterator<Item = &Recipient> {
        self.recipients.iter().filter(|one| one.answers.is_empty())
    }
}
