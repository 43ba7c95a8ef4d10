//! What can go wrong with an index file.

use std::io;
use std::path::PathBuf;

use mainstay_types::Ecosystem;
use thiserror::Error;

/// Why an index cannot be opened or asked.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The file cannot be read.
    #[error("cannot read the advisory index {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is no index.
    #[error("{} is not an advisory index", path.display())]
    NotAnIndex {
        /// The file.
        path: PathBuf,
    },
    /// A later release of Mainstay wrote the file.
    #[error(
        "the advisory index {} is from a newer Mainstay (format {found}; this one reads {known}); \
         update Mainstay or rebuild the data",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this release reads.
        known: u32,
    },
    /// An earlier release of Mainstay wrote the file.
    #[error(
        "the advisory index {} is of the old format {found}; import or update the data again",
        path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The file was damaged or made by someone else.
    #[error(
        "the advisory index {} is damaged ({what}); import or update the data again",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// A package of another ecosystem was looked up.
    #[error("a package of {asked} was looked up in the advisory index of {indexed}")]
    OtherEcosystem {
        /// The ecosystem of the package.
        asked: Ecosystem,
        /// The ecosystem of the index.
        indexed: Ecosystem,
    },
}

/// Why an index cannot be written. The file that was there before is untouched.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Writing failed.
    #[error("cannot write the advisory index {}; the old one stays", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The data do not fit the format's 32-bit references.
    #[error("the advisory data are too large for one index: {what} pass 4 GiB")]
    TooLarge {
        /// What is too large.
        what: &'static str,
    },
}
