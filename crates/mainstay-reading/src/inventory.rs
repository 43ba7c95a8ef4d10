//! What a reader gives: the packages of one file, and what the file leaves open.

use std::num::NonZeroU64;
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_types::{
    Digest, Distributed, Licence, PackageName, Purl, Scope, SourceUrl, WebAddress,
};

use crate::anomaly::Anomaly;
use crate::danger::Danger;

/// Everything one lockfile or manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The packages, in the order of the file. The project's own members are not among them.
    pub packages: Vec<Entry>,
    /// What the file lists and no ecosystem knows. Each is a gap too.
    pub unidentified: Vec<Unidentified>,
    /// What the file should say and does not. Not empty means: the source is partial.
    pub gaps: Vec<Gap>,
    /// The project's own packages (root, workspace members, editable and linked ones).
    pub members: Vec<Member>,
    /// The name of the project that the file belongs to, where it says.
    pub own_name: Option<PackageName>,
    /// Whether a manifest says of itself that a lockfile in a folder above holds what it asks for.
    pub is_locked_above: bool,
    /// Package indexes that the file declares.
    pub indexes: Vec<DeclaredIndex>,
    /// Things that do not agree within the file.
    pub irregularities: Vec<Irregularity>,
    /// What is wrong with the shipped file in itself.
    pub anomalies: Vec<Anomaly>,
    /// What loading the file would do.
    pub dangers: Vec<Danger>,
    /// Files inside a shipped one that name packages and are listed only.
    pub asides: Vec<Aside>,
    /// Packages that another package carries inside itself, so that no lockfile of the project
    /// need name them: positions in [`Inventory::packages`].
    pub carried: Vec<u32>,
    /// Where the projects of packages take money, by their own metadata: positions in
    /// [`Inventory::packages`] with an address.
    pub funding: Vec<(u32, WebAddress)>,
    /// Other files that were read on the way (`-r other.txt`, a parent pom), relative to the
    /// folder of the source.
    pub files_read: Vec<Arc<str>>,
}

/// One package that the file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name; an npm alias is resolved to the package behind it.
    pub name: PackageName,
    /// The version that the file locks, or asks for.
    pub version: LockedVersion,
    /// Where it is written.
    pub place: Place,
    /// Why it is needed.
    pub scope: Scope,
    /// Whether the project asks for it itself. `None` when the file does not tell.
    pub direct: Option<bool>,
    /// Where its content comes from.
    pub origin: Origin,
    /// Checksums of its content, one per artifact where a package has several.
    pub checksums: Vec<Digest>,
    /// What the file says about its licence. `None` when it says nothing.
    pub licence: Option<Licence>,
    /// When this version was published, where the file tells.
    pub released: Option<Timestamp>,
    /// The packages that this one needs: positions in [`Inventory::packages`].
    pub needs: Vec<u32>,
}

/// Something that a file lists and that is no package of an ecosystem: nothing can be looked up about
/// it, and a policy has its say all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unidentified {
    /// What the file calls it, with its group.
    pub name: Box<str>,
    /// Its package URL, where it has one: of a type that no ecosystem has, or one that names no
    /// package of its ecosystem.
    pub purl: Option<Purl>,
    /// Its version.
    pub version: Option<Box<str>>,
    /// Where it is written.
    pub place: Place,
    /// Why it is needed.
    pub scope: Scope,
    /// Where its content comes from. `None` when the file does not say.
    pub origin: Option<Origin>,
    /// What the file says about its licence.
    pub licence: Option<Licence>,
}

/// The version of an entry, as the file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockedVersion {
    /// Exactly this one.
    Exact(Box<str>),
    /// A range or a wish (`^1.2`, `latest`): which version it becomes is not known.
    Asked(Box<str>),
    /// The file names no version.
    Unstated,
}

impl LockedVersion {
    /// The exact version, if the file locks one.
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(version) => Some(version),
            Self::Asked(_) | Self::Unstated => None,
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the folder of the source, with `/`. `None` is the source itself.
    pub file: Option<Arc<str>>,
    /// The path inside the source, when the source is an archive. Archives within archives are
    /// joined by `!/`: `lib/inner.jar!/META-INF/MANIFEST.MF`. `None` is the source itself.
    pub member: Option<Arc<str>>,
    /// The line, counted from 1. `None` when the format gives none.
    pub line: Option<u32>,
    /// The offset in the file or member, in bytes. `None` when the place is told by a line, or is
    /// the whole.
    pub offset: Option<Offset>,
}

/// An offset in bytes, held as one more than it is: a place is in every entry of every file, and
/// an offset that may be absent then takes no more room than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Offset(NonZeroU64);

impl Offset {
    /// The offset of so many bytes. The last one that a number can hold is taken for that before
    /// it; no file is so long.
    pub fn of(bytes: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(bytes))
    }

    /// How many bytes.
    pub fn bytes(self) -> u64 {
        self.0.get() - 1
    }
}

impl Place {
    /// A line of the source itself.
    pub fn line(line: u32) -> Self {
        Self::at(Some(line))
    }

    /// A line of the source itself, where the format gives one.
    pub fn at(line: Option<u32>) -> Self {
        Self { line, ..Self::default() }
    }

    /// A member of the source, which is an archive.
    pub fn member(path: impl Into<Arc<str>>) -> Self {
        Self { member: Some(path.into()), ..Self::default() }
    }
}

/// Where a package's content comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The ecosystem's registry, or a mirror or private index of it.
    Registry {
        /// The index, where the file names one.
        index: Option<SourceUrl>,
        /// The file that would be fetched, where the lockfile names one.
        artifact: Option<SourceUrl>,
    },
    /// A version control repository.
    Git {
        /// The repository. Empty where the file does not say which.
        url: SourceUrl,
        /// The full commit, where it is locked.
        commit: Option<Box<str>>,
    },
    /// A folder or archive on the machine, outside the project's members.
    Path(Box<str>),
    /// An archive at an address that is no index.
    Url(SourceUrl),
    /// The archive of a distribution, which built it.
    Distribution(Box<Distributed>),
}

impl Origin {
    /// The ecosystem's registry, with nothing more said.
    pub fn registry() -> Self {
        Self::Registry { index: None, artifact: None }
    }
}

/// What a file should say and does not. A gap makes the source partial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub place: Place,
    /// What is not known and why, as a sentence without a full stop.
    pub reason: String,
    /// What to do about it.
    pub advice: String,
}

/// A package of the project itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, where the file gives one.
    pub name: Option<PackageName>,
    /// Its folder relative to the lockfile's, with `/`, `.` for that folder itself; may hold the glob signs `*` and `**`, as
    /// npm's and yarn's `workspaces` do. `None` when the file does not tell.
    pub path: Option<Box<str>>,
}

/// A package index that a file declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredIndex {
    /// Its address.
    pub url: SourceUrl,
    /// Where it is declared.
    pub place: Place,
    /// How installers use it.
    pub role: IndexRole,
}

/// How an installer uses a declared index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexRole {
    /// It stands in place of the public index.
    Replaces,
    /// It is asked beside another index for every name: the door of dependency confusion.
    Beside,
    /// It is asked only for packages that name it.
    Named,
}

/// A file inside a shipped one that names packages and is not looked up: it speaks of the time at
/// which the package was made, and not of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Its path, as in [`Place::member`].
    pub member: Arc<str>,
    /// What it is.
    pub reason: &'static str,
}

/// Something in the file that does not agree with itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Irregularity {
    /// The entry it concerns: a position in [`Inventory::packages`].
    pub entry: Option<u32>,
    /// Where.
    pub place: Place,
    /// What does not agree, as a sentence without a full stop.
    pub message: String,
}
