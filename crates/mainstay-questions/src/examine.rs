//! From a scan of a party's own software to what it can say to a question.
//!
//! | what the scan shows | what is said |
//! | --- | --- |
//! | the package in a version that is meant, or a finding of the flaw | `affected` |
//! | else: something was not read, or a version cannot be compared | `under_investigation` |
//! | else: versions behind the end of the range, or at a fix that a record names | `fixed` |
//! | else: the package in versions that are not meant | `not_affected`, flawed code not present |
//! | else: findings of the flaw that a VEX statement silences | `not_affected`, with its reason |
//! | else: the package is not there | `not_affected`, component not present |
//!
//! In an inventory on a server a statement may also call a flawed version fixed (decision 0049).
//! A package of a distribution is also found by the name of its source, with the version of that.

mod of_flaw;
mod of_inventory;
mod of_package;

use std::collections::BTreeMap;

use jiff::Timestamp;
use mainstay_reading::{LockedVersion, Origin};
use mainstay_scan::{Package, Scan, SourceStatus, Unknown, UnknownCode};
use mainstay_types::{BuiltFrom, Ecosystem, PackageName};
use mainstay_vex::{Claim, Justification, Reason};

pub(crate) use of_inventory::claim_of;
pub use of_inventory::examine_inventory;

use crate::flaw::FlawFacts;
use crate::subject::Subject;
use crate::{LookedAt, Standing};

/// What a party can say to a question, with everything that was seen. Nothing of it has left.
#[derive(Clone, Debug)]
pub struct Examination {
    /// What follows.
    pub standing: Standing,
    /// The versions of the packages that the question is about.
    pub seen: Vec<Seen>,
    /// What was not looked at, or could not be decided, by code.
    pub not_known: Vec<NotKnown>,
    /// How much was looked at.
    pub looked_at: LookedAt,
    /// Of a flaw: when the oldest of the data that were asked were true, if that is known of all.
    pub knowledge_as_of: Option<Timestamp>,
}

/// A version of a package that the question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its package URL.
    pub purl: String,
    /// What is said of it.
    pub claim: SeenClaim,
    /// Where it is: the files that name it.
    pub places: Vec<String>,
}

/// What is said of one version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenClaim {
    /// It is meant.
    Affected,
    /// It is a repaired version.
    Fixed,
    /// It is not meant, or does no harm here.
    NotAffected(Reason),
    /// Nobody can tell.
    Undecided,
}

/// Something that was not looked at, or could not be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown {
    /// The code, as in reports.
    pub code: &'static str,
    /// Whether "not affected" can be said all the same.
    pub weight: Weight,
    /// What it is about.
    pub subjects: Vec<String>,
}

/// Whether something that is not known bears on the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is told, and changes nothing.
    Told,
    /// What is asked about may be there.
    Bears,
}

/// Examines a scan. For a flaw it must have been judged, and `flaw` says what is known of it; for
/// a package a description is enough, for the range itself decides. `excluded` are the patterns
/// that left paths out.
pub fn examine(
    subject: &Subject,
    scan: &Scan,
    flaw: &FlawFacts,
    excluded: &[String],
) -> Examination {
    let mut gathered = Gathered::default();
    gathered.not_read(scan, excluded);
    let knowledge_as_of = match subject {
        Subject::Flaw(id) => {
            of_flaw::gather(&mut gathered, scan, id, flaw);
            oldest(scan)
        }
        Subject::Package { name, range, .. } => {
            of_package::gather(&mut gathered, scan, name, range.as_ref());
            None
        }
    };
    let sources = scan
        .sources
        .iter()
        .filter(|source| matches!(source.status, SourceStatus::Read | SourceStatus::Partial));
    let looked_at = LookedAt {
        sources: u64::try_from(sources.count()).unwrap_or(u64::MAX),
        packages: u64::try_from(scan.packages.len()).unwrap_or(u64::MAX),
    };
    gathered.examination(looked_at, knowledge_as_of)
}

impl SeenClaim {
    /// The same as a claim of VEX.
    pub fn claim(&self) -> Claim {
        match self {
            Self::Affected => Claim::Affected { action: None },
            Self::Fixed => Claim::Fixed,
            Self::NotAffected(reason) => Claim::NotAffected(reason.clone()),
            Self::Undecided => Claim::UnderInvestigation,
        }
    }

    /// The word, of `OpenVEX`.
    pub fn word(&self) -> &'static str {
        self.claim().word()
    }

    /// The reason, where there is one.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::NotAffected(reason) => Some(reason),
            Self::Affected | Self::Fixed | Self::Undecided => None,
        }
    }
}

/// What a scan shows, while it is gathered.
#[derive(Default)]
struct Gathered {
    seen: Vec<Seen>,
    not_known: BTreeMap<(&'static str, Weight), Vec<String>>,
    /// The software as a whole is said to be affected, with no package of it.
    is_affected_as_such: bool,
    /// Why the software as a whole is said to be unaffected, with no package of it.
    silenced_as_such: Option<Reason>,
}

impl Gathered {
    fn lack(&mut self, code: &'static str, weight: Weight, subject: impl Into<String>) {
        let subjects = self.not_known.entry((code, weight)).or_default();
        let subject = subject.into();
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }

    fn see(&mut self, package: &Package, claim: SeenClaim) {
        let mut places: Vec<String> = package.locations.iter().map(ToString::to_string).collect();
        places.dedup();
        self.seen.push(Seen { purl: package.purl().as_str().to_owned(), claim, places });
    }

    /// Files and folders. What was set aside (version control, build output) is told only: that
    /// holds what the lockfiles already say, or nothing.
    fn not_read(&mut self, scan: &Scan, excluded: &[String]) {
        for pattern in excluded {
            self.lack("excluded", Weight::Bears, pattern);
        }
        for unknown in scan.unknowns.iter().filter(|one| is_of_reading(one)) {
            self.lack(unknown.code.word(), Weight::Bears, &unknown.subject);
        }
        for source in scan.sources.iter().filter(|one| one.status == SourceStatus::Skipped) {
            self.lack("set-aside", Weight::Told, &source.path);
        }
    }

    fn examination(self, looked_at: LookedAt, knowledge_as_of: Option<Timestamp>) -> Examination {
        let standing = self.standing();
        let Self { mut seen, not_known, .. } = self;
        seen.sort_by(|one, two| (&one.purl, one.claim.word()).cmp(&(&two.purl, two.claim.word())));
        let not_known = not_known
            .into_iter()
            .map(|((code, weight), subjects)| NotKnown { code, weight, subjects })
            .collect();
        Examination { standing, seen, not_known, looked_at, knowledge_as_of }
    }

    fn standing(&self) -> Standing {
        let has = |claim: &SeenClaim| self.seen.iter().any(|one| one.claim == *claim);
        if self.is_affected_as_such || has(&SeenClaim::Affected) {
            return Standing::Affected;
        }
        let bears = self.not_known.keys().any(|(_, weight)| *weight == Weight::Bears);
        if bears || has(&SeenClaim::Undecided) {
            return Standing::UnderInvestigation;
        }
        if has(&SeenClaim::Fixed) {
            return Standing::Fixed { since: None };
        }
        let of_packages = self.seen.iter().find_map(|one| one.claim.reason());
        let reason = of_packages.or(self.silenced_as_such.as_ref());
        let absent = || Reason::Justified(Justification::ComponentNotPresent, None);
        Standing::NotAffected(reason.cloned().unwrap_or_else(absent))
    }
}

/// Whether something was not read. What the advisory data leave open bears on flaws only.
fn is_of_reading(unknown: &Unknown) -> bool {
    match unknown.code {
        UnknownCode::NothingToRead
        | UnknownCode::UnreadableFile
        | UnknownCode::UnsupportedFile
        | UnknownCode::FileTooLarge
        | UnknownCode::LinkOutside
        | UnknownCode::BrokenSource
        | UnknownCode::PartialSource => true,
        UnknownCode::NoData
        | UnknownCode::StaleData
        | UnknownCode::DamagedData
        | UnknownCode::UncheckedPackage
        | UnknownCode::UnreadVex => false,
    }
}

/// The version by which a package is the one of this name; its own, or that of its source.
fn version_under<'p>(package: &'p Package, name: &PackageName) -> Option<Found<'p>> {
    let built_from = match &package.origin {
        Origin::Distribution(built) => match &built.built_from {
            BuiltFrom::Source(source) => Some(source),
            BuiltFrom::Namesake | BuiltFrom::Unknown => None,
        },
        Origin::Registry { .. } | Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) => None,
    };
    if package.name == *name {
        let is_release =
            matches!(package.origin, Origin::Registry { .. } | Origin::Distribution(_));
        return Some(match &package.version {
            LockedVersion::Exact(version) if is_release => Found::Version(version),
            LockedVersion::Exact(_) => Found::NoRelease,
            LockedVersion::Asked(_) | LockedVersion::Unstated => Found::NoVersion,
        });
    }
    built_from.filter(|source| source.name == *name).map(|source| Found::Version(&source.version))
}

/// Whether a package of this ecosystem may be another than its name says: advisories and questions
/// go by a name that its source does not tell. Of a distribution that is the source package; of
/// Swift the address of the repository, where a lockfile has the identity in a registry.
fn hides_its_name(package: &Package, ecosystem: Ecosystem) -> bool {
    if package.name.ecosystem() != ecosystem {
        return false;
    }
    match &package.origin {
        Origin::Distribution(built) => built.built_from == BuiltFrom::Unknown,
        Origin::Registry { .. } | Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) => {
            ecosystem == Ecosystem::SwiftUrl && !package.name.as_written().contains('/')
        }
    }
}

/// How a package is the one that is looked for.
enum Found<'p> {
    /// In this version.
    Version(&'p str),
    /// Under this name, but from git, a path or an address: whatever its version says, it is not
    /// the release.
    NoRelease,
    /// In a version that no source tells.
    NoVersion,
}

/// When the oldest of the advisory data that were asked were true.
fn oldest(scan: &Scan) -> Option<Timestamp> {
    let asked = || scan.knowledge.iter().filter(|used| used.ecosystem.is_some());
    if asked().any(|used| used.as_of.is_none()) {
        return None;
    }
    asked().filter_map(|used| used.as_of).min()
}
