//! What a found file is, and so which room reads it.
//!
//! One variant per room of readers. A room has a table of its own formats; here the tables meet.

use mainstay_lockfiles::{Format, Role, format_of};
use mainstay_reading::{Input, Inventory, ReadError};
use mainstay_types::Ecosystem;

/// What a source is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A lockfile or manifest.
    Lockfile(&'static Format),
}

impl Kind {
    /// The kind that a path tells: relative to the scanned root, with `/`.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        format_of(path).map(Self::Lockfile)
    }

    /// The stable name of its format in reports.
    pub(crate) fn format_id(self) -> &'static str {
        match self {
            Self::Lockfile(format) => format.id,
        }
    }

    /// Reads one file of this kind.
    pub(crate) fn read(self, input: &Input<'_>) -> Result<Inventory, ReadError> {
        match self {
            Self::Lockfile(format) => (format.read)(input),
        }
    }

    /// For a manifest, the names of the lockfiles that would answer for it.
    pub(crate) fn locked_by(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Lockfile(format) => match format.role {
                Role::Manifest { locked_by } => Some(locked_by),
                Role::Lockfile => None,
            },
        }
    }

    /// The ecosystem whose installer reads this file: its rules say what is a door for dependency
    /// confusion.
    pub(crate) fn installed_by(self) -> Ecosystem {
        match self {
            Self::Lockfile(format) => format.ecosystem,
        }
    }
}
