//! The order is total in every ecosystem, and no text makes it panic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::Ordering;

use mainstay_types::Ecosystem;
use mainstay_versions::Version;
use proptest::prelude::*;

/// Versions of an ecosystem from few characters, so that many share their beginning.
fn pattern(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::CratesIo | Ecosystem::Hex | Ecosystem::SwiftUrl | Ecosystem::Pub => {
            r"[0-2]\.[0-2]\.[0-2](-[ab0-2](\.[ab0-2][ab]?){0,2})?(\+[ab1](\.[ab1])?)?"
        }
        Ecosystem::Npm | Ecosystem::Go => r"v?[0-2]\.[0-2]\.[0-2](-[ab0-2](\.[ab0-2]b?){0,2})?",
        Ecosystem::PyPi => {
            r"([0-1]!)?[0-2](\.[0-2]){0,2}((a|b|rc)[0-2])?(\.post[0-1])?(\.dev[0-1])?(\+[ab1](\.[ab1])?)?|[0-1][a-c.0-2-]{0,5}"
        }
        // Maven's order is total only without words after a dot.
        Ecosystem::Maven => {
            r"[0-2](\.[0-2]){0,2}(-(alpha|ga|sp|foo|[0-2])(\.[0-2]){0,2}){0,3}(a|b|x)?[0-1]?"
        }
        Ecosystem::RubyGems => r"[0-2](\.[0-2ab]{1,2}){0,3}(-[0-2ab])?",
        Ecosystem::Packagist => r"v?[0-2](\.[0-2]){0,2}(-(dev|alpha|beta|RC|pl)(\.?[0-2]){0,2})?",
        Ecosystem::NuGet => r"[0-2](\.[0-2]){0,3}(-[abA0-2]{1,2}(\.[abA0-2])?)?",
        Ecosystem::Hackage | Ecosystem::Ghc => r"[0-2]{1,2}(\.[0-2]{1,2}){0,3}",
        Ecosystem::Cran | Ecosystem::Bioconductor => r"[0-2]{1,2}([.-][0-2]{1,2}){0,3}",
        Ecosystem::ConanCenter => {
            r"[0-2](\.[0-2]{1,2}[ab]?){0,3}(-[ab0-2](\.[ab0-2]){0,2})?(\+[a0-2])?"
        }
        Ecosystem::Debian | Ecosystem::Ubuntu => r"([01]:)?[0-2][0-2a~+.]{0,5}(-[0-2a~+]{1,3})?",
        Ecosystem::Alpine
        | Ecosystem::Wolfi
        | Ecosystem::Chainguard
        | Ecosystem::MinimOs
        | Ecosystem::Alpaquita => {
            r"[0-2]{1,2}(\.[0-2]{1,2}){0,2}([ab][01]?)?(_(alpha|rc|p)[0-2]?){0,2}(~[0-9a]{1,2})?(-r[0-2])?"
        }
        Ecosystem::RedHat
        | Ecosystem::RockyLinux
        | Ecosystem::AlmaLinux
        | Ecosystem::Suse
        | Ecosystem::OpenSuse
        | Ecosystem::Mageia
        | Ecosystem::OpenEuler
        | Ecosystem::AzureLinux
        | Ecosystem::PhotonOs => r"([01]:)?[0-2a~^.]{1,6}(-[0-2a~^.]{0,3})?",
    }
}

fn order(left: &Version, right: &Version) -> Ordering {
    left.compare(right).unwrap()
}

fn ecosystems() -> impl Strategy<Value = Ecosystem> {
    prop::sample::select(Ecosystem::all().collect::<Vec<_>>())
}

fn versions(ecosystem: Ecosystem, count: usize) -> impl Strategy<Value = Vec<Version>> {
    let read = move |text: String| Version::parse(ecosystem, &text).ok();
    prop::collection::vec(pattern(ecosystem).prop_filter_map("no version", read), count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_order_is_antisymmetric_and_reflexive(
        versions in ecosystems().prop_flat_map(|ecosystem| versions(ecosystem, 2))
    ) {
        prop_assert_eq!(order(&versions[0], &versions[1]), order(&versions[1], &versions[0]).reverse());
        prop_assert_eq!(order(&versions[0], &versions[0]), Ordering::Equal);
    }

    #[test]
    fn the_order_is_transitive(
        mut versions in ecosystems().prop_flat_map(|ecosystem| versions(ecosystem, 3))
    ) {
        if order(&versions[0], &versions[1]) == Ordering::Greater {
            versions.swap(0, 1);
        }
        // Now the first is not above the second; whatever the third is, no cycle may close.
        let [low, high, third] = &versions[..] else { panic!("three versions") };
        if order(high, third) != Ordering::Greater {
            prop_assert_ne!(order(low, third), Ordering::Greater);
        }
        if order(third, low) != Ordering::Greater {
            prop_assert_ne!(order(third, high), Ordering::Greater);
        }
        if order(low, high) == Ordering::Equal {
            prop_assert_eq!(order(low, third), order(high, third));
        }
    }

    #[test]
    fn no_text_makes_reading_or_comparing_panic(
        ecosystem in ecosystems(),
        left in r"[\PC\t]{0,12}|[0-9a-zA-Z.:+~^_#=!-]{0,20}",
        right in r"[0-9a-zA-Z.:+~^_#=!-]{0,20}",
    ) {
        let read = |text: &str| Version::parse_for_order(ecosystem, text);
        if let (Ok(left), Ok(right)) = (read(&left), read(&right)) {
            prop_assert_eq!(order(&left, &right), order(&right, &left).reverse());
        }
    }
}

/// Quadratic work on these would take minutes.
#[test]
fn a_version_of_100_kb_is_read_and_compared() {
    for ecosystem in Ecosystem::all() {
        for piece in ["1.", "a1", "_p", "-"] {
            let text = format!("1.0.0-{}1", piece.repeat(100_000 / piece.len()));
            if let Ok(version) = Version::parse_for_order(ecosystem, &text) {
                assert_eq!(order(&version, &version), Ordering::Equal);
            }
        }
    }
}

#[test]
fn versions_of_two_ecosystems_have_no_order() {
    let npm = Version::parse(Ecosystem::Npm, "1.0.0").unwrap();
    let cargo = Version::parse(Ecosystem::CratesIo, "1.0.0").unwrap();
    assert_eq!(npm.compare(&cargo), None);
}

#[test]
fn an_error_names_the_ecosystem_and_the_text() {
    let error = Version::parse(Ecosystem::Npm, "1.9.0b1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"1.9.0b1\" is no version of npm: one of its numbers is no number"
    );
}
