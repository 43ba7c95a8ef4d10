//! What the JavaScript formats share: npm's specifiers, addresses, checksums and folders.

pub(crate) mod address;
pub(crate) mod integrity;
pub(super) mod listing;
pub(super) mod loose;
pub(super) mod node_modules;
pub(crate) mod specifier;

use mainstay_reading::{ReadError, ReadErrorKind};
use mainstay_types::{Ecosystem, PackageName};

/// Reads a package's name; what cannot be one makes the file unreadable, on that line.
pub(super) fn name(text: &str, line: Option<u32>) -> Result<PackageName, ReadError> {
    PackageName::parse(Ecosystem::Npm, text).map_err(|error| ReadError {
        kind: ReadErrorKind::Shape,
        line,
        message: error.to_string(),
    })
}
