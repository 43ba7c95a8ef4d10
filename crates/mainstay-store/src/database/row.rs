//! One row of an answer.

use jiff::Timestamp;

use postgres::types::Type;

use crate::{StoreError, Value};

/// One row, readable while it is passed by. Columns are counted from 0.
#[derive(Debug)]
pub struct Row<'r>(pub(super) Inner<'r>);

#[derive(Debug)]
pub(super) enum Inner<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// An integer.
    ///
    /// # Errors
    /// When the column has another kind, or is null.
    pub fn integer(&self, column: usize) -> Result<i64, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => row.get(column).map_err(|error| shape(column, &error)),
            Inner::Postgres(row) => row.try_get(column).map_err(|error| shape(column, &error)),
        }
    }

    /// An integer, or nothing.
    ///
    /// # Errors
    /// When the column has another kind.
    pub fn integer_or_null(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => row.get(column).map_err(|error| shape(column, &error)),
            Inner::Postgres(row) => row.try_get(column).map_err(|error| shape(column, &error)),
        }
    }

    /// A truth: 0 is false.
    ///
    /// # Errors
    /// As [`Row::integer`].
    pub fn truth(&self, column: usize) -> Result<bool, StoreError> {
        self.integer(column).map(|number| number != 0)
    }

    /// A text.
    ///
    /// # Errors
    /// When the column has another kind, or is null.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => row.get(column).map_err(|error| shape(column, &error)),
            Inner::Postgres(row) => row.try_get(column).map_err(|error| shape(column, &error)),
        }
    }

    /// A text, or nothing.
    ///
    /// # Errors
    /// When the column has another kind.
    pub fn text_or_null(&self, column: usize) -> Result<Option<String>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => row.get(column).map_err(|error| shape(column, &error)),
            Inner::Postgres(row) => row.try_get(column).map_err(|error| shape(column, &error)),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// When the column has another kind, or is null.
    pub fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => match row.get_ref(column) {
                Ok(rusqlite::types::ValueRef::Blob(bytes)) => Ok(bytes),
                Ok(other) => {
                    Err(StoreError::Statement(format!("column {column} is {}", other.data_type())))
                }
                Err(error) => Err(shape(column, &error)),
            },
            Inner::Postgres(row) => row.try_get(column).map_err(|error| shape(column, &error)),
        }
    }

    /// Bytes, or nothing.
    ///
    /// # Errors
    /// When the column has another kind.
    pub fn bytes_or_null(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => row.get(column).map_err(|error| shape(column, &error)),
            Inner::Postgres(row) => row.try_get(column).map_err(|error| shape(column, &error)),
        }
    }

    /// A time, kept as microseconds since 1970.
    ///
    /// # Errors
    /// As [`Row::integer`], or when the number is no time.
    pub fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        let micros = self.integer(column)?;
        Timestamp::from_microsecond(micros).map_err(|error| shape(column, &error))
    }

    /// A time, or nothing.
    ///
    /// # Errors
    /// As [`Row::time`].
    pub fn time_or_null(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        self.integer_or_null(column)?
            .map(|micros| {
                Timestamp::from_microsecond(micros).map_err(|error| shape(column, &error))
            })
            .transpose()
    }
}

impl Row<'_> {
    /// The names of the columns.
    pub(crate) fn columns(&self) -> Vec<&str> {
        match &self.0 {
            Inner::Sqlite(row) => row.as_ref().column_names().collect(),
            Inner::Postgres(row) => row.columns().iter().map(postgres::Column::name).collect(),
        }
    }

    /// The values, whatever they are.
    pub(crate) fn values(&self) -> Result<Vec<Value>, StoreError> {
        (0..self.columns().len())
            .map(|column| match &self.0 {
                Inner::Sqlite(row) => {
                    row.get::<_, Value>(column).map_err(|error| shape(column, &error))
                }
                Inner::Postgres(row) => {
                    let kind = row.columns().get(column).map(postgres::Column::type_);
                    match kind {
                        Some(&Type::INT8) => self.integer_or_null(column).map(Value::from),
                        Some(&Type::BYTEA) => self.bytes_or_null(column).map(Value::from),
                        _ => self.text_or_null(column).map(Value::from),
                    }
                }
            })
            .collect()
    }
}

fn shape(column: usize, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Statement(format!("column {column}: {error}"))
}
