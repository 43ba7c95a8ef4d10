//! A source: one lockfile, manifest or archive, and how far it could be read.

use std::path::Path;
use std::sync::Arc;

use mainstay_archives::{ArchiveError, ArchiveErrorKind, Budget, FileSource};
use mainstay_artifacts::Artifact;
use mainstay_images::ImageLayer;
use mainstay_reading::{Gap, Input, Inventory, Place, ReadError, ReadErrorKind};

use crate::confine::{Beside, DiskError, open_file, read_file, unreadable, within};
use crate::kind::{Kind, Reader, WholeFile};
use crate::members;
use crate::model;
use crate::tree_folder::TreeFolder;
use crate::unknown::UnknownCode;
use crate::walk::Found;

/// How far a source could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceStatus {
    /// Whole, with its closure.
    Read,
    /// Read, but something that it pulls in is not known.
    Partial,
    /// Not read.
    Failed,
    /// Named, but of no known format.
    Unsupported,
    /// Left out on purpose.
    Skipped,
}

impl SourceStatus {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Unsupported => "unsupported",
            Self::Skipped => "skipped",
        }
    }
}

/// A source, as a report shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path, as it was named or found.
    pub path: String,
    /// The id of its format, if it has a known one.
    pub format: Option<&'static str>,
    /// How far it was read.
    pub status: SourceStatus,
    /// Packages that it names.
    pub packages: usize,
    /// What was not read, worst first. Empty when everything was.
    pub problems: Vec<SourceProblem>,
}

/// One thing about a source that is not known, or the reason why it was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceProblem {
    /// The stable code.
    pub code: &'static str,
    /// The file, where it is another than the source.
    pub file: Option<String>,
    /// The path inside the file, when the file is an archive.
    pub member: Option<Arc<str>>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// What happened.
    pub message: String,
    /// What to do about it. Empty when nothing is to be done.
    pub advice: String,
}

/// A source that was found, after reading.
pub(crate) struct Reading {
    pub(crate) found: Found,
    pub(crate) outcome: Result<Inventory, Failure>,
    /// For a source inside an image: how many bytes of its shown path are the image's own.
    pub(crate) archive: Option<usize>,
    /// For a source inside an image: the layer that brought each of its packages.
    pub(crate) layers: Vec<Arc<ImageLayer>>,
}

/// Why a found source was not read.
pub(crate) enum Failure {
    Disk(DiskError),
    Format(ReadError),
}

impl Reading {
    /// Reads one source. `root` is the scanned folder: absolute, without links.
    pub(crate) fn of(found: Found, root: &Path, limit: u64) -> Self {
        let outcome = match found.kind.reader() {
            Reader::Whole(file) => read_whole(file, &found, root, limit),
            Reader::InPlace(read) => read_in_place(read, &found.path),
            // An image is read by `image`, and is many readings.
            Reader::Image(_) => Ok(Inventory::default()),
            Reader::Tree(tree) => Ok((tree.read)(&TreeFolder::new(&found.path, root, limit))),
            Reader::Model => model::read(&found.path, root, limit).map_err(Failure::Disk),
        };
        Self::on_disk(found, outcome)
    }

    /// A source that is a file of its own.
    pub(crate) fn on_disk(found: Found, outcome: Result<Inventory, Failure>) -> Self {
        Self { found, outcome, archive: None, layers: Vec::new() }
    }

    /// A shown path as a file and a path inside it, where the source lies in an image.
    pub(crate) fn divided(
        &self,
        shown: Arc<str>,
        member: Option<&Arc<str>>,
    ) -> (Arc<str>, Option<Arc<str>>) {
        let inside =
            self.archive.and_then(|length| Some((shown.get(..length)?, shown.get(length..)?)));
        let Some((archive, inside)) = inside else { return (shown, member.cloned()) };
        let inside = inside.trim_start_matches("!/");
        let inside: Arc<str> = match member {
            Some(member) => format!("{inside}!/{member}").into(),
            None => inside.into(),
        };
        (archive.into(), Some(inside))
    }

    /// The folder of the source within the report's paths, with `/` at its end or empty.
    pub(crate) fn folder(&self) -> &str {
        let end = self.found.shown.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
        self.found.shown.get(..end).unwrap_or("")
    }

    /// Whether this is a manifest, and which lockfiles would cover it.
    pub(crate) fn locked_by(&self) -> Option<&'static [&'static str]> {
        self.found.kind.locked_by()
    }

    /// The path of a file that the source names, as a report shows it.
    pub(crate) fn shown_place(&self, file: Option<&str>) -> Arc<str> {
        match file {
            None => Arc::clone(&self.found.shown),
            // What a tree names lies in it, not beside it.
            Some(file) if matches!(self.found.kind, Kind::Tree(_)) => {
                tidy(&format!("{}/{file}", self.found.shown.trim_end_matches('/'))).into()
            }
            Some(file) => tidy(&format!("{}{file}", self.folder())).into(),
        }
    }

    /// The reason that each of its problems gives to the verdict.
    pub(crate) fn unknown_code(&self) -> UnknownCode {
        match &self.outcome {
            Ok(_) => UnknownCode::PartialSource,
            Err(failure) => failure.code(),
        }
    }

    /// The source for the report.
    pub(crate) fn source(&self) -> Source {
        let (status, packages, problems) = match &self.outcome {
            Ok(inventory) => {
                let problems: Vec<_> = inventory.gaps.iter().map(|gap| self.gap(gap)).collect();
                let status =
                    if problems.is_empty() { SourceStatus::Read } else { SourceStatus::Partial };
                (status, inventory.packages.len(), problems)
            }
            Err(failure) => (SourceStatus::Failed, 0, vec![failure.problem()]),
        };
        let path = self.found.shown.to_string();
        Source { path, format: Some(self.found.kind.format_id()), status, packages, problems }
    }

    fn gap(&self, gap: &Gap) -> SourceProblem {
        SourceProblem {
            code: UnknownCode::PartialSource.word(),
            file: gap.place.file.as_deref().map(|file| self.shown_place(Some(file)).to_string()),
            member: gap.place.member.clone(),
            line: gap.place.line,
            message: gap.reason.clone(),
            advice: gap.advice.clone(),
        }
    }
}

fn read_whole(
    file: WholeFile,
    found: &Found,
    root: &Path,
    limit: u64,
) -> Result<Inventory, Failure> {
    let path = &found.path;
    let bytes = read_file(path, limit).map_err(Failure::Disk)?;
    let folder = model::folder_of(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let nearby = Beside { folder, root, limit };
    let input = Input { bytes: &bytes, file_name: &name, nearby: &nearby };
    let mut inventory = read_input(file, &input)?;
    if matches!(file, WholeFile::Lockfile(_)) {
        let is_own = |path: &str| {
            within(root, &folder.join(path)).is_ok_and(|found| found.is_some_and(|it| it.is_dir()))
        };
        members::take_in(&mut inventory, is_own);
    }
    Ok(inventory)
}

/// Reads a whole file, wherever it lies.
pub(crate) fn read_input(file: WholeFile, input: &Input<'_>) -> Result<Inventory, Failure> {
    let mut inventory = file.read(input).map_err(Failure::Format)?;
    if input.bytes.trim_ascii().is_empty() && inventory.gaps.is_empty() {
        inventory.gaps.push(empty());
    }
    Ok(inventory)
}

/// Archives are read where they lie, whatever their size: what unpacking may cost is limited.
fn read_in_place(
    read: fn(&Artifact<'_>) -> Result<Inventory, ArchiveError>,
    path: &Path,
) -> Result<Inventory, Failure> {
    let (file, _) = open_file(path).map_err(Failure::Disk)?;
    let source = FileSource::new(file).map_err(|error| Failure::Disk(unreadable(&error)))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let budget = Budget::new(mainstay_archives::Limits::default());
    let onlooker = Some(model::IN_PACKAGES);
    let artifact = Artifact { source: &source, file_name: &name, budget: &budget, onlooker };
    read(&artifact).map_err(archive_failure)
}

/// Why an archive was not read.
pub(crate) fn archive_failure(error: ArchiveError) -> Failure {
    let kind = match error.kind {
        ArchiveErrorKind::Damaged | ArchiveErrorKind::Unsupported => ReadErrorKind::Archive,
        ArchiveErrorKind::Spent => ReadErrorKind::TooDeep,
        ArchiveErrorKind::Disk => {
            return Failure::Disk(DiskError {
                code: UnknownCode::UnreadableFile,
                message: error.message,
                advice: error.kind.advice().to_owned(),
            });
        }
    };
    Failure::Format(ReadError::new(kind, error.message))
}

impl Failure {
    fn code(&self) -> UnknownCode {
        match self {
            Self::Disk(error) => error.code,
            Self::Format(_) => UnknownCode::BrokenSource,
        }
    }

    fn problem(&self) -> SourceProblem {
        match self {
            Self::Disk(error) => SourceProblem {
                code: error.code.word(),
                file: None,
                member: None,
                line: None,
                message: error.message.clone(),
                advice: error.advice.clone(),
            },
            Self::Format(error) => SourceProblem {
                code: error.kind.code(),
                file: None,
                member: None,
                line: error.line,
                message: error.message.clone(),
                advice: error.kind.advice().to_owned(),
            },
        }
    }
}

/// An empty lockfile is what a full disk or a broken write leaves behind.
fn empty() -> Gap {
    Gap {
        place: Place::default(),
        reason: "the file is empty".to_owned(),
        advice: "let its package manager write it again, or take it away".to_owned(),
    }
}

/// Takes `a/../` and `./` out of a path that is only shown.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn a_shown_path_does_not_go_down_and_up_again() {
        assert_eq!(tidy("app/req/../base.txt"), "app/base.txt");
        assert_eq!(tidy("../base.txt"), "../base.txt");
        assert_eq!(tidy("/a/../b"), "/b");
    }
}
