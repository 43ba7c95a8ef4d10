//! `METADATA` of a wheel and of an installed distribution, `PKG-INFO` of an sdist and of an egg.
//!
//! Format: the `PyPA` specification "Core metadata specifications", versions 1.0 to 2.4: headers of
//! an e-mail, with the description as a header or as the body.

use crate::headers::{value, values, without_mark};
use crate::identity::Identity;

/// Reads name and version, and of the `Project-URL`s those of money. What setuptools writes where it knows neither, `UNKNOWN`, says nothing.
pub fn read(bytes: &[u8]) -> Identity {
    let bytes = without_mark(bytes);
    let said = |name| value(bytes, name).filter(|text| *text != "UNKNOWN");
    let funding = values(bytes, "Project-URL").filter_map(|text| {
        let (label, address) = text.split_once(',')?;
        let label = label.to_lowercase();
        let is_funding = ["fund", "sponsor", "donat"].iter().any(|word| label.contains(word));
        is_funding.then_some(address)
    });
    Identity::new(said("Name"), said("Version")).with_funding(funding)
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
    fn of_the_addresses_of_a_project_those_of_money_are_told() {
        let identity = read(
            b"Name: a\nProject-URL: Source, https://a.example\n\
              Project-URL: Funding, https://a.example/give\nProject-URL: Donate, mailto:x\n\n",
        );
        let told: Vec<_> =
            identity.funding.iter().map(mainstay_types::WebAddress::as_str).collect();
        assert_eq!(told, ["https://a.example/give"]);
    }

    #[test]
    fn unknown_is_no_name() {
        assert_eq!(read(b"Name: UNKNOWN\nVersion: 0.0.0\n").name, None);
    }
}
