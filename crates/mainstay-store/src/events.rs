//! What happened, for those who were not there: other rooms, other processes, open pages.
//!
//! An event is written in the transaction of what it tells, and numbered in the order in which
//! transactions became durable. Who remembers the number of the last one that it saw misses none
//! and sees none twice.

use jiff::Timestamp;

use crate::{StoreError, Transaction};

/// Something that happened, to be told with [`Transaction::emit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What, as `noun.verb` in the past: `sbom.added`.
    pub kind: &'static str,
    /// The id of the thing.
    pub subject: String,
    /// The rest, as JSON. Whoever shows it asks first who may see the subject.
    pub body: serde_json::Value,
}

/// An event that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number; later ones have greater numbers.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: String,
    /// The id of the thing.
    pub subject: String,
    /// JSON.
    pub body: String,
}

impl Transaction<'_> {
    /// Tells the event when the transaction is kept.
    pub fn emit(&mut self, event: Event) {
        self.pending.events.push(event);
    }
}

pub(crate) fn write(transaction: &mut Transaction<'_>, events: &[Event]) -> Result<(), StoreError> {
    let Some(mut sequence) = transaction.numbers("event", events.len())? else { return Ok(()) };
    for event in events {
        transaction.execute(
            "INSERT INTO event (sequence, at, kind, subject, body) VALUES ($1, $2, $3, $4, $5)",
            &[
                sequence.into(),
                event.at.into(),
                event.kind.into(),
                (&event.subject).into(),
                event.body.to_string().into(),
            ],
        )?;
        sequence += 1;
    }
    Ok(())
}

/// At most `count` events after the one with the number `after`, in order.
///
/// # Errors
/// When the database does not answer.
pub fn after(
    transaction: &mut Transaction<'_>,
    after: i64,
    count: i64,
) -> Result<Vec<Told>, StoreError> {
    transaction.rows(
        "SELECT sequence, at, kind, subject, body FROM event WHERE sequence > $1 \
         ORDER BY sequence LIMIT $2",
        &[after.into(), count.into()],
        |row| {
            Ok(Told {
                sequence: row.integer(0)?,
                at: row.time(1)?,
                kind: row.text(2)?,
                subject: row.text(3)?,
                body: row.text(4)?,
            })
        },
    )
}

/// The number of the newest event, 0 when there is none.
///
/// # Errors
/// When the database does not answer.
pub fn newest(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one("SELECT next - 1 FROM counter WHERE name = 'event'", &[], |row| row.integer(0))
}
