//! The workshop: a folder of its own with what a resolver reads, and nothing else of the project.
//!
//! Manifests are copied; source files that a resolver only looks for by name are made empty, so no
//! build script of the project could run even if a resolver wanted to. Of settings files only the
//! lines that say where packages come from are taken (see [`Take::Only`]): lines that name
//! programs, or send credentials somewhere, stay behind.
//!
//! The folder must not lie where others can write beside it: resolvers look for settings in the
//! folders above. The caller names a folder of the user's own.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::client::Client;
use crate::model::RepairError;

/// What becomes of a file of the project.
#[derive(Clone, Copy)]
pub(crate) enum Take {
    /// It is copied.
    Copy,
    /// An empty file of this name is made.
    Empty,
    /// What this makes of its text is written.
    Only(fn(&str) -> String),
    /// It stays behind.
    Nothing,
}

/// A workshop; its folder vanishes with it.
pub(crate) struct Workshop {
    folder: TempDir,
    lock: PathBuf,
}

/// More files than any real workspace has that a resolver would read.
const MOST_FILES: usize = 50_000;
/// A manifest or lockfile is smaller than this.
const MOST_BYTES: u64 = 64 << 20;
/// Folders that hold what was installed or built.
const LEFT_OUT: [&str; 6] = [".git", "target", "node_modules", ".venv", "venv", ".tox"];

impl Workshop {
    /// Copies what the client reads of the project around a lockfile.
    pub(crate) fn of(client: Client, place: &Path, within: &Path) -> Result<Self, RepairError> {
        fs::create_dir_all(within).map_err(RepairError::io("write", within))?;
        let folder = tempfile::Builder::new()
            .prefix("fix-")
            .tempdir_in(within)
            .map_err(RepairError::io("write", within))?;
        let project = place.parent().unwrap_or(Path::new("."));
        let project = if project.as_os_str().is_empty() { Path::new(".") } else { project };
        let name = place.file_name().unwrap_or_default();
        let workshop = Self { lock: folder.path().join(name), folder };
        copy(place, &workshop.lock)?;
        if client.reads_tree() {
            workshop.mirror(client, project, place)?;
        }
        Ok(workshop)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The lockfile in it.
    pub(crate) fn lock(&self) -> &Path {
        &self.lock
    }

    /// The lockfile's content now.
    pub(crate) fn read(&self) -> Result<Vec<u8>, RepairError> {
        fs::read(&self.lock).map_err(RepairError::io("read", &self.lock))
    }

    /// Puts content in the lockfile's place.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<(), RepairError> {
        fs::write(&self.lock, bytes).map_err(RepairError::io("write", &self.lock))
    }

    /// Writes a file beside the lockfile.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), RepairError> {
        let path = self.folder().join(name);
        fs::write(&path, text).map_err(RepairError::io("write", &path))
    }

    /// Reads a file beside the lockfile.
    pub(crate) fn text(&self, name: &str) -> Result<String, RepairError> {
        let path = self.folder().join(name);
        fs::read_to_string(&path).map_err(RepairError::io("read", &path))
    }

    /// Copies the tree, folder by folder, without recursion and without following links.
    fn mirror(&self, client: Client, project: &Path, lock: &Path) -> Result<(), RepairError> {
        let mut folders = vec![PathBuf::new()];
        let mut count = 0_usize;
        while let Some(below) = folders.pop() {
            let here = project.join(&below);
            let entries = fs::read_dir(&here).map_err(RepairError::io("read", &here))?;
            for entry in entries {
                let entry = entry.map_err(RepairError::io("read", &here))?;
                let (name, path) = (entry.file_name(), entry.path());
                let kind = entry.file_type().map_err(RepairError::io("read", &path))?;
                let relative = below.join(&name);
                if kind.is_dir() {
                    if !is_left_out(&name) {
                        folders.push(relative);
                    }
                    continue;
                }
                let to = self.folder().join(&relative);
                let what = if kind.is_file() { client.takes(&relative) } else { Take::Nothing };
                if path == lock || matches!(what, Take::Nothing) {
                    continue;
                }
                count += 1;
                if count > MOST_FILES {
                    let path = project.to_owned();
                    return Err(RepairError::TooLarge { path, limit: MOST_FILES });
                }
                carry(what, &path, &to)?;
            }
        }
        Ok(())
    }
}

fn carry(what: Take, from: &Path, to: &Path) -> Result<(), RepairError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(RepairError::io("write", folder))?;
    }
    match what {
        Take::Nothing => Ok(()),
        Take::Empty => fs::write(to, "").map_err(RepairError::io("write", to)),
        Take::Copy => copy(from, to),
        Take::Only(part) => {
            let text = fs::read_to_string(from).map_err(RepairError::io("read", from))?;
            fs::write(to, part(&text)).map_err(RepairError::io("write", to))
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), RepairError> {
    let length = fs::metadata(from).map_err(RepairError::io("read", from))?.len();
    if length > MOST_BYTES {
        let too_large = std::io::Error::other("the file is larger than 64 MiB");
        return Err(RepairError::io("read", from)(too_large));
    }
    // Not `fs::copy`: it would carry over the permissions, and a read-only file stays so.
    let bytes = fs::read(from).map_err(RepairError::io("read", from))?;
    fs::write(to, bytes).map_err(RepairError::io("write", to))
}

fn is_left_out(name: &OsStr) -> bool {
    LEFT_OUT.iter().any(|left_out| name == *left_out)
}
