//! What a found file is, and so which room reads it.
//!
//! One variant per room of readers. A room has a table of its own formats; here the tables meet.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use mainstay_lockfiles::{Format, Role, format_of};
use mainstay_reading::{Input, Inventory, ReadError};
use mainstay_sboms::SbomFile;
use mainstay_types::Ecosystem;

/// What a source is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A lockfile or manifest.
    Lockfile(&'static Format),
    /// An SBOM.
    Sbom(&'static SbomFile),
}

impl Kind {
    /// The kind that a path tells: relative to the scanned root, with `/`.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let lockfile = format_of(path).map(Self::Lockfile);
        lockfile.or_else(|| mainstay_sboms::file_of(path).map(Self::Sbom))
    }

    /// The kind that the beginning of a file tells. For a file that the user named.
    pub(crate) fn of_beginning(path: &Path) -> Option<Self> {
        /// A document tells its standard near its beginning, if not in its first line.
        const ENOUGH: u64 = 1 << 20;
        // A named pipe would block its opener for ever, so the kind is asked first.
        if !path.is_file() {
            return None;
        }
        let mut beginning = Vec::new();
        File::open(path).ok()?.take(ENOUGH).read_to_end(&mut beginning).ok()?;
        mainstay_sboms::file_beginning(&beginning).map(Self::Sbom)
    }

    /// The stable name of its format in reports.
    pub(crate) fn format_id(self) -> &'static str {
        match self {
            Self::Lockfile(format) => format.id,
            Self::Sbom(file) => file.id,
        }
    }

    /// Reads one file of this kind.
    pub(crate) fn read(self, input: &Input<'_>) -> Result<Inventory, ReadError> {
        match self {
            Self::Lockfile(format) => (format.read)(input),
            Self::Sbom(_) => mainstay_sboms::read(input),
        }
    }

    /// For a manifest, the names of the lockfiles that would answer for it.
    pub(crate) fn locked_by(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Lockfile(format) => match format.role {
                Role::Manifest { locked_by } => Some(locked_by),
                Role::Lockfile => None,
            },
            Self::Sbom(_) => None,
        }
    }

    /// The ecosystem whose installer reads this file: its rules say what is a door for dependency
    /// confusion. `None` when no installer does.
    pub(crate) fn installed_by(self) -> Option<Ecosystem> {
        match self {
            Self::Lockfile(format) => Some(format.ecosystem),
            Self::Sbom(_) => None,
        }
    }
}
