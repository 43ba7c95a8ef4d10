//! Why an archive, or a member of it, was not read.

use std::io;

use thiserror::Error;

/// An archive or a member that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ArchiveError {
    /// The reason.
    pub kind: ArchiveErrorKind,
    /// What happened, as a fragment without a full stop.
    pub message: String,
}

/// Why it was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArchiveErrorKind {
    /// The bytes are not what the format says.
    Damaged,
    /// A method of packing or encryption that is not read.
    Unsupported,
    /// A limit of the budget.
    Spent,
    /// The disk refused.
    Disk,
}

impl ArchiveErrorKind {
    /// What the reader of a report can do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Damaged => "get the archive again: it is damaged, or cut off",
            Self::Unsupported => "unpack it by hand and scan the result",
            Self::Spent => "look at the archive by hand before anybody unpacks it",
            Self::Disk => "make the file readable for the user who scans",
        }
    }
}

impl ArchiveError {
    /// What is not what its format says.
    pub fn damaged(message: impl Into<String>) -> Self {
        Self { kind: ArchiveErrorKind::Damaged, message: message.into() }
    }

    /// What is not read.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self { kind: ArchiveErrorKind::Unsupported, message: message.into() }
    }

    /// What goes past a limit.
    pub fn spent(message: impl Into<String>) -> Self {
        Self { kind: ArchiveErrorKind::Spent, message: message.into() }
    }
}

/// An error keeps its kind on its way through [`std::io::Read`].
impl From<ArchiveError> for io::Error {
    fn from(error: ArchiveError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

impl From<io::Error> for ArchiveError {
    fn from(error: io::Error) -> Self {
        if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            return inner.clone();
        }
        let kind = error.kind();
        if kind == io::ErrorKind::UnexpectedEof {
            return Self::damaged("it is cut off");
        }
        // What unpacks says one of these; what reads from a disk says something else.
        let of_format =
            [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput, io::ErrorKind::Other];
        if of_format.contains(&kind) {
            return Self::damaged(format!("it is damaged: {error}"));
        }
        Self { kind: ArchiveErrorKind::Disk, message: error.to_string() }
    }
}
