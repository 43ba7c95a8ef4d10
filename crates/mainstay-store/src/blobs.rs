//! Files that are named by their content: an SBOM as it was sent, a report, an export.
//!
//! Standard: SHA-256 (FIPS 180-4). A blob is durable before its name is given out; the same
//! content is kept once; what comes back is checked against its name.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};

use crate::StoreError;
use crate::data_dir::{names_in, private_folder};
use crate::hexadecimal::{hexadecimal, read_hexadecimal};

/// The name of a blob: the SHA-256 of its bytes, shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName([u8; 32]);

impl BlobName {
    /// The name that these bytes have.
    pub fn of(bytes: &[u8]) -> Self {
        let mut name = [0; 32];
        name.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(name)
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BlobName {
    type Err = StoreError;

    /// 64 digits, lower case.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        read_hexadecimal(text)
            .map(Self)
            .ok_or_else(|| StoreError::MissingBlob(text.chars().take(80).collect()))
    }
}

/// Where blobs are kept: a folder today, and whatever has these two verbs.
pub trait Blobs: fmt::Debug + Send + Sync {
    /// Keeps the bytes. They are durable when this returns.
    ///
    /// # Errors
    /// When there is no room, or the place does not answer.
    fn put(&self, bytes: &[u8]) -> Result<BlobName, StoreError>;

    /// The bytes of this name, checked.
    ///
    /// # Errors
    /// When they are not there, or are others than the name promises.
    fn get(&self, name: BlobName) -> Result<Vec<u8>, StoreError>;

    /// Passes by the name of everything that is kept. There is no order.
    ///
    /// # Errors
    /// When the place does not answer, or `see` fails: then no further name is passed by.
    fn each_name(
        &self,
        see: &mut dyn FnMut(BlobName) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// Blobs in a folder: `ab/cdef…`, by the digits of the name.
#[derive(Clone, Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
}

impl FolderBlobs {
    /// Opens the folder, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        private_folder(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn path(&self, name: BlobName) -> PathBuf {
        let digits = name.to_string();
        let (first, rest) = digits.split_at(2);
        self.folder.join(first).join(rest)
    }
}

impl Blobs for FolderBlobs {
    fn put(&self, bytes: &[u8]) -> Result<BlobName, StoreError> {
        let name = BlobName::of(bytes);
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.folder);
        if self.get(name).is_ok() {
            // Who wrote it may not have come to this, and its name is given out now.
            sync_folder(folder)?;
            return Ok(name);
        }
        let is_new = !folder.is_dir();
        private_folder(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(StoreError::disk(folder))?;
        file.write_all(bytes).map_err(StoreError::disk(&path))?;
        file.as_file().sync_data().map_err(StoreError::disk(&path))?;
        file.persist(&path).map_err(|error| StoreError::disk(&path)(error.error))?;
        sync_folder(folder)?;
        if is_new {
            sync_folder(&self.folder)?;
        }
        Ok(name)
    }

    fn get(&self, name: BlobName) -> Result<Vec<u8>, StoreError> {
        let path = self.path(name);
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Ok(_) if BlobName::of(&bytes) == name => Ok(bytes),
            Ok(_) => Err(StoreError::DamagedBlob(name.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::MissingBlob(name.to_string()))
            }
            Err(error) => Err(StoreError::disk(path)(error)),
        }
    }

    fn each_name(
        &self,
        see: &mut dyn FnMut(BlobName) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for first in names_in(&self.folder)? {
            for rest in names_in(&self.folder.join(&first))? {
                // Files that are being written have other names.
                if let Ok(name) = format!("{first}{rest}").parse() {
                    see(name)?;
                }
            }
        }
        Ok(())
    }
}

/// Makes the names in a folder durable. Where a folder cannot be opened for that (Windows), the
/// file system does it by itself.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    match File::open(folder) {
        Ok(opened) => opened.sync_all().map_err(StoreError::disk(folder)),
        Err(_) if cfg!(windows) => Ok(()),
        Err(error) => Err(StoreError::disk(folder)(error)),
    }
}
