//! Packagist versions.
//!
//! Sources: PHP's `version_compare` for the order, Composer's `VersionParser` for what is a
//! version. The text is cut at `.`, `-`, `_`, `+` and between digits and letters. Words rank by
//! how they begin: unknown words, `dev`, `a`, `b`, `rc`, the end, numbers, `p`.
//!
//! Composer brings a version into a normal form before it compares: four numbers, words in lower
//! case, nothing behind `stable`, no `+` metadata. `1.2`, `v1.2.0` and `1.2.0-stable` are one
//! release, and the strict reading takes them for one. OSV's comparisons are those of PHP alone, on
//! the text as it is written: there `1.0` comes before `1.0.0`, and of the words in capitals only
//! `RC` is known. [`Composer::as_written`] follows them (decision 0035).
//!
//! Branches (`dev-main`, `2.x-dev`) are refused by the strict reading: they name no release.
//! The tolerant reading orders them, and gives `#` PHP's place: equal to any number.

use std::cmp::Ordering;

use super::{Reading, Refusal, refuse_blank};
use crate::number::{Number, split_digits};

/// The pieces of a version.
#[derive(Clone, Debug)]
pub(crate) struct Composer(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Number(Number),
    /// The rank of a word.
    Word(i8),
}

/// Where a number stands among the words.
const NUMBER: i8 = 4;

/// What a word begins with, and its rank. The first row that fits counts.
const WORDS: [(&str, i8); 7] =
    [("dev", 0), ("a", 1), ("b", 2), ("rc", 3), ("RC", 3), ("#", NUMBER), ("p", 5)];

/// The rank of any other word.
const UNKNOWN: i8 = -1;

impl Composer {
    pub(crate) fn read(text: &str, reading: Reading) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        match reading {
            Reading::Strict => normal_form(text).map(Self),
            Reading::Tolerant => Ok(Self(pieces(text))),
        }
    }

    /// The text for the order of PHP alone.
    pub(crate) fn as_written(text: &str) -> Result<Self, Refusal> {
        Self::read(text, Reading::Tolerant)
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        super::compare_pieces(&self.0, &other.0, Piece::compare, Piece::against_the_end)
    }
}

impl Piece {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.cmp(right),
            (left, right) => left.rank().cmp(&right.rank()),
        }
    }

    fn against_the_end(&self) -> Ordering {
        match self {
            Self::Number(_) => Ordering::Greater,
            Self::Word(rank) => rank.cmp(&NUMBER),
        }
    }

    fn rank(&self) -> i8 {
        match self {
            Self::Number(_) => NUMBER,
            Self::Word(rank) => *rank,
        }
    }

    fn word(word: &str) -> Self {
        let row = WORDS.iter().find(|(start, _)| word.starts_with(start));
        Self::Word(row.map_or(UNKNOWN, |row| row.1))
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in text.split(['.', '-', '_', '+']) {
        let mut rest = part;
        while !rest.is_empty() {
            let (digits, tail) = split_digits(rest);
            if let Some(number) = Number::read(digits) {
                pieces.push(Piece::Number(number));
            }
            let (word, tail) = tail.split_at(word_length(tail));
            if !word.is_empty() {
                pieces.push(Piece::word(word));
            }
            rest = tail;
        }
    }
    pieces
}

fn word_length(text: &str) -> usize {
    text.bytes().take_while(|byte| !byte.is_ascii_digit()).count()
}

/// The pieces of the normal form of a version that names a release.
fn normal_form(text: &str) -> Result<Vec<Piece>, Refusal> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("dev-") {
        return Err("it is a branch, which names no one release");
    }
    let version = match lower.split_once('+') {
        Some((_, "")) => return Err("nothing follows its plus"),
        Some((version, _)) => version,
        None => &lower,
    };
    if !version.starts_with(|first: char| first.is_ascii_digit()) {
        return Err("it does not begin with a number");
    }
    let (mut all, modifier) = classical(version).map_or_else(|| dated(version), Ok)?;
    all.extend(modifier);
    Ok(all)
}

/// One to four numbers with points between them, the first of at most five digits: filled up to
/// four. `None` for anything else.
fn classical(version: &str) -> Option<(Vec<Piece>, Vec<Piece>)> {
    let (first, mut rest) = split_digits(version);
    if first.len() > 5 {
        return None;
    }
    let mut all = vec![Piece::Number(Number::read(first)?)];
    while all.len() < 4
        && let Some((number, behind)) = rest.strip_prefix('.').map(split_digits)
        && let Some(number) = Number::read(number)
    {
        all.push(Piece::Number(number));
        rest = behind;
    }
    let zero = Number::read("0").map(Piece::Number);
    let missing = 4 - all.len();
    all.extend(std::iter::repeat_n(zero, missing).flatten());
    Some((all, modifier(rest)?))
}

/// Dates, and other numbers that Composer knows in no normal form: as many as there are.
fn dated(version: &str) -> Result<(Vec<Piece>, Vec<Piece>), Refusal> {
    let is_of_numbers = |c: char| c.is_ascii_digit() || ".:-_".contains(c);
    let rest = version.trim_start_matches(is_of_numbers);
    let numbers = version.strip_suffix(rest).unwrap_or(version);
    if rest.starts_with(['x', '*']) {
        return Err("it is a branch or a pattern, which names no one release");
    }
    let all = numbers.split(['.', ':', '-', '_']).filter_map(Number::read).map(Piece::Number);
    let refusal = "what follows its numbers is no stability that Composer knows";
    Ok((all.collect(), modifier(rest).ok_or(refusal)?))
}

/// What may follow the numbers: a stability with numbers, then `dev`. Behind `stable` nothing
/// counts.
fn modifier(text: &str) -> Option<Vec<Piece>> {
    let text = text.strip_prefix(['.', '_', '-']).unwrap_or(text);
    let word = STABILITIES.iter().find(|word| text.starts_with(**word));
    let mut rest = word.and_then(|word| text.strip_prefix(word)).unwrap_or(text);
    let mut all: Vec<Piece> = word.map(|word| Piece::word(word)).into_iter().collect();
    while word.is_some() {
        let (digits, tail) = split_digits(behind_divider(rest));
        let Some(number) = Number::read(digits) else { break };
        all.push(Piece::Number(number));
        rest = tail;
    }
    let rest = behind_divider(rest);
    if !rest.is_empty() && rest != "dev" {
        return None;
    }
    if rest == "dev" {
        all.push(Piece::word("dev"));
    }
    Some(if word == Some(&"stable") { Vec::new() } else { all })
}

fn behind_divider(text: &str) -> &str {
    text.strip_prefix(['.', '-']).unwrap_or(text)
}

/// Longer words stand before those that they begin with.
const STABILITIES: [&str; 9] = ["stable", "alpha", "beta", "patch", "rc", "pl", "a", "b", "p"];

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use mainstay_types::Ecosystem;

    use crate::Version;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn stabilities_have_their_order() {
        assert_ascending(
            Ecosystem::Packagist,
            &["1.0-dev", "1.0a1", "1.0b1", "1.0RC1", "1.0", "1.0pl1", "1.0.1"],
        );
    }

    #[test]
    fn a_leading_v_does_not_count() {
        assert_equal(Ecosystem::Packagist, "V1.0", "v1.0");
    }

    #[test]
    fn a_release_is_the_same_however_composer_may_write_it() {
        for text in ["1.2", "v1.2.0", "1.2.0.0", "1.2-stable2", "1.2.0+build.5", "1.02", "1.2."] {
            assert_equal(Ecosystem::Packagist, "1.2.0", text);
        }
        assert_equal(Ecosystem::Packagist, "1.2-BETA2", "1.2.0-b.2");
        assert_ascending(Ecosystem::Packagist, &["1.2.0-beta", "1.2", "1.2.0-p1", "1.2.0.1"]);
    }

    #[test]
    fn to_order_versions_they_are_taken_as_they_are_written() {
        let read = |text| Version::parse_as_written(Ecosystem::Packagist, text).unwrap();
        assert_eq!(read("1.0").compare(&read("1.0.0")), Some(Ordering::Less));
        let released = Version::parse(Ecosystem::Packagist, "1.0").unwrap();
        assert_eq!(released.compare(&read("1.0")), None);
    }

    #[test]
    fn separators_are_all_alike() {
        assert_equal(Ecosystem::Packagist, "1.25.0-beta2.1", "1.25.0-b.2.1");
        assert_equal(Ecosystem::Packagist, "1.25.0beta2-dev", "1.25.0_beta-2dev");
    }

    #[test]
    fn a_branch_is_refused() {
        assert_refused(Ecosystem::Packagist, "dev-main");
        assert_refused(Ecosystem::Packagist, "2.x-dev");
    }

    #[test]
    fn a_word_that_is_no_stability_is_refused() {
        assert_refused(Ecosystem::Packagist, "1.0-foo");
    }

    #[test]
    fn a_date_is_a_version() {
        assert_ascending(Ecosystem::Packagist, &["2021.01.02", "2021.11.02"]);
        assert_ascending(Ecosystem::Packagist, &["20210102", "20210103", "20210103.01"]);
        assert_ascending(Ecosystem::Packagist, &["2021-01-02", "2021:01:03-p1", "2021-02-01"]);
    }
}
