//! The folder of an instance that keeps its data beside itself.

use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// A folder that only its owner may enter.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Opens the folder, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        private_folder(path)?;
        Ok(Self(path.to_owned()))
    }

    /// The file of the embedded database.
    pub fn database(&self) -> PathBuf {
        self.0.join("mainstay.sqlite")
    }

    /// The folder of blobs.
    pub fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    /// The file of the key that signs checkpoints.
    pub fn signing_key(&self) -> PathBuf {
        self.0.join("instance.key")
    }

    /// The file of the key that signs calls to programs.
    pub fn webhook_key(&self) -> PathBuf {
        self.0.join("webhook.key")
    }
}

/// Makes a folder that others cannot enter. One that is there keeps its rights.
pub(crate) fn private_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StoreError::disk(path))
}
