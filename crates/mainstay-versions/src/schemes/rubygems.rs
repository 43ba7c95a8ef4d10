//! RubyGems versions.
//!
//! Source: `Gem::Version` of RubyGems: a hyphen stands for `.pre.`, the text is cut into numbers
//! and words, zeros at the end and zeros before the first word do not count, the shorter version
//! is filled up with zeros, and a word comes before a number. Words compare with case.
//! The tolerant reading also takes `1beta`, which `Gem::Version` refuses for its missing dot.

use std::cmp::Ordering;

use super::{Reading, Refusal};
use crate::number::{Number, split_digits};

/// The canonical segments.
#[derive(Clone, Debug)]
pub(crate) struct Gem(Vec<Segment>);

/// A word comes before every number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Word(Box<str>),
    Number(Number),
}

const ZERO: Segment = Segment::Number(Number::ZERO);

impl Gem {
    pub(crate) fn read(text: &str, reading: Reading) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty");
        }
        match reading {
            Reading::Strict => check(text)?,
            Reading::Tolerant => check_characters(text)?,
        }
        Ok(Self(canonical(segments(text))))
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        for place in 0..self.0.len().max(other.0.len()) {
            let left = self.0.get(place).unwrap_or(&ZERO);
            let right = other.0.get(place).unwrap_or(&ZERO);
            let order = left.cmp(right);
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// `Gem::Version::ANCHORED_VERSION_PATTERN`: a number, dotted letters and digits, and after a
/// hyphen the same with more hyphens.
fn check(text: &str) -> Result<(), Refusal> {
    let (main, pre) = match text.split_once('-') {
        Some((main, pre)) => (main, Some(pre)),
        None => (text, None),
    };
    if main.split('.').next().is_none_or(|first| Number::read(first).is_none()) {
        return Err("it does not begin with a number");
    }
    let full = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let hyphenated = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if main.split('.').all(full) && pre.is_none_or(|pre| pre.split('.').all(hyphenated)) {
        return Ok(());
    }
    Err("it is no list of numbers and words joined by dots")
}

fn check_characters(text: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    if text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err("it is no list of numbers and words")
}

fn segments(mut text: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    while !text.is_empty() {
        let (digits, rest) = split_digits(text);
        if let Some(number) = Number::read(digits) {
            segments.push(Segment::Number(number));
        }
        let (word, rest) = rest.split_at(rest.bytes().take_while(u8::is_ascii_alphabetic).count());
        if !word.is_empty() {
            segments.push(Segment::Word(word.into()));
        }
        if rest.starts_with('-') {
            segments.push(Segment::Word("pre".into()));
        }
        text = rest.strip_prefix(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest);
    }
    segments
}

/// Drops the zeros at the end of the leading numbers, and at the end of what follows them.
fn canonical(segments: Vec<Segment>) -> Vec<Segment> {
    let mut canonical: Vec<Segment> = Vec::with_capacity(segments.len());
    let mut seen_word = false;
    for segment in segments {
        if !seen_word && matches!(segment, Segment::Word(_)) {
            seen_word = true;
            drop_zeros(&mut canonical);
        }
        canonical.push(segment);
    }
    drop_zeros(&mut canonical);
    canonical
}

fn drop_zeros(segments: &mut Vec<Segment>) {
    while segments.last() == Some(&ZERO) {
        segments.pop();
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn a_word_makes_a_pre_release() {
        assert_ascending(Ecosystem::RubyGems, &["1.0.a.2", "1.0.b1", "1.0", "1.0.1.rc", "1.0.1"]);
    }

    #[test]
    fn zeros_at_the_end_do_not_count() {
        assert_equal(Ecosystem::RubyGems, "1.0.0", "1");
    }

    #[test]
    fn zeros_before_the_first_word_do_not_count() {
        assert_equal(Ecosystem::RubyGems, "1.0.0.rc", "1.rc");
    }

    #[test]
    fn a_hyphen_stands_for_pre() {
        assert_equal(Ecosystem::RubyGems, "1.0-2", "1.0.pre.2");
    }

    #[test]
    fn digits_after_letters_are_their_own_segment() {
        assert_equal(Ecosystem::RubyGems, "1.0.a2", "1.0.a.2");
    }

    #[test]
    fn a_word_right_after_the_first_number_is_refused() {
        assert_refused(Ecosystem::RubyGems, "1beta");
    }
}
