//! What package managers installed in an image: the same trees as on a disk, read through the
//! same door.
//!
//! A distribution ships packages of Python, Ruby and Node itself, patched under old versions. Its
//! database says which files are its own; these are left to its advisories, and a reader of trees
//! does not see them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::Path;

use mainstay_distributions::{database_of, owned};
use mainstay_images::{FileNode, NameKind, Root};
use mainstay_installed::{Folder, Item, ItemKind, Tree, tree};
use mainstay_reading::{Gap, Input, Nearby, NearbyError, Place};

use crate::walk::{Holds, aside_of, is_inner_modules};

/// The installed trees of an image.
pub(super) struct Trees<'r> {
    root: &'r Root<'r>,
    /// Without what the distribution owns.
    listing: Listing<'r>,
    /// By their folders.
    found: BTreeMap<&'r str, &'static Tree>,
    /// Why folders were set aside: the first of them, and how many there are.
    pub(super) aside: BTreeMap<&'static str, (&'r str, usize)>,
    /// What is not known about whose files they are.
    pub(super) gaps: Vec<Gap>,
}

impl<'r> Trees<'r> {
    /// Looks for trees. `databases` are the package databases whose packages were listed: the files
    /// of others are left to nobody.
    pub(super) fn of(root: &'r Root<'r>, databases: &[FileNode<'_>]) -> Self {
        let listing = Listing::of(root, &BTreeSet::new());
        let mut trees = Self {
            root,
            listing: Listing::default(),
            found: BTreeMap::new(),
            aside: BTreeMap::new(),
            gaps: Vec::new(),
        };
        trees.find(&listing);
        if !trees.found.is_empty() {
            let owned = trees.owned(databases);
            trees.listing = if owned.is_empty() { listing } else { Listing::of(root, &owned) };
        }
        trees
    }

    /// Decides about each folder as a walk does that looks at trees everywhere.
    fn find(&mut self, listing: &Listing<'r>) {
        let mut within: HashSet<&str> = HashSet::new();
        let mut closed: HashSet<&str> = HashSet::new();
        // A folder comes before what lies in it.
        for (folder, items) in &listing.folders {
            if above(folder).any(|above| closed.contains(above)) {
                continue;
            }
            let names: Vec<&OsStr> = items.keys().map(OsStr::new).collect();
            let Some(aside) = aside_of(folder, &names) else { continue };
            let lies_within = above(folder).any(|above| within.contains(above));
            let (place, id) = match aside.holds {
                Holds::Trees => continue,
                Holds::Nothing => {
                    closed.insert(folder);
                    self.aside.entry(aside.reason).or_insert((folder, 0)).1 += 1;
                    continue;
                }
                Holds::Part(id) => (above(folder).next().unwrap_or_default(), id),
                Holds::Tree(id) | Holds::TreeAmongOthers(id) => (*folder, id),
            };
            let is_modules = id == "node-modules";
            if !(lies_within && is_modules && is_inner_modules(Path::new(folder))) {
                let id = if lies_within && is_modules { "carried-modules" } else { id };
                if let Some(tree) = tree(id) {
                    self.found.insert(place, tree);
                }
            }
            if !matches!(aside.holds, Holds::TreeAmongOthers(_)) {
                within.insert(folder);
            }
        }
    }

    /// The files in the trees that belong to packages of the distribution.
    fn owned(&mut self, databases: &[FileNode<'_>]) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for file in databases {
            let (Some(database), Ok(bytes)) = (database_of(file.path), file.content) else {
                continue;
            };
            let system = database.root_of(file.path);
            let is_in_tree = |path: &str| {
                let path = format!("{system}{path}");
                above(&path).any(|above| self.found.contains_key(above))
            };
            let (folder, file_name) = file.path.rsplit_once('/').unwrap_or(("", file.path));
            let nearby = self.root.beside(folder);
            let input = Input { bytes, file_name, nearby: &nearby };
            // A database that cannot be read says so as a source.
            if let Ok(owned) = owned(database, &input, &is_in_tree) {
                all.extend(owned.paths.iter().map(|path| format!("{system}{path}")));
                let place = Place::member(file.path);
                let gaps = owned.gaps.into_iter();
                self.gaps.extend(gaps.map(|gap| Gap { place: place.clone(), ..gap }));
            }
        }
        all
    }

    /// Each tree in which something is left, with its folder and the door to it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Tree, ImageFolder<'_>)> {
        let there = self.found.iter().filter(|(folder, _)| self.listing.has(folder));
        there.map(|(folder, tree)| {
            (*tree, ImageFolder { root: self.root, listing: &self.listing, folder })
        })
    }
}

/// The folders above a path, the nearest first; the last is the root, which is empty.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(folder_of(path), |path| folder_of(path))
}

fn folder_of(path: &str) -> Option<&str> {
    (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
}

/// What lies in each folder, by name.
#[derive(Default)]
struct Listing<'r> {
    folders: BTreeMap<&'r str, BTreeMap<&'r str, ItemKind>>,
}

impl<'r> Listing<'r> {
    /// Of everything but some files. A folder is there when something lies in it.
    fn of(root: &'r Root<'r>, without: &BTreeSet<String>) -> Self {
        let mut listing = Self::default();
        for (path, kind) in root.names() {
            match kind {
                NameKind::Folder => {}
                NameKind::File if without.contains(path) => {}
                NameKind::File => listing.add(path, ItemKind::File),
                NameKind::Link => listing.add(path, ItemKind::Link),
            }
        }
        listing
    }

    fn add(&mut self, mut path: &'r str, mut kind: ItemKind) {
        loop {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            let items = self.folders.entry(above).or_default();
            let is_known = !items.is_empty();
            items.insert(name, kind);
            if is_known || above.is_empty() {
                return;
            }
            (path, kind) = (above, ItemKind::Folder);
        }
    }

    fn has(&self, folder: &str) -> bool {
        self.folders.contains_key(folder)
    }
}

/// An installed tree in an image, as the readers of trees ask for it.
pub(super) struct ImageFolder<'t> {
    root: &'t Root<'t>,
    listing: &'t Listing<'t>,
    /// From the root of the image.
    pub(super) folder: &'t str,
}

impl ImageFolder<'_> {
    /// The path from the root of the image.
    fn path_of(&self, path: &str) -> String {
        match (self.folder, path) {
            ("", path) => path.to_owned(),
            (folder, "") => folder.to_owned(),
            (folder, path) => format!("{folder}/{path}"),
        }
    }

    /// Position of the layer that brought a file of the tree.
    pub(super) fn layer_of(&self, path: &str) -> Option<usize> {
        self.root.layer_of(&self.path_of(path))
    }
}

impl Nearby for ImageFolder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        self.root.beside(self.folder).read(path)
    }
}

impl Folder for ImageFolder<'_> {
    fn list(&self, path: &str) -> Result<Vec<Item>, NearbyError> {
        let items = self.listing.folders.get(&*self.path_of(path)).ok_or(NearbyError::Absent)?;
        let item =
            |(name, kind): (&&str, &ItemKind)| Item { name: (*name).to_owned(), kind: *kind };
        Ok(items.iter().map(item).collect())
    }

    fn is_scanned(&self, path: &str) -> bool {
        path.strip_prefix('/').is_some_and(|path| self.listing.has(path.trim_end_matches('/')))
    }

    /// No path leads out of an image.
    fn leads_out(&self, _link: &str) -> bool {
        false
    }
}
