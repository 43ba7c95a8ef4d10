//! VEX statements: what somebody says about a flaw in a product, and what that does to a scan.
//!
//! | step | where |
//! | --- | --- |
//! | which files are read: named, or found beside a target | `gather` |
//! | what a scanned SBOM describes | `described` |
//! | what in the scan a statement is about | `scope` |
//! | which flaws a finding is about, and which of them a statement answers | `flaws` |
//! | which of several statements counts, and what follows | `effect`, `raised` |
//! | the same for software that an inventory keeps | `kept` |
//!
//! What follows from the statement that counts: *not affected* silences the finding, which stays
//! listed with who says so and why; *fixed* and *under investigation* are shown with it; *affected*
//! is shown, and raises a finding where there was none. A statement that does nothing is listed
//! with the reason.
//!
//! A finding may be about several flaws. It is silenced when each of them is answered everywhere;
//! on each flaw the statement counts that [`sort_by_precedence`](mainstay_vex::sort_by_precedence)
//! puts first. A statement dated after now, or past its last day, does not count.

mod described;
mod effect;
mod flaws;
mod gather;
mod kept;
mod raised;
mod scope;

use std::path::PathBuf;
use std::sync::Arc;

use mainstay_vex::{Claim, SaidBy, Statement, Trust};

use crate::finding::Finding;
use crate::unknown::Unknown;

pub(crate) use described::Described;
pub use described::Software;
pub(crate) use effect::{Heard, hear};
pub(crate) use gather::{gather, has_vex_name, has_vex_path};
pub use kept::{KeptFinding, KeptHearing, KeptOutcome, KeptRecord, KeptSoftware, KeptStatement};

/// Where statements come from, and what the user says is scanned.
#[derive(Clone, Debug, Default)]
pub struct StatementSources {
    /// Files and folders that the user named.
    pub named: Vec<PathBuf>,
    /// Whether those beside the targets are read: the targets' own word.
    pub beside: Beside,
    /// What is scanned, as documents may name it: package URLs, names, serial numbers of SBOMs.
    pub products: Vec<String>,
}

/// Whether statements beside a target are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// They are.
    #[default]
    Read,
    /// They are, and they may only raise: the user's policy does not take the software's word for
    /// its own harmlessness.
    ReadToRaise,
    /// They are not: the software is somebody else's.
    Ignored,
}

/// Which statements silence a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Silencing {
    /// *Not affected*. In a scan the flawed version is seen, so *fixed* contradicts what is there,
    /// and is shown with it.
    #[default]
    NotAffected,
    /// *Fixed* too: somebody says of the software that he runs that it holds the repair, such as a
    /// patch that leaves the version as it was.
    OrFixed,
}

impl Silencing {
    fn is_by(self, claim: &Claim) -> bool {
        match claim {
            Claim::NotAffected(_) => true,
            Claim::Fixed => self == Self::OrFixed,
            Claim::Affected { .. } | Claim::UnderInvestigation => false,
        }
    }
}

/// How a document came into the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The user named it.
    Named,
    /// It lies beside what is scanned, and is its own word.
    Beside,
    /// It is in an SBOM that is scanned, and speaks of what that lists.
    Inside,
}

impl Provenance {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Beside => "beside",
            Self::Inside => "inside",
        }
    }

    /// Whose word it is.
    pub(crate) fn trust(self) -> Trust {
        match self {
            Self::Named => Trust::Named,
            Self::Beside | Self::Inside => Trust::OwnWord,
        }
    }
}

/// A document that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VexDocument {
    /// The file, as reports show it.
    pub path: String,
    /// How it came into the scan.
    pub provenance: Provenance,
    /// Who answers for it.
    pub said_by: Arc<SaidBy>,
    /// How many statements it makes.
    pub statements: usize,
    /// The source that it is a part of: the position of its reading.
    pub(crate) reading: Option<usize>,
}

/// A statement and the file that makes it.
#[derive(Clone, Debug)]
pub struct Cited {
    /// What is said.
    pub statement: Statement,
    /// Where.
    pub document: Arc<VexDocument>,
}

/// A statement about a finding.
#[derive(Clone, Debug)]
pub struct Said {
    /// The statement.
    pub cited: Arc<Cited>,
    /// Whether it counts, or another is newer.
    pub standing: Weight,
    /// Whether those that count say the same of each flaw of the finding wherever the package is,
    /// so that it is said of the finding as such.
    pub is_of_all: bool,
}

/// Whether a statement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It is the one that counts.
    Counts,
    /// It would count, but the package is also somewhere about which it says nothing, or the
    /// finding is about other flaws too.
    CountsInPart,
    /// Another is newer, or more careful.
    Overruled,
}

/// A finding that a statement silences.
#[derive(Clone, Debug)]
pub struct Silenced {
    /// The finding, with every statement about it; the first of them counts.
    pub finding: Finding,
    /// The statement that silences it.
    pub by: Arc<Cited>,
}

/// A statement, or a part of a document, that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutEffect {
    /// The stable reason.
    pub code: NoEffect,
    /// The file and the line.
    pub place: String,
    /// What it is about: a flaw and a product.
    pub subject: String,
    /// What it says, where that is known.
    pub status: Option<&'static str>,
    /// Why it changes nothing, as a sentence without a full stop.
    pub why: String,
}

/// Why a statement changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoEffect {
    /// It says nothing: no status, no reason, no flaw, no product.
    SaysNothing,
    /// Its product is named in a way that nothing can be compared with.
    UnmatchableProduct,
    /// Its product is not in the scan.
    ProductNotScanned,
    /// The flaw was not found in its product.
    FlawNotFound,
    /// A newer statement counts.
    Overruled,
    /// The package is also somewhere about which it says nothing.
    NotEverywhere,
    /// The finding is about other flaws too.
    NotEveryFlaw,
    /// Its last day is over.
    Expired,
    /// It is dated after now.
    NotYet,
    /// It is the software's own word, and the policy does not take that.
    OwnWord,
    /// It speaks of a malicious release, which no statement makes harmless.
    Malicious,
}

impl NoEffect {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::SaysNothing,
        Self::UnmatchableProduct,
        Self::ProductNotScanned,
        Self::FlawNotFound,
        Self::Overruled,
        Self::NotEverywhere,
        Self::NotEveryFlaw,
        Self::Expired,
        Self::NotYet,
        Self::OwnWord,
        Self::Malicious,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::SaysNothing => "statement-says-nothing",
            Self::UnmatchableProduct => "unmatchable-product",
            Self::ProductNotScanned => "product-not-scanned",
            Self::FlawNotFound => "flaw-not-found",
            Self::Overruled => "statement-overruled",
            Self::NotEverywhere => "statement-not-everywhere",
            Self::NotEveryFlaw => "statement-not-every-flaw",
            Self::Expired => "statement-expired",
            Self::NotYet => "statement-not-yet",
            Self::OwnWord => "statement-of-its-own",
            Self::Malicious => "statement-on-malicious",
        }
    }
}

/// What statements did to a scan.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// The documents that were read.
    pub documents: Vec<Arc<VexDocument>>,
    /// Files in named folders that are no VEX documents.
    pub other_files: Vec<String>,
    /// Findings that a statement silences.
    pub silenced: Vec<Silenced>,
    /// What changed nothing, and why.
    pub without_effect: Vec<WithoutEffect>,
}

/// The statements of a scan, to judge the same software in another state: a lockfile that moved.
#[derive(Clone, Debug)]
pub struct Statements(Gathered);

impl Statements {
    /// What of the gathered holds for another state of one source. What an SBOM says holds in that
    /// SBOM, which is no such source; and what it describes, it describes there.
    pub(crate) fn of(gathered: &Gathered) -> Self {
        let is_free = |one: &&Arc<Cited>| one.document.reading.is_none();
        let elsewhere = |one: &Described| Described { reading: None, ..one.clone() };
        Self(Gathered {
            cited: gathered.cited.iter().filter(is_free).cloned().collect(),
            products: gathered.products.clone(),
            own_word: gathered.own_word,
            described: gathered.described.iter().map(elsewhere).collect(),
            ..Gathered::default()
        })
    }

    /// To be heard.
    pub(crate) fn gathered(&self) -> Gathered {
        self.0.clone()
    }
}

/// What was read, before anything is judged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) documents: Vec<Arc<VexDocument>>,
    pub(crate) other_files: Vec<String>,
    pub(crate) cited: Vec<Arc<Cited>>,
    pub(crate) without_effect: Vec<WithoutEffect>,
    pub(crate) unread: Vec<Unknown>,
    pub(crate) warnings: Vec<String>,
    /// What the user says is scanned.
    pub(crate) products: Vec<String>,
    /// Whether what lies beside may silence.
    pub(crate) own_word: Beside,
    /// What silences.
    pub(crate) silencing: Silencing,
    /// What scanned SBOMs say that they describe.
    pub(crate) described: Vec<Described>,
    /// Files beside the targets that the walk took for files of no known format.
    pub(crate) beside: u64,
}

impl Cited {
    /// The file and the line: `vex.json:12`.
    pub fn place(&self) -> String {
        place(&self.document.path, self.statement.line)
    }

    /// The flaw and the product.
    pub(crate) fn subject(&self) -> String {
        format!("{} in {}", self.statement.flaw.id, self.statement.product.written)
    }

    /// Who says it, for a person.
    pub fn author(&self) -> &str {
        self.statement.said_by.author.as_deref().unwrap_or("an author who is not named")
    }
}

pub(crate) fn place(path: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    }
}
