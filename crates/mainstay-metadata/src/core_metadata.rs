//! `METADATA` of a wheel and of an installed distribution, `PKG-INFO` of an sdist and of an egg.
//!
//! Format: the `PyPA` specification "Core metadata specifications", versions 1.0 to 2.4: headers of
//! an e-mail, with the description as a header or as the body.

use crate::headers::{value, without_mark};
use crate::identity::Identity;

/// Reads name and version. What setuptools writes where it knows neither, `UNKNOWN`, says nothing.
pub fn read(bytes: &[u8]) -> Identity {
    let bytes = without_mark(bytes);
    let said = |name| value(bytes, name).filter(|text| *text != "UNKNOWN");
    Identity::new(said("Name"), said("Version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_version_stand_in_the_head() {
        let identity = read(b"Metadata-Version: 2.1\nName: left_pad\nVersion: 1.0\n\nName: no\n");
        assert_eq!(identity, Identity::new(Some("left_pad"), Some("1.0")));
    }

    #[test]
    fn unknown_is_no_name() {
        assert_eq!(read(b"Name: UNKNOWN\nVersion: 0.0.0\n").name, None);
    }
}
