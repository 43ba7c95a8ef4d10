//! Sessions.

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction};

use crate::model::{Caller, SessionRow};

/// A session as it is kept.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) began_at: Timestamp,
    pub(crate) proved_at: Timestamp,
    pub(crate) seen_at: Timestamp,
}

pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (hash, id, account): (&str, &str, &str),
    caller: &Caller,
    now: Timestamp,
) -> Result<(), StoreError> {
    let agent: String = caller.agent.chars().filter(|one| !one.is_control()).take(200).collect();
    transaction
        .execute(
            "INSERT INTO session (hash, id, account, began_at, proved_at, seen_at, origin, agent) \
             VALUES ($1, $2, $3, $4, $4, $4, $5, $6)",
            &[
                hash.into(),
                id.into(),
                account.into(),
                now.into(),
                (&caller.origin).into(),
                agent.into(),
            ],
        )
        .map(|_| ())
}

pub(crate) fn of_hash(
    transaction: &mut Transaction<'_>,
    hash: &str,
) -> Result<Option<Kept>, StoreError> {
    transaction.optional(
        "SELECT id, account, began_at, proved_at, seen_at FROM session WHERE hash = $1",
        &[hash.into()],
        |row| {
            Ok(Kept {
                id: row.text(0)?,
                account: row.text(1)?,
                began_at: row.time(2)?,
                proved_at: row.time(3)?,
                seen_at: row.time(4)?,
            })
        },
    )
}

pub(crate) fn seen(
    transaction: &mut Transaction<'_>,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute("UPDATE session SET seen_at = $2 WHERE id = $1", &[id.into(), now.into()])
        .map(|_| ())
}

pub(crate) fn proved(
    transaction: &mut Transaction<'_>,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute("UPDATE session SET proved_at = $2 WHERE id = $1", &[id.into(), now.into()])
        .map(|_| ())
}

pub(crate) fn of_account(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<Vec<SessionRow>, StoreError> {
    transaction.rows(
        "SELECT id, began_at, seen_at, origin, agent FROM session WHERE account = $1 \
         ORDER BY began_at DESC, id",
        &[account.into()],
        |row| {
            Ok(SessionRow {
                id: row.text(0)?,
                began_at: row.time(1)?,
                seen_at: row.time(2)?,
                origin: row.text(3)?,
                agent: row.text(4)?,
            })
        },
    )
}

/// Notes that the account was signed in to from there.
pub(crate) fn note_place(
    transaction: &mut Transaction<'_>,
    account: &str,
    (place, now): (&str, Timestamp),
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO known_place (account, place, seen_at) VALUES ($1, $2, $3) \
             ON CONFLICT (account, place) DO UPDATE SET seen_at = $3",
            &[account.into(), place.into(), now.into()],
        )
        .map(|_| ())
}

/// Whether the account was signed in to from there since then.
pub(crate) fn is_known_from(
    transaction: &mut Transaction<'_>,
    account: &str,
    (place, since): (&str, Timestamp),
) -> Result<bool, StoreError> {
    let found = transaction.one(
        "SELECT COUNT(*) FROM known_place WHERE account = $1 AND place = $2 AND seen_at >= $3",
        &[account.into(), place.into(), since.into()],
        |row| row.integer(0),
    )?;
    Ok(found > 0)
}

/// Forgets places from which nobody signed in since then.
pub(crate) fn forget_places(
    transaction: &mut Transaction<'_>,
    before: Timestamp,
) -> Result<u64, StoreError> {
    transaction.execute("DELETE FROM known_place WHERE seen_at < $1", &[before.into()])
}

pub(crate) fn end(
    transaction: &mut Transaction<'_>,
    account: &str,
    id: &str,
) -> Result<bool, StoreError> {
    let gone = transaction.execute(
        "DELETE FROM session WHERE account = $1 AND id = $2",
        &[account.into(), id.into()],
    )?;
    Ok(gone == 1)
}

/// Ends all sessions of the account but one.
pub(crate) fn end_others(
    transaction: &mut Transaction<'_>,
    account: &str,
    but: &str,
) -> Result<u64, StoreError> {
    transaction.execute(
        "DELETE FROM session WHERE account = $1 AND id <> $2",
        &[account.into(), but.into()],
    )
}

/// Forgets sessions that ended by time.
pub(crate) fn forget(
    transaction: &mut Transaction<'_>,
    (began_before, seen_before): (Timestamp, Timestamp),
) -> Result<u64, StoreError> {
    transaction.execute(
        "DELETE FROM session WHERE began_at < $1 OR seen_at < $2",
        &[began_before.into(), seen_before.into()],
    )
}
