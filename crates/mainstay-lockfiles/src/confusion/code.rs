//! The kinds of doors, with the words that reports and `mainstay explain` carry.

/// The kinds of doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DoorCode {
    /// A second index is asked for every name.
    SecondIndex,
    /// An unscoped npm name is locked from a private registry, among public ones.
    UnscopedPrivateName,
    /// A package is locked from another place than the rest of the file.
    UnexpectedPlace,
    /// A package is fetched without protection against change on the way.
    UnprotectedPlace,
    /// The file that is locked is not of the package or version it stands for.
    WrongArtifact,
    /// One version of a package has two checksums.
    TwoChecksums,
    /// Something else in the file does not agree with itself.
    Irregularity,
}

impl DoorCode {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::SecondIndex,
        Self::UnscopedPrivateName,
        Self::UnexpectedPlace,
        Self::UnprotectedPlace,
        Self::WrongArtifact,
        Self::TwoChecksums,
        Self::Irregularity,
    ];

    /// The stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::SecondIndex => "second-index",
            Self::UnscopedPrivateName => "unscoped-private-name",
            Self::UnexpectedPlace => "unexpected-place",
            Self::UnprotectedPlace => "unprotected-place",
            Self::WrongArtifact => "wrong-artifact",
            Self::TwoChecksums => "two-checksums",
            Self::Irregularity => "lock-irregularity",
        }
    }

    /// The title of a finding.
    pub fn title(self) -> &'static str {
        match self {
            Self::SecondIndex => "a second package index is asked for every name",
            Self::UnscopedPrivateName => "a private package has a name that anybody can register",
            Self::UnexpectedPlace => "a package is locked from another place than the rest",
            Self::UnprotectedPlace => "a package is fetched from an unprotected place",
            Self::WrongArtifact => "the locked file is not of the package it stands for",
            Self::TwoChecksums => "one version of a package has two checksums",
            Self::Irregularity => "the lockfile does not agree with itself",
        }
    }

    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::SecondIndex => {
                "ask one index only, one that carries both private and public packages; or bind \
                 the private packages to their index (uv `explicit`, poetry `explicit`)"
            }
            Self::UnscopedPrivateName => {
                "move the package into a scope that is bound to the private registry, or register \
                 its name at the public one"
            }
            Self::UnexpectedPlace => {
                "find out who brought this address into the file; lock the package from the usual \
                 registry again"
            }
            Self::UnprotectedPlace => "fetch over https from a named host, and lock a checksum",
            Self::WrongArtifact => {
                "treat the file as tampered with until it is explained: restore it from version \
                 control and lock again from the registry"
            }
            Self::TwoChecksums => {
                "find out which checksum the registry gives, and lock again; the other content \
                 came from elsewhere"
            }
            Self::Irregularity => "look at the line; let the package manager write the file again",
        }
    }
}
