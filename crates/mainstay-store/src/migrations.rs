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

use crate::hexadecimal::hexadecimal;
use crate::{Database, StoreError, Transaction};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
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
        let embedded = transaction.is_embedded();
        transaction.batch(&spelled(LEDGER, embedded))?;
        let done = transaction.rows(
            "SELECT number, digest FROM migration ORDER BY number",
            &[],
            |row| Ok((row.integer(0)?, row.text(1)?)),
        )?;
        let known = MIGRATIONS.last().map_or(0, |last| last.number);
        if let Some((found, _)) = done.last().filter(|(found, _)| *found > known) {
            return Err(StoreError::TooNew { found: *found, known });
        }
        for migration in MIGRATIONS {
            let digest = hexadecimal(digest(&SHA256, migration.sql.as_bytes()).as_ref());
            match done.iter().find(|(number, _)| *number == migration.number) {
                Some((number, found)) if *found != digest => {
                    return Err(StoreError::OtherMigration(*number));
                }
                Some(_) => {}
                None => apply(transaction, migration, &digest)?,
            }
        }
        Ok(())
    })
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
        assert!(MIGRATIONS.is_sorted_by(|one, two| one.number < two.number));
        for migration in MIGRATIONS {
            assert!(migration.name.starts_with(&format!("{:04}_", migration.number)));
        }
    }
}
