//! The order of crates.io against the crate that Cargo itself uses.

use mainstay_types::Ecosystem;
use mainstay_versions::Version;
use proptest::prelude::*;

/// Numbers stay below 64 bits, where Cargo stops.
const VERSION: &str = r"v?[0-9]{1,3}\.(0|[1-9][0-9]{0,18})\.[0-2](-[ab0-2-]{1,3}(\.[ab0-2]{1,21}){0,2})?(\+[ab01]{0,3})?";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_cargo_reads_is_read_and_what_it_refuses_is_refused(text in VERSION) {
        let expected = semver::Version::parse(&text);
        let read = Version::parse(Ecosystem::CratesIo, &text);
        prop_assert_eq!(read.is_ok(), expected.is_ok(), "{}", text);
    }

    #[test]
    fn the_order_is_that_of_cargo(left in VERSION, right in VERSION) {
        let (Ok(expected_left), Ok(expected_right)) =
            (semver::Version::parse(&left), semver::Version::parse(&right))
        else {
            return Ok(());
        };
        let read = |text: &str| Version::parse(Ecosystem::CratesIo, text).unwrap();
        let order = read(&left).compare(&read(&right));
        prop_assert_eq!(order, Some(expected_left.cmp_precedence(&expected_right)));
    }
}
