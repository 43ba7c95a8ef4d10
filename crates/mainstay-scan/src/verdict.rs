//! The answer: three verdicts, and coverage beside them.

use crate::finding::Finding;
use crate::unknown::Unknown;

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
