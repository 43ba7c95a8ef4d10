//! The data folder: its layout, its lock, and how files get into it.
//!
//! ```text
//! manifest.json   what is current; written last
//! lock            held by the one writer
//! records/        raw OSV records, as zips, named by their digest
//! raw/            the KEV catalogue and the EPSS scores as they came
//! index/          compiled per ecosystem
//! tables/         KEV and EPSS, sorted for look-up
//! downloads/      unfinished downloads, to be resumed
//! attempts.json   when a download failed last
//! ```
//!
//! No file that the manifest names is ever written again: new content has a new name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::KnowledgeError;
use crate::manifest::Manifest;

/// The folder in which advisory data live. It need not exist; the first import makes it.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// Bytes that may still be written: a small disk, for tests.
    #[cfg(test)]
    pub(crate) room: Option<std::sync::Arc<std::sync::atomic::AtomicU64>>,
}

/// The right to write, as long as it lives.
#[derive(Debug)]
pub(crate) struct WriteLock {
    _file: File,
}

impl DataFolder {
    /// Names the folder.
    ///
    /// # Errors
    /// A newer Mainstay wrote it, or the path is no folder.
    pub fn open(path: &Path) -> Result<Self, KnowledgeError> {
        let folder = Self {
            path: path.to_owned(),
            #[cfg(test)]
            room: None,
        };
        if path.exists() && !path.is_dir() {
            let error = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(KnowledgeError::io("use the data folder", path)(error));
        }
        Manifest::check_format(&folder)?;
        Ok(folder)
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file that the manifest names.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the folder, if need be, and takes the lock.
    pub(crate) fn lock(&self) -> Result<WriteLock, KnowledgeError> {
        for name in SUBFOLDERS {
            let path = self.path.join(name);
            fs::create_dir_all(&path).map_err(KnowledgeError::io("make the folder", &path))?;
        }
        let path = self.path.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(KnowledgeError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(KnowledgeError::Locked { path: self.path.clone() });
            }
            Err(fs::TryLockError::Error(error)) => {
                return Err(KnowledgeError::io("lock", &path)(error));
            }
        }
        let lock = WriteLock { _file: file };
        self.remove_unfinished();
        Ok(lock)
    }

    /// A new file in one of the folders, without a name yet.
    pub(crate) fn create(&self, subfolder: &str) -> Result<NewFile, KnowledgeError> {
        let parent = self.path.join(subfolder);
        let file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&parent)
            .map_err(KnowledgeError::io("write in", &parent))?;
        Ok(NewFile {
            file,
            #[cfg(test)]
            room: self.room.clone(),
        })
    }

    /// Writes a small file whole, or not at all.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), KnowledgeError> {
        let (subfolder, _) = name.rsplit_once('/').unwrap_or(("", name));
        let mut file = self.create(subfolder)?;
        let path = self.path.join(name);
        file.write_all(bytes).map_err(KnowledgeError::io("write", &path))?;
        file.keep(&path)
    }

    /// Removes what the manifest does not name. Failing is no harm: the next writer tries again.
    pub(crate) fn remove_unnamed(&self, manifest: &Manifest) {
        let named = manifest.files();
        for subfolder in GARBAGE {
            for entry in fs::read_dir(self.path.join(subfolder)).into_iter().flatten().flatten() {
                let name = format!("{subfolder}/{}", entry.file_name().to_string_lossy());
                if !named.contains(name.as_str()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }

    /// Removes what a killed writer left behind; called under the lock only.
    fn remove_unfinished(&self) {
        for subfolder in SUBFOLDERS {
            for entry in fs::read_dir(self.path.join(subfolder)).into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

const SUBFOLDERS: [&str; 6] = ["", "records", "raw", "index", "tables", "downloads"];
const GARBAGE: [&str; 4] = ["records", "raw", "index", "tables"];
const UNFINISHED: &str = ".unfinished-";

/// A file being written. It vanishes unless it is kept.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: NamedTempFile,
    #[cfg(test)]
    room: Option<std::sync::Arc<std::sync::atomic::AtomicU64>>,
}

impl NewFile {
    /// Where the bytes are until the file is kept.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// After another file was moved to this path: that file from now on.
    pub(crate) fn reopened(self) -> Result<Self, KnowledgeError> {
        let (_, path) = self.file.into_parts();
        let file = File::options().read(true).write(true).open(&path);
        let file = file.map_err(KnowledgeError::io("open", &path))?;
        Ok(Self {
            file: NamedTempFile::from_parts(file, path),
            #[cfg(test)]
            room: self.room,
        })
    }

    /// Makes the bytes durable and gives the file its name, in the same folder.
    pub(crate) fn keep(self, path: &Path) -> Result<(), KnowledgeError> {
        self.file.as_file().sync_all().map_err(KnowledgeError::io("write", path))?;
        let kept = self.file.persist(path);
        kept.map_err(|error| KnowledgeError::io("rename", path)(error.error))?;
        sync_parent(path);
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(test)]
        if let Some(room) = &self.room {
            use std::sync::atomic::Ordering::Relaxed;
            let length = bytes.len() as u64;
            if room.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(length)).is_err() {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Makes a rename durable. Not every system can; the rename itself is whole either way.
fn sync_parent(path: &Path) {
    if let Some(Ok(parent)) = path.parent().map(File::open) {
        let _ = parent.sync_all();
    }
}

/// A temporary folder for tests, in memory where the system has such a place: tests need not
/// wait until a disk has everything.
#[cfg(test)]
pub(crate) fn temporary_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
