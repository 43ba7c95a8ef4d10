//! The tables, made and changed step by step, forward only, in one order for all rooms.
//!
//! A migration is a file of SQL, run on both engines, never edited once it was released. What the
//! engines spell in two ways is written once: `{bytes}` is `BLOB` or `BYTEA`; `{text}` is text
//! that sorts by its bytes; `{clustered}` ends a table whose rows lie in the order of its primary
//! key, where the engine can do that.
//!
//! While a migration runs, processes of the version before may still be at work on PostgreSQL. So
//! it adds; it takes away only what the version before does not use any more.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use crate::backup::Migrated;
use crate::hexadecimal::hexadecimal;
use crate::{Database, StoreError, Transaction};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

impl Migration {
    fn digest(&self) -> String {
        hexadecimal(digest(&SHA256, self.sql.as_bytes()).as_ref())
    }
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_platform"),
    migration!(2, "0002_inventory"),
    migration!(3, "0003_visibility"),
    migration!(4, "0004_accounts"),
    migration!(5, "0005_sharing"),
    migration!(6, "0006_figures"),
    migration!(7, "0007_questions"),
    migration!(8, "0008_notices"),
    migration!(9, "0009_statements"),
    migration!(10, "0010_prevalence"),
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    digest {text} NOT NULL,
    applied_at BIGINT NOT NULL
)";

/// Runs what is not run yet, in one transaction.
pub(crate) fn run(database: &Database) -> Result<(), StoreError> {
    database.migrate(|transaction| {
        begin_ledger(transaction)?;
        let done = applied(transaction)?;
        let known = newest();
        if let Some(last) = done.last().filter(|last| last.number > known) {
            return Err(StoreError::TooNew { found: last.number, known });
        }
        for migration in MIGRATIONS {
            let digest = migration.digest();
            match done.iter().find(|done| done.number == migration.number) {
                Some(done) if done.digest != digest => {
                    return Err(StoreError::OtherMigration(done.number));
                }
                Some(_) => {}
                None => apply(transaction, migration, &digest)?,
            }
        }
        Ok(())
    })
}

/// The number of the newest migration that this program has.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |last| last.number)
}

/// Makes the table that says which migrations were run, where it is not there yet.
pub(crate) fn begin_ledger(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    let embedded = transaction.is_embedded();
    transaction.batch(&spelled(LEDGER, embedded))
}

/// The migrations that the database has been through, in order.
pub(crate) fn applied(transaction: &mut Transaction<'_>) -> Result<Vec<Migrated>, StoreError> {
    transaction.rows("SELECT number, digest FROM migration ORDER BY number", &[], |row| {
        Ok(Migrated { number: row.integer(0)?, digest: row.text(1)? })
    })
}

/// Makes the tables as they were after these migrations, where none is yet.
pub(crate) fn begin_with(
    transaction: &mut Transaction<'_>,
    wanted: &[Migrated],
) -> Result<(), StoreError> {
    for (migration, wanted) in MIGRATIONS.iter().zip(wanted) {
        let digest = migration.digest();
        if (migration.number, &digest) != (wanted.number, &wanted.digest) {
            return Err(StoreError::OtherMigration(wanted.number));
        }
        apply(transaction, migration, &digest)?;
    }
    Ok(())
}

/// The tables that are there after the migrations up to this one, in the order in which they were
/// made: none refers to one after it.
pub(crate) fn tables(last: i64) -> Vec<String> {
    let mut tables = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.number <= last) {
        for line in migration.sql.lines() {
            let word_after = |start: &str| {
                let rest = line.strip_prefix(start)?;
                rest.split([' ', '(', ';']).next().map(str::to_owned)
            };
            tables.extend(word_after("CREATE TABLE "));
            if let Some(gone) = word_after("DROP TABLE ") {
                tables.retain(|table| *table != gone);
            }
        }
    }
    tables
}

fn apply(
    transaction: &mut Transaction<'_>,
    migration: &Migration,
    digest: &str,
) -> Result<(), StoreError> {
    let sql = spelled(migration.sql, transaction.is_embedded());
    transaction.batch(&sql)?;
    transaction.execute(
        "INSERT INTO migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)",
        &[
            migration.number.into(),
            migration.name.into(),
            digest.into(),
            // For people to read; nothing is decided by it.
            Timestamp::now().into(),
        ],
    )?;
    Ok(())
}

fn spelled(sql: &str, embedded: bool) -> String {
    let (bytes, text, clustered) = if embedded {
        ("BLOB", "TEXT", "WITHOUT ROWID")
    } else {
        ("BYTEA", "TEXT COLLATE \"C\"", "")
    };
    sql.replace("{bytes}", bytes).replace("{text}", text).replace("{clustered}", clustered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_as_their_files_are() {
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number, i64::try_from(index).unwrap() + 1);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.number)));
        }
    }
}
