//! What members rest on most, which of that is weak, and where help goes furthest.
//!
//! Three steps. A [`Census`] counts, for every organisation, which packages it uses; it is taken
//! anew when SBOMs or advisories changed, not for every question. A count ([`count`]) adds up what
//! is in somebody's sight. A score (`score.rs`) orders it: reach times weakness.
//!
//! Standard for reach: the formula of the `OpenSSF` criticality score (Rob Pike, 2020). The weights
//! are ours, and decision 0050 says why.
//!
//! Unknown is never taken for well: a weakness of which nothing is known makes a score a range.

mod census;
mod count;
mod document;
mod language;
mod score;

use jiff::Timestamp;
use mainstay_scan::KnowledgeUsed;
use mainstay_types::{Ecosystem, SectorId, Severity};

use crate::answer::NotKnown;
use crate::project::NoteKind;

pub(crate) use census::{Census, Turn};
pub(crate) use count::{Counted, Row, count};
pub use document::{PrevalenceDocument, as_csv};
pub use score::{Points, PointsRange, WEIGHTS};

/// What of the prevalence is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrevalenceFilter {
    /// Only organisations of this sector.
    pub sector: Option<SectorId>,
    /// Only packages of this ecosystem.
    pub ecosystem: Option<Ecosystem>,
    /// What comes first.
    pub order: PrevalenceOrder,
    /// How many to pass over.
    pub skip: usize,
    /// How many to give.
    pub most: usize,
}

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrevalenceOrder {
    /// Where help goes furthest.
    #[default]
    Help,
    /// What is rested on most.
    Reach,
}

impl PrevalenceOrder {
    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Reach => "reach",
        }
    }

    /// The order of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Help, Self::Reach].into_iter().find(|order| order.word() == word)
    }
}

/// Whether something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody here knows.
    Unknown,
}

impl Known {
    /// As a value that may be absent.
    pub fn told(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Unknown => None,
        }
    }
}

/// What is weak about a package, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// An advisory says that nobody maintains it. That none says so proves nothing: never `No`.
    pub unmaintained: Known,
    /// Flaws of the versions in use, each once.
    pub flaws: usize,
    /// The worst of them.
    pub worst: Severity,
    /// One of them is known to be exploited.
    pub is_exploited: bool,
    /// Versions in use that are not checked: of them no flaw is known, and none is ruled out.
    pub unchecked: usize,
    /// Its metadata name one person. Who may publish it is not known here.
    pub one_person: Known,
    /// It is written in a language without memory safety, where that is known: never `No`, since
    /// parts in C can be in any package.
    pub memory_unsafe: Known,
    /// A version in use was made to do harm. Then no help is due: it has to go.
    pub is_malicious: bool,
}

/// Something that a project asks for, or a way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectAsk {
    /// What it is.
    pub kind: NoteKind,
    /// An address.
    pub address: String,
    /// Organisations in sight whose SBOMs say so.
    pub organisations: usize,
}

/// A package, as members use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrevalentPackage {
    /// The package URL without a version.
    pub purl: String,
    /// The ecosystem, as OSV names it.
    pub ecosystem: String,
    /// The name.
    pub name: String,
    /// Organisations in sight that use it.
    pub organisations: usize,
    /// Of them, how many are systemically important.
    pub important: usize,
    /// Sectors of those organisations.
    pub sectors: usize,
    /// Assets that ask for it themselves.
    pub direct: usize,
    /// Assets that need it through something else.
    pub deep: usize,
    /// Assets whose SBOM does not tell.
    pub untold: usize,
    /// Versions in use.
    pub versions: usize,
    /// What is weak about it.
    pub weakness: Weakness,
    /// How far it reaches: 0 to 100 points.
    pub reach: Points,
    /// How weak it is, at least and at most.
    pub weak: PointsRange,
    /// Reach times weakness; nothing of what was made to do harm.
    pub help: Option<PointsRange>,
    /// What its project asks for, what is asked for first.
    pub asks: Vec<ProjectAsk>,
}

impl PrevalentPackage {
    /// Assets that use it.
    pub fn assets(&self) -> usize {
        self.direct + self.deep + self.untold
    }
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Organisations in sight.
    pub organisations: usize,
    /// Of them, how many have a current SBOM here.
    pub with_inventory: usize,
    /// Of those, how many are systemically important.
    pub important: usize,
    /// Sectors of those.
    pub sectors: usize,
    /// Assets with a current SBOM.
    pub assets: usize,
}

/// What members rest on, in somebody's sight.
#[derive(Clone, Debug)]
pub struct Prevalence {
    /// When it was counted.
    pub taken_at: Timestamp,
    /// What it is about.
    pub totals: Totals,
    /// Packages that match the filter.
    pub found: usize,
    /// Those that were asked for.
    pub packages: Vec<PrevalentPackage>,
    /// The data that flaws rest on, and their age.
    pub knowledge: Vec<KnowledgeUsed>,
    /// What is not known.
    pub unknowns: Vec<NotKnown>,
}
