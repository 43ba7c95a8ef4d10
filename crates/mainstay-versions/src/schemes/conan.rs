//! Conan versions: dotted items, a pre-release after `-`, build metadata after `+`.
//!
//! Source: `Version` of Conan 2 and the section "Version ranges" of its documentation. Any number
//! of items, zeros at the end do not count, a pre-release comes before its release, and unlike in
//! SemVer build metadata have a place in the order, after the version without. Items may hold
//! letters (`1.1.1b`).
//!
//! Conan compares a number with an item that holds letters as text, which is no order (`2` < `10`
//! < `1a` < `2`). Here an item is cut into its number and what follows, so `1` < `1b` < `2` <
//! `10`. As in Conan, a word comes after every number (`cci.20200101`). Pre-releases are compared as
//! in SemVer. A text without any digit is refused.

use std::cmp::Ordering;

use super::semver::compare_pre_releases;
use super::{Refusal, refuse_blank};
use crate::number::{Number, split_digits};

/// Items, pre-release and build.
#[derive(Clone, Debug)]
pub(crate) struct Conan {
    /// Without zeros at the end.
    items: Vec<Item>,
    /// Empty for a release.
    pre: Box<str>,
    build: Option<Vec<Item>>,
}

/// An item of a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// A number, and the text after it.
    Number(Number, Box<str>),
    Word(Box<str>),
}

impl Conan {
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        refuse_blank(text)?;
        let (text, build) = match text.rsplit_once('+') {
            Some((text, build)) => (text, Some(items(build))),
            None => (text, None),
        };
        let (core, pre) = match text.split_once('-') {
            Some((_, "")) => return Err("its pre-release, after the hyphen, is empty"),
            Some((core, pre)) => (core, pre),
            None => (text, ""),
        };
        if core.split('.').any(str::is_empty) {
            return Err("one of its dotted items is empty");
        }
        if !core.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err("it has no number");
        }
        let bare =
            core.strip_prefix('v').filter(|bare| bare.starts_with(|c: char| c.is_ascii_digit()));
        let core = bare.unwrap_or(core);
        Ok(Self { items: items(core), pre: pre.into(), build })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.items
            .cmp(&other.items)
            .then_with(|| compare_pre_releases(&self.pre, &other.pre))
            .then_with(|| self.build.cmp(&other.build))
    }
}

fn items(text: &str) -> Vec<Item> {
    let mut items: Vec<Item> = text.split('.').map(item).collect();
    while items.last().is_some_and(is_zero) {
        items.pop();
    }
    items
}

fn item(text: &str) -> Item {
    let (digits, text) = split_digits(text);
    match Number::read(digits) {
        Some(number) => Item::Number(number, text.into()),
        None => Item::Word(text.into()),
    }
}

fn is_zero(item: &Item) -> bool {
    matches!(item, Item::Number(number, text) if number.is_zero() && text.is_empty())
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::super::testing::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn a_letter_follows_its_number() {
        assert_ascending(Ecosystem::ConanCenter, &["1.1.1", "1.1.1b", "1.1.2", "1.1.10"]);
    }

    #[test]
    fn zeros_at_the_end_do_not_count() {
        assert_equal(Ecosystem::ConanCenter, "1.0.0", "1");
    }

    #[test]
    fn a_pre_release_comes_before_and_a_build_after() {
        assert_ascending(Ecosystem::ConanCenter, &["1.0-pre", "1.0", "1.0+1", "1.0+2"]);
    }

    #[test]
    fn a_dated_version_comes_after_the_numbered_ones() {
        assert_ascending(Ecosystem::ConanCenter, &["1.0", "cci.20200101", "cci.20210101"]);
    }

    #[test]
    fn a_word_is_no_version() {
        assert_refused(Ecosystem::ConanCenter, "system");
    }
}
