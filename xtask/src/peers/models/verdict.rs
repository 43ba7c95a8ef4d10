//! What a scanner says of a file, in words that all of them share.

/// What a scanner says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It was looked at, and nothing is wrong.
    Clean,
    /// It was not looked at.
    Skipped,
    /// It was looked at, and nobody can tell. Only Mainstay says so.
    Unknown,
    /// It could not be read, or the program broke down or was stopped.
    Error,
    /// Suspicious.
    Warn,
    /// Dangerous.
    Alert,
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Alert => "alert",
        }
    }

    /// What a severity of Mainstay comes to: critical and high alert, medium warns. One that
    /// nobody knows counts as a warning.
    pub(super) fn of_severity(severity: &str) -> Self {
        match severity {
            "critical" | "high" => Self::Alert,
            "low" | "none" => Self::Clean,
            _ => Self::Warn,
        }
    }
}
