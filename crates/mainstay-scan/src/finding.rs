//! Findings: something is wrong with a package, or with the way packages are named.

use std::cmp::Reverse;

use mainstay_lockfiles::confusion::DoorCode;
use mainstay_reading::{AnomalyCode, DangerCode};
use mainstay_types::{FindingKind, Score, Severity};

use crate::agree;
use crate::package::Location;
use crate::statements::Said;
use mainstay_policy::Exception;

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The stable code; `mainstay explain CODE` says more.
    pub code: &'static str,
    /// What sort of trouble it is.
    pub kind: FindingKind,
    /// How bad it is: the worst that any joined record says.
    pub severity: Severity,
    /// The score of that record.
    pub score: Option<Score>,
    /// What it is, in one line.
    pub title: String,
    /// The package: a position in [`crate::Scan::packages`]. `None` when it concerns a source.
    pub package: Option<usize>,
    /// The records that say so. Empty for a finding of shape, which no record tells.
    pub records: Vec<Record>,
    /// The smallest version in which every record that names a fix is fixed.
    pub fixed_in: Option<String>,
    /// Whether it is in CISA's catalogue of known exploited vulnerabilities; `None` when that
    /// catalogue is not there, or no CVE id is known.
    pub known_exploited: Option<bool>,
    /// The chance of exploitation in the next 30 days, by EPSS.
    pub exploit_probability: Option<ExploitProbability>,
    /// Where it is written.
    pub locations: Vec<Location>,
    /// The path of dependencies: first what the project asks for, last the package.
    pub via: Vec<String>,
    /// What to do, where no fixed version says it.
    pub advice: String,
    /// What VEX statements say about it; the one that counts comes first.
    pub statements: Vec<Said>,
}

/// What one advisory record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its own id.
    pub id: String,
    /// Other ids of the same flaw, as the record names them.
    pub aliases: Vec<String>,
    /// Ids of the flaws upstream that a distribution's record is about.
    pub upstream: Vec<String>,
    /// What sort of trouble it says.
    pub kind: FindingKind,
    /// How bad it says.
    pub severity: Severity,
    /// Its score.
    pub score: Option<Score>,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: String,
    /// The smallest version that it says is fixed.
    pub fixed_in: Option<String>,
    /// Why it matches.
    pub basis: &'static str,
}

impl Record {
    /// A record that says nothing but the ids of a vulnerability.
    pub(crate) fn of_ids(id: String, aliases: Vec<String>, basis: &'static str) -> Self {
        Self {
            id,
            aliases,
            upstream: Vec::new(),
            kind: FindingKind::Vulnerability,
            severity: Severity::Unknown,
            score: None,
            title: String::new(),
            url: String::new(),
            fixed_in: None,
            basis,
        }
    }
}

/// EPSS: a probability and its rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExploitProbability {
    /// Between 0 and 1.
    pub probability: f64,
    /// The share of flaws with a lower probability, between 0 and 1.
    pub percentile: f64,
}

/// A finding that somebody has accepted, and the exception that says so.
#[derive(Clone, Debug)]
pub struct Excepted {
    /// The finding.
    pub finding: Finding,
    /// The exception.
    pub exception: Exception,
}

impl Finding {
    /// The id under which it is shown: its first record's, else its code.
    pub fn id(&self) -> &str {
        self.records.first().map_or(self.code, |record| &record.id)
    }

    /// Every other id: of the joined records, and their aliases, sorted.
    pub fn aliases(&self) -> Vec<&str> {
        let own = self.id();
        let mut aliases: Vec<&str> = self
            .records
            .iter()
            .flat_map(|record| {
                std::iter::once(&*record.id).chain(record.aliases.iter().map(|alias| &**alias))
            })
            .filter(|id| *id != own)
            .collect();
        aliases.sort_unstable();
        aliases.dedup();
        aliases
    }

    /// The order of reports, worst first.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        let chance = self.exploit_probability.map_or(0.0, |epss| epss.probability);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a probability is between 0 and 1, so the product fits; nan becomes 0"
        )]
        let chance = (chance * 1e6) as u32;
        let malicious = self.kind == FindingKind::Malicious;
        (
            Reverse(malicious),
            Reverse(self.severity),
            Reverse(self.known_exploited == Some(true)),
            Reverse(chance),
            self.kind,
        )
    }
}

/// The codes of all findings.
pub fn finding_codes() -> Vec<&'static str> {
    let of_records = FindingKind::ALL.into_iter().filter(|kind| {
        !matches!(
            kind,
            FindingKind::Confusion | FindingKind::Archive | FindingKind::Drift | FindingKind::Model
        )
    });
    let of_shape = DoorCode::ALL.into_iter().map(DoorCode::code);
    let of_drift = [agree::OTHER_VERSION, agree::NOT_LOCKED, agree::NOT_INSTALLED];
    let of_archives = AnomalyCode::ALL.into_iter().map(AnomalyCode::code);
    of_records
        .map(code_of)
        .chain(of_shape)
        .chain(of_archives)
        .chain(DangerCode::ALL.into_iter().map(DangerCode::code))
        .chain([crate::shape::TWO_CONTENTS, STATED_AFFECTED])
        .chain(of_drift)
        .collect()
}

/// The code of a finding that only a VEX statement tells.
pub(crate) const STATED_AFFECTED: &str = "stated-affected";

/// The stable code of a finding that an advisory record tells.
pub(crate) fn code_of(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Malicious => "malicious-package",
        FindingKind::Vulnerability => "vulnerable-package",
        FindingKind::Model => "dangerous-model",
        FindingKind::Confusion => "dependency-confusion",
        FindingKind::Archive => "odd-archive",
        FindingKind::Unsound => "unsound-package",
        FindingKind::Unmaintained => "unmaintained-package",
        FindingKind::Notice => "package-notice",
        FindingKind::Drift => "installed-drift",
    }
}
