//! Versions that are nothing but numbers: Hackage, GHC, CRAN and Bioconductor.
//!
//! Sources: Haskell's Package Versioning Policy (<https://pvp.haskell.org/>), whose order is that
//! of `Data.Version`; R's `numeric_version`, which takes `.` and `-` for the same. Both compare
//! lists of numbers, and the shorter list comes first: `1.9` is before `1.9.0`. R asks for two
//! numbers in a package version; one is read here too, since advisories write bounds like `2`.

use super::Refusal;
use crate::number::Number;

/// A list of numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dotted(Vec<Number>);

impl Dotted {
    pub(crate) fn read(text: &str, separators: &[char]) -> Result<Self, Refusal> {
        text.split(separators)
            .map(Number::read)
            .collect::<Option<_>>()
            .map(Self)
            .ok_or("it is no list of numbers")
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn the_shorter_list_comes_first() {
        assert_ascending(Ecosystem::Hackage, &["1", "1.0", "1.0.0", "1.1"]);
    }

    #[test]
    fn a_hyphen_of_cran_is_a_dot() {
        assert_equal(Ecosystem::Cran, "0.1-2", "0.1.2");
    }

    #[test]
    fn a_hyphen_of_hackage_is_refused() {
        assert_refused(Ecosystem::Hackage, "0.1-2");
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert_ascending(Ecosystem::Bioconductor, &["0.9", "0.75", "0.075001"]);
    }
}
