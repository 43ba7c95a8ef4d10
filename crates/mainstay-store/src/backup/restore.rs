//! Reading a backup back, into a place where nothing is yet: all of it, or nothing.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;

use super::{BackupError, Contents, End, FORM, First, LogEnd, Mark, Packed};
use crate::data_dir::KeyName;
use crate::hexadecimal::hexadecimal;
use crate::{
    Blobs, DataDir, Database, Location, SigningKey, StoreError, Transaction, Value, log, migrations,
};

/// The longest line that is read: the largest blob is far below it.
const MOST_LINE: u64 = 1 << 30;
/// Values that are inserted together, at most, and about how many bytes.
const VALUES: usize = 20_000;
const BYTES: usize = 4 << 20;

/// Where a backup is restored to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// The database. It must be empty.
    pub database: &'p Location,
    /// The files. Those that are there already do no harm: they are named by their content.
    pub blobs: &'p dyn Blobs,
    /// The folder of the instance, for its keys. Others must not be there.
    pub folder: &'p DataDir,
}

/// Restores the backup that `input` is; `path` names it in errors. The log is proved from its
/// first entry to its last before anything counts. Tables that stand at older migrations are
/// brought up to this program's format.
///
/// # Errors
/// When the place is not empty, or the backup is not whole: then no row is kept.
pub fn restore(place: Place<'_>, path: &Path, input: impl Read) -> Result<Contents, BackupError> {
    let mut reading = Reading {
        input: BufReader::new(MultiGzDecoder::new(BufReader::new(input))),
        path,
        line: 0,
        text: Vec::new(),
        digest: Context::new(&SHA256),
    };
    let database = Database::open_as_it_is(place.database)?;
    let mut written = Vec::new();
    let filled = database.migrate::<_, BackupError>(|transaction| {
        let (contents, keys) = fill(transaction, place, &mut reading)?;
        put_keys(place.folder, &keys, &mut written)?;
        Ok(contents)
    });
    let contents = filled.inspect_err(|_| {
        for key in &written {
            // It is of no use without the rows; that these were not kept is the error to tell.
            let _ = std::fs::remove_file(key);
        }
    })?;
    migrations::run(&database)?;
    Ok(contents)
}

fn fill(
    transaction: &mut Transaction<'_>,
    place: Place<'_>,
    reading: &mut Reading<'_, impl BufRead>,
) -> Result<(Contents, Vec<Key>), BackupError> {
    let first = reading.first()?;
    migrations::begin_ledger(transaction)?;
    if !migrations::applied(transaction)?.is_empty() {
        return Err(BackupError::NotEmpty(place.database.clone()));
    }
    let last = first.migrations.last().map_or(0, |last| last.number);
    if last > migrations::newest() {
        return Err(BackupError::Newer(reading.path.to_owned()));
    }
    migrations::begin_with(transaction, &first.migrations)?;
    let tables = migrations::tables(last);
    if tables != first.tables {
        return Err(reading.damaged("its tables are not those of its migrations"));
    }
    for table in tables.iter().rev() {
        // What the migrations themselves put there is in the backup too.
        transaction.execute(&format!("DELETE FROM {table}"), &[])?;
    }
    let (mut rows, mut blobs) = (0, 0);
    let mut into: Option<Into> = None;
    let mut keys = Vec::new();
    let end = loop {
        if !reading.next()? {
            return Err(BackupError::CutOff(reading.path.to_owned()));
        }
        if reading.text.first() == Some(&b'[') {
            let row: Vec<serde_json::Value> = reading.json()?;
            let Some(into) = &mut into else {
                return Err(reading.damaged("a row of no table"));
            };
            into.take(transaction, row).map_err(|why| why.at(reading))?;
            rows += 1;
            reading.count();
            continue;
        }
        let before = hexadecimal(reading.digest.clone().finish().as_ref());
        let mark: Mark = reading.json()?;
        if let Some(mut into) = into.take() {
            into.flush(transaction).map_err(|why| why.at(reading))?;
        }
        match mark {
            Mark::Table { name, columns } => {
                if !tables.contains(&name) {
                    return Err(reading.damaged(format!("there is no table \"{name}\"")));
                }
                into = Some(Into::new(&name, &columns).map_err(|why| why.at(reading))?);
            }
            Mark::Key { name, text } => match KeyName::parse(&name) {
                Some(name) => keys.push((name, text)),
                None => return Err(reading.damaged(format!("{name:?} is no name of a key"))),
            },
            Mark::Blob(text) => {
                let bytes = STANDARD.decode(text).map_err(|error| reading.damaged(error))?;
                place.blobs.put(&bytes)?;
                blobs += 1;
            }
            Mark::End(end) => {
                if end.sha256 != before {
                    return Err(reading.damaged("what was read is not what was written"));
                }
                break end;
            }
        }
        reading.count();
    };
    check(transaction, reading, (&first.log, &end), (rows, blobs))?;
    let End { unread, .. } = end;
    let contents = Contents { made_at: first.made_at, rows, blobs, log: first.log.size, unread };
    Ok((contents, keys))
}

/// A key, and its name.
type Key = (KeyName, String);

/// Writes the keys, when none of them meets another; `written` gets those that were not there.
fn put_keys(folder: &DataDir, keys: &[Key], written: &mut Vec<PathBuf>) -> Result<(), BackupError> {
    let mut new = Vec::new();
    for (name, text) in keys {
        let file = folder.key(name)?;
        match SigningKey::text_in(&file)? {
            None => new.push((file, text)),
            Some(there) if there == *text => {}
            Some(_) => return Err(BackupError::OtherKey(file)),
        }
    }
    for (file, text) in new {
        SigningKey::put_text(&file, text)?;
        written.push(file);
    }
    Ok(())
}

/// What was restored is what was written, and the log proves itself.
fn check(
    transaction: &mut Transaction<'_>,
    reading: &mut Reading<'_, impl BufRead>,
    (log, end): (&LogEnd, &End),
    (rows, blobs): (u64, u64),
) -> Result<(), BackupError> {
    if (end.rows, end.blobs) != (rows, blobs) {
        return Err(reading.damaged(format!(
            "{rows} rows and {blobs} files were read, and {} and {} were written",
            end.rows, end.blobs
        )));
    }
    if reading.next()? {
        return Err(reading.damaged("something follows the end"));
    }
    let head = log::verify_in(transaction, None)?;
    if (head.size, &head.hash) != (log.size, &log.hash) {
        return Err(reading.damaged("the log ends elsewhere than the first line says"));
    }
    Ok(())
}

/// A table that is being filled.
struct Into {
    statement: String,
    columns: usize,
    values: Vec<Value>,
    bytes: usize,
}

/// Why a row was not taken.
enum Untaken {
    Row(String),
    Store(StoreError),
}

impl Untaken {
    fn at(self, reading: &Reading<'_, impl BufRead>) -> BackupError {
        match self {
            Self::Row(why) => reading.damaged(why),
            // The rows before this line break a rule of the tables, or no table has this column.
            Self::Store(error @ (StoreError::Conflict(_) | StoreError::Statement(_))) => {
                reading.damaged(error)
            }
            Self::Store(error) => error.into(),
        }
    }
}

impl Into {
    fn new(table: &str, columns: &[String]) -> Result<Self, Untaken> {
        let is_name = |name: &String| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        if columns.is_empty() || !columns.iter().all(is_name) {
            return Err(Untaken::Row("the columns have no names".to_owned()));
        }
        let statement = format!("INSERT INTO {table} ({})", columns.join(", "));
        Ok(Self { statement, columns: columns.len(), values: Vec::new(), bytes: 0 })
    }

    fn take(
        &mut self,
        transaction: &mut Transaction<'_>,
        row: Vec<serde_json::Value>,
    ) -> Result<(), Untaken> {
        if row.len() != self.columns {
            let why = format!("{} values for {} columns", row.len(), self.columns);
            return Err(Untaken::Row(why));
        }
        for value in row {
            let value = value_of(value).map_err(Untaken::Row)?;
            self.bytes += match &value {
                Value::Text(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                Value::Null | Value::Integer(_) => 8,
            };
            self.values.push(value);
        }
        if self.values.len() >= VALUES || self.bytes >= BYTES {
            self.flush(transaction)?;
        }
        Ok(())
    }

    fn flush(&mut self, transaction: &mut Transaction<'_>) -> Result<(), Untaken> {
        transaction
            .insert(&self.statement, self.columns, &self.values, "")
            .map_err(Untaken::Store)?;
        self.values.clear();
        self.bytes = 0;
        Ok(())
    }
}

fn value_of(value: serde_json::Value) -> Result<Value, String> {
    match value {
        serde_json::Value::Null => Ok(Value::Null),
        serde_json::Value::String(text) => Ok(Value::Text(text)),
        serde_json::Value::Number(number) => {
            number.as_i64().map(Value::Integer).ok_or_else(|| format!("{number} is no integer"))
        }
        packed @ serde_json::Value::Object(_) => {
            let Packed { base64 } =
                serde_json::from_value(packed).map_err(|error| error.to_string())?;
            STANDARD.decode(base64).map(Value::Bytes).map_err(|error| error.to_string())
        }
        serde_json::Value::Bool(_) | serde_json::Value::Array(_) => {
            Err("a value of a kind that no column has".to_owned())
        }
    }
}

/// The form of a backup, whatever else its first line says.
#[derive(Deserialize)]
struct Form {
    mainstay_backup: u32,
}

/// The lines, one after the other.
struct Reading<'p, R> {
    input: R,
    path: &'p Path,
    line: u64,
    text: Vec<u8>,
    /// Of the lines that were counted.
    digest: Context,
}

impl<R: BufRead> Reading<'_, R> {
    /// The first line: is it a backup, and one that we know?
    fn first(&mut self) -> Result<First, BackupError> {
        let other = |path: &Path, why: String| BackupError::Other(PathBuf::from(path), why);
        match self.next() {
            Ok(true) => {}
            Ok(false) => return Err(other(self.path, "it is empty".to_owned())),
            Err(error) => return Err(other(self.path, error.to_string())),
        }
        let form: Form = serde_json::from_slice(&self.text)
            .map_err(|error| other(self.path, error.to_string()))?;
        if form.mainstay_backup > FORM {
            return Err(BackupError::Newer(self.path.to_owned()));
        }
        let first = self.json()?;
        self.count();
        Ok(first)
    }

    /// Reads a line. False: there is none.
    fn next(&mut self) -> Result<bool, BackupError> {
        self.text.clear();
        self.line += 1;
        let mut limited = (&mut self.input).take(MOST_LINE);
        match limited.read_until(b'\n', &mut self.text) {
            Ok(0) => Ok(false),
            Ok(_) if self.text.last() == Some(&b'\n') => Ok(true),
            Ok(_) => Err(BackupError::CutOff(self.path.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(BackupError::CutOff(self.path.to_owned()))
            }
            Err(error) => Err(BackupError::Stream(self.path.to_owned(), error)),
        }
    }

    /// The line counts for the digest.
    fn count(&mut self) {
        self.digest.update(&self.text);
    }

    fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, BackupError> {
        serde_json::from_slice(&self.text).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, why: impl std::fmt::Display) -> BackupError {
        BackupError::Damaged { path: self.path.to_owned(), line: self.line, why: why.to_string() }
    }
}
