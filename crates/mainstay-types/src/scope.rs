//! Why a project depends on a package.

use std::fmt;

/// The reason a package is in the closure. When several reasons hold, the strongest counts:
/// the order of the variants is that order, so `min` joins two scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Needed when the software runs, or the file does not tell.
    Runtime,
    /// Used when it runs, if it is there (npm `optional`, Python extras).
    Optional,
    /// Needed to build it (build scripts, Maven plugins).
    Build,
    /// Needed to develop or test it.
    Dev,
}

impl Scope {
    /// Every scope, the strongest reason first.
    pub const ALL: [Self; 4] = [Self::Runtime, Self::Optional, Self::Build, Self::Dev];

    /// The scope with this word, as [`Scope::word`] writes it.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Optional => "optional",
            Self::Build => "build",
            Self::Dev => "dev",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_runtime_need_outweighs_a_dev_need() {
        assert_eq!(Scope::Dev.min(Scope::Runtime), Scope::Runtime);
    }
}
