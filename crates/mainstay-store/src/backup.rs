//! A backup: all that an instance keeps, as one stream of text, whatever its database is. What
//! was written from SQLite can be restored into PostgreSQL, and the other way round.
//!
//! Form: gzip (RFC 1952) around lines of JSON. The first says what it is and at which migrations
//! the tables stand; then the tables in the order in which they were made, each a line with its
//! columns and a line a row; then the keys and the blobs; the last line counts
//! them and has the SHA-256 of every byte before it. A stream without that line was cut off.
//!
//! The rows are of one moment, and the server goes on meanwhile: blobs are named by their
//! content and written before the rows that name them, so those of the moment are all there.
//!
//! Advisory data are not in it: they come again with `mainstay db update`.

mod restore;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hexadecimal::hexadecimal;
use crate::{
    BlobName, Blobs, DataDir, Database, Location, Row, SigningKey, StoreError, Value, log,
    migrations,
};

pub use restore::{Place, restore};

/// The columns in which rows name files.
const BLOB: &str = "blob";

/// The number of the form, in the first line.
const FORM: u32 = 1;

/// What is written into a backup.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'k> {
    /// The rows.
    pub database: &'k Database,
    /// The files.
    pub blobs: &'k dyn Blobs,
    /// The folder of the instance, for its keys.
    pub folder: &'k DataDir,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// When it was begun.
    pub made_at: Timestamp,
    /// Rows of all tables.
    pub rows: u64,
    /// Files.
    pub blobs: u64,
    /// Entries of the log.
    pub log: i64,
    /// Blobs that could not be read or were gone when the backup was made, each with the reason:
    /// they are not in it.
    pub unread: Vec<String>,
}

/// Why there is no backup, or why one was not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database or the disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stream could not be read or written.
    #[error("{0}: {1}")]
    Stream(PathBuf, io::Error),
    /// It is something else.
    #[error("{0} is no backup of Mainstay: {1}")]
    Other(PathBuf, String),
    /// Its end is missing.
    #[error("{0} was cut off: its last line is missing; use another copy, nothing was restored")]
    CutOff(PathBuf),
    /// It was changed, or written wrongly.
    #[error("{path} is damaged at line {line}: {why}; use another copy, nothing was restored")]
    Damaged {
        /// The stream.
        path: PathBuf,
        /// From 1, of the unpacked text.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// A newer Mainstay wrote it.
    #[error("{0} was written by a newer Mainstay: restore it with that one")]
    Newer(PathBuf),
    /// It brings a key, and another one is there.
    #[error("{0} is a key of another instance: restore into an empty place")]
    OtherKey(PathBuf),
    /// Something is kept there already.
    #[error("{0} holds an instance already, and nothing is overwritten: name an empty place")]
    NotEmpty(Location),
}

#[derive(Debug, Serialize, Deserialize)]
struct First {
    mainstay_backup: u32,
    made_at: Timestamp,
    migrations: Vec<Migrated>,
    /// In the order in which they follow; those without rows are left out there.
    tables: Vec<String>,
    log: LogEnd,
}

/// A migration that the tables have been through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Migrated {
    pub(crate) number: i64,
    pub(crate) digest: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LogEnd {
    size: i64,
    hash: String,
}

/// A line that is no row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mark {
    Table {
        name: String,
        columns: Vec<String>,
    },
    Key {
        name: String,
        text: String,
    },
    /// Base64.
    Blob(String),
    End(End),
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    rows: u64,
    blobs: u64,
    unread: Vec<String>,
    /// SHA-256 of all lines before, in hexadecimal.
    sha256: String,
}

/// Bytes in a row.
#[derive(Debug, Serialize, Deserialize)]
struct Packed {
    base64: String,
}

/// Writes a backup to `out`; `path` names it in errors. The bytes are handed to `out` when this
/// returns; making them durable is the caller's.
///
/// # Errors
/// When the database does not answer, or `out` does not take it.
pub fn write(
    kept: Kept<'_>,
    now: Timestamp,
    path: &Path,
    out: impl Write,
) -> Result<Contents, BackupError> {
    let mut lines = Lines {
        out: GzEncoder::new(out, Compression::fast()),
        digest: Context::new(&SHA256),
        path,
    };
    let mut rows = 0;
    let mut named = BTreeSet::new();
    let log = kept.database.read::<_, BackupError>(|transaction| {
        let end = log::head(transaction)?;
        let migrations = migrations::applied(transaction)?;
        let last = migrations.last().map_or(0, |last| last.number);
        let log = LogEnd { size: end.size, hash: end.hash };
        let tables = migrations::tables(last);
        let form = FORM;
        let first = First { mainstay_backup: form, made_at: now, migrations, tables, log };
        lines.json(&first)?;
        for name in first.tables {
            let mut is_begun = false;
            let mut blob = None;
            let sql = format!("SELECT * FROM {name} ORDER BY 1");
            transaction.each(&sql, &[], |row| {
                if !is_begun {
                    let columns = row.columns().into_iter().map(str::to_owned).collect();
                    blob = row.columns().iter().position(|column| *column == BLOB);
                    lines.json(&Mark::Table { name: name.clone(), columns })?;
                    is_begun = true;
                }
                if let Some(file) = blob.map(|at| row.text_or_null(at)).transpose()?.flatten() {
                    named.extend(file.parse::<BlobName>());
                }
                rows += 1;
                lines.json(&row_of(row)?)
            })?;
        }
        Ok(end.size)
    })?;
    for name in kept.folder.keys()? {
        if let Some(text) = SigningKey::text_in(&kept.folder.key(&name)?)? {
            lines.json(&Mark::Key { name: name.as_str().to_owned(), text })?;
        }
    }
    let mut blobs = 0;
    let mut unread = Vec::new();
    kept.blobs.each_name(&mut |name| {
        match kept.blobs.get(name) {
            Ok(bytes) => {
                named.remove(&name);
                blobs += 1;
                lines.json(&Mark::Blob(STANDARD.encode(bytes)))?;
            }
            Err(why) => {
                named.remove(&name);
                unread.push(why.to_string());
            }
        }
        Ok(())
    })?;
    unread.extend(named.iter().map(|name| StoreError::MissingBlob(name.to_string()).to_string()));
    let sha256 = hexadecimal(lines.digest.clone().finish().as_ref());
    lines.json(&Mark::End(End { rows, blobs, unread: unread.clone(), sha256 }))?;
    let mut out = lines.out.finish().map_err(StoreError::disk(path))?;
    out.flush().map_err(StoreError::disk(path))?;
    Ok(Contents { made_at: now, rows, blobs, log, unread })
}

fn row_of(row: &Row<'_>) -> Result<serde_json::Value, StoreError> {
    let values = row.values()?.into_iter().map(|value| match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Bytes(bytes) => serde_json::json!(Packed { base64: STANDARD.encode(bytes) }),
    });
    Ok(values.collect())
}

struct Lines<'p, W: Write> {
    out: GzEncoder<W>,
    digest: Context,
    path: &'p Path,
}

impl<W: Write> Lines<'_, W> {
    fn json(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        // Our own types have no keys but texts, and no number that JSON lacks.
        let mut text =
            serde_json::to_vec(line).map_err(|error| StoreError::disk(self.path)(error.into()))?;
        text.push(b'\n');
        self.digest.update(&text);
        self.out.write_all(&text).map_err(StoreError::disk(self.path))
    }
}
