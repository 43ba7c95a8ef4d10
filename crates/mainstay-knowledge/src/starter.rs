//! The starter set: facts on landmark flaws and malicious releases, for a machine that has no
//! data yet.
//!
//! It speaks only for an ecosystem without imported records, and it never makes a package
//! checked: what it finds is true, and what it does not find says nothing. [`crate::Knowledge`]
//! holds to both, by answering with [`crate::Answer::Starter`].
//!
//! The facts stand in `starter/facts/`, one file per ecosystem, in our own words. To add one, copy
//! a neighbour; the fields are those of [`StarterFact`]. Sources, in this order:
//!
//! 1. the advisory's own record, in the OSV, GitHub, `RustSec`, Go, `PyPA` or malicious-packages
//!    database. `tests/starter_against_records.rs` compares where the records are at hand;
//! 2. reports on the case, or memory, and then a comment above the fact says so.
//!
//! Many records (Go, `PyPA`, `RubySec`, `FriendsOfPHP`) rate nothing. There the severity is the
//! rating of the CVE as we know it.
//!
//! Ids are those of the advisories. An id that begins with `STARTER-` is ours: the case has no
//! advisory that we could read.

mod look_up;
mod reader;

use std::sync::OnceLock;

use mainstay_types::{Ecosystem, FindingKind, PackageName, Severity};
use mainstay_versions::Event;

pub(crate) use look_up::look_up;

/// The day up to which the set knows, ISO 8601. Later cases are not in it.
pub const AS_OF: &str = "2025-12-31";

/// One flaw or malicious release in one package.
#[derive(Clone, Debug)]
pub struct StarterFact {
    /// The ecosystem, the same as the package's.
    pub ecosystem: Ecosystem,
    /// The package.
    pub package: PackageName,
    /// The id of the advisory. Together with the package it is unique.
    pub id: String,
    /// Ids of the same flaw in other databases.
    pub aliases: Vec<String>,
    /// A public page; empty when we know none.
    pub url: String,
    /// What sort of trouble it is.
    pub kind: FindingKind,
    /// How bad: the record's rating, or else that of the CVE.
    pub severity: Severity,
    /// One line on what it is, in our own words.
    pub title: String,
    /// Affected ranges. A version in any of them is affected.
    pub ranges: Vec<StarterRange>,
    /// Versions that are affected whatever the ranges say.
    pub versions: Vec<String>,
}

/// A run of affected versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterRange {
    /// The first affected version; `0` is the beginning.
    pub introduced: String,
    /// Where it ends.
    pub end: RangeEnd,
}

/// Where a range ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    /// Nowhere.
    Open,
    /// Before this version.
    Fixed(String),
    /// After this version.
    LastAffected(String),
}

impl StarterRange {
    /// The range as events of the OSV schema.
    pub fn events(&self) -> Vec<Event<'_>> {
        let end = match &self.end {
            RangeEnd::Open => None,
            RangeEnd::Fixed(version) => Some(Event::Fixed(version)),
            RangeEnd::LastAffected(version) => Some(Event::LastAffected(version)),
        };
        std::iter::once(Event::Introduced(&self.introduced)).chain(end).collect()
    }
}

/// Every fact, sorted by ecosystem and package.
pub fn facts() -> &'static [StarterFact] {
    static FACTS: OnceLock<Vec<StarterFact>> = OnceLock::new();
    // The text is part of the program, and a test holds that it can be read.
    FACTS.get_or_init(|| reader::read_all().unwrap_or_default())
}

/// Whether the set has any fact on this ecosystem.
pub fn speaks_for(ecosystem: Ecosystem) -> bool {
    facts().iter().any(|fact| fact.ecosystem == ecosystem)
}

/// The facts on one package.
fn facts_on(package: &PackageName) -> &'static [StarterFact] {
    let all = facts();
    let start = all.partition_point(|fact| fact.package < *package);
    let end = all.partition_point(|fact| fact.package <= *package);
    all.get(start..end).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use mainstay_versions::{Version, intervals};

    use super::*;

    #[test]
    fn every_file_of_facts_can_be_read() {
        let facts = reader::read_all().unwrap_or_else(|error| panic!("{error}"));
        assert!(facts.len() >= 60, "{} facts", facts.len());
    }

    #[test]
    fn an_advisory_stands_once_per_package() {
        let mut seen = HashSet::new();
        for fact in facts() {
            assert!(seen.insert((&fact.package, &fact.id)), "{} {}", fact.package, fact.id);
        }
    }

    #[test]
    fn every_fact_says_what_is_affected_and_what_it_is() {
        for fact in facts() {
            assert!(!fact.ranges.is_empty() || !fact.versions.is_empty(), "{}", fact.id);
            assert!(!fact.title.is_empty() && !fact.title.ends_with('.'), "{}", fact.id);
            assert!(fact.id.starts_with("MAL-") <= (fact.kind == FindingKind::Malicious));
        }
    }

    #[test]
    fn every_range_and_version_can_be_read() {
        for fact in facts() {
            for range in &fact.ranges {
                let read = intervals(fact.ecosystem, &range.events());
                assert!(read.is_ok(), "{}: {range:?}: {read:?}", fact.id);
            }
            for version in &fact.versions {
                let read = Version::parse(fact.ecosystem, version);
                assert!(read.is_ok(), "{}: {version}: {read:?}", fact.id);
            }
        }
    }

    #[test]
    fn facts_on_a_package_are_found_under_every_spelling_of_its_name() {
        let name = PackageName::parse(Ecosystem::PyPi, "PyYAML").unwrap();
        assert_eq!(facts_on(&name).len(), 2);
    }

    #[test]
    fn an_ecosystem_without_facts_is_silent() {
        assert!(speaks_for(Ecosystem::Npm));
        assert!(!speaks_for(Ecosystem::Ghc));
    }
}
