//! Letters: what people are told by mail. Enqueued in the transaction that they tell of; written
//! and sent by whoever takes the job.
//!
//! A link in a letter lies in the row of the job as it is until the letter was sent. Nothing else
//! keeps it: the ticket has only its hash.

use jiff::Timestamp;
use mainstay_store::{Job, Transaction};
use serde::{Deserialize, Serialize};

use crate::{AccountsError, Secret};

/// A letter that waits: the body of a job of the kind [`Letter::JOB`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The mail address.
    pub to: String,
    /// What it tells.
    pub about: Notice,
}

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// Somebody is invited to an organisation.
    Invitation {
        /// Of the link.
        #[serde(with = "revealed")]
        secret: Secret,
        /// Where to: its id.
        organisation: String,
        /// As what: the word of the role.
        role: String,
        /// The name of who invites.
        by: String,
    },
    /// A link by which the address is proved.
    MailProof {
        /// Of the link.
        #[serde(with = "revealed")]
        secret: Secret,
    },
    /// Somebody asked for another address in place of this one. It counts once it is proved.
    MailChangeAsked,
    /// The account has another address now.
    MailChanged,
    /// A link to take another password.
    Recovery {
        /// Of the link.
        #[serde(with = "revealed")]
        secret: Secret,
    },
    /// The password is another one.
    PasswordChanged,
    /// There is no password any more.
    PasswordRemoved,
    /// Codes by time are asked for from now on.
    FactorAdded,
    /// Codes by time are not asked for any more.
    FactorRemoved,
    /// There are new recovery codes.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// There is one passkey more.
    PasskeyAdded {
        /// What its owner calls it.
        name: String,
    },
    /// There is one passkey less.
    PasskeyRemoved {
        /// What its owner called it.
        name: String,
    },
    /// The counter of a passkey did not go on: there may be a copy of it.
    PasskeyMayBeCopied {
        /// What its owner calls it.
        name: String,
    },
    /// An API token was made.
    TokenCreated {
        /// What its owner calls it.
        name: String,
    },
    /// Who runs the instance took every way in away, for a new beginning.
    AccountReset,
}

impl Letter {
    /// The kind of the jobs that carry letters.
    pub const JOB: &'static str = "account.mail";

    /// Reads the body of such a job.
    ///
    /// # Errors
    /// When it is none that this Mainstay knows.
    pub fn read(body: &str) -> Result<Self, AccountsError> {
        serde_json::from_str(body).map_err(|_| AccountsError::Broken("a letter cannot be read"))
    }
}

/// Has a letter sent when the transaction is kept.
pub(crate) fn tell(
    transaction: &mut Transaction<'_>,
    to: &str,
    about: Notice,
    now: Timestamp,
) -> Result<(), AccountsError> {
    let letter = Letter { to: to.to_owned(), about };
    let body = serde_json::to_value(&letter)
        .map_err(|_| AccountsError::Broken("a letter cannot be written"))?;
    transaction.enqueue(Job { kind: Letter::JOB, body, key: None, ready_at: now });
    Ok(())
}

/// A secret is written only where it is said in so many words.
mod revealed {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.reveal())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_as_it_was_written_and_shows_no_secret() {
        let secret = Secret::of("the-secret-of-a-link".to_owned());
        let letter =
            Letter { to: "ada@example.org".to_owned(), about: Notice::Recovery { secret } };
        let text = serde_json::to_string(&letter).unwrap();
        assert_eq!(
            text,
            r#"{"to":"ada@example.org","about":{"kind":"recovery","secret":"the-secret-of-a-link"}}"#
        );
        assert_eq!(Letter::read(&text).unwrap(), letter);
        assert!(!format!("{letter:?}").contains("the-secret"));
        assert!(Letter::read(r#"{"to":"x","about":{"kind":"of-next-year"}}"#).is_err());
    }
}
