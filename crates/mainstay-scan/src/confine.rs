//! Reading files without leaving what is scanned, and without filling the memory.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use mainstay_reading::{Nearby, NearbyError};
use thiserror::Error;

use crate::unknown::UnknownCode;

/// Why a file was not read from the disk.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}: {advice}")]
pub struct DiskError {
    /// The reason that it gives to the verdict.
    pub code: UnknownCode,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

/// Reads a regular file of at most `limit` bytes.
pub(crate) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
    let (file, length) = open_file(path)?;
    if length > limit {
        return Err(too_large(length, limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    // The file may grow while it is read; the limit holds all the same.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= limit => Ok(bytes),
        Ok(length) => Err(too_large(length, limit)),
        Err(_) => Err(too_large(u64::MAX, limit)),
    }
}

/// Opens a regular file; also gives its length.
pub(crate) fn open_file(path: &Path) -> Result<(File, u64), DiskError> {
    // A named pipe would block its opener for ever, so the kind is asked first.
    let kind = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !kind.is_file() {
        return Err(DiskError {
            code: UnknownCode::UnreadableFile,
            message: "this is no regular file".to_owned(),
            advice: "name a file or a folder".to_owned(),
        });
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    Ok((file, kind.len()))
}

pub(crate) fn unreadable(error: &std::io::Error) -> DiskError {
    DiskError {
        code: UnknownCode::UnreadableFile,
        message: format!("the file cannot be read: {error}"),
        advice: "make it readable for the user who scans".to_owned(),
    }
}

pub(crate) fn too_large(found: u64, limit: u64) -> DiskError {
    DiskError {
        code: UnknownCode::FileTooLarge,
        message: format!("the file has {found} bytes; the limit is {limit}"),
        advice: "raise the limit with --max-file-size if the file is right".to_owned(),
    }
}

/// The files beside a source, within a root.
pub(crate) struct Beside<'a> {
    /// The folder of the source.
    pub(crate) folder: &'a Path,
    /// The scanned root: absolute, without links.
    pub(crate) root: &'a Path,
    /// The most bytes of one file.
    pub(crate) limit: u64,
}

impl Beside<'_> {
    /// Whether a path, with every link followed, lies within the root.
    pub(crate) fn holds(&self, path: &Path) -> Result<bool, NearbyError> {
        Ok(resolve(path)?.starts_with(self.root))
    }
}

impl Nearby for Beside<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        let resolved = resolve(&self.folder.join(path))?;
        if !resolved.starts_with(self.root) {
            return Err(NearbyError::Outside);
        }
        read_file(&resolved, self.limit).map_err(|error| {
            if error.code == UnknownCode::FileTooLarge {
                NearbyError::TooLarge
            } else {
                NearbyError::Unreadable(error.message)
            }
        })
    }
}

/// The file that a path leads to, when that lies within the root. `None` when there is none.
pub(crate) fn within(root: &Path, path: &Path) -> Result<Option<PathBuf>, NearbyError> {
    match resolve(path) {
        Ok(resolved) if resolved.starts_with(root) => Ok(Some(resolved)),
        Ok(_) => Err(NearbyError::Outside),
        Err(NearbyError::Absent) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The path with every link followed.
fn resolve(path: &Path) -> Result<PathBuf, NearbyError> {
    path.canonicalize().map_err(|error| {
        if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
            NearbyError::Absent
        } else {
            NearbyError::Unreadable(error.to_string())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beside_the_source_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(root.join("a.txt"), "a").unwrap();
        let beside = Beside { folder: &root, root: &root, limit: 10 };
        assert_eq!(beside.read("a.txt").unwrap(), b"a");
    }

    #[test]
    fn a_path_that_climbs_out_of_the_root_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let outer = folder.path().canonicalize().unwrap();
        let root = outer.join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(outer.join("secret"), "s").unwrap();
        let beside = Beside { folder: &root, root: &root, limit: 10 };
        assert_eq!(beside.read("../secret"), Err(NearbyError::Outside));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_of_the_root_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let outer = folder.path().canonicalize().unwrap();
        let root = outer.join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(outer.join("secret"), "s").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
        let beside = Beside { folder: &root, root: &root, limit: 10 };
        assert_eq!(beside.read("link"), Err(NearbyError::Outside));
    }

    #[test]
    fn a_file_past_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big");
        std::fs::write(&path, [0; 11]).unwrap();
        assert_eq!(read_file(&path, 10).unwrap_err().code, UnknownCode::FileTooLarge);
    }
}
