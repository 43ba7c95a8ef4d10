//! What the store promises, on SQLite, and on PostgreSQL where a server is named.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test uses fails by panicking")]

mod backups;
mod blobs;
mod checkpoints;
mod jobs_and_events;
mod log;
mod rows;

use jiff::Timestamp;
use mainstay_store::Change;

/// A time in 2026, `seconds` after the beginning of the tests' world.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A change of no meaning.
fn change(seconds: i64, subject: &str) -> Change {
    Change {
        at: at(seconds),
        actor: "ada".to_owned(),
        origin: "127.0.0.1".to_owned(),
        action: "thing.change",
        subject: subject.to_owned(),
        detail: serde_json::json!({ "to": subject }),
    }
}
