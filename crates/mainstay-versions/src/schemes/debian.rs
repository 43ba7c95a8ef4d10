//! Debian and Ubuntu versions: `epoch:upstream-revision`.
//!
//! Sources: deb-version(7) and Debian Policy, section 5.6.12; the comparison is that of dpkg
//! (`verrevcmp`): runs of non-digits and of digits in turn, `~` before the end, the end before
//! letters, letters before everything else. A missing revision counts as `0`. As in dpkg's lax
//! mode the upstream version need not begin with a digit.

use std::cmp::Ordering;

use super::{Refusal, refuse_blank};
use crate::number::{Number, compare_digits, split_digits};

/// Epoch, upstream version and revision.
#[derive(Clone, Debug)]
pub(crate) struct Debian {
    epoch: Number,
    upstream: Box<str>,
    /// Empty when there is none, which orders like `0`.
    revision: Box<str>,
}

impl Debian {
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => {
                (Number::read(epoch).ok_or("its epoch, before the colon, is no number")?, rest)
            }
            None => (Number::ZERO, text),
        };
        let (upstream, revision) = match rest.rsplit_once('-') {
            Some((_, "")) => return Err("its revision, after the last hyphen, is empty"),
            Some((upstream, revision)) => (upstream, revision),
            None => (rest, ""),
        };
        if upstream.is_empty() {
            return Err("its upstream version is empty");
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".+~-:_".contains(&byte);
        if !rest.bytes().all(allowed) {
            return Err("it has characters other than letters, digits and . + - ~ : _");
        }
        Ok(Self { epoch, upstream: upstream.into(), revision: revision.into() })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_parts(&self.upstream, &other.upstream))
            .then_with(|| compare_parts(&self.revision, &other.revision))
    }
}

fn compare_parts(mut left: &str, mut right: &str) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (left_text, left_rest) = split_text(left);
        let (right_text, right_rest) = split_text(right);
        let (left_digits, left_rest) = split_digits(left_rest);
        let (right_digits, right_rest) = split_digits(right_rest);
        let order = compare_text(left_text, right_text)
            .then_with(|| compare_digits(left_digits, right_digits));
        if order != Ordering::Equal {
            return order;
        }
        left = left_rest;
        right = right_rest;
    }
    Ordering::Equal
}

fn split_text(part: &str) -> (&str, &str) {
    part.split_at(part.find(|letter: char| letter.is_ascii_digit()).unwrap_or(part.len()))
}

fn compare_text(left: &str, right: &str) -> Ordering {
    let mut left = left.bytes();
    let mut right = right.bytes();
    loop {
        let (left, right) = (left.next(), right.next());
        let order = weight(left).cmp(&weight(right));
        if order != Ordering::Equal || left.is_none() {
            return order;
        }
    }
}

/// The place of a character: `~`, the end, letters, all else.
fn weight(byte: Option<u8>) -> u16 {
    match byte {
        Some(b'~') => 0,
        None => 1,
        Some(byte) if byte.is_ascii_alphabetic() => u16::from(byte),
        Some(byte) => u16::from(byte) + 256,
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn a_tilde_comes_before_the_end() {
        assert_ascending(Ecosystem::Debian, &["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+"]);
    }

    #[test]
    fn the_epoch_outweighs_the_rest() {
        assert_ascending(Ecosystem::Ubuntu, &["9.9-9", "1:0.1-1", "2:0.1-1"]);
    }

    #[test]
    fn a_missing_revision_is_zero() {
        assert_equal(Ecosystem::Debian, "1.0", "0:1.0-0");
    }

    #[test]
    fn letters_come_before_other_characters() {
        assert_ascending(Ecosystem::Debian, &["1-13ubuntu1", "1-13+deb9u1"]);
    }

    #[test]
    fn the_last_hyphen_begins_the_revision() {
        assert_ascending(Ecosystem::Debian, &["1.0-a-1", "1.0-a-2", "1.0-b-1"]);
    }

    #[test]
    fn an_epoch_that_is_no_number_is_refused() {
        assert_refused(Ecosystem::Debian, "1.2.3-a:1");
    }
}
