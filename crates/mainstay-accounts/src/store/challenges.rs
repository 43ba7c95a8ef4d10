//! Challenges: what was sent to be signed by a passkey.

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction};

/// What an answer is for. One to another question is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To sign in, whoever it is.
    SignIn,
    /// To prove again who one is.
    Prove,
    /// A passkey more for an account.
    Add,
    /// The first account of the instance.
    FirstRun,
    /// An account for somebody who was invited.
    Join,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Prove => "prove",
            Self::Add => "add",
            Self::FirstRun => "first-run",
            Self::Join => "join",
        }
    }
}

/// A challenge as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) purpose: Purpose,
    /// The session, or the hash of the link, for which it was asked; empty: neither.
    pub(crate) bound: String,
    /// Whose passkey; empty: not known yet.
    pub(crate) account: String,
    /// Of somebody new.
    pub(crate) name: String,
    /// Of somebody new.
    pub(crate) mail: String,
    pub(crate) challenge: Vec<u8>,
}

pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (hash, place): (&str, &str),
    asked: &Asked,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO challenge (hash, purpose, bound, account, name, mail, challenge, place, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                hash.into(),
                asked.purpose.word().into(),
                (&asked.bound).into(),
                (&asked.account).into(),
                (&asked.name).into(),
                (&asked.mail).into(),
                asked.challenge.as_slice().into(),
                place.into(),
                expires_at.into(),
            ],
        )
        .map(|_| ())
}

/// Uses a challenge: from now on it is not valid.
pub(crate) fn take(
    transaction: &mut Transaction<'_>,
    (purpose, bound, hash): (Purpose, &str, &str),
    now: Timestamp,
) -> Result<Option<Asked>, StoreError> {
    let found = transaction.optional(
        "SELECT account, name, mail, challenge FROM challenge \
         WHERE hash = $1 AND purpose = $2 AND bound = $3 AND expires_at > $4",
        &[hash.into(), purpose.word().into(), bound.into(), now.into()],
        |row| {
            Ok(Asked {
                purpose,
                bound: bound.to_owned(),
                account: row.text(0)?,
                name: row.text(1)?,
                mail: row.text(2)?,
                challenge: row.bytes(3)?.to_vec(),
            })
        },
    )?;
    let Some(asked) = found else { return Ok(None) };
    // Of two who come at once, one finds it gone.
    let gone = transaction.execute("DELETE FROM challenge WHERE hash = $1", &[hash.into()])?;
    Ok((gone == 1).then_some(asked))
}

/// How many challenges from one place wait for an answer, and when the first of them ends.
pub(crate) fn waiting(
    transaction: &mut Transaction<'_>,
    place: &str,
    now: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    transaction.one(
        "SELECT COUNT(*), MIN(expires_at) FROM challenge WHERE place = $1 AND expires_at > $2",
        &[place.into(), now.into()],
        |row| Ok((row.integer(0)?, row.time_or_null(1)?)),
    )
}

/// Forgets challenges that ended by time.
pub(crate) fn forget(transaction: &mut Transaction<'_>, now: Timestamp) -> Result<u64, StoreError> {
    transaction.execute("DELETE FROM challenge WHERE expires_at <= $1", &[now.into()])
}
