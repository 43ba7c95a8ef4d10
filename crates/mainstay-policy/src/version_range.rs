//! Ranges of versions: `>=3.3.6, <4 || 2.9.1`, in the ecosystem's own order.
//!
//! A comma joins conditions that must all hold, `||` alternatives. A bare version is that version.

use std::cmp::Ordering;
use std::fmt;

use mainstay_types::Ecosystem;
use mainstay_versions::{Version, VersionError};
use thiserror::Error;

/// A range of versions. Its bounds are read when the ecosystem is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    text: String,
    alternatives: Vec<Vec<(Comparator, String)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A text that is no range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is no range of versions; write such as \">=1.2, <2\" or \"1.2.3 || 1.2.4\"")]
pub struct RangeError(pub String);

impl VersionRange {
    /// Reads a range.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let error = || RangeError(text.to_owned());
        let mut alternatives = Vec::new();
        for alternative in text.split("||") {
            let mut conditions = Vec::new();
            for condition in alternative.split(',') {
                let condition = condition.trim();
                let end =
                    condition.find(|c| !matches!(c, '<' | '>' | '=')).unwrap_or(condition.len());
                let (sign, version) = condition.split_at(end);
                let comparator = match sign {
                    "" | "=" | "==" => Comparator::Equal,
                    "<" => Comparator::Less,
                    "<=" => Comparator::LessOrEqual,
                    ">" => Comparator::Greater,
                    ">=" => Comparator::GreaterOrEqual,
                    _ => return Err(error()),
                };
                let version = version.trim();
                if version.is_empty() || version.contains(char::is_whitespace) {
                    return Err(error());
                }
                conditions.push((comparator, version.to_owned()));
            }
            alternatives.push(conditions);
        }
        Ok(Self { text: text.to_owned(), alternatives })
    }

    /// Whether every bound is a version of the ecosystem.
    pub(crate) fn check(&self, ecosystem: Ecosystem) -> Result<(), VersionError> {
        self.alternatives
            .iter()
            .flatten()
            .try_for_each(|(_, bound)| Version::parse_for_order(ecosystem, bound).map(|_| ()))
    }

    /// Whether a version lies in the range, by the order of its ecosystem.
    ///
    /// # Errors
    /// The version or a bound is no version of the ecosystem.
    pub fn contains(&self, ecosystem: Ecosystem, version: &str) -> Result<bool, VersionError> {
        let version = Version::parse(ecosystem, version)?;
        for conditions in &self.alternatives {
            let mut all = true;
            for (comparator, bound) in conditions {
                let bound = Version::parse_for_order(ecosystem, bound)?;
                let order = version.compare(&bound).unwrap_or(Ordering::Equal);
                all &= match comparator {
                    Comparator::Equal => order.is_eq(),
                    Comparator::Less => order.is_lt(),
                    Comparator::LessOrEqual => order.is_le(),
                    Comparator::Greater => order.is_gt(),
                    Comparator::GreaterOrEqual => order.is_ge(),
                };
            }
            if all {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, ecosystem: Ecosystem, version: &str) -> bool {
        VersionRange::parse(range).unwrap().contains(ecosystem, version).unwrap()
    }

    #[test]
    fn every_condition_of_an_alternative_must_hold() {
        assert!(contains(">=1.2, <2", Ecosystem::Npm, "1.10.0"));
        assert!(!contains(">=1.2.0, <2.0.0", Ecosystem::Npm, "2.0.0"));
    }

    #[test]
    fn one_alternative_is_enough() {
        assert!(contains("<1.0.0 || 3.3.6", Ecosystem::Npm, "3.3.6"));
        assert!(!contains("<1.0.0 || 3.3.6", Ecosystem::Npm, "3.3.7"));
    }

    #[test]
    fn the_order_is_the_ecosystems() {
        assert!(contains("<1.0", Ecosystem::PyPi, "1.0rc1"));
        assert!(contains("<1.0-1", Ecosystem::Debian, "1.0~rc1-1"));
    }

    #[test]
    fn a_text_that_is_no_range_is_refused() {
        for text in ["", ">= ", "=>1", "1 2", ">=1,", "^1.0 <"] {
            assert!(VersionRange::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_that_cannot_be_compared_is_an_error() {
        assert!(VersionRange::parse("<1.0.0").unwrap().contains(Ecosystem::Npm, "latest").is_err());
    }

    #[test]
    fn a_bound_of_packagist_holds_in_every_way_to_write_it() {
        for version in ["1.2", "v1.2.0", "1.2.0.0"] {
            for (range, expected) in
                [("1.2.0", true), ("<=1.2", true), (">v1.2.0", false), ("<1.2.0", false)]
            {
                let found = contains(range, Ecosystem::Packagist, version);
                assert_eq!(found, expected, "{version} in {range}");
            }
        }
    }
}
