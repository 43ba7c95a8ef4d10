//! What is wrong with a shipped file in itself, whatever it holds: an honest packer does not write
//! such a thing, or the file is not what its names and checksums say.
//!
//! Anomalies are findings, not gaps: what was looked at is known. Where an anomaly also keeps
//! something from being read, the reader adds a gap.

use mainstay_types::Severity;

use crate::inventory::Place;

/// One anomaly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// What sort.
    pub code: AnomalyCode,
    /// The entry it concerns: a position in [`Inventory::packages`](crate::Inventory::packages).
    pub entry: Option<u32>,
    /// Where.
    pub place: Place,
    /// What was found, as a sentence without a full stop.
    pub message: String,
}

/// The sorts of anomalies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnomalyCode {
    /// A member's path is absolute, or climbs out with `..`.
    PathLeadsOut,
    /// A link points out of the archive, or a member lies behind a link.
    LinkLeadsOut,
    /// A device, a pipe or a socket.
    Device,
    /// Two members have one path.
    DuplicateMember,
    /// Two headers of one member say different things.
    HeadersDisagree,
    /// Bytes before, between or behind what the archive lists.
    UnlistedBytes,
    /// A member is encrypted.
    Encrypted,
    /// Members share bytes.
    Overlap,
    /// A name hides what it is: control characters, turned direction, no valid encoding.
    DeceptiveName,
    /// The file is named for another package or version than it holds.
    WrongName,
    /// The content does not fit the checksum that the package itself gives.
    WrongContent,
    /// Code of a package lies in the file without anything that names the package.
    UnnamedPackage,
    /// So does code with a known flaw.
    VulnerableClass,
}

impl AnomalyCode {
    /// Every sort.
    pub const ALL: [Self; 13] = [
        Self::PathLeadsOut,
        Self::LinkLeadsOut,
        Self::Device,
        Self::DuplicateMember,
        Self::HeadersDisagree,
        Self::UnlistedBytes,
        Self::Encrypted,
        Self::Overlap,
        Self::DeceptiveName,
        Self::WrongName,
        Self::WrongContent,
        Self::UnnamedPackage,
        Self::VulnerableClass,
    ];

    /// The stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::PathLeadsOut => "path-leads-out",
            Self::LinkLeadsOut => "link-leads-out",
            Self::Device => "device-in-archive",
            Self::DuplicateMember => "duplicate-member",
            Self::HeadersDisagree => "headers-disagree",
            Self::UnlistedBytes => "unlisted-bytes",
            Self::Encrypted => "encrypted-member",
            Self::Overlap => "overlapping-members",
            Self::DeceptiveName => "deceptive-name",
            Self::WrongName => "wrong-package-name",
            Self::WrongContent => "wrong-package-content",
            Self::UnnamedPackage => "unnamed-package",
            Self::VulnerableClass => "vulnerable-class",
        }
    }

    /// How bad it is. What unpacks to somewhere else, or shows one reader another content than
    /// the next, is high; what has innocent causes too is low.
    pub fn severity(self) -> Severity {
        match self {
            Self::VulnerableClass => Severity::Critical,
            Self::PathLeadsOut
            | Self::LinkLeadsOut
            | Self::HeadersDisagree
            | Self::Overlap
            | Self::WrongContent => Severity::High,
            Self::Device
            | Self::DuplicateMember
            | Self::DeceptiveName
            | Self::WrongName
            | Self::UnnamedPackage => Severity::Medium,
            Self::UnlistedBytes | Self::Encrypted => Severity::Low,
        }
    }

    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::PathLeadsOut | Self::LinkLeadsOut => {
                "do not unpack it: a careless tool would write outside of its folder; get the \
                 archive from its publisher again"
            }
            Self::Device => "do not unpack it as root; ask its publisher why it is there",
            Self::DuplicateMember | Self::HeadersDisagree | Self::Overlap => {
                "do not use the archive: different tools see different content; get it from its \
                 publisher again"
            }
            Self::UnlistedBytes => {
                "find out what the bytes are; a self-extracting archive has such a beginning, and \
                 so has a hidden one"
            }
            Self::Encrypted => "unpack it where the key is known, and scan the result",
            Self::DeceptiveName => "look at the name by hand before anybody opens the file",
            Self::WrongName => {
                "find out which package this is, and where the file came from; then name it \
                 rightly"
            }
            Self::UnnamedPackage => {
                "find out which version it is; build the file so that the metadata stay in it"
            }
            Self::VulnerableClass => {
                "build the file again with a version of the package in which the flaw is fixed"
            }
            Self::WrongContent => {
                "treat the package as tampered with until it is explained; get it from its \
                 registry again"
            }
        }
    }
}
