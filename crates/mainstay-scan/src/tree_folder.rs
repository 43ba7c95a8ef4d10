//! An installed tree on the disk, as the readers of trees ask for it.
//!
//! Following every link for every file, as [`Beside`] does, would cost more than reading. A folder
//! that a listing told to be a real folder leads nowhere else, so a file directly in it is opened
//! unless it is a link itself. All other paths go the careful way.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;

use mainstay_installed::{Folder, Item, ItemKind};
use mainstay_reading::{Nearby, NearbyError};

use crate::confine::{Beside, read_file};
use crate::unknown::UnknownCode;

/// The root of a tree.
pub(crate) struct TreeFolder<'a> {
    beside: Beside<'a>,
    /// Folders below the root that are known to be real.
    real: RefCell<HashSet<String>>,
}

impl<'a> TreeFolder<'a> {
    /// `root` is the scanned folder: absolute, without links.
    pub(crate) fn new(folder: &'a Path, root: &'a Path, limit: u64) -> Self {
        Self { beside: Beside { folder, root, limit }, real: RefCell::default() }
    }

    fn is_real(&self, path: &str) -> bool {
        path.is_empty() || self.real.borrow().contains(path)
    }

    /// Whether a path leads nowhere else: it is no link, and lies in a real folder.
    fn is_plain(&self, path: &str) -> Result<bool, NearbyError> {
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if !self.is_real(above) {
            return Ok(false);
        }
        let found = std::fs::symlink_metadata(self.beside.folder.join(path)).map_err(refused)?;
        Ok(!found.is_symlink())
    }
}

impl Nearby for TreeFolder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        if !self.is_plain(path)? {
            return self.beside.read(path);
        }
        read_file(&self.beside.folder.join(path), self.beside.limit).map_err(|error| {
            if error.code == UnknownCode::FileTooLarge {
                NearbyError::TooLarge
            } else {
                NearbyError::Unreadable(error.message)
            }
        })
    }
}

impl Folder for TreeFolder<'_> {
    fn list(&self, path: &str) -> Result<Vec<Item>, NearbyError> {
        let folder = self.beside.folder.join(path);
        if !self.is_real(path) && !self.is_plain(path)? && !self.beside.holds(&folder)? {
            return Err(NearbyError::Outside);
        }
        let mut items = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = match entry.file_type().map_err(refused)? {
                kind if kind.is_dir() => ItemKind::Folder,
                kind if kind.is_symlink() => ItemKind::Link,
                _ => ItemKind::File,
            };
            items.push(Item { name, kind });
        }
        items.sort_unstable();
        let real = items.iter().filter(|item| item.kind == ItemKind::Folder);
        let start = if path.is_empty() { String::new() } else { format!("{path}/") };
        self.real.borrow_mut().extend(real.map(|item| format!("{start}{}", item.name)));
        Ok(items)
    }

    fn is_scanned(&self, path: &str) -> bool {
        let path = Path::new(path);
        path.is_absolute() && self.beside.holds(path).unwrap_or(false)
    }

    fn leads_out(&self, link: &str) -> bool {
        self.beside.holds(&self.beside.folder.join(link)) == Ok(false)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "so that it can be given to map_err")]
fn refused(error: std::io::Error) -> NearbyError {
    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
        NearbyError::Absent
    } else {
        NearbyError::Unreadable(error.to_string())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A root with a tree in it, and a secret outside.
    fn outer() -> tempfile::TempDir {
        let outer = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(outer.path().join("root/tree/a")).unwrap();
        std::fs::write(outer.path().join("root/tree/a/file"), "f").unwrap();
        std::fs::create_dir(outer.path().join("secret")).unwrap();
        std::fs::write(outer.path().join("secret/file"), "s").unwrap();
        outer
    }

    #[test]
    fn what_lies_in_the_tree_is_listed_and_read() {
        let outer = outer();
        let root = outer.path().canonicalize().unwrap().join("root");
        let tree = root.join("tree");
        let folder = TreeFolder::new(&tree, &root, 10);
        assert_eq!(folder.list("").unwrap(), [Item { name: "a".into(), kind: ItemKind::Folder }]);
        assert_eq!(folder.read("a/file").unwrap(), b"f");
        assert_eq!(folder.read("a/none"), Err(NearbyError::Absent));
        assert_eq!(folder.list("a/none"), Err(NearbyError::Absent));
    }

    #[test]
    fn links_that_lead_out_are_refused() {
        let outer = outer();
        let root = outer.path().canonicalize().unwrap().join("root");
        let tree = root.join("tree");
        symlink("../../secret", tree.join("b")).unwrap();
        symlink("../../../secret/file", tree.join("a/link")).unwrap();
        let folder = TreeFolder::new(&tree, &root, 10);
        folder.list("").unwrap();
        for path in ["a/link", "b/file"] {
            assert_eq!(folder.read(path), Err(NearbyError::Outside), "{path}");
        }
        symlink("nowhere", tree.join("broken")).unwrap();
        let found = ["a/link", "b", "a", "broken"].map(|path| folder.leads_out(path));
        assert_eq!(found, [true, true, false, false]);
        assert_eq!(folder.list("b"), Err(NearbyError::Outside));
    }

    #[test]
    fn what_is_scanned_is_told_from_what_lies_elsewhere() {
        let outer = outer();
        let root = outer.path().canonicalize().unwrap().join("root");
        let tree = root.join("tree");
        let folder = TreeFolder::new(&tree, &root, 10);
        let is_scanned = |path: &Path| folder.is_scanned(path.to_str().unwrap());
        assert!(is_scanned(&root.join("tree/a")));
        assert!(!is_scanned(&root.join("../secret")));
        assert!(!is_scanned(&root.join("none")));
        assert!(!is_scanned(Path::new("a")));
    }

    #[test]
    fn a_link_within_the_root_is_followed_when_it_is_asked_for() {
        let outer = outer();
        let root = outer.path().canonicalize().unwrap().join("root");
        let tree = root.join("tree");
        symlink("a", tree.join("c")).unwrap();
        let folder = TreeFolder::new(&tree, &root, 10);
        assert_eq!(folder.read("c/file").unwrap(), b"f");
        assert_eq!(folder.list("c").unwrap().len(), 1);
    }
}
