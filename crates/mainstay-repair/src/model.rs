//! What is asked of a repair, and what it answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mainstay_scan::{Cited, Scan};
use mainstay_types::Severity;
use thiserror::Error;

use crate::flaws::Flaw;

/// Which findings to remove. Empty parts choose everything.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Only findings with one of these ids or aliases, or on one of these packages (a name, or
    /// `name@version`).
    pub only: Vec<String>,
    /// Only findings at least this severe, and those whose severity nobody tells.
    pub least: Option<Severity>,
}

/// How to look for upgrades.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Releases younger than this are taken only when nothing older removes a finding.
    pub cooldown: SignedDuration,
    /// The moment of the plan.
    pub now: Timestamp,
    /// Whether resolvers may use the network.
    pub network: Network,
}

/// Whether resolvers may use the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// They may.
    Allowed,
    /// They use what lies on the machine.
    Forbidden,
}

impl Options {
    /// Releases after this moment are within the cooldown.
    pub(crate) fn cutoff(&self) -> Timestamp {
        self.now.checked_sub(self.cooldown).unwrap_or(Timestamp::MIN)
    }
}

/// Scans one path, always with the same knowledge and at the same moment.
pub trait Rescan {
    /// The scan of a file as it lies there now.
    fn scan(&self, path: &Path) -> Scan;
}

/// What a repair comes to.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// One plan for each source with chosen findings.
    pub plans: Vec<Plan>,
    /// Chosen findings that nobody plans for, because a VEX statement silences them.
    pub left_alone: Vec<LeftAlone>,
    /// Words of [`Choice::only`] that name no finding.
    pub idle: Vec<String>,
}

/// A finding that a statement silences, in these sources.
#[derive(Clone, Debug)]
pub struct LeftAlone {
    /// The finding.
    pub flaw: Flaw,
    /// The sources, as the scan shows them.
    pub paths: Vec<String>,
    /// The statement.
    pub by: Arc<Cited>,
}

/// What can be done about one source with chosen findings.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The source, as the scan shows it.
    pub path: String,
    /// Where it lies.
    pub place: PathBuf,
    /// Its format.
    pub format: &'static str,
    /// What was reached.
    pub outcome: Outcome,
}

/// What was reached for one source.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Nothing was tried, for this reason: the format cannot be mended yet, or its resolver is
    /// not there.
    NotTried {
        /// Why.
        why: String,
        /// What to do.
        advice: String,
        /// The chosen findings, which all stay.
        flaws: Vec<Flaw>,
    },
    /// The resolver was asked.
    Tried(Mended),
}

/// What the resolver's answers come to.
#[derive(Clone, Debug)]
pub struct Mended {
    /// The resolver, with its version.
    pub by: String,
    /// What moves.
    pub changes: Vec<Change>,
    /// Chosen findings that are no more.
    pub gone: Vec<Flaw>,
    /// Chosen findings that stay.
    pub left: Vec<Left>,
    /// What is not known after the change and was known before. A plan with any is not proved.
    pub newly_unknown: Vec<String>,
    /// Findings of the whole lockfile, chosen or not, before and after.
    pub findings: (usize, usize),
    /// The lockfile before and after.
    pub rewrite: Rewrite,
    /// Questions put to the resolver.
    pub asked: usize,
}

/// A file and its new content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The content that the plan starts from.
    pub before: Vec<u8>,
    /// The content that the plan ends with. The same when nothing can be done.
    pub after: Vec<u8>,
}

/// A chosen finding that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The finding.
    pub flaw: Flaw,
    /// Why it stays.
    pub why: String,
    /// What would have to move: the packages or the manifest that hold the version.
    pub would_have_to_move: Vec<String>,
}

/// One package that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// The version before; `None` for a package that comes in.
    pub from: Option<String>,
    /// The version after; `None` for a package that goes.
    pub to: Option<String>,
    /// When the new version was published.
    pub released: Released,
    /// Whether that is within the cooldown. `None` when nobody tells.
    pub within_cooldown: Option<bool>,
    /// The ids of the findings that this removes.
    pub removes: Vec<String>,
}

/// When a release was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// At this moment.
    At(Timestamp),
    /// Nothing on this machine tells.
    Unknown,
}

/// A repair that could not be planned or applied.
#[derive(Debug, Error)]
pub enum RepairError {
    /// A file of the project or the workshop.
    #[error("cannot {doing} {path}: {source}", path = path.display())]
    Io {
        /// `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The lockfile was changed by somebody else since it was read.
    #[error("{path} was changed since the plan was made; nothing was written: run it again", path = .0.display())]
    Moved(PathBuf),
    /// The written file does not scan as the plan did.
    #[error(
        "{path} scanned differently after it was written, so the former file was put back: {why}",
        path = path.display()
    )]
    NotAsPlanned {
        /// The file.
        path: PathBuf,
        /// What differs.
        why: String,
    },
    /// The project has more manifests than any real one.
    #[error("{path} holds more than {limit} files that the resolver would read", path = path.display())]
    TooLarge {
        /// The folder.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
}

impl RepairError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
