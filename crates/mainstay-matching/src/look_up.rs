//! The question to an index and its answer.

use std::collections::HashSet;

use mainstay_versions::VersionError;

use crate::Advisory;

/// What is asked about a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A released version.
    Version(&'a str),
    /// A commit of its repository, as a full hash.
    Commit(&'a str),
}

/// Everything the index says about one package.
#[derive(Clone, Debug, Default)]
pub struct LookUp<'i> {
    /// Advisories that affect it, in the order in which they were added.
    pub hits: Vec<Hit<'i>>,
    /// Advisories of which nobody can say.
    pub undecided: Vec<Undecided<'i>>,
    /// Why the version could not be compared. The hits are then those that need no comparison.
    pub unreadable_version: Option<VersionError>,
    /// Whether the index has any advisory on this name.
    pub known_name: bool,
    /// Whether the index has records for the distribution's release.
    pub release: ReleaseRecords,
}

/// Whether an index has records for the release of a distribution that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReleaseRecords {
    /// No release was asked for.
    #[default]
    NotAsked,
    /// There are some, on this package or on others.
    There,
    /// There are none at all: no hit says nothing.
    Missing,
}

/// An advisory that affects the package.
#[derive(Clone, Debug)]
pub struct Hit<'i> {
    /// The advisory.
    pub advisory: Advisory<'i>,
    /// Versions above the one asked for that fix it, ascending. None of them is itself affected.
    pub fixed_in: Vec<&'i str>,
    /// What decided it.
    pub basis: Basis,
}

/// What decided that a version is affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// It lies in an affected range.
    Range,
    /// The record lists it.
    ListedVersion,
    /// The record names the commit.
    Commit,
}

/// An advisory on the package's name that could not be decided for the version.
#[derive(Clone, Debug)]
pub struct Undecided<'i> {
    /// The advisory.
    pub advisory: Advisory<'i>,
    /// Why not.
    pub reason: String,
}

impl LookUp<'_> {
    /// What this and another answer on the same package, asked for under another name, say
    /// together.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        self.hits.extend(other.hits);
        self.undecided.extend(other.undecided);
        self.unreadable_version = self.unreadable_version.or(other.unreadable_version);
        self.known_name |= other.known_name;
        self.release = match (self.release, other.release) {
            (ReleaseRecords::There, _) | (_, ReleaseRecords::There) => ReleaseRecords::There,
            (ReleaseRecords::NotAsked, release) | (release, _) => release,
        };
        self.keep_one_per_record();
        self
    }

    /// A record may speak of several streams of one release (Ubuntu, and Ubuntu Pro). It is told
    /// once, where it names a fix if it does anywhere.
    pub(crate) fn keep_one_per_record(&mut self) {
        self.hits.sort_by_key(|hit| hit.fixed_in.is_empty());
        let mut told = HashSet::new();
        self.hits.retain(|hit| told.insert(hit.advisory.id));
        self.undecided.retain(|one| told.insert(one.advisory.id));
    }
}
