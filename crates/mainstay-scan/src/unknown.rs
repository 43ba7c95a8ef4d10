//! What is not known. Every reason has a stable code; one reason is enough to take "clean" away.

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnknownCode {
    /// No source was found at all.
    NothingToRead,
    /// A file or folder could not be read from the disk.
    UnreadableFile,
    /// A file that was named is of no known format.
    UnsupportedFile,
    /// A file is larger than the limit.
    FileTooLarge,
    /// A known source is a link that leads out of what is scanned.
    LinkOutside,
    /// A file could not be read as its format.
    BrokenSource,
    /// A source does not say everything that it pulls in.
    PartialSource,
    /// There is no advisory data for an ecosystem.
    NoData,
    /// The advisory data are older than the limit.
    StaleData,
    /// The advisory data are damaged, or from a newer Mainstay.
    DamagedData,
    /// A package could not be checked.
    UncheckedPackage,
    /// A VEX document could not be read.
    UnreadVex,
}

impl UnknownCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::NothingToRead,
        Self::UnreadableFile,
        Self::UnsupportedFile,
        Self::FileTooLarge,
        Self::LinkOutside,
        Self::BrokenSource,
        Self::PartialSource,
        Self::NoData,
        Self::StaleData,
        Self::DamagedData,
        Self::UncheckedPackage,
        Self::UnreadVex,
    ];

    /// The stable word, in reports and for `--allow-unknown`.
    pub fn word(self) -> &'static str {
        match self {
            Self::NothingToRead => "nothing-to-read",
            Self::UnreadableFile => "unreadable-file",
            Self::UnsupportedFile => "unsupported-file",
            Self::FileTooLarge => "file-too-large",
            Self::LinkOutside => "link-outside",
            Self::BrokenSource => "broken-source",
            Self::PartialSource => "partial-source",
            Self::NoData => "no-data",
            Self::StaleData => "stale-data",
            Self::DamagedData => "damaged-data",
            Self::UncheckedPackage => "unchecked-package",
            Self::UnreadVex => "unread-vex",
        }
    }

    /// The code with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.word() == word)
    }
}

/// One thing that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The stable reason.
    pub code: UnknownCode,
    /// What it is about: a path, an ecosystem, a package.
    pub subject: String,
    /// The package that it is about: a position in [`crate::Scan::packages`].
    pub package: Option<usize>,
    /// What is not known and why.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

#[cfg(test)]
mod tests {
    use super::UnknownCode;

    #[test]
    fn every_word_leads_back_to_its_code() {
        for code in UnknownCode::ALL {
            assert_eq!(UnknownCode::from_word(code.word()), Some(code));
        }
    }
}
