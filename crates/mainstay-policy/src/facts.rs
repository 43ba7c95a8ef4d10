//! Facts: what a policy may be asked about. Plain values, with who told them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use mainstay_types::{FindingKind, Licence, PackageName, Purl, Scope, Severity};

use crate::address::Place;

/// What is known about one package.
#[derive(Clone, Debug)]
pub struct PackageFacts<'a> {
    /// What it is called.
    pub name: Called<'a>,
    /// Its exact version. `None` when no exact version is known.
    pub version: Option<&'a str>,
    /// Why it is there.
    pub scope: Scope,
    /// Whether the project asks for it itself. `None` when nobody tells.
    pub direct: Option<bool>,
    /// Where its content comes from: every place that somebody names, each once. Empty: nobody says.
    pub sources: Vec<SourceFacts>,
    /// What is said about its licence, each statement once. Empty: nobody says.
    pub licences: &'a [Licence],
    /// When this version was published.
    pub released: Option<Timestamp>,
    /// Who tells all this: the file and line, or the registry.
    pub told_by: String,
}

/// What a package is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called<'a> {
    /// The name of a package of an ecosystem.
    Package(&'a PackageName),
    /// A package URL of a type that no ecosystem has.
    Purl(&'a Purl),
    /// A name, and nobody says of what.
    Name(&'a str),
}

impl<'a> Called<'a> {
    /// The name of a package of an ecosystem, if it is one.
    pub fn package(self) -> Option<&'a PackageName> {
        match self {
            Self::Package(name) => Some(name),
            Self::Purl(_) | Self::Name(_) => None,
        }
    }
}

impl fmt::Display for Called<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(name) => f.write_str(name.as_written()),
            Self::Purl(purl) => purl.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Where a package's content comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SourceFacts {
    /// The public registry of its ecosystem.
    Public,
    /// Another registry or mirror: host and path, such as `packages.example/npm`.
    Registry(String),
    /// A git repository: host and path.
    Git(String),
    /// An archive at an address of its own: host and path.
    Address(String),
    /// A folder or file of the machine.
    Path(String),
    /// An address of which nobody can say where it leads.
    Unclear(String),
}

/// What is known about one finding.
#[derive(Clone, Debug)]
pub struct FindingFacts<'a> {
    /// The id under which it is shown.
    pub id: &'a str,
    /// Every id and the code, by which an exception may name it.
    pub ids: Vec<&'a str>,
    /// What sort of trouble it is.
    pub kind: FindingKind,
    /// How bad it is; unknown when nobody tells.
    pub severity: Severity,
    /// Whether it is in the catalogue of known exploited vulnerabilities. `None` when that
    /// catalogue is not there.
    pub known_exploited: Option<bool>,
    /// The chance of exploitation within 30 days (EPSS), between 0 and 1. `None` when nobody
    /// tells.
    pub exploit_probability: Option<f64>,
    /// The version that fixes it, where one is known.
    pub fixed_in: Option<&'a str>,
    /// The package. `None` when it is about a file.
    pub package: Option<PackageFacts<'a>>,
}

/// What is known about one body of advisory data.
#[derive(Clone, Debug)]
pub struct DataFacts {
    /// Which: `osv (npm)`, `kev`.
    pub name: String,
    /// How old it is. `None` when nobody can tell.
    pub age: Option<SignedDuration>,
}

impl SourceFacts {
    /// A registry, a repository or an archive at a place. What lies on the machine is judged as a
    /// path too.
    pub fn of_place(place: Place, kind: fn(String) -> Self) -> Vec<Self> {
        match place {
            Place::Host { address, .. } => vec![kind(address)],
            Place::Local(path) => vec![kind(path.clone()), Self::Path(path)],
            Place::Unclear(text) => vec![Self::Unclear(text)],
        }
    }

    /// The source for a person.
    pub fn in_words(&self) -> String {
        match self {
            Self::Public => "the public registry".to_owned(),
            Self::Registry(address) => format!("the registry {address}"),
            Self::Git(address) => format!("the git repository {address}"),
            Self::Address(address) => format!("the address {address}"),
            Self::Path(path) => format!("the path {path}"),
            Self::Unclear(address) => {
                format!("the address {address}, which programs do not read alike")
            }
        }
    }
}
