//! Python versions from before PEP 440.
//!
//! Source: the order of `setuptools`, kept by `packaging` until its release 22 (`LegacyVersion`).
//! Such a version comes before every version of PEP 440. The text is cut into numbers, words,
//! dots and hyphens; numbers are padded to eight digits and compared as text, as they were then.

use super::{Refusal, refuse_blank};

/// The parts of the key, compared one by one as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Legacy(Vec<Box<str>>);

const FINAL: &str = "*final";
const HYPHEN: &str = "*final-";
const ZERO: &str = "00000000";

impl Legacy {
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        let mut parts: Vec<Box<str>> = Vec::new();
        let lower = text.to_lowercase();
        let mut rest = lower.as_str();
        while !rest.is_empty() {
            let (first, tail) = rest.split_at(part_length(rest));
            push(&mut parts, part(first));
            rest = tail;
        }
        push(&mut parts, Some(FINAL.into()));
        Ok(Self(parts))
    }
}

/// The length of the first part: digits, letters, one dot or hyphen, or what is none of these.
fn part_length(text: &str) -> usize {
    let kind = text.bytes().next().map(kind);
    match kind {
        None => 0,
        Some(Kind::Separator) => 1,
        kind => text.bytes().take_while(|byte| Some(self::kind(*byte)) == kind).count(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Separator,
    Other,
}

fn kind(byte: u8) -> Kind {
    match byte {
        b'0'..=b'9' => Kind::Digit,
        b'a'..=b'z' => Kind::Letter,
        b'.' | b'-' => Kind::Separator,
        _ => Kind::Other,
    }
}

/// How a part enters the key. A dot does not.
fn part(text: &str) -> Option<Box<str>> {
    let word = match text {
        "." => return None,
        "pre" | "preview" | "rc" => "c",
        "-" => "final-",
        "dev" => "@",
        word => word,
    };
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return Some(format!("{word:0>8}").into());
    }
    Some(format!("*{word}").into())
}

fn push(parts: &mut Vec<Box<str>>, part: Option<Box<str>>) {
    let Some(part) = part else { return };
    if part.starts_with('*') {
        if &*part < FINAL {
            drop_last(parts, HYPHEN);
        }
        drop_last(parts, ZERO);
    }
    parts.push(part);
}

fn drop_last(parts: &mut Vec<Box<str>>, text: &str) {
    while parts.last().is_some_and(|last| &**last == text) {
        parts.pop();
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::assert_ascending;

    #[test]
    fn a_legacy_version_comes_before_every_other() {
        assert_ascending(Ecosystem::PyPi, &["zebra", "9.0-doduo", "0.dev0"]);
    }

    #[test]
    fn words_are_compared_as_text() {
        assert_ascending(Ecosystem::PyPi, &["0.1-bulbasaur", "0.1-charmander", "0.9-doduo"]);
    }

    #[test]
    fn a_pre_release_word_comes_before_the_end() {
        assert_ascending(Ecosystem::PyPi, &["1.0-dev-x", "1.0-x"]);
    }

    #[test]
    fn a_legacy_version_says_so() {
        let version = crate::Version::parse(Ecosystem::PyPi, "1.0-doduo").unwrap();
        assert!(version.is_legacy());
    }
}
