//! The log: who changed what, when, and from where. Every entry's hash covers the entry and the
//! hash before it, so that nothing in it can be changed, taken out or put in without changing
//! every hash after it.
//!
//! Who keeps a [`Checkpoint`] can prove later that what came before it is what it was. Nobody can
//! prove with the log alone that the newest entries are all there: that is what keeping newer
//! checkpoints is for.
//!
//! An entry's hash is SHA-256 over: the text `mainstay log 1`, the 32 bytes before (zeros for the
//! first), the number of the entry and its time (8 bytes each, big end first), then actor,
//! origin, action, subject and detail, each with its length before it (8 bytes).

mod checkpoint;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;

use crate::hexadecimal::{hexadecimal, read_hexadecimal};
use crate::{Database, Row, StoreError, Transaction};

pub use checkpoint::Checkpoint;

const DOMAIN: &[u8] = b"mainstay log 1";
/// Entries that are read at once while the log is verified.
const AT_ONCE: i64 = 5_000;

/// Something that changes, to be written down with [`Transaction::append`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When. Should the clock have gone back, the log notes the time of the entry before.
    pub at: Timestamp,
    /// Who: the id of an account, of a token, or `mainstay` for the server itself.
    pub actor: String,
    /// From where: an address, `command line`, or the name of a job.
    pub origin: String,
    /// What was done, as `noun.verb`: `sbom.add`.
    pub action: &'static str,
    /// To what: the id of the thing.
    pub subject: String,
    /// The rest, as JSON. Never a secret.
    pub detail: serde_json::Value,
}

/// Who does something, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The id of an account or a token, or `mainstay` for the server itself.
    pub id: String,
    /// An address, `command line`, or the name of a job.
    pub origin: String,
}

impl Actor {
    /// What this actor does, to be written down.
    pub fn does(
        &self,
        action: &'static str,
        subject: impl Into<String>,
        detail: serde_json::Value,
        at: Timestamp,
    ) -> Change {
        let (actor, origin) = (self.id.clone(), self.origin.clone());
        Change { at, actor, origin, action, subject: subject.into(), detail }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; the first is 1.
    pub sequence: i64,
    /// When it was written.
    pub at: Timestamp,
    /// As in [`Change`].
    pub actor: String,
    /// As in [`Change`].
    pub origin: String,
    /// As in [`Change`].
    pub action: String,
    /// As in [`Change`].
    pub subject: String,
    /// JSON.
    pub detail: String,
    /// Of this entry and all before it, in hexadecimal.
    pub hash: String,
}

/// The end of the log, or of its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: i64,
    /// When the last was written.
    pub at: Timestamp,
    /// The hash of the last, in hexadecimal; of nothing, when there is none.
    pub hash: String,
}

/// Why the log is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// The entry does not have the hash that it would have.
    #[error("entry {0} of the log was altered, or one before it")]
    Altered(i64),
    /// Entries are missing.
    #[error("entry {0} of the log is missing")]
    Missing(i64),
    /// The log ends elsewhere than its head says.
    #[error("the log has {found} entries, and its head says {head}")]
    Head {
        /// Entries that are there.
        found: i64,
        /// What the head says.
        head: i64,
    },
    /// The checkpoint is of more entries than there are.
    #[error("the checkpoint is of {size} entries, and the log has {found}: entries were cut off")]
    CutOff {
        /// Of the checkpoint.
        size: i64,
        /// Of the log.
        found: i64,
    },
    /// The log had another content when the checkpoint was made.
    #[error("the first {0} entries are not those of the checkpoint: the log was rewritten")]
    Rewritten(i64),
    /// The text is no checkpoint.
    #[error("no checkpoint: {0}")]
    Checkpoint(&'static str),
}

impl Transaction<'_> {
    /// Writes the change into the log when the transaction is kept.
    pub fn append(&mut self, change: Change) {
        self.pending.changes.push(change);
    }
}

/// Appends, in order, at the end of a transaction: from the first statement on, nobody else can.
pub(crate) fn write(
    transaction: &mut Transaction<'_>,
    changes: &[Change],
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    // Changing the row first makes everybody else wait who wants to append.
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let mut head = transaction.one(
        "UPDATE log_head SET size = size + $1 WHERE one = 1 RETURNING size - $1, at, hash",
        &[count.into()],
        head_of,
    )?;
    for change in changes {
        let entry = following(&head, change)?;
        transaction.execute(
            "INSERT INTO log (sequence, at, actor, origin, action, subject, detail, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                entry.sequence.into(),
                entry.at.into(),
                (&entry.actor).into(),
                (&entry.origin).into(),
                (&entry.action).into(),
                (&entry.subject).into(),
                (&entry.detail).into(),
                (&entry.hash).into(),
            ],
        )?;
        head = Head { size: entry.sequence, at: entry.at, hash: entry.hash };
    }
    transaction.execute(
        "UPDATE log_head SET at = $1, hash = $2 WHERE one = 1",
        &[head.at.into(), (&head.hash).into()],
    )?;
    Ok(())
}

fn following(head: &Head, change: &Change) -> Result<Entry, StoreError> {
    let mut entry = Entry {
        sequence: head.size + 1,
        at: change.at.max(head.at),
        actor: change.actor.clone(),
        origin: change.origin.clone(),
        action: change.action.to_owned(),
        subject: change.subject.clone(),
        detail: change.detail.to_string(),
        hash: String::new(),
    };
    // The database keeps microseconds, and the hash must be of what it keeps.
    entry.at = Timestamp::from_microsecond(entry.at.as_microsecond()).unwrap_or(head.at);
    entry.hash = hash_of(&entry, &head.hash);
    if entry.hash.is_empty() {
        return Err(LogFault::Altered(head.size).into());
    }
    Ok(entry)
}

/// The hash of an entry, in hexadecimal, or nothing if `before` is no hash.
fn hash_of(entry: &Entry, before: &str) -> String {
    let Some(before) = bytes_of(before) else { return String::new() };
    let mut context = Context::new(&SHA256);
    context.update(DOMAIN);
    context.update(&before);
    context.update(&entry.sequence.to_be_bytes());
    context.update(&entry.at.as_microsecond().to_be_bytes());
    for text in [&entry.actor, &entry.origin, &entry.action, &entry.subject, &entry.detail] {
        context.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(text.as_bytes());
    }
    hexadecimal(context.finish().as_ref())
}

fn bytes_of(hash: &str) -> Option<[u8; 32]> {
    if hash.is_empty() {
        return Some([0; 32]);
    }
    read_hexadecimal(hash)
}

/// The end of the log.
///
/// # Errors
/// When the database does not answer.
pub fn head(transaction: &mut Transaction<'_>) -> Result<Head, StoreError> {
    transaction.one("SELECT size, at, hash FROM log_head WHERE one = 1", &[], head_of)
}

/// At most `count` entries after the one with the number `after`, in order.
///
/// # Errors
/// When the database does not answer.
pub fn entries(
    transaction: &mut Transaction<'_>,
    after: i64,
    count: i64,
) -> Result<Vec<Entry>, StoreError> {
    transaction.rows(
        "SELECT sequence, at, actor, origin, action, subject, detail, hash FROM log \
         WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        &[after.into(), count.into()],
        entry_of,
    )
}

/// The newest `count` entries about one thing, newest first.
///
/// # Errors
/// When the database does not answer.
pub fn entries_about(
    transaction: &mut Transaction<'_>,
    subject: &str,
    count: i64,
) -> Result<Vec<Entry>, StoreError> {
    transaction.rows(
        "SELECT sequence, at, actor, origin, action, subject, detail, hash FROM log \
         WHERE subject = $1 ORDER BY sequence DESC LIMIT $2",
        &[subject.into(), count.into()],
        entry_of,
    )
}

/// Reads the whole log and checks every hash; with a checkpoint, that the log begins with what
/// the checkpoint was made of.
///
/// # Errors
/// The first fault, or that the database does not answer.
pub fn verify(database: &Database, kept: Option<&Checkpoint>) -> Result<Head, StoreError> {
    database.read(|transaction| verify_in(transaction, kept))
}

/// As [`verify`], of what this transaction sees.
pub(crate) fn verify_in(
    transaction: &mut Transaction<'_>,
    kept: Option<&Checkpoint>,
) -> Result<Head, StoreError> {
    let said = head(transaction)?;
    let mut found = Head { size: 0, at: Timestamp::UNIX_EPOCH, hash: String::new() };
    let mut agreed = kept.is_none_or(|kept| kept.is_of(&found));
    loop {
        let entries = entries(transaction, found.size, AT_ONCE)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if entry.sequence != found.size + 1 {
                return Err(LogFault::Missing(found.size + 1).into());
            }
            if entry.hash != hash_of(&entry, &found.hash) {
                return Err(LogFault::Altered(entry.sequence).into());
            }
            found = Head { size: entry.sequence, at: entry.at, hash: entry.hash };
            agreed = agreed || kept.is_some_and(|kept| kept.is_of(&found));
        }
    }
    if let Some(kept) = kept.filter(|_| !agreed) {
        return Err(if kept.size() > found.size {
            LogFault::CutOff { size: kept.size(), found: found.size }.into()
        } else {
            LogFault::Rewritten(kept.size()).into()
        });
    }
    if said.size != found.size {
        return Err(LogFault::Head { found: found.size, head: said.size }.into());
    }
    if said.hash != found.hash {
        return Err(LogFault::Altered(found.size).into());
    }
    Ok(found)
}

fn head_of(row: &Row<'_>) -> Result<Head, StoreError> {
    Ok(Head { size: row.integer(0)?, at: row.time(1)?, hash: row.text(2)? })
}

fn entry_of(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        sequence: row.integer(0)?,
        at: row.time(1)?,
        actor: row.text(2)?,
        origin: row.text(3)?,
        action: row.text(4)?,
        subject: row.text(5)?,
        detail: row.text(6)?,
        hash: row.text(7)?,
    })
}
