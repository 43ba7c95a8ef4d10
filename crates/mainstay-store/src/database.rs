//! The database: one SQL text, two engines.
//!
//! The rules that make one text do for both: parameters are `$1`, `$2`, …; ids and JSON are text,
//! times are integers; no `LIKE` and no function that only one of them has; a conflict is
//! answered with `ON CONFLICT`, never by trying and catching; every list has an `ORDER BY`.
//! What only the definition of a table can say is written as `{bytes}`, `{text}` and
//! `{clustered}` in a migration (see [`crate::migrations`]).

mod postgres_engine;
mod row;
mod sqlite_engine;
mod transaction;

use self::postgres_engine::PostgresEngine;
use self::sqlite_engine::SqliteEngine;
use crate::{Location, StoreError};

pub use self::row::Row;
pub use self::transaction::Transaction;

/// How often a transaction is tried again when others change the same rows.
const ATTEMPTS: u32 = 8;

/// The rows that are kept. Cheap to share behind an `Arc`; every method blocks its thread.
#[derive(Debug)]
pub struct Database {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Sqlite(SqliteEngine),
    Postgres(PostgresEngine),
}

impl Database {
    /// Opens the database and brings its tables up to this program's format.
    ///
    /// Several processes may do so at once: one migrates, the others wait.
    ///
    /// # Errors
    /// When it does not answer, or when a newer Mainstay wrote it.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        let database = Self::open_as_it_is(location)?;
        crate::migrations::run(&database)?;
        Ok(database)
    }

    /// Opens the database with the tables that it has.
    pub(crate) fn open_as_it_is(location: &Location) -> Result<Self, StoreError> {
        let engine = match location {
            Location::Sqlite(path) => Engine::Sqlite(SqliteEngine::open(path)?),
            Location::Postgres(uri) => Engine::Postgres(PostgresEngine::open(uri)?),
        };
        Ok(Self { engine })
    }

    /// Looks something up. All that `look` sees is of one moment.
    ///
    /// # Errors
    /// What `look` gives, or that the database does not answer.
    pub fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.read(look),
            Engine::Postgres(engine) => engine.read(look),
        }
    }

    /// Changes something: all of it becomes durable, or nothing. When others changed the same
    /// rows meanwhile, `change` is called again, on what they left.
    ///
    /// # Errors
    /// What `change` gives (then nothing is kept), or that the database did not take it.
    pub fn write<T, E: From<StoreError>>(
        &self,
        mut change: impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        for _ in 0..ATTEMPTS {
            let outcome = match &self.engine {
                Engine::Sqlite(engine) => engine.write(&mut change),
                Engine::Postgres(engine) => engine.write(&mut change),
            };
            match outcome {
                Attempt::Ended(result) => return result,
                Attempt::Contended => {}
            }
        }
        Err(StoreError::Contended(ATTEMPTS).into())
    }

    /// Runs several statements without parameters, for migrations.
    pub(crate) fn migrate<T, E: From<StoreError>>(
        &self,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.migrate(run),
            Engine::Postgres(engine) => engine.migrate(run),
        }
    }
}

/// How one attempt at a change ended.
enum Attempt<T> {
    /// For good, well or badly.
    Ended(T),
    /// Others were in the way; nothing is kept, and it may be tried again.
    Contended,
}
