//! Alpine versions: `number{.number}{letter}{_suffix{number}}{~hash}{-rN}`.
//!
//! Source: apk-package(5) and the comparison of apk-tools 3 (`apk_version_compare`). The first
//! number is a number; a later one that begins with a zero is compared as text. Where one version
//! ends, the other is greater, unless it goes on with `_alpha`, `_beta`, `_pre` or `_rc`.
//!
//! The strict reading takes what `apk version --check` takes, and a number right after the letter
//! (`1.8.31p1`), which apk-tools 2 took and old packages have. The tolerant one gives everything
//! else OSV's place: two that break the grammar before their revision are compared as text, one
//! that does so comes right before the version that it begins with, and a missing revision is
//! `-r0`.

use std::cmp::Ordering;

use super::{Reading, Refusal, refuse_blank};
use crate::number::{Number, compare_digits, split_digits};

/// A version, cut at its revision.
#[derive(Clone, Debug)]
pub(crate) struct Alpine {
    /// Everything before the revision.
    head: Box<str>,
    revision: Option<Number>,
    /// What the grammar does not know.
    rest: Rest,
    /// Whether the whole is an Alpine version.
    reading: Reading,
    text: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    /// Something stands where the revision should.
    BeforeRevision,
    /// Something follows the revision.
    AfterRevision,
    None,
}

impl Alpine {
    pub(crate) fn read(text: &str, reading: Reading) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        let (head, tail) = text.split_at(head_length(text));
        let (revision, rest) = match tail.strip_prefix("-r").map(split_digits) {
            None if tail.is_empty() => (None, Rest::None),
            None => (None, Rest::BeforeRevision),
            Some((digits, "")) => (Some(digits), Rest::None),
            Some((digits, _)) => (Some(digits), Rest::AfterRevision),
        };
        if reading == Reading::Strict {
            if !head.starts_with(|first: char| first.is_ascii_digit()) {
                return Err("it does not begin with a number");
            }
            if rest != Rest::None || revision == Some("") {
                return Err("something stands where its revision, -r and a number, should");
            }
        }
        let revision = revision.map(|digits| Number::read(digits).unwrap_or(Number::ZERO));
        Ok(Self { head: head.into(), revision, rest, reading, text: text.into() })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        if (self.rest, other.rest) == (Rest::BeforeRevision, Rest::BeforeRevision) {
            return self.text.cmp(&other.text);
        }
        let order = compare_heads(&self.head, &other.head);
        if (self.reading, other.reading) == (Reading::Strict, Reading::Strict) {
            return order.then_with(|| self.revision.cmp(&other.revision));
        }
        let or_zero = |revision: &Option<Number>| revision.clone().unwrap_or(Number::ZERO);
        let whole = |version: &Self| version.rest == Rest::None;
        order
            .then_with(|| or_zero(&self.revision).cmp(&or_zero(&other.revision)))
            .then_with(|| whole(self).cmp(&whole(other)))
    }
}

/// A token, in the order of the tokens at one place. The end stands after [`Token::Announced`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A suffix that comes before the release; its rank.
    Announced(usize),
    End,
    Hash(&'a str),
    SuffixNumber(&'a str),
    /// A suffix that comes after the release; its rank.
    Patched(usize),
    Letter(u8),
    /// A number after a dot.
    Number(&'a str),
    /// The number at the front, or right after a letter.
    Plain(&'a str),
}

const ANNOUNCED: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const PATCHED: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

/// How far the tokens go that were read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Numbers,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
}

/// Cuts a version into tokens; stops at the end, the revision and what is no token.
struct Tokens<'a> {
    rest: &'a str,
    stage: Stage,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, stage: Stage::Start }
    }

    fn next(&mut self) -> Token<'a> {
        let found = match self.rest.bytes().next() {
            Some(b'0'..=b'9') if self.stage == Stage::Start => self.number(0, Stage::Numbers),
            Some(b'0'..=b'9') if self.stage == Stage::Letter => self.number(0, Stage::SuffixNumber),
            Some(b'0'..=b'9') if self.stage == Stage::Suffix => self.number(0, Stage::SuffixNumber),
            Some(b'.') if self.stage == Stage::Numbers => self.number(1, Stage::Numbers),
            Some(letter @ b'a'..=b'z') if self.stage <= Stage::Numbers => {
                Some((Token::Letter(letter), 1, Stage::Letter))
            }
            Some(b'_') if self.stage <= Stage::SuffixNumber => self.suffix(),
            Some(b'~') if self.stage < Stage::Hash => self.hash(),
            _ => None,
        };
        let Some((token, length, stage)) = found else { return Token::End };
        self.rest = self.rest.get(length..).unwrap_or_default();
        self.stage = stage;
        token
    }

    fn number(&self, skipped: usize, stage: Stage) -> Option<(Token<'a>, usize, Stage)> {
        let (digits, _) = split_digits(self.rest.get(skipped..)?);
        if digits.is_empty() {
            return None;
        }
        let token = match (self.stage, stage) {
            (Stage::Start | Stage::Letter, _) => Token::Plain(digits),
            (Stage::Suffix, _) => Token::SuffixNumber(digits),
            _ => Token::Number(digits),
        };
        Some((token, skipped + digits.len(), stage))
    }

    fn suffix(&self) -> Option<(Token<'a>, usize, Stage)> {
        let tail = self.rest.get(1..)?;
        let length = tail.bytes().take_while(u8::is_ascii_lowercase).count();
        let (word, _) = tail.split_at(length);
        let place = |words: &[&str]| words.iter().position(|known| *known == word);
        let token = place(&ANNOUNCED)
            .map(Token::Announced)
            .or_else(|| place(&PATCHED).map(Token::Patched))?;
        Some((token, length + 1, Stage::Suffix))
    }

    fn hash(&self) -> Option<(Token<'a>, usize, Stage)> {
        let tail = self.rest.get(1..)?;
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let length = tail.bytes().take_while(hex).count();
        if length == 0 {
            return None;
        }
        Some((Token::Hash(tail.split_at(length).0), length + 1, Stage::Hash))
    }
}

impl Token<'_> {
    fn rank(self) -> u8 {
        match self {
            Self::Announced(_) => 0,
            Self::End => 1,
            Self::Hash(_) => 2,
            Self::SuffixNumber(_) => 3,
            Self::Patched(_) => 4,
            Self::Letter(_) => 5,
            Self::Number(_) => 6,
            Self::Plain(_) => 7,
        }
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Announced(left), Self::Announced(right))
            | (Self::Patched(left), Self::Patched(right)) => left.cmp(&right),
            (Self::Hash(left), Self::Hash(right)) => left.cmp(right),
            (Self::Letter(left), Self::Letter(right)) => left.cmp(&right),
            (Self::Number(left), Self::Number(right))
                if left.starts_with('0') || right.starts_with('0') =>
            {
                left.cmp(right)
            }
            (Self::Number(left), Self::Number(right))
            | (Self::Plain(left), Self::Plain(right))
            | (Self::SuffixNumber(left), Self::SuffixNumber(right)) => compare_digits(left, right),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn head_length(text: &str) -> usize {
    let mut tokens = Tokens::new(text);
    while tokens.next() != Token::End {}
    text.len() - tokens.rest.len()
}

fn compare_heads(left: &str, right: &str) -> Ordering {
    let mut left = Tokens::new(left);
    let mut right = Tokens::new(right);
    loop {
        let (left, right) = (left.next(), right.next());
        let order = left.compare(right);
        if order != Ordering::Equal || left == Token::End {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn suffixes_have_their_order() {
        assert_ascending(
            Ecosystem::Alpine,
            &[
                "1_alpha", "1_alpha1", "1_beta", "1_pre", "1_rc", "1", "1_cvs", "1_svn", "1_git",
                "1_hg", "1_p", "1_p1", "1a", "1.0",
            ],
        );
    }

    #[test]
    fn the_revision_is_a_number() {
        assert_ascending(Ecosystem::Alpine, &["1", "1-r2", "1-r10"]);
    }

    #[test]
    fn a_later_number_with_a_leading_zero_is_compared_as_text() {
        assert_ascending(Ecosystem::Alpine, &["1.01", "1.1", "1.2"]);
        assert_ascending(Ecosystem::Alpine, &["1.05", "1.5"]);
    }

    #[test]
    fn the_first_number_is_a_number() {
        assert_equal(Ecosystem::Alpine, "01.2", "1.2");
    }

    #[test]
    fn a_number_may_follow_the_letter() {
        assert_ascending(Ecosystem::Alpine, &["1.8.31p1-r9", "1.8.31p1-r10", "1.8.31p2-r0"]);
    }

    #[test]
    fn an_unknown_suffix_is_refused() {
        assert_refused(Ecosystem::Alpine, "1.2_blah");
    }

    #[test]
    fn a_revision_without_a_number_is_refused() {
        assert_refused(Ecosystem::Alpine, "1.2-r");
    }
}
