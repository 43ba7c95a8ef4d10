//! Semantic versions: crates.io, npm, Go, Hex, Pub and Swift.
//!
//! Standard: Semantic Versioning 2.0.0 (<https://semver.org/spec/v2.0.0.html>). The order is that
//! of item 11 everywhere; Pub alone goes on and orders build metadata. What differs is what a
//! text may look like, so each ecosystem has a row of [`Grammar`]:
//!
//! - crates.io and Hex: the standard's grammar, nothing else.
//! - npm: node-semver's strict grammar; white space, `v` and `=` in front are skipped. A bound
//!   may be short, as in npm's ranges, where `<4.5` is `<4.5.0`.
//! - Go: `golang.org/x/mod/semver`, where `v1` and `v1.2` are short for `v1.0.0` and `v1.2.0`.
//!   OSV writes no `v`, so it may be missing. Pseudo-versions are pre-releases, and
//!   `+incompatible` is build metadata.
//! - Swift: package tags, with or without `v`, and `1.2` for `1.2.0`.
//! - Pub: `pub_semver`, which allows leading zeros.
//!
//! Numbers may be of any length: the reference tools stop at 53 or 64 bits, OSV's order does not.
//! The tolerant grammar gives `1.1.3.4.5` a place: what follows the third number counts as build
//! metadata there.

use std::cmp::Ordering;

use mainstay_types::Ecosystem;

use super::{Reading, Refusal};
use crate::number::{Number, compare_digits};

/// A version of three numbers, a pre-release and build metadata.
#[derive(Clone, Debug)]
pub(crate) struct SemVer {
    numbers: [Number; 3],
    /// The pre-release without its hyphen, empty for a release.
    pre: Box<str>,
    /// Kept only where it has a place in the order; empty without one.
    build: Box<str>,
}

/// What an ecosystem accepts as a semantic version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grammar {
    /// Characters that are skipped in front.
    skipped: &'static [char],
    /// White space around the version is skipped.
    trimmed: bool,
    /// How many numbers must stand, the rest is zero.
    least: usize,
    /// How many numbers may stand; those after the third have no place in the order.
    most: usize,
    zeros: LeadingZeros,
    build: Build,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeadingZeros {
    Refused,
    Allowed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Build {
    Unordered,
    Ordered,
}

const STANDARD: Grammar = Grammar {
    skipped: &[],
    trimmed: false,
    least: 3,
    most: 3,
    zeros: LeadingZeros::Refused,
    build: Build::Unordered,
};

const NPM: Grammar =
    Grammar { skipped: &['v', '=', ' ', '\t'], trimmed: true, least: 1, ..STANDARD };

const GO: Grammar = Grammar { skipped: &['v'], least: 1, ..STANDARD };

const SWIFT: Grammar = Grammar { skipped: &['v'], least: 2, ..STANDARD };

const PUB: Grammar = Grammar { zeros: LeadingZeros::Allowed, build: Build::Ordered, ..STANDARD };

const TOLERANT: Grammar = Grammar {
    skipped: &['v', '=', ' ', '\t'],
    trimmed: true,
    least: 1,
    most: usize::MAX,
    zeros: LeadingZeros::Allowed,
    build: Build::Unordered,
};

const TOLERANT_PUB: Grammar = Grammar { build: Build::Ordered, ..TOLERANT };

/// The grammar of an ecosystem. Ecosystems without semantic versions get the standard's.
pub(crate) fn grammar(ecosystem: Ecosystem, reading: Reading) -> &'static Grammar {
    match (ecosystem, reading) {
        (Ecosystem::Pub, Reading::Tolerant) => &TOLERANT_PUB,
        (_, Reading::Tolerant) => &TOLERANT,
        (Ecosystem::Npm, Reading::Strict) => &NPM,
        (Ecosystem::Go, Reading::Strict) => &GO,
        (Ecosystem::SwiftUrl, Reading::Strict) => &SWIFT,
        (Ecosystem::Pub, Reading::Strict) => &PUB,
        (_, Reading::Strict) => &STANDARD,
    }
}

impl SemVer {
    pub(crate) fn read(text: &str, grammar: &Grammar) -> Result<Self, Refusal> {
        let text = if grammar.trimmed { text.trim() } else { text };
        let text = text.trim_start_matches(grammar.skipped);
        let (numbers, count, tail) = read_core(text, grammar)?;
        let (pre, build) = match tail.split_once('+') {
            Some((pre, build)) => (pre.strip_prefix('-'), Some(build)),
            None => (tail.strip_prefix('-'), None),
        };
        if count < 3 && grammar.most == 3 && (pre.is_some() || build.is_some()) {
            return Err("it needs three numbers before a pre-release or build metadata");
        }
        check_identifiers(pre, grammar.zeros)?;
        check_identifiers(build, LeadingZeros::Allowed)?;
        let build = build.filter(|_| grammar.build == Build::Ordered);
        Ok(Self {
            numbers,
            pre: pre.unwrap_or_default().into(),
            build: build.unwrap_or_default().into(),
        })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| compare_pre_releases(&self.pre, &other.pre))
            .then_with(|| compare_builds(&self.build, &other.build))
    }
}

/// The order of two pre-releases, item 11.3 and 11.4. A release, which has none, is the greater.
pub(crate) fn compare_pre_releases(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => compare_identifiers(left, right),
    }
}

/// Pub's order of build metadata: a build comes after the version without one.
fn compare_builds(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => compare_identifiers(left, right),
    }
}

fn compare_identifiers(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let mut left = left.split('.');
    let mut right = right.split('.');
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => compare_identifier(left, right),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn compare_identifier(left: &str, right: &str) -> Ordering {
    match (is_number(left), is_number(right)) {
        (true, true) => compare_digits(left, right),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

fn is_number(identifier: &str) -> bool {
    identifier.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first three numbers, how many there are, and what follows them.
fn read_core<'a>(
    text: &'a str,
    grammar: &Grammar,
) -> Result<([Number; 3], usize, &'a str), Refusal> {
    if let Some((numbers, tail)) = read_plain(text) {
        return Ok((numbers, 3, tail));
    }
    let (core, tail) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
    let (numbers, count) = read_numbers(core, grammar)?;
    Ok((numbers, count, tail))
}

/// Three short numbers without leading zeros, and what follows: nearly every version, whatever
/// the grammar. `None` says only that the text is to be read with care.
fn read_plain(text: &str) -> Option<([Number; 3], &str)> {
    let mut numbers = [0u64; 3];
    let mut places = numbers.iter_mut();
    let mut place = places.next()?;
    let mut length = 0;
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' if length < SHORT && (length == 0 || *place > 0) => {
                *place = *place * 10 + u64::from(byte - b'0');
                length += 1;
            }
            b'.' if length > 0 => {
                place = places.next()?;
                length = 0;
            }
            b'-' | b'+' => {
                end = at;
                break;
            }
            _ => return None,
        }
    }
    let whole = length > 0 && places.next().is_none();
    whole.then(|| (numbers.map(Number::Small), text.split_at(end).1))
}

/// So many digits fit into 64 bits.
const SHORT: usize = 19;

/// The first three numbers, and how many there are.
fn read_numbers(core: &str, grammar: &Grammar) -> Result<([Number; 3], usize), Refusal> {
    let mut numbers = [Number::ZERO; 3];
    let mut count = 0;
    for digits in core.split('.') {
        let number = Number::read(digits).ok_or("one of its numbers is no number")?;
        let padded = digits.len() > 1 && digits.starts_with('0');
        if padded && grammar.zeros == LeadingZeros::Refused {
            return Err("one of its numbers has a leading zero");
        }
        if let Some(place) = numbers.get_mut(count) {
            *place = number;
        }
        count += 1;
        if count > grammar.most {
            return Err("it has more than three numbers");
        }
    }
    if count < grammar.least {
        return Err("it has fewer than three numbers");
    }
    Ok((numbers, count))
}

/// Checks what follows a hyphen or a plus: identifiers of `[0-9A-Za-z-]`, joined by dots.
pub(crate) fn check_labels(text: &str) -> Result<(), Refusal> {
    check_identifiers(Some(text), LeadingZeros::Allowed)
}

fn check_identifiers(text: Option<&str>, zeros: LeadingZeros) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    for identifier in text.split('.') {
        if identifier.is_empty() {
            return Err("an identifier after a hyphen or plus is empty");
        }
        if !identifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err("an identifier has characters other than letters, digits and hyphens");
        }
        let padded = identifier.len() > 1 && identifier.starts_with('0') && is_number(identifier);
        if padded && zeros == LeadingZeros::Refused {
            return Err("a numeric pre-release identifier has a leading zero");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn the_example_of_item_11_is_in_order() {
        assert_ascending(
            Ecosystem::CratesIo,
            &[
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
            ],
        );
    }

    #[test]
    fn numbers_past_64_bits_are_ordered() {
        assert_ascending(
            Ecosystem::CratesIo,
            &["18446744073709551615.0.0", "18446744073709551616.0.0", "99999999999999999999.0.0"],
        );
    }

    #[test]
    fn numeric_identifiers_past_64_bits_are_ordered() {
        assert_ascending(
            Ecosystem::Npm,
            &["1.0.0-99999999999999999999", "1.0.0-100000000000000000000"],
        );
    }

    #[test]
    fn build_metadata_have_no_place_in_the_order() {
        assert_equal(Ecosystem::Hex, "1.0.0+a", "1.0.0+b");
    }

    #[test]
    fn pub_orders_build_metadata() {
        assert_ascending(
            Ecosystem::Pub,
            &["1.0.0-pre", "1.0.0-pre+b", "1.0.0", "1.0.0+1", "1.0.0+9", "1.0.0+a"],
        );
    }

    #[test]
    fn cargo_refuses_a_leading_v() {
        assert_refused(Ecosystem::CratesIo, "v1.0.0");
    }

    #[test]
    fn npm_skips_v_equals_and_white_space() {
        assert_equal(Ecosystem::Npm, " =v1.2.3 ", "1.2.3");
    }

    #[test]
    fn npm_refuses_a_fourth_part() {
        assert_refused(Ecosystem::Npm, "1.0.0.beta.3");
        assert_refused(Ecosystem::Npm, "1.1.3.4.5");
    }

    #[test]
    fn npm_refuses_a_pre_release_without_a_hyphen() {
        assert_refused(Ecosystem::Npm, "1.9.0b1");
    }

    #[test]
    fn a_short_bound_of_npm_is_filled_with_zeros() {
        assert_equal(Ecosystem::Npm, "4.5", "4.5.0");
    }

    #[test]
    fn npm_refuses_a_tag() {
        assert_refused(Ecosystem::Npm, "latest");
    }

    #[test]
    fn a_leading_zero_is_refused() {
        assert_refused(Ecosystem::Npm, "1.02.0");
        assert_refused(Ecosystem::Npm, "1.2.0-01");
    }

    #[test]
    fn an_empty_pre_release_is_refused() {
        assert_refused(Ecosystem::CratesIo, "1.0.0-");
    }

    #[test]
    fn a_go_version_is_the_same_with_and_without_v() {
        assert_equal(Ecosystem::Go, "v1.2.3", "1.2.3");
    }

    #[test]
    fn a_short_go_version_is_filled_with_zeros() {
        assert_equal(Ecosystem::Go, "v1.2", "v1.2.0");
    }

    #[test]
    fn a_short_go_version_has_no_pre_release() {
        assert_refused(Ecosystem::Go, "v1.2-rc1");
    }

    #[test]
    fn a_go_pseudo_version_comes_before_the_next_release() {
        assert_ascending(
            Ecosystem::Go,
            &[
                "v1.2.3",
                "v1.2.4-0.20220101000000-abcdefabcdef",
                "v1.2.4-0.20220102000000-000000000000",
                "v1.2.4",
            ],
        );
    }

    #[test]
    fn incompatible_is_build_metadata() {
        assert_equal(Ecosystem::Go, "v2.0.0+incompatible", "v2.0.0");
    }

    #[test]
    fn a_swift_tag_may_have_two_numbers() {
        assert_equal(Ecosystem::SwiftUrl, "1.2", "v1.2.0");
    }
}
