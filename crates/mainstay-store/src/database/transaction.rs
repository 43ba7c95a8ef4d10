//! One transaction: statements with parameters, and rows.

use super::postgres_engine::Session;
use super::row::{Inner as RowInner, Row};
use super::sqlite_engine;
use crate::events::Event;
use crate::jobs::Job;
use crate::log::Change;
use crate::{StoreError, Value};

/// Rows that one statement of [`Transaction::insert`] brings at most, in parameters: below what
/// either engine takes (SQLite 32,766, PostgreSQL 65,535).
const PARAMETERS: usize = 2_000;

/// What is read and changed together. It is kept when the closure that got it ends well.
pub struct Transaction<'c> {
    inner: Inner<'c>,
    /// A statement failed because others changed the same rows.
    pub(super) contended: bool,
    /// What is written last, in one order, so that transactions cannot lock one another.
    pub(crate) pending: Pending,
}

/// What a transaction tells besides its rows.
#[derive(Default)]
pub(crate) struct Pending {
    pub(crate) changes: Vec<Change>,
    pub(crate) events: Vec<Event>,
    pub(crate) jobs: Vec<Job>,
}

pub(super) enum Inner<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

impl std::fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Transaction")
    }
}

impl<'c> Transaction<'c> {
    pub(super) fn new(inner: Inner<'c>) -> Self {
        Self { inner, contended: false, pending: Pending::default() }
    }

    /// Whether this is the embedded engine.
    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self.inner, Inner::Sqlite(_))
    }

    /// Runs a statement that gives no rows.
    ///
    /// Returns how many rows it changed.
    ///
    /// # Errors
    /// When the database refuses it.
    pub fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let outcome = match &mut self.inner {
            Inner::Sqlite(connection) => sqlite_engine::execute(connection, sql, parameters),
            Inner::Postgres(session) => session.execute(sql, parameters),
        };
        self.noted(outcome)
    }

    /// Runs a statement and passes by each row of its answer.
    ///
    /// # Errors
    /// When the database refuses it, or `see` fails: then no further row is passed by.
    pub fn each(
        &mut self,
        sql: &str,
        parameters: &[Value],
        mut see: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let outcome = match &mut self.inner {
            Inner::Sqlite(connection) => sqlite_engine::each(connection, sql, parameters, |row| {
                see(&Row(RowInner::Sqlite(row)))
            }),
            Inner::Postgres(session) => {
                session.each(sql, parameters, |row| see(&Row(RowInner::Postgres(row))))
            }
        };
        self.noted(outcome)
    }

    /// The rows of an answer, each as `read` makes of it.
    ///
    /// # Errors
    /// As [`Transaction::each`].
    pub fn rows<T>(
        &mut self,
        sql: &str,
        parameters: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, parameters, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of an answer, if there is one.
    ///
    /// # Errors
    /// As [`Transaction::each`].
    pub fn optional<T>(
        &mut self,
        sql: &str,
        parameters: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut first = None;
        self.each(sql, parameters, |row| {
            if first.is_none() {
                first = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// The first row of an answer that always has one, such as a count.
    ///
    /// # Errors
    /// As [`Transaction::each`], and when there is no row.
    pub fn one<T>(
        &mut self,
        sql: &str,
        parameters: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.optional(sql, parameters, read)?
            .ok_or_else(|| StoreError::Statement(format!("no row where one must be: {sql}")))
    }

    /// Inserts many rows in few statements.
    ///
    /// `into` is the beginning of the statement up to `VALUES`, `after` what follows the rows
    /// (such as `ON CONFLICT DO NOTHING`), `values` the rows one after the other, `columns` each.
    ///
    /// # Errors
    /// When the database refuses it.
    pub fn insert(
        &mut self,
        into: &str,
        columns: usize,
        values: &[Value],
        after: &str,
    ) -> Result<u64, StoreError> {
        let mut inserted = 0;
        let mut rest = values;
        let columns = columns.max(1);
        while !rest.is_empty() {
            let rows = insertable(rest.len() / columns, PARAMETERS / columns);
            let Some((now, later)) = rest.split_at_checked(rows * columns).filter(|_| rows > 0)
            else {
                return Err(StoreError::Statement(format!("rows of {columns} columns: {into}")));
            };
            inserted += self.execute(&rows_statement(into, columns, rows, after), now)?;
            rest = later;
        }
        Ok(inserted)
    }

    /// Passes by each row of a statement about many keys, in few statements: `before (` a list of
    /// the keys `)`. `fixed` are the parameters that `before` has, from `$1` on. The rows of one
    /// statement come together; there is no order.
    ///
    /// # Errors
    /// As [`Transaction::each`].
    pub fn each_of(
        &mut self,
        before: &str,
        fixed: &[Value],
        keys: &[Value],
        mut see: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rest = keys;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(insertable(rest.len(), PARAMETERS));
            let numbers = fixed.len() + 1..=fixed.len() + now.len();
            let list: Vec<String> = numbers.map(|number| format!("${number}")).collect();
            let sql = format!("{before} ({})", list.join(", "));
            self.each(&sql, &[fixed, now].concat(), &mut see)?;
            rest = later;
        }
        Ok(())
    }

    /// Says that others changed what this transaction was built on. Whoever gives this error
    /// back is called again, on what they left.
    pub fn give_way(&mut self) -> StoreError {
        self.contended = true;
        StoreError::Contended(1)
    }

    /// Takes `count` numbers in a row from a counter, and gives the first. No number is given
    /// twice; one may be left out, when the transaction is not kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn numbers(&mut self, counter: &str, count: usize) -> Result<Option<i64>, StoreError> {
        if count == 0 {
            return Ok(None);
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.one(
            "INSERT INTO counter (name, next) VALUES ($1, 1 + $2) \
             ON CONFLICT (name) DO UPDATE SET next = counter.next + $2 RETURNING next - $2",
            &[counter.into(), count.into()],
            |row| row.integer(0),
        )
        .map(Some)
    }

    /// Writes the log, the events and the jobs, in this order. Whoever has begun here is waited
    /// for by all who want to, so it comes last and is short.
    pub(super) fn finish(&mut self) -> Result<(), StoreError> {
        let Pending { changes, events, jobs } = std::mem::take(&mut self.pending);
        crate::log::write(self, &changes)?;
        crate::events::write(self, &events)?;
        crate::jobs::write(self, &jobs)
    }

    /// Runs statements without parameters, for migrations.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.inner {
            Inner::Sqlite(connection) => sqlite_engine::batch(connection, sql),
            Inner::Postgres(session) => session.batch(sql),
        }
    }

    fn noted<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(outcome, Err(StoreError::Contended(_))) {
            self.contended = true;
        }
        outcome
    }
}

/// How many of `rows` the next statement brings. Powers of two, so that few different statements
/// are prepared and kept.
fn insertable(rows: usize, most: usize) -> usize {
    let most = most.max(1);
    let rows = rows.min(most);
    if rows == 0 { 0 } else { 1 << rows.ilog2() }
}

fn rows_statement(into: &str, columns: usize, rows: usize, after: &str) -> String {
    use std::fmt::Write as _;
    let mut sql = format!("{into} VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(sql, "{comma}${}", row * columns + column + 1);
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(after);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_by_powers_of_two() {
        assert_eq!([0, 1, 2, 3, 700].map(|rows| insertable(rows, 500)), [0, 1, 2, 2, 256]);
    }

    #[test]
    fn a_statement_numbers_its_parameters_through() {
        assert_eq!(
            rows_statement("INSERT INTO t (a, b)", 2, 2, "ON CONFLICT DO NOTHING"),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
    }
}
