//! An image that lies in a folder: an OCI image layout.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use mainstay_images::{PartError, Parts};

use crate::confine::{DiskError, open_file, read_file, within};

/// The parts of a layout, read within the root of the scan.
pub(super) struct FolderParts<'a> {
    folder: PathBuf,
    root: &'a Path,
}

impl<'a> FolderParts<'a> {
    /// The layout whose `oci-layout` this is.
    pub(super) fn new(marker: &Path, root: &'a Path) -> Self {
        let folder = marker.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self { folder: folder.unwrap_or(Path::new(".")).to_owned(), root }
    }

    /// The file of a part; a path or a link that leads out of the root is refused.
    fn file(&self, path: &str) -> Result<Option<PathBuf>, PartError> {
        within(self.root, &self.folder.join(path)).map_err(|error| PartError {
            message: format!("{path}: {error}"),
            advice: "keep the parts of the image in its folder".to_owned(),
        })
    }
}

fn on_disk(error: DiskError) -> PartError {
    PartError { message: error.message, advice: error.advice }
}

impl Parts for FolderParts<'_> {
    fn document(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PartError> {
        match self.file(path)? {
            Some(file) => read_file(&file, limit).map(Some).map_err(on_disk),
            None => Ok(None),
        }
    }

    fn visit(
        &mut self,
        paths: &BTreeSet<String>,
        visitor: &mut dyn FnMut(&str, &mut (dyn Read + Send)),
    ) -> Result<(), PartError> {
        for path in paths {
            if let Some(file) = self.file(path)? {
                let (mut file, _) = open_file(&file).map_err(on_disk)?;
                visitor(path, &mut file);
            }
        }
        Ok(())
    }
}
