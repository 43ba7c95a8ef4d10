//! The answer: three verdicts, coverage beside them, and the gate that `mainstay check` applies.

use mainstay_console::ExitCode;
use mainstay_types::{FindingKind, Severity};

use crate::finding::Finding;
use crate::scan::Scan;
use crate::unknown::{Unknown, UnknownCode};

/// The answer of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something is wrong.
    Findings,
    /// Everything was read whole, and every package was looked up in fresh data; nothing is wrong.
    Clean,
    /// Nothing wrong was found, but something is not known.
    Unknown,
}

impl Verdict {
    /// The verdict that follows from what was found and what is not known.
    pub fn of(findings: &[Finding], unknowns: &[Unknown]) -> Self {
        match (findings, unknowns) {
            ([_, ..], _) => Self::Findings,
            ([], [_, ..]) => Self::Unknown,
            ([], []) => Self::Clean,
        }
    }

    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Clean => "clean",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether everything that there was to look at was looked at. A fact beside the verdict:
/// findings never hide that a lockfile was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Nothing is unknown.
    Complete,
    /// Something is unknown.
    Incomplete,
}

impl Coverage {
    /// The coverage that follows from what is not known.
    pub fn of(unknowns: &[Unknown]) -> Self {
        if unknowns.is_empty() { Self::Complete } else { Self::Incomplete }
    }

    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
        }
    }
}

/// What `mainstay check` refuses.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// A finding that meets one of these is refused. Empty: any finding is.
    pub refuse: Vec<Refusal>,
    /// What may stay unknown.
    pub allow_unknown: AllowedUnknown,
}

/// One reason to refuse a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its severity is at least this. A finding whose severity nobody tells is refused too: it
    /// may be as bad.
    Severity(Severity),
    /// It is in the catalogue of known exploited vulnerabilities.
    KnownExploited,
    /// It is of this kind.
    Kind(FindingKind),
}

/// What may stay unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedUnknown {
    /// Nothing.
    #[default]
    Nothing,
    /// Only these reasons.
    These(Vec<UnknownCode>),
    /// Everything.
    Everything,
}

impl Gate {
    /// The exit code of `mainstay check` for this scan.
    pub fn judge(&self, scan: &Scan) -> ExitCode {
        if scan.findings.iter().any(|finding| self.refuses(finding)) {
            return ExitCode::Findings;
        }
        let unknown = scan.unknowns.iter().any(|unknown| !self.allow_unknown.allows(unknown.code));
        if unknown || self.cannot_tell(scan) { ExitCode::Unknown } else { ExitCode::Done }
    }

    /// Whether this finding is at or above the threshold.
    pub fn refuses(&self, finding: &Finding) -> bool {
        self.refuse.is_empty() || self.refuse.iter().any(|refusal| refusal.meets(finding))
    }

    /// Whether a finding passes only because the catalogue of known exploited vulnerabilities is
    /// not there, or stale. Such a scan is unknown to the gate.
    pub fn cannot_tell(&self, scan: &Scan) -> bool {
        self.refuse.contains(&Refusal::KnownExploited)
            && self.allow_unknown != AllowedUnknown::Everything
            && !scan.knows_exploited
            && !scan.findings.is_empty()
    }
}

impl Refusal {
    fn meets(self, finding: &Finding) -> bool {
        match self {
            Self::Severity(least) => {
                finding.severity >= least || finding.severity == Severity::Unknown
            }
            Self::KnownExploited => finding.known_exploited == Some(true),
            Self::Kind(kind) => finding.kind == kind,
        }
    }
}

impl AllowedUnknown {
    fn allows(&self, code: UnknownCode) -> bool {
        match self {
            Self::Nothing => false,
            Self::These(codes) => codes.contains(&code),
            Self::Everything => true,
        }
    }
}
