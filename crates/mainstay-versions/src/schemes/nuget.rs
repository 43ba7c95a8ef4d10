//! NuGet versions: one to four numbers and semantic pre-release labels.
//!
//! Source: `NuGet.Versioning` and the page "Package versioning" of the NuGet documentation.
//! Missing numbers are zero, leading zeros do not count, letters are compared without case and
//! metadata not at all. NuGet holds numbers in 32 bits and compares a longer numeric label as
//! text; OSV's order has no such limit, and the two agree on labels of equal length.

use std::cmp::Ordering;

use super::semver::{check_labels, compare_pre_releases};
use super::{Reading, Refusal};
use crate::number::Number;

/// Four numbers and the labels of a pre-release.
#[derive(Clone, Debug)]
pub(crate) struct NuGet {
    numbers: [Number; 4],
    /// In lower case; empty for a release.
    labels: Box<str>,
}

impl NuGet {
    pub(crate) fn read(text: &str, reading: Reading) -> Result<Self, Refusal> {
        let text = text.trim();
        let text = match reading {
            Reading::Strict => text,
            Reading::Tolerant => text.strip_prefix('v').unwrap_or(text),
        };
        let (text, metadata) = match text.split_once('+') {
            Some((text, metadata)) => (text, Some(metadata)),
            None => (text, None),
        };
        let (core, labels) = match text.split_once('-') {
            Some((core, labels)) => (core, Some(labels)),
            None => (text, None),
        };
        let numbers = read_numbers(core)?;
        metadata.map_or(Ok(()), check_labels)?;
        labels.map_or(Ok(()), check_labels)?;
        let labels = labels.unwrap_or_default().to_ascii_lowercase().into();
        Ok(Self { numbers, labels })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| compare_pre_releases(&self.labels, &other.labels))
    }
}

fn read_numbers(core: &str) -> Result<[Number; 4], Refusal> {
    let mut numbers = [Number::ZERO; 4];
    let mut places = numbers.iter_mut();
    for digits in core.split('.') {
        let number = Number::read(digits).ok_or("one of its numbers is no number")?;
        *places.next().ok_or("it has more than four numbers")? = number;
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn missing_numbers_are_zero() {
        assert_equal(Ecosystem::NuGet, "1", "1.0.0.0");
    }

    #[test]
    fn the_fourth_number_counts() {
        assert_ascending(Ecosystem::NuGet, &["1.0.0", "1.0.0.1", "1.0.1"]);
    }

    #[test]
    fn letters_are_compared_without_case() {
        assert_equal(Ecosystem::NuGet, "1.0.0-BETA", "1.0.0-beta");
    }

    #[test]
    fn numeric_labels_come_before_words() {
        assert_ascending(Ecosystem::NuGet, &["1.0-9", "1.0-10", "1.0-alpha", "1.0-alpha.1", "1.0"]);
    }

    #[test]
    fn leading_zeros_do_not_count() {
        assert_equal(Ecosystem::NuGet, "1.0.01", "1.0.1+build");
    }

    #[test]
    fn a_floating_version_is_refused() {
        assert_refused(Ecosystem::NuGet, "1.0.*");
    }
}
