//! Finding the sources: folders are walked in parallel, files are told apart by their names; only
//! built programs and models, whose names tell nothing, by their content (see [`content`]).
//!
//! `.gitignore` is not consulted: what is ignored can be shipped all the same. Folders that hold
//! what was installed or built, and not what was asked for, are skipped and listed as skipped
//! (see [`set_aside`]), unless the user names them or wants installed trees looked at.

mod content;
mod set_aside;
mod trees;

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use mainstay_lockfiles::{Format, Role};
use rayon::Scope;

use crate::confine::DiskError;
use crate::ground::Ground;
use crate::kind::Kind;
use crate::target::{Installed, Target};
use crate::unknown::UnknownCode;
use content::Company;
pub(crate) use content::may_be_model;
pub(crate) use set_aside::{Aside, Holds};
pub(crate) use trees::is_inner_modules;

/// What a walk found.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) found: Vec<Found>,
    pub(crate) skipped: Vec<Skipped>,
    /// Packages that were skipped, each in a folder of its own: the folder above, with theirs.
    parts: Vec<(String, Skipped)>,
    pub(crate) problems: Vec<Problem>,
    /// Files seen that are no known source.
    pub(crate) other_files: u64,
}

/// A file of a known format.
#[derive(Clone)]
pub(crate) struct Found {
    /// The path as reports show it.
    pub(crate) shown: Arc<str>,
    /// The path to open.
    pub(crate) path: PathBuf,
    /// Where it lies: absolute, its folder without links.
    pub(crate) place: PathBuf,
    /// Position in the list of targets.
    pub(crate) target: usize,
    /// Whether the user named the file or the tree itself.
    pub(crate) named: bool,
    pub(crate) kind: Kind,
}

/// Something that was left out on purpose.
pub(crate) struct Skipped {
    pub(crate) shown: String,
    pub(crate) reason: String,
    /// What to do to have it scanned. Empty when nothing is to be done.
    pub(crate) advice: &'static str,
}

/// What to do to have something scanned that was left out.
const NAME_IT: &str = "name it on the command line to have it scanned";
const ASK_FOR_TREES: &str = "name it on the command line, or give --installed, to have it scanned";

/// Something that should have been looked at and could not be.
pub(crate) struct Problem {
    pub(crate) shown: String,
    pub(crate) error: DiskError,
}

/// So many folders are listed before others help: starting threads, and waking them, costs more
/// than listing a few folders.
const PARALLEL_FROM: usize = 32;

/// Walks every target; `grounds` are where they lie. The result is sorted by path, whatever the
/// order of the disk. A file that was named and lies in a folder that was named too counts once.
pub(crate) fn walk(targets: &[Target], grounds: &[Ground]) -> Walked {
    let sink = Mutex::new(Walked::default());
    let mut roots = Vec::new();
    for (position, (target, ground)) in targets.iter().zip(grounds).enumerate() {
        let root = Root { position, target, ground };
        match (ground.is_repeated, ground.is_folder) {
            (true, _) => {}
            (false, true) => roots.push(root),
            (false, false) => root.name_file(&sink),
        }
    }
    let tops = roots.iter().map(|root| (root, Folder::top(root.target)));
    let mut waiting: VecDeque<(&Root<'_>, Folder)> = tops.collect();
    for _ in 0..PARALLEL_FROM {
        let Some((root, folder)) = waiting.pop_front() else { break };
        waiting.extend(root.list(&sink, &folder).into_iter().map(|inner| (root, inner)));
    }
    if !waiting.is_empty() {
        rayon::scope(|scope| {
            for (root, folder) in waiting {
                root.enter(scope, &sink, folder);
            }
        });
    }
    let mut walked = sink.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let named: HashSet<PathBuf> =
        walked.found.iter().filter(|one| one.named).map(|one| one.place.clone()).collect();
    walked.found.retain(|one| one.named || !named.contains(&one.place));
    walked.found.sort_by(|a, b| (a.target, &a.shown).cmp(&(b.target, &b.shown)));
    // Every part of a tree tells of the tree.
    walked.found.dedup_by(|a, b| a.place == b.place && a.kind.format_id() == b.kind.format_id());
    walked.tell_parts();
    walked.skipped.sort_by(|a, b| (&a.shown, &a.reason).cmp(&(&b.shown, &b.reason)));
    walked.skipped.dedup_by(|a, b| a.shown == b.shown && a.reason == b.reason);
    walked.problems.sort_by(|a, b| a.shown.cmp(&b.shown));
    walked
}

/// A folder or file under the walk.
struct Folder {
    path: PathBuf,
    /// The path below the root, with `/`; empty for the root.
    below: String,
    within: Within,
    /// What lies in it, once it is listed.
    company: Company,
}

/// Whose a folder is, and so what is looked for in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// The project's; installed trees are set aside.
    Project,
    /// The project's; installed trees are looked at.
    ProjectWithTrees,
    /// An installed tree that is looked at: lockfiles in it are other people's.
    Tree,
}

impl Folder {
    /// The folder that the user named.
    fn top(target: &Target) -> Self {
        let within = match target.installed {
            Installed::WhereNamed => Within::Project,
            Installed::Everywhere => Within::ProjectWithTrees,
        };
        Self { path: target.path.clone(), below: String::new(), within, company: Company::Others }
    }

    /// The same folder, once it is known whose it is.
    fn as_of(&self, within: Within) -> Self {
        Self { path: self.path.clone(), below: self.below.clone(), within, company: self.company }
    }

    /// Writes where an entry lies below the root, in place of what stood there. Most entries are
    /// passed over, so one text serves for all of a folder.
    fn write_below(&self, name: &OsStr, below: &mut String) {
        below.clear();
        if !self.below.is_empty() {
            below.push_str(&self.below);
            below.push('/');
        }
        below.push_str(&name.to_string_lossy());
    }
}

/// One target under the walk.
struct Root<'t> {
    position: usize,
    target: &'t Target,
    ground: &'t Ground,
}

impl Root<'_> {
    /// A file that the user named: told by its name, or by how it begins, or not known.
    fn name_file(&self, sink: &Mutex<Walked>) {
        let shown = shown(&self.target.path);
        let relative = shown.replace('\\', "/");
        let path = &self.target.path;
        let kind = Kind::of_image(path)
            .or_else(|| Kind::of_path(&relative))
            .or_else(|| content::model_of_named(path))
            .or_else(|| Kind::of_beginning(path));
        match kind {
            Some(kind) => with(sink, |walked| {
                walked.found.push(Found {
                    shown: shown.into(),
                    path: self.target.path.clone(),
                    place: self.ground.place.clone(),
                    target: self.position,
                    named: true,
                    kind,
                });
            }),
            None => with(sink, |walked| {
                walked.problems.push(Problem { shown, error: unsupported() });
            }),
        }
    }

    /// Lists one folder, and those below it, in parallel.
    fn enter<'s>(&'s self, scope: &Scope<'s>, sink: &'s Mutex<Walked>, folder: Folder) {
        scope.spawn(move |scope| {
            for inner in self.list(sink, &folder) {
                self.enter(scope, sink, inner);
            }
        });
    }

    /// Lists one folder. Gives the folders to go into.
    fn list(&self, sink: &Mutex<Walked>, folder: &Folder) -> Vec<Folder> {
        let mut here = Walked::default();
        let mut inner = Vec::new();
        match entries(&folder.path) {
            Ok(entries) => {
                if let Some(within) = self.judge(&mut here, folder, &entries) {
                    let names = entries.iter().map(|(name, _)| &**name);
                    let company = Company::of(names, within);
                    let folder = Folder { company, ..folder.as_of(within) };
                    let mut below = String::new();
                    for (name, kind) in entries {
                        folder.write_below(&name, &mut below);
                        inner.extend(self.meet(&mut here, &folder, &name, &below, kind));
                    }
                }
            }
            Err(error) => here.problems.push(Problem { shown: shown(&folder.path), error }),
        }
        with(sink, |walked| walked.take_in(here));
        inner
    }

    /// Decides about one entry of a folder; gives a folder to go into.
    fn meet(
        &self,
        here: &mut Walked,
        folder: &Folder,
        name: &OsStr,
        below: &str,
        file_type: Option<FileType>,
    ) -> Option<Folder> {
        let path = || folder.path.join(name);
        if self.is_target(folder, name) {
            return None;
        }
        if let Some(pattern) = self.target.exclude.iter().find(|one| one.names(below)) {
            let reason = format!("excluded by the pattern \"{}\"", pattern.as_str());
            here.skip(shown(&path()), &reason, NAME_IT);
            return None;
        }
        if file_type.is_some_and(|found| found.is_dir()) {
            let aside = set_aside::by_name(name, folder.path.file_name());
            let inner = Folder {
                path: path(),
                below: below.to_owned(),
                within: folder.within,
                company: Company::Others,
            };
            let Some(aside) = aside else { return Some(inner) };
            let within = self.take_aside(here, &inner, aside)?;
            return Some(Folder { within, ..inner });
        }
        // Some file systems do not tell the kind with the name; such an entry may be a link.
        let may_be_link = file_type.is_none_or(|found| found.is_symlink());
        let by_name = Kind::of_path(below);
        // Opening a pipe or a device could wait for ever.
        let is_file = || match file_type {
            Some(found) => found.is_file(),
            None => path().symlink_metadata().is_ok_and(|found| found.is_file()),
        };
        let by_content = || {
            is_file()
                .then(|| content::kind(&folder.path, name, folder.within, folder.company))
                .flatten()
        };
        let Some(kind) = by_name.or_else(by_content) else {
            here.other_files += 1;
            if may_be_link && path().is_dir() {
                let reason = "a link to a folder; links are not followed";
                here.skip(shown(&path()), reason, NAME_IT);
            }
            return None;
        };
        let path = path();
        let shown = shown(&path);
        // A program ships what it carries, and a model does what it does, whoever brought it.
        if folder.within == Within::Tree && by_name.is_some() {
            here.belongs_to_a_package(kind, shown);
            return None;
        }
        if may_be_link && self.leads_out(&path) {
            here.problems.push(Problem { shown, error: link_outside() });
        } else {
            let (target, place) = (self.position, self.ground.place.join(self.below(&path)));
            let found = Found { shown: shown.into(), path, place, target, named: false, kind };
            // What a runtime or an installation would run is told of beside what the file is.
            if !matches!(kind, Kind::Model)
                && folder.company == Company::Weights
                && content::is_neighbour(name)
            {
                here.found.push(Found { kind: Kind::Model, ..found.clone() });
            }
            here.found.push(found);
        }
        None
    }

    /// Whether a link leads out of the root. A broken link leads nowhere: opening it will say so.
    fn leads_out(&self, link: &Path) -> bool {
        link.canonicalize().is_ok_and(|end| !end.starts_with(&self.ground.root))
    }

    /// Whether an entry was named too: it is walked on its own account.
    fn is_target(&self, folder: &Folder, name: &OsStr) -> bool {
        let same = |one: &PathBuf| one == self.below(&folder.path.join(name));
        self.ground.inner.iter().any(|one| one.file_name() == Some(name) && same(one))
    }

    /// A path relative to the root, without loss.
    fn below<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.target.path).unwrap_or(path)
    }
}

impl Walked {
    fn skip(&mut self, shown: String, reason: &str, advice: &'static str) {
        self.skipped.push(Skipped { shown, reason: reason.to_owned(), advice });
    }

    /// A source that came with an installed package: it says nothing of what this project asks for.
    /// It is listed; only manifests, which are as many as packages, are counted.
    fn belongs_to_a_package(&mut self, kind: Kind, shown: String) {
        match kind {
            Kind::Lockfile(Format { role: Role::Manifest { .. }, .. }) | Kind::Tree(_) => {
                self.other_files += 1;
            }
            Kind::Lockfile(Format { role: Role::Lockfile, .. })
            | Kind::Sbom(_)
            | Kind::Artifact(_)
            | Kind::Database(_)
            | Kind::Image(_)
            | Kind::Model => self.skip(shown, "belongs to an installed package", NAME_IT),
        }
    }

    /// Packages that lie side by side are told as one; what lies beside them is none of them.
    fn tell_parts(&mut self) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.sort_by(|a, b| (&a.0, &a.1.reason).cmp(&(&b.0, &b.1.reason)));
        for group in parts.chunk_by(|a, b| a.0 == b.0 && a.1.reason == b.1.reason) {
            let Some((above, one)) = group.first() else { continue };
            let shown = if group.len() > 1 { format!("{above}/*") } else { one.shown.clone() };
            let reason = match group.len() {
                1 => one.reason.clone(),
                count => format!("{} ({count} folders)", one.reason),
            };
            self.skipped.push(Skipped { shown, reason, advice: one.advice });
        }
    }

    fn take_in(&mut self, other: Self) {
        self.found.extend(other.found);
        self.skipped.extend(other.skipped);
        self.parts.extend(other.parts);
        self.problems.extend(other.problems);
        self.other_files += other.other_files;
    }
}

/// The entries of a folder with their kinds, as the folder itself tells them (no extra call per
/// file). An entry whose kind it does not tell has none.
fn entries(folder: &Path) -> Result<Vec<(std::ffi::OsString, Option<FileType>)>, DiskError> {
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

/// What a folder is that is no part of the project: by its path, and by the names in it.
pub(crate) fn aside_of(path: &str, names: &[&OsStr]) -> Option<Aside> {
    let mut folders = path.rsplit('/').filter(|name| !name.is_empty()).map(OsStr::new);
    let (name, above) = (folders.next(), folders.next());
    name.and_then(|name| set_aside::by_name(name, above))
        .or_else(|| set_aside::by_mark(name, names))
}

/// Whether a path leads into an installed tree: there a lockfile is somebody else's.
pub(crate) fn lies_in_tree(path: &str) -> bool {
    let names: Vec<&str> = path.split('/').collect();
    let Some((_file, folders)) = names.split_last() else { return false };
    let above = std::iter::once(None).chain(folders.iter().map(|name| Some(OsStr::new(*name))));
    folders.iter().zip(above).any(|(name, above)| {
        let aside = set_aside::by_name(OsStr::new(*name), above);
        aside.is_some_and(|aside| matches!(aside.holds, Holds::Tree(_)))
    })
}

fn with(sink: &Mutex<Walked>, change: impl FnOnce(&mut Walked)) {
    change(&mut sink.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
}

#[cfg(test)]
mod tests;
