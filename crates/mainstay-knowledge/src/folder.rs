//! The data folder: where it is and whether this Mainstay may use it.

use std::path::{Path, PathBuf};

use crate::KnowledgeError;

/// The folder in which advisory data live. It need not exist; the first import makes it.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Names the folder.
    ///
    /// # Errors
    /// A newer Mainstay wrote it, or the path is no folder.
    pub fn open(path: &Path) -> Result<Self, KnowledgeError> {
        Ok(Self { path: path.to_owned() })
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
