//! What sort of trouble a finding is.

use std::fmt;

/// The kind of a finding, gravest first: sorting by kind puts the worst on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// A release made to do harm (an OSV id that begins with `MAL-`).
    Malicious,
    /// A flaw that someone can use.
    Vulnerability,
    /// Loading a model file would run code, reach out, or break its reader.
    Model,
    /// A door that dependency confusion uses: a second index, an unexpected source.
    Confusion,
    /// A shipped file is not what an honest packer writes, or not what it says it is.
    Archive,
    /// Safe code can break memory safety (`RustSec` `unsound`).
    Unsound,
    /// Nobody looks after it any more (`RustSec` `unmaintained`).
    Unmaintained,
    /// Something worth knowing (`RustSec` `notice`).
    Notice,
    /// What is installed is not what is locked.
    Drift,
}

impl FindingKind {
    /// Every kind, gravest first.
    pub const ALL: [Self; 9] = [
        Self::Malicious,
        Self::Vulnerability,
        Self::Confusion,
        Self::Archive,
        Self::Unsound,
        Self::Unmaintained,
        Self::Notice,
        // Index files keep positions in this list: what is new comes last.
        Self::Drift,
        Self::Model,
    ];

    /// The word used in reports and settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malicious => "malicious",
            Self::Vulnerability => "vulnerability",
            Self::Model => "model",
            Self::Confusion => "confusion",
            Self::Archive => "archive",
            Self::Unsound => "unsound",
            Self::Unmaintained => "unmaintained",
            Self::Notice => "notice",
            Self::Drift => "drift",
        }
    }

    /// The kind with this word, as [`FindingKind::word`] writes it.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malicious_release_sorts_before_everything_else() {
        let mut kinds = FindingKind::ALL;
        kinds.reverse();
        kinds.sort_unstable();
        assert_eq!(kinds[0], FindingKind::Malicious);
    }

    #[test]
    fn every_word_leads_back_to_its_kind() {
        for kind in FindingKind::ALL {
            assert_eq!(FindingKind::from_word(kind.word()), Some(kind));
        }
    }
}
