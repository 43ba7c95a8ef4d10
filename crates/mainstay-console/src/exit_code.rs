//! The exit codes of `mainstay`. They are few, documented (`docs/user/exit-codes.md`) and stable.

use std::process::Termination;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// The work is done. For `mainstay check`: nothing at or above the threshold, nothing unknown.
    Done,
    /// `mainstay check` only: there is a finding at or above the threshold.
    Findings,
    /// Wrong use, or an environment in which the work cannot be done.
    Usage,
    /// `mainstay check` only: nothing at or above the threshold, but something is unknown.
    Unknown,
    /// An error of Mainstay itself.
    Bug,
}

impl ExitCode {
    /// Every exit code.
    pub const ALL: [Self; 5] = [Self::Done, Self::Findings, Self::Usage, Self::Unknown, Self::Bug];

    /// The number that the shell sees.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Unknown => 3,
            Self::Bug => 4,
        }
    }
}

impl Termination for ExitCode {
    fn report(self) -> std::process::ExitCode {
        std::process::ExitCode::from(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode;

    #[test]
    fn the_numbers_are_the_documented_ones() {
        assert_eq!(ExitCode::ALL.map(ExitCode::number), [0, 1, 2, 3, 4]);
    }
}
