//! Red Hat versions: `epoch:version-release`.
//!
//! Source: rpm-version(7) and rpm's `rpmvercmp`: runs of digits and of letters, split by anything
//! else; `~` sorts before the end and `^` just after it; digits beat letters. A missing epoch is
//! zero, and a missing release comes before every release. What stands before a colon is an epoch
//! only when it is nothing but digits.

use std::cmp::Ordering;

use super::{Refusal, refuse_blank};
use crate::number::{Number, compare_digits};

/// Epoch, version and release.
#[derive(Clone, Debug)]
pub(crate) struct Rpm {
    epoch: Number,
    version: Box<str>,
    release: Option<Box<str>>,
}

impl Rpm {
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        let (epoch, rest) = split_epoch(text);
        if rest.is_empty() {
            return Err("nothing follows its epoch");
        }
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release.into())),
            None => (rest, None),
        };
        Ok(Self { epoch, version: version.into(), release })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_parts(&self.version, &other.version))
            .then_with(|| match (&self.release, &other.release) {
                (Some(left), Some(right)) => compare_parts(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            })
    }
}

fn split_epoch(text: &str) -> (Number, &str) {
    match text.split_once(':') {
        Some(("", rest)) => (Number::ZERO, rest),
        Some((epoch, rest)) => match Number::read(epoch) {
            Some(epoch) => (epoch, rest),
            None => (Number::ZERO, text),
        },
        None => (Number::ZERO, text),
    }
}

/// A piece of a version, in the order of the pieces at one place. The end of the version stands
/// between `~` and `^`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a str),
    Digits(&'a str),
}

impl Piece<'_> {
    fn rank(self) -> u8 {
        match self {
            Self::Tilde => 0,
            Self::End => 1,
            Self::Caret => 2,
            Self::Letters(_) => 3,
            Self::Digits(_) => 4,
        }
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Digits(left), Self::Digits(right)) => compare_digits(left, right),
            (Self::Letters(left), Self::Letters(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn compare_parts(mut left: &str, mut right: &str) -> Ordering {
    loop {
        let (left_piece, left_rest) = split_piece(left);
        let (right_piece, right_rest) = split_piece(right);
        let order = left_piece.compare(right_piece);
        if order != Ordering::Equal || left_piece == Piece::End {
            return order;
        }
        left = left_rest;
        right = right_rest;
    }
}

fn split_piece(text: &str) -> (Piece<'_>, &str) {
    let text = text.trim_start_matches(|letter: char| {
        !letter.is_ascii_alphanumeric() && letter != '~' && letter != '^'
    });
    let digits = run(text, u8::is_ascii_digit);
    let letters = run(text, u8::is_ascii_alphabetic);
    match text.as_bytes().first() {
        None => (Piece::End, text),
        Some(b'~') => (Piece::Tilde, text.get(1..).unwrap_or_default()),
        Some(b'^') => (Piece::Caret, text.get(1..).unwrap_or_default()),
        Some(_) if digits > 0 => {
            let (piece, rest) = text.split_at(digits);
            (Piece::Digits(piece), rest)
        }
        Some(_) => {
            let (piece, rest) = text.split_at(letters);
            (Piece::Letters(piece), rest)
        }
    }
}

fn run(text: &str, belongs: fn(&u8) -> bool) -> usize {
    text.bytes().take_while(belongs).count()
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal};

    #[test]
    fn a_tilde_comes_before_the_end_and_a_caret_after() {
        assert_ascending(Ecosystem::RedHat, &["1.0~rc1", "1.0", "1.0^git1", "1.0.1"]);
    }

    #[test]
    fn digits_beat_letters() {
        assert_ascending(Ecosystem::RedHat, &["1.a", "1.1"]);
    }

    #[test]
    fn separators_are_all_alike() {
        assert_equal(Ecosystem::RedHat, "2_0", "2.0.");
    }

    #[test]
    fn a_missing_epoch_is_zero() {
        assert_equal(Ecosystem::RedHat, "1.0-1", "0:1.0-1");
    }

    #[test]
    fn an_epoch_is_compared_as_a_number() {
        assert_ascending(Ecosystem::RedHat, &["004:2", "13:1", "130:0"]);
    }

    #[test]
    fn a_missing_release_comes_first() {
        assert_ascending(Ecosystem::RedHat, &["1", "1-0", "1-1", "1-1.el7"]);
    }

    #[test]
    fn letters_before_a_colon_are_no_epoch() {
        assert_ascending(Ecosystem::RedHat, &["a:1", "a:2", "b:1"]);
    }
}
