//! The log.

use mainstay_store::log;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asked::Asked;
use crate::problem::Problem;

/// Entries that are given at once.
const MOST: i64 = 1_000;

/// Which entries.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Part {
    /// Only those after this number.
    #[serde(default)]
    pub(crate) after: i64,
    /// So many at most; 100 when nothing is said.
    #[serde(default = "hundred")]
    pub(crate) count: i64,
}

fn hundred() -> i64 {
    100
}

/// Part of the log.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LogPart {
    entries: Vec<EntryDocument>,
    /// Entries of the whole log.
    size: i64,
    /// The hash of the newest of all.
    head: String,
}

/// An entry.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EntryDocument {
    /// Its number.
    sequence: i64,
    /// When.
    at: String,
    /// Who.
    actor: String,
    /// From where.
    origin: String,
    /// What was done.
    action: String,
    /// To what.
    subject: String,
    /// The rest, JSON as text: the hash covers these very letters.
    detail: String,
    /// Covers this entry and the hash before it.
    hash: String,
}

/// The log, for administrators.
pub(crate) fn entries(asked: &Asked, part: &Part) -> Result<LogPart, Problem> {
    if !asked.reads_the_log()? {
        return Err(Problem::absent());
    }
    let count = part.count.clamp(0, MOST);
    let database = &asked.serving.instance.database;
    let (head, entries) = database.read::<_, mainstay_store::StoreError>(|transaction| {
        Ok((log::head(transaction)?, log::entries(transaction, part.after, count)?))
    })?;
    Ok(LogPart {
        entries: entries
            .into_iter()
            .map(|entry| EntryDocument {
                sequence: entry.sequence,
                at: entry.at.to_string(),
                actor: entry.actor,
                origin: entry.origin,
                action: entry.action,
                subject: entry.subject,
                detail: entry.detail,
                hash: entry.hash,
            })
            .collect(),
        size: head.size,
        head: head.hash,
    })
}
