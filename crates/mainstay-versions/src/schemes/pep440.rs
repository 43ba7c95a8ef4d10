//! Python versions.
//!
//! Standard: PEP 440, now "Version specifiers" of the Python packaging specifications
//! (<https://packaging.python.org/en/latest/specifications/version-specifiers/>): epoch, release,
//! pre-, post- and development release, local version, in all spellings of its appendix B. The
//! order is that of `packaging.version`. Numbers may be of any length.

use crate::number::{Number, split_digits};

/// A version by PEP 440. The fields stand in the order in which they are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pep440 {
    epoch: Number,
    /// Without zeros at the end.
    release: Vec<Number>,
    pre: Pre,
    post: Option<Number>,
    dev: Dev,
    local: Option<Vec<LocalPart>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre {
    /// A development release of the release itself, which comes before its pre-releases.
    Development,
    Phase(Phase, Number),
    Final,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Alpha,
    Beta,
    Candidate,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dev {
    Development(Number),
    Done,
}

/// A word comes before every number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LocalPart {
    Word(Box<str>),
    Number(Number),
}

/// Spellings of a phase; longer ones stand before those that they begin with.
const PHASES: [(&str, Phase); 8] = [
    ("alpha", Phase::Alpha),
    ("a", Phase::Alpha),
    ("beta", Phase::Beta),
    ("b", Phase::Beta),
    ("preview", Phase::Candidate),
    ("pre", Phase::Candidate),
    ("c", Phase::Candidate),
    ("rc", Phase::Candidate),
];

const POST: [(&str, ()); 3] = [("post", ()), ("rev", ()), ("r", ())];

const DEV: [(&str, ()); 1] = [("dev", ())];

impl Pep440 {
    /// `None` when the text is no version by PEP 440.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Self::read_lower(&text.to_ascii_lowercase());
        }
        Self::read_lower(text)
    }

    fn read_lower(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, local) = match text.split_once('+') {
            Some((text, local)) => (text, Some(read_local(local)?)),
            None => (text, None),
        };
        let (epoch, text) = match text.split_once('!') {
            Some((epoch, text)) => (Number::read(epoch)?, text),
            None => (Number::ZERO, text),
        };
        let (release, rest) = read_release(text)?;
        let (phase, rest) = read_label(rest, &PHASES);
        let (post, rest) = read_post(rest);
        let (dev, rest) = read_label(rest, &DEV);
        if !rest.is_empty() {
            return None;
        }
        let pre = match phase {
            Some((phase, number)) => Pre::Phase(phase, number),
            None if post.is_none() && dev.is_some() => Pre::Development,
            None => Pre::Final,
        };
        let dev = dev.map_or(Dev::Done, |((), number)| Dev::Development(number));
        Some(Self { epoch, release, pre, post, dev, local })
    }
}

fn read_release(text: &str) -> Option<(Vec<Number>, &str)> {
    let mut release = Vec::with_capacity(4);
    let (digits, mut rest) = split_digits(text);
    release.push(Number::read(digits)?);
    while let Some(tail) = rest.strip_prefix('.') {
        let (digits, tail) = split_digits(tail);
        let Some(number) = Number::read(digits) else { break };
        release.push(number);
        rest = tail;
    }
    while release.last().is_some_and(Number::is_zero) {
        release.pop();
    }
    Some((release, rest))
}

/// Reads a label and its number, each with or without one of `.`, `-`, `_` before it. A missing
/// number is zero.
fn read_label<'a, T: Copy>(text: &'a str, labels: &[(&str, T)]) -> (Option<(T, Number)>, &'a str) {
    let start = skip_separator(text);
    let found = labels
        .iter()
        .find_map(|(label, meaning)| start.strip_prefix(label).map(|rest| (*meaning, rest)));
    let Some((meaning, rest)) = found else { return (None, text) };
    let (digits, rest) = split_digits(skip_separator(rest));
    (Some((meaning, Number::read(digits).unwrap_or(Number::ZERO))), rest)
}

/// A post-release is also spelt `1.0-1`.
fn read_post(text: &str) -> (Option<Number>, &str) {
    if let Some(tail) = text.strip_prefix('-') {
        let (digits, rest) = split_digits(tail);
        if let Some(number) = Number::read(digits) {
            return (Some(number), rest);
        }
    }
    let (label, rest) = read_label(text, &POST);
    (label.map(|((), number)| number), rest)
}

fn skip_separator(text: &str) -> &str {
    text.strip_prefix(['.', '-', '_']).unwrap_or(text)
}

fn read_local(text: &str) -> Option<Vec<LocalPart>> {
    text.split(['.', '-', '_']).map(read_local_part).collect()
}

fn read_local_part(text: &str) -> Option<LocalPart> {
    if let Some(number) = Number::read(text) {
        return Some(LocalPart::Number(number));
    }
    let word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    word.then(|| LocalPart::Word(text.into()))
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal};

    #[test]
    fn the_phases_are_in_order() {
        assert_ascending(
            Ecosystem::PyPi,
            &[
                "1.dev0",
                "1.0a1.dev1",
                "1.0a1",
                "1.0b1",
                "1.0rc1",
                "1.0",
                "1.0+a",
                "1.0+1",
                "1.0.post1.dev1",
                "1.0.post1",
                "1.1.dev1",
                "1!0.1",
            ],
        );
    }

    #[test]
    fn spellings_are_one() {
        assert_equal(Ecosystem::PyPi, "v1.0-ALPHA_1", "1.0a1");
        assert_equal(Ecosystem::PyPi, "1.0-preview", "1rc0");
        assert_equal(Ecosystem::PyPi, "1.0-1", "1.0.rev1");
    }

    #[test]
    fn zeros_at_the_end_do_not_count() {
        assert_equal(Ecosystem::PyPi, "1.0.0", "1");
    }

    #[test]
    fn a_separator_without_a_number_is_skipped() {
        assert_equal(Ecosystem::PyPi, "1.0a.dev1", "1.0a0.dev1");
    }

    #[test]
    fn numbers_past_64_bits_are_ordered() {
        assert_ascending(Ecosystem::PyPi, &["99999999999999999999", "100000000000000000000"]);
    }

    #[test]
    fn local_versions_are_compared_by_part() {
        assert_ascending(
            Ecosystem::PyPi,
            &["1.0+ubuntu", "1.0+ubuntu.1", "1.0+1", "1.0+1.1", "1.0+2"],
        );
    }
}
