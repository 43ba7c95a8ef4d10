//! Facts: what a policy may be asked about. Plain values, with who told them.

use jiff::{SignedDuration, Timestamp};
use mainstay_types::{FindingKind, Licence, PackageName, Scope, Severity};

use crate::address::Place;

/// What is known about one package.
#[derive(Clone, Debug)]
pub struct PackageFacts<'a> {
    /// Its name.
    pub name: &'a PackageName,
    /// Its exact version. `None` when no exact version is known.
    pub version: Option<&'a str>,
    /// Why it is there.
    pub scope: Scope,
    /// Whether the project asks for it itself. `None` when nobody tells.
    pub direct: Option<bool>,
    /// Where its content comes from: every place that somebody names, each once.
    pub sources: Vec<SourceFacts>,
    /// What is said about its licence, each statement once. Empty: nobody says.
    pub licences: &'a [Licence],
    /// When this version was published.
    pub released: Option<Timestamp>,
    /// Who tells all this: the file and line, or the registry.
    pub told_by: String,
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
