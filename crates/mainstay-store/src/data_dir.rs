//! The folder of an instance that keeps its data beside itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{BlobName, StoreError};

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

    /// The file of the key that signs for an organisation. It is named by the digest of the id: an
    /// id may be no name of a file, or differ from another in case alone.
    ///
    /// # Errors
    /// When the folder of keys cannot be made.
    pub fn key_of(&self, organisation: &str) -> Result<PathBuf, StoreError> {
        self.key(&KeyName(format!("{KEYS}/{}{KEY}", BlobName::of(organisation.as_bytes()))))
    }
}

/// What the names of key files end in.
const KEY: &str = ".key";
/// The folder of keys that sign for organisations.
const KEYS: &str = "keys";

/// The name of a file with a key, below the folder of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyName(String);

impl KeyName {
    /// `instance.key`, or `keys/0a1b….key`: letters, digits, and no way out of the folder.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let last = name.strip_prefix(KEYS).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
        let stem = last.strip_suffix(KEY)?;
        let is_stem = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_stem.then(|| Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl DataDir {
    /// The file of this key. The folder around it is made.
    pub(crate) fn key(&self, name: &KeyName) -> Result<PathBuf, StoreError> {
        let path = self.0.join(&name.0);
        private_folder(path.parent().unwrap_or(&self.0))?;
        Ok(path)
    }

    /// The keys that are there.
    pub(crate) fn keys(&self) -> Result<Vec<KeyName>, StoreError> {
        let mut names = names_in(&self.0)?;
        let below = names_in(&self.0.join(KEYS))?;
        names.extend(below.iter().map(|name| format!("{KEYS}/{name}")));
        Ok(names.iter().filter_map(|name| KeyName::parse(name)).collect())
    }
}

/// The names in a folder, in order. What is no folder has none.
pub(crate) fn names_in(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(StoreError::disk(folder)(error)),
    };
    let names = entries.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
    let mut names = names.collect::<io::Result<Vec<_>>>().map_err(StoreError::disk(folder))?;
    names.sort_unstable();
    Ok(names)
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
