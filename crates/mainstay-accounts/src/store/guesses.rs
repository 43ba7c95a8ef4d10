//! Counts of wrong guesses.

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction};

/// How often something was wrong.
pub(crate) struct Count {
    pub(crate) failures: i64,
    /// When the first of them was.
    pub(crate) since: Timestamp,
    /// Until when nothing is tried.
    pub(crate) until: Timestamp,
}

/// The count of a subject, and its row held until the transaction ends: of many guesses at once
/// each sees what the one before it counted.
pub(crate) fn held(
    transaction: &mut Transaction<'_>,
    subject: &str,
    now: Timestamp,
) -> Result<Count, StoreError> {
    transaction.one(
        "INSERT INTO throttle (subject, failures, since, until) VALUES ($1, 0, $2, 0) \
         ON CONFLICT (subject) DO UPDATE SET failures = throttle.failures \
         RETURNING failures, since, until",
        &[subject.into(), now.into()],
        |row| Ok(Count { failures: row.integer(0)?, since: row.time(1)?, until: row.time(2)? }),
    )
}

pub(crate) fn set(
    transaction: &mut Transaction<'_>,
    subject: &str,
    count: &Count,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE throttle SET failures = $2, since = $3, until = $4 WHERE subject = $1",
            &[subject.into(), count.failures.into(), count.since.into(), count.until.into()],
        )
        .map(|_| ())
}

pub(crate) fn forget(transaction: &mut Transaction<'_>, subject: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM throttle WHERE subject = $1", &[subject.into()]).map(|_| ())
}

/// Takes one guess back, with the wait that it began.
pub(crate) fn take_back(
    transaction: &mut Transaction<'_>,
    subject: &str,
    until: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE throttle SET failures = failures - 1, \
             until = CASE WHEN until = $2 THEN 0 ELSE until END \
             WHERE subject = $1 AND failures > 0",
            &[subject.into(), until.into()],
        )
        .map(|_| ())
}

/// Forgets counts that began before then and keep nobody waiting any more.
pub(crate) fn forget_old(
    transaction: &mut Transaction<'_>,
    (before, now): (Timestamp, Timestamp),
) -> Result<u64, StoreError> {
    transaction.execute(
        "DELETE FROM throttle WHERE since < $1 AND until <= $2",
        &[before.into(), now.into()],
    )
}
