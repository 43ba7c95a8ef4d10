//! `DESCRIPTION` of an R package.
//!
//! Format: "Writing R Extensions", section 1.1.1: headers as Debian's control files have them.

use crate::headers::{value, without_mark};
use crate::identity::Identity;

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The package and its version.
    pub identity: Identity,
    /// Whether the package is a part of R itself, and has R's version (`Priority: base`).
    pub is_base: bool,
}

/// Reads a DESCRIPTION.
pub fn read(bytes: &[u8]) -> Description {
    let bytes = without_mark(bytes);
    Description {
        identity: Identity::new(value(bytes, "Package"), value(bytes, "Version")),
        is_base: value(bytes, "Priority") == Some("base"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_of_r_itself_is_told_apart() {
        let read = read(b"Package: stats\nVersion: 4.3.1\nPriority: base\n");
        assert!(read.is_base);
        assert_eq!(read.identity.version.as_deref(), Some("4.3.1"));
    }
}
