//! What can go wrong while something is kept or looked up.

use std::io;
use std::path::PathBuf;

/// Why the store could not do what it was asked.
///
/// The texts never contain a password: a database is named by [`crate::Location`], which shows
/// none.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The text names no database.
    #[error("\"{0}\" names no database: give sqlite:FILE or postgres://USER@HOST/NAME")]
    Location(String),
    /// The connection would cross a network in the clear.
    #[error(
        "the database on {0} would be asked without TLS: leave out sslmode=disable, or use a \
         socket or this machine"
    )]
    InTheClear(String),
    /// No connection, or it broke. Nothing of the transaction is kept.
    #[error("the database does not answer ({0}): see that it runs and that its address is right")]
    Unavailable(String),
    /// The connection broke while the transaction was being made durable.
    #[error(
        "the database went away during the commit: whether the change is kept is not known ({0}): look before doing it again"
    )]
    CommitUnknown(String),
    /// The database or the disk has no room.
    #[error("no space is left: {0}")]
    Full(String),
    /// A rule of the database was broken: a unique or a foreign key.
    #[error("the database refuses the change: {0}")]
    Conflict(String),
    /// Others changed the same rows, again and again.
    #[error("others changed the same data {0} times in a row: try again")]
    Contended(u32),
    /// A statement failed, or a row had another shape than the code expects.
    #[error("the database says: {0}; this is a fault of Mainstay, please report it")]
    Statement(String),
    /// The database was written by a newer Mainstay.
    #[error(
        "the database has format {found}, and this Mainstay knows formats up to {known}: use the newer one"
    )]
    TooNew {
        /// The number of the newest migration in the database.
        found: i64,
        /// The number of the newest migration that this program has.
        known: i64,
    },
    /// A migration in the database is not the one of this program.
    #[error(
        "migration {0} of the database is not the one of this Mainstay: it comes from another build; use that one"
    )]
    OtherMigration(i64),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    Disk {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A blob is not what its name says.
    #[error(
        "the blob {0} does not have the content that its name promises: restore it from a backup"
    )]
    DamagedBlob(String),
    /// A blob that a row names is not there.
    #[error("the blob {0} is not there: restore it from a backup")]
    MissingBlob(String),
    /// A key file holds no key.
    #[error(
        "{0} holds no signing key: put the right file there, or move it away and a new key is made"
    )]
    Key(PathBuf),
    /// The log has been altered, or a checkpoint is not of this log.
    #[error(transparent)]
    Log(#[from] crate::log::LogFault),
}

impl StoreError {
    /// An error of the disk, with the path it is about.
    pub(crate) fn disk(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| {
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                Self::Full(format!("{}: {source}", path.display()))
            } else {
                Self::Disk { path, source }
            }
        }
    }
}
