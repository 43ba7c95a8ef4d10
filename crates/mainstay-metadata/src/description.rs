//! `DESCRIPTION` of an R package.
//!
//! Format: "Writing R Extensions", section 1.1.1: headers as Debian's control files have them.

use crate::headers::{value, without_mark};
use crate::identity::Identity;

/// Reads name and version.
pub fn read(bytes: &[u8]) -> Identity {
    let bytes = without_mark(bytes);
    Identity::new(value(bytes, "Package"), value(bytes, "Version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_has_a_name_of_its_own_header() {
        let read = read(b"Package: jsonlite\nTitle: Name: no\nVersion: 1.8-7\n");
        assert_eq!(read, Identity::new(Some("jsonlite"), Some("1.8-7")));
    }
}
