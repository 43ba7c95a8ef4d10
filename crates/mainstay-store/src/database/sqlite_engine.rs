//! SQLite: one file, one writer at a time, any number of readers.
//!
//! Write-ahead logging, so that readers never wait; `synchronous=FULL`, so that what was
//! acknowledged survives a power cut.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::Attempt;
use super::transaction::{Inner, Transaction};
use crate::{StoreError, Value};

/// Readers that are kept open for the next.
const IDLE_READERS: usize = 8;
/// Statements that a connection keeps prepared.
const PREPARED: usize = 128;
/// How long a connection waits for another process, for example a backup.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct SqliteEngine {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl SqliteEngine {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = connect(path)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let kept = unpoisoned(&self.readers).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        batch(&connection, "BEGIN")?;
        let result = look(&mut Transaction::new(Inner::Sqlite(&connection)));
        // Nothing was changed, so there is nothing to lose. A connection that cannot even end a
        // transaction is not kept.
        if batch(&connection, "COMMIT").is_ok() {
            let mut readers = unpoisoned(&self.readers);
            if readers.len() < IDLE_READERS {
                readers.push(connection);
            }
        }
        result
    }

    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        change: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Attempt<Result<T, E>> {
        let connection = unpoisoned(&self.writer);
        match batch(&connection, "BEGIN IMMEDIATE") {
            Ok(()) => {}
            Err(StoreError::Contended(_)) => return Attempt::Contended,
            Err(error) => return Attempt::Ended(Err(error.into())),
        }
        let undo = Undo(&connection);
        let mut transaction = Transaction::new(Inner::Sqlite(&connection));
        let result = change(&mut transaction)
            .and_then(|value| transaction.finish().map(|()| value).map_err(E::from));
        let contended = transaction.contended;
        let ended = match result {
            Ok(value) => batch(&connection, "COMMIT").map(|()| value).map_err(E::from),
            Err(_) if contended => return Attempt::Contended,
            Err(error) => Err(error),
        };
        drop(undo);
        Attempt::Ended(ended)
    }

    pub(super) fn migrate<T, E: From<StoreError>>(
        &self,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = unpoisoned(&self.writer);
        batch(&connection, "BEGIN IMMEDIATE")?;
        let _undo = Undo(&connection);
        let value = run(&mut Transaction::new(Inner::Sqlite(&connection)))?;
        batch(&connection, "COMMIT")?;
        Ok(value)
    }
}

/// Undoes what is still open, also when the closure panicked.
struct Undo<'c>(&'c Connection);

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // Should this fail, the next BEGIN does, and says so.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

/// A panic of one reader or writer leaves nothing half done: [`Undo`] sees to that.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8000;",
        )?;
        Ok(connection)
    };
    open().map_err(|error| {
        let told = told(&error);
        if matches!(told, StoreError::Full(_)) {
            return told;
        }
        StoreError::Unavailable(format!("{}: {error}", path.display()))
    })
}

pub(super) fn batch(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.execute_batch(sql).map_err(|error| told(&error))
}

pub(super) fn execute(
    connection: &Connection,
    sql: &str,
    parameters: &[Value],
) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|error| told(&error))?;
    bind(&mut statement, parameters)?;
    let changed = statement.raw_execute().map_err(|error| told(&error))?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

pub(super) fn each(
    connection: &Connection,
    sql: &str,
    parameters: &[Value],
    mut see: impl FnMut(&rusqlite::Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|error| told(&error))?;
    bind(&mut statement, parameters)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| told(&error))? {
        see(row)?;
    }
    Ok(())
}

/// Gives `$3` the third parameter. SQLite takes `$3` for a name and counts names as they come.
fn bind(statement: &mut rusqlite::Statement<'_>, parameters: &[Value]) -> Result<(), StoreError> {
    for index in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|number| number.parse::<usize>().ok());
        let value = number.and_then(|number| parameters.get(number.checked_sub(1)?));
        let Some(value) = value else {
            return Err(StoreError::Statement(format!("parameter {index} has no value")));
        };
        statement.raw_bind_parameter(index, value).map_err(|error| told(&error))?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::ValueRef;
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl rusqlite::types::FromSql for Value {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        use rusqlite::types::{FromSqlError, ValueRef};
        match value {
            ValueRef::Null => Ok(Self::Null),
            ValueRef::Integer(number) => Ok(Self::Integer(number)),
            ValueRef::Text(_) => value.as_str().map(Self::from),
            ValueRef::Blob(bytes) => Ok(Self::from(bytes)),
            // No column is of this kind.
            ValueRef::Real(_) => Err(FromSqlError::InvalidType),
        }
    }
}

fn told(error: &rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(text),
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict(text),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Contended(1),
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied,
        ) => StoreError::Unavailable(text),
        _ => StoreError::Statement(text),
    }
}
