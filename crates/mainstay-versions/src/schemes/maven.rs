//! Maven versions.
//!
//! Source: the page "POM Reference", section "Version Order Specification", and Maven's class
//! `ComparableVersion`. The text is cut at dots, hyphens and between digits and letters; zeros
//! and release words (`ga`, `final`, `release`) at the end and before a hyphen do not count.
//!
//! The specification is no total order, and the classes of Maven before 3.9 were none either:
//! `1.0.RC1` < `1.0` < `1.0-1` < `1.0.RC1`, since the zero before a dotted word counts and the
//! zero before a hyphen does not. Later classes treat a dotted word like one after a hyphen.
//! OSV's order is that of the specification, and decides here; without dotted words it is total.
//! Likewise `1-ga-1` equals `1-1`, which the newest class sees otherwise.
//!
//! Maven itself orders any text. Property references, ranges and the meta versions `LATEST` and
//! `RELEASE` are refused by the strict reading, since they name no one version.

use std::cmp::Ordering;

use super::{Reading, Refusal, refuse_blank};
use crate::number::Number;

/// The pieces that count. The first one is always there.
#[derive(Clone, Debug)]
pub(crate) struct Maven(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    after: Separator,
    value: Value,
}

/// What stands before a piece. The border between digits and letters counts as a hyphen, the
/// front of the version as a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Separator {
    Dot,
    Hyphen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Word(Word),
    Number(Number),
}

/// The qualifiers, in their order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Alpha,
    Beta,
    Milestone,
    Candidate,
    Snapshot,
    /// Says nothing but that this is a release.
    Release,
    ServicePack,
    /// Any other, in lower case.
    Other(Box<str>),
}

impl Maven {
    pub(crate) fn read(text: &str, reading: Reading) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        if reading == Reading::Strict {
            refuse_reference(text)?;
        }
        Ok(Self(pieces(&text.to_lowercase())))
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        super::compare_pieces(&self.0, &other.0, Piece::compare, Piece::against_the_end)
    }
}

impl Piece {
    /// Dotted words, hyphened words, hyphened numbers, dotted numbers.
    fn compare(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            (Value::Word(left), Value::Word(right)) => {
                self.after.cmp(&other.after).then_with(|| left.cmp(right))
            }
            (Value::Number(left), Value::Number(right)) => {
                other.after.cmp(&self.after).then_with(|| left.cmp(right))
            }
            (Value::Word(_), Value::Number(_)) => Ordering::Less,
            (Value::Number(_), Value::Word(_)) => Ordering::Greater,
        }
    }

    /// A version that ends here goes on like a release, or with a dotted zero.
    fn against_the_end(&self) -> Ordering {
        match (&self.value, self.after) {
            (Value::Word(word), _) => word.cmp(&Word::Release),
            (Value::Number(number), Separator::Dot) => number.cmp(&Number::ZERO),
            (Value::Number(_), Separator::Hyphen) => Ordering::Greater,
        }
    }

    fn says_nothing(&self) -> bool {
        match &self.value {
            Value::Word(word) => *word == Word::Release,
            Value::Number(number) => number.is_zero(),
        }
    }
}

impl Word {
    /// `a`, `b` and `m` are short for more only right before a digit.
    fn read(word: &str, rest: &str) -> Self {
        match (word, rest.is_empty()) {
            ("alpha", _) | ("a", false) => Self::Alpha,
            ("beta", _) | ("b", false) => Self::Beta,
            ("milestone", _) | ("m", false) => Self::Milestone,
            ("rc" | "cr", _) => Self::Candidate,
            ("snapshot", _) => Self::Snapshot,
            ("ga" | "final" | "release", _) => Self::Release,
            ("sp", _) => Self::ServicePack,
            _ => Self::Other(word.into()),
        }
    }
}

fn refuse_reference(text: &str) -> Result<(), Refusal> {
    if text.contains(['$', '{', '}', '@']) {
        return Err("it is a property that was not filled in");
    }
    if text.contains(['[', ']', '(', ')', ',']) {
        return Err("it is a range of versions");
    }
    if matches!(text, "LATEST" | "RELEASE") {
        return Err("it is a meta version, which names whatever is newest");
    }
    Ok(())
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut after = Separator::Dot;
    let mut rest = text;
    while let Some((token, separator, next)) = split_token(rest) {
        push_token(&mut pieces, token, after);
        after = separator;
        rest = next;
    }
    push_token(&mut pieces, rest, after);
    drop_empty(&mut pieces);
    pieces
}

fn split_token(text: &str) -> Option<(&str, Separator, &str)> {
    let (token, tail) = text.split_at(text.find(['.', '-'])?);
    match tail.strip_prefix('.') {
        Some(next) => Some((token, Separator::Dot, next)),
        None => tail.strip_prefix('-').map(|next| (token, Separator::Hyphen, next)),
    }
}

/// Adds a token, cut between digits and everything else.
fn push_token(pieces: &mut Vec<Piece>, token: &str, mut after: Separator) {
    if token.is_empty() {
        return push(pieces, Piece { after, value: Value::Number(Number::ZERO) });
    }
    let mut rest = token;
    while let Some(first) = rest.bytes().next() {
        let digits = first.is_ascii_digit();
        let end = rest.bytes().take_while(|byte| byte.is_ascii_digit() == digits).count();
        let (run, tail) = rest.split_at(end);
        let value = match Number::read(run) {
            Some(number) => Value::Number(number),
            None => Value::Word(Word::read(run, tail)),
        };
        push(pieces, Piece { after, value });
        after = Separator::Hyphen;
        rest = tail;
    }
}

fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    if piece.after == Separator::Hyphen {
        drop_empty(pieces);
    }
    pieces.push(piece);
}

/// Drops what says nothing at the end, but never the first piece.
fn drop_empty(pieces: &mut Vec<Piece>) {
    while pieces.len() > 1 && pieces.last().is_some_and(Piece::says_nothing) {
        pieces.pop();
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn qualifiers_have_their_order() {
        assert_ascending(
            Ecosystem::Maven,
            &[
                "1-alpha",
                "1-beta",
                "1-milestone",
                "1-rc",
                "1-snapshot",
                "1",
                "1-sp",
                "1-abc",
                "1-xyz",
                "1-1",
                "1.1",
            ],
        );
    }

    #[test]
    fn zeros_and_release_words_at_the_end_do_not_count() {
        assert_equal(Ecosystem::Maven, "1.0.0-final", "1");
    }

    #[test]
    fn zeros_before_a_hyphen_do_not_count() {
        assert_equal(Ecosystem::Maven, "1.0.0-foo.0", "1-foo");
    }

    #[test]
    fn letters_are_compared_without_case() {
        assert_equal(Ecosystem::Maven, "1.0.RC1", "1.0.rc1");
    }

    #[test]
    fn a_b_and_m_are_short_before_a_digit_only() {
        assert_equal(Ecosystem::Maven, "1a1", "1-alpha-1");
        assert_ascending(Ecosystem::Maven, &["1-sp", "1a"]);
    }

    #[test]
    fn a_release_candidate_after_a_dot_comes_before_the_release() {
        assert_ascending(Ecosystem::Maven, &["4.1.0.Beta1", "4.1.0.CR1", "4.1.0.Final"]);
    }

    #[test]
    fn numbers_past_64_bits_are_ordered() {
        assert_ascending(Ecosystem::Maven, &["12345678901234567890.1", "123456789012345678901.0"]);
    }

    #[test]
    fn a_property_is_refused() {
        assert_refused(Ecosystem::Maven, "${spring.version}");
    }

    #[test]
    fn a_range_is_refused() {
        assert_refused(Ecosystem::Maven, "[1.0,2.0)");
    }

    #[test]
    fn a_meta_version_is_refused() {
        assert_refused(Ecosystem::Maven, "LATEST");
    }
}
