//! Where the rows are kept: a SQLite file or a PostgreSQL database.
//!
//! Standard: PostgreSQL, "Connection URIs", for the second form.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::StoreError;

/// Where the rows are kept. Shown without a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file. It is made when it is not there.
    Sqlite(PathBuf),
    /// A server, by its connection URI.
    Postgres(PostgresUri),
}

/// A connection URI. It may hold a password, so it is shown without what stands before the `@`.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUri(String);

impl Location {
    /// The file `path`.
    pub fn sqlite(path: &Path) -> Self {
        Self::Sqlite(path.to_owned())
    }
}

impl FromStr for Location {
    type Err = StoreError;

    /// `sqlite:FILE`, `postgres://…` or `postgresql://…`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresUri(text.to_owned())));
        }
        // What was given may be a URI with a password and a wrong scheme.
        let shown = text.split_once("://").map_or(text, |(scheme, _)| scheme);
        Err(StoreError::Location(shown.to_owned()))
    }
}

impl PostgresUri {
    /// The URI with everything in it, for the client alone.
    pub(crate) fn with_secrets(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PostgresUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", ""));
        let rest = rest.split('?').next().unwrap_or_default();
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        write!(f, "{scheme}://{place}")
    }
}

impl fmt::Debug for PostgresUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(uri) => fmt::Display::fmt(uri, f),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for uri in [
            "postgres://me:secret@db.example/mainstay",
            "postgresql://me:sec@ret@db.example/mainstay?password=secret",
            "postgres://db.example/mainstay?user=me&password=secret",
        ] {
            let location: Location = uri.parse().unwrap();
            assert!(!format!("{location} {location:?}").contains("secret"), "{location}");
            assert!(location.to_string().contains("db.example/mainstay"), "{location}");
        }
    }

    #[test]
    fn a_text_that_names_no_database_is_refused_without_showing_a_password() {
        let error = "mysql://me:secret@db.example/x".parse::<Location>().unwrap_err().to_string();
        assert!(error.contains("mysql") && !error.contains("secret"), "{error}");
    }
}
