//! Finding the sources: folders are walked in parallel, files are told apart by their names.
//!
//! `.gitignore` is not consulted: what is ignored can be shipped all the same. Folders that hold
//! what was installed or built, and not what was asked for, are skipped and listed as skipped
//! (see [`SKIPPED_FOLDERS`]), unless the user names them.

use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mainstay_lockfiles::{Format, format_of};
use rayon::Scope;

use crate::confine::DiskError;
use crate::target::Target;
use crate::unknown::UnknownCode;

/// Folders that are skipped wherever they stand.
const SKIPPED_FOLDERS: &[(&str, &str)] = &[
    (".git", "version control"),
    (".hg", "version control"),
    (".svn", "version control"),
    ("target", "build output"),
    ("node_modules", "installed packages; the lockfile says what they should be"),
    (".venv", "a virtual environment"),
    ("venv", "a virtual environment"),
    (".tox", "virtual environments"),
    (".nox", "virtual environments"),
];

/// The file that makes a folder a virtual environment, whatever it is called (PEP 405).
const VENV_MARK: &str = "pyvenv.cfg";

/// What a walk found.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) found: Vec<Found>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) problems: Vec<Problem>,
    /// Files seen that are no known source.
    pub(crate) other_files: u64,
}

/// A file of a known format.
pub(crate) struct Found {
    /// The path as reports show it.
    pub(crate) shown: String,
    /// The path to open.
    pub(crate) path: PathBuf,
    /// Position in the list of targets.
    pub(crate) target: usize,
    /// Whether the user named the file itself.
    pub(crate) named: bool,
    pub(crate) format: &'static Format,
}

/// Something that was left out on purpose.
pub(crate) struct Skipped {
    pub(crate) shown: String,
    pub(crate) reason: String,
}

/// Something that should have been looked at and could not be.
pub(crate) struct Problem {
    pub(crate) shown: String,
    pub(crate) error: DiskError,
}

/// Walks every target. The result is sorted by path, whatever the order of the disk.
pub(crate) fn walk(targets: &[Target]) -> Walked {
    let sink = Mutex::new(Walked::default());
    let mut folders = Vec::new();
    for (position, target) in targets.iter().enumerate() {
        let root = Root { position, target };
        if target.path.is_dir() { folders.push(root) } else { root.name_file(&sink) }
    }
    if !folders.is_empty() {
        rayon::scope(|scope| {
            for root in &folders {
                let top = Folder { path: root.target.path.clone(), below: String::new() };
                root.enter(scope, &sink, &top);
            }
        });
    }
    let mut walked = sink.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    walked.found.sort_by(|a, b| (a.target, &a.shown).cmp(&(b.target, &b.shown)));
    walked.skipped.sort_by(|a, b| a.shown.cmp(&b.shown));
    walked.problems.sort_by(|a, b| a.shown.cmp(&b.shown));
    walked
}

/// A folder or file under the walk.
struct Folder {
    path: PathBuf,
    /// The path below the root, with `/`; empty for the root.
    below: String,
}

impl Folder {
    fn inner(&self, name: &OsStr) -> Self {
        let text = name.to_string_lossy();
        let below =
            if self.below.is_empty() { text.to_string() } else { format!("{}/{text}", self.below) };
        Self { path: self.path.join(name), below }
    }
}

/// One target under the walk.
struct Root<'t> {
    position: usize,
    target: &'t Target,
}

impl Root<'_> {
    /// A file that the user named: read by its name, or not known.
    fn name_file(&self, sink: &Mutex<Walked>) {
        let shown = shown(&self.target.path);
        let relative = shown.replace('\\', "/");
        match format_of(&relative) {
            Some(format) => with(sink, |walked| {
                walked.found.push(Found {
                    shown,
                    path: self.target.path.clone(),
                    target: self.position,
                    named: true,
                    format,
                });
            }),
            None => with(sink, |walked| {
                walked.problems.push(Problem { shown, error: unsupported() });
            }),
        }
    }

    /// Lists one folder and goes into those below it.
    fn enter<'s>(&'s self, scope: &Scope<'s>, sink: &'s Mutex<Walked>, folder: &Folder) {
        let mut here = Walked::default();
        let mut inner = Vec::new();
        match list(&folder.path) {
            Ok(entries) => {
                let named = folder.below.is_empty();
                if !named && entries.iter().any(|(name, _)| name == VENV_MARK) {
                    here.skip(shown(&folder.path), "a virtual environment");
                } else {
                    for (name, kind) in entries {
                        inner.extend(self.meet(&mut here, folder, &name, kind));
                    }
                }
            }
            Err(error) => here.problems.push(Problem { shown: shown(&folder.path), error }),
        }
        for folder in inner {
            scope.spawn(move |scope| self.enter(scope, sink, &folder));
        }
        with(sink, |walked| walked.take_in(here));
    }

    /// Decides about one entry of a folder; gives a folder to go into.
    fn meet(
        &self,
        here: &mut Walked,
        folder: &Folder,
        name: &OsStr,
        kind: Option<FileType>,
    ) -> Option<Folder> {
        let inner = folder.inner(name);
        if let Some(pattern) = self.target.exclude.iter().find(|one| one.names(&inner.below)) {
            let reason = format!("excluded by \"{}\" in the settings", pattern.as_str());
            here.skip(shown(&inner.path), &reason);
            return None;
        }
        if kind.is_some_and(|kind| kind.is_dir()) {
            let skipped = SKIPPED_FOLDERS.iter().find(|(skipped, _)| *skipped == name);
            let Some((_, reason)) = skipped else { return Some(inner) };
            here.skip(shown(&inner.path), reason);
            return None;
        }
        // Some file systems do not tell the kind with the name; such an entry may be a link.
        let may_be_link = kind.is_none_or(|kind| kind.is_symlink());
        let Some(format) = format_of(&inner.below) else {
            here.other_files += 1;
            if may_be_link && inner.path.is_dir() {
                here.skip(shown(&inner.path), "a link to a folder; links are not followed");
            }
            return None;
        };
        let shown = shown(&inner.path);
        if may_be_link && self.leads_out(&inner.path) {
            here.problems.push(Problem { shown, error: link_outside() });
        } else {
            let target = self.position;
            here.found.push(Found { shown, path: inner.path, target, named: false, format });
        }
        None
    }

    /// Whether a link leads out of the root. A broken link leads nowhere: opening it will say so.
    fn leads_out(&self, link: &Path) -> bool {
        match (link.canonicalize(), self.target.path.canonicalize()) {
            (Ok(end), Ok(root)) => !end.starts_with(root),
            (Ok(_) | Err(_), _) => false,
        }
    }
}

impl Walked {
    fn skip(&mut self, shown: String, reason: &str) {
        self.skipped.push(Skipped { shown, reason: reason.to_owned() });
    }

    fn take_in(&mut self, other: Self) {
        self.found.extend(other.found);
        self.skipped.extend(other.skipped);
        self.problems.extend(other.problems);
        self.other_files += other.other_files;
    }
}

/// The entries of a folder with their kinds, as the folder itself tells them (no extra call per
/// file). An entry whose kind it does not tell has none.
fn list(folder: &Path) -> Result<Vec<(std::ffi::OsString, Option<FileType>)>, DiskError> {
    let unreadable = |error: std::io::Error| DiskError {
        code: UnknownCode::UnreadableFile,
        message: format!("the folder cannot be read: {error}"),
        advice: "make it readable for the user who scans".to_owned(),
    };
    std::fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| {
            let entry = entry.map_err(unreadable)?;
            Ok((entry.file_name(), entry.file_type().ok()))
        })
        .collect()
}

fn unsupported() -> DiskError {
    DiskError {
        code: UnknownCode::UnsupportedFile,
        message: "no format that Mainstay reads has this file name".to_owned(),
        advice: "name a lockfile, a manifest or a folder; `mainstay formats` lists what is read"
            .to_owned(),
    }
}

fn link_outside() -> DiskError {
    DiskError {
        code: UnknownCode::LinkOutside,
        message: "the file is a link that leads out of the scanned folder".to_owned(),
        advice: "scan the folder that holds the file itself too".to_owned(),
    }
}

/// A path as reports show it: without a leading `./`.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        Some(_) | None => text.into_owned(),
    }
}

fn with(sink: &Mutex<Walked>, change: impl FnOnce(&mut Walked)) {
    change(&mut sink.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
}
