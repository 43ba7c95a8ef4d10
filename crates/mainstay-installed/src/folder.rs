//! The door to a folder: what a reader of a tree may ask.

use mainstay_reading::{Nearby, NearbyError};

/// The root of a tree, and what lies below it. Whoever walks the disk or unpacks an image supplies
/// it. Paths are relative to the root, with `/`; the root itself is the empty path.
pub trait Folder: Nearby {
    /// What lies in a folder, sorted by name.
    ///
    /// # Errors
    /// The folder is not there, leads out of what is scanned, or cannot be read.
    fn list(&self, path: &str) -> Result<Vec<Item>, NearbyError>;

    /// Whether an absolute path of the system lies in what is scanned, so that what is there is
    /// the project's own and is looked at on its own account.
    fn is_scanned(&self, path: &str) -> bool;

    /// Whether a link of the tree leads to something outside of what is scanned.
    fn leads_out(&self, link: &str) -> bool;
}

/// One thing in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its name, without folders.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
}

/// What a thing in a folder is. Links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A file, or anything else that is neither a folder nor a link.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, to whatever.
    Link,
}

/// The path of something in a folder.
pub(crate) fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The names of the folders among some items.
pub(crate) fn folders(items: &[Item]) -> impl Iterator<Item = &str> {
    items.iter().filter(|item| item.kind == ItemKind::Folder).map(|item| &*item.name)
}

#[cfg(test)]
pub(crate) mod made {
    //! A folder in memory, for tests.

    use std::collections::{BTreeMap, BTreeSet};

    use super::{Folder, Item, ItemKind};
    use mainstay_reading::{Nearby, NearbyError};

    /// Files with their content, and links.
    #[derive(Default)]
    pub(crate) struct Made {
        files: BTreeMap<String, Vec<u8>>,
        /// Whether each leads out of what is scanned.
        links: BTreeMap<String, bool>,
    }

    impl Made {
        pub(crate) fn file(mut self, path: &str, content: &str) -> Self {
            self.files.insert(path.to_owned(), content.as_bytes().to_vec());
            self
        }

        pub(crate) fn link(mut self, path: &str) -> Self {
            self.links.insert(path.to_owned(), false);
            self
        }

        pub(crate) fn link_out(mut self, path: &str) -> Self {
            self.links.insert(path.to_owned(), true);
            self
        }
    }

    impl Nearby for Made {
        fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
            self.files.get(path).cloned().ok_or(NearbyError::Absent)
        }
    }

    impl Folder for Made {
        fn list(&self, path: &str) -> Result<Vec<Item>, NearbyError> {
            let start = if path.is_empty() { String::new() } else { format!("{path}/") };
            let mut items = BTreeSet::new();
            for file in self.files.keys() {
                let Some(rest) = file.strip_prefix(&start) else { continue };
                items.insert(match rest.split_once('/') {
                    Some((folder, _)) => Item { name: folder.to_owned(), kind: ItemKind::Folder },
                    None => Item { name: rest.to_owned(), kind: ItemKind::File },
                });
            }
            for link in self.links.keys() {
                let Some(rest) = link.strip_prefix(&start) else { continue };
                items.insert(match rest.split_once('/') {
                    Some((folder, _)) => Item { name: folder.to_owned(), kind: ItemKind::Folder },
                    None => Item { name: rest.to_owned(), kind: ItemKind::Link },
                });
            }
            if items.is_empty() && !path.is_empty() {
                return Err(NearbyError::Absent);
            }
            Ok(items.into_iter().collect())
        }

        fn is_scanned(&self, path: &str) -> bool {
            path.starts_with("/srv/") && !path.contains('%')
        }

        fn leads_out(&self, link: &str) -> bool {
            self.links.get(link).is_some_and(|out| *out)
        }
    }
}
