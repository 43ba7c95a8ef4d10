//! By which id a flaw is known.
//!
//! Databases write ids in their own case (`CVE-2021-44228`, `GHSA-jfh8-c2jp-5v3q`), and people in
//! any. Ids are compared without regard to case, and kept in capital letters.

use std::fmt;

/// The longest id.
const LONGEST: usize = 100;

/// An id under which a flaw is known, in capital letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlawName(Box<str>);

/// A text is no id of a flaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id such as CVE-2021-44228 is asked for")]
pub struct FlawNameError;

impl FlawName {
    /// The id, as databases write it: `CVE-2021-44228`.
    ///
    /// # Errors
    /// What is no id: empty, longer than 100 letters, or with other than ASCII letters, digits,
    /// `-`, `_`, `.` and `:`.
    pub fn parse(text: &str) -> Result<Self, FlawNameError> {
        let text = text.trim();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
        if text.is_empty() || text.len() > LONGEST || !text.chars().all(plain) {
            return Err(FlawNameError);
        }
        Ok(Self(text.to_ascii_uppercase().into()))
    }

    /// The id, in capital letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the id, in any case.
    pub fn is(&self, id: &str) -> bool {
        self.0.eq_ignore_ascii_case(id)
    }
}

impl fmt::Display for FlawName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_in_any_case() {
        let name = FlawName::parse(" ghsa-jfh8-c2jp-5v3q ").unwrap();
        assert_eq!(name, FlawName::parse("GHSA-JFH8-C2JP-5V3Q").unwrap());
        assert!(name.is("GHSA-jfh8-c2jp-5v3q"));
    }

    #[test]
    fn what_is_empty_long_or_has_blanks_is_no_id() {
        for text in ["", " ", "CVE 1", "CVE-1\n2", &"A".repeat(101), "CVE-\u{e4}"] {
            assert_eq!(FlawName::parse(text), Err(FlawNameError), "{text:?}");
        }
    }
}
