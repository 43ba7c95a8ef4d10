//! The question to an index and its answer.

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
