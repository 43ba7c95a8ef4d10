//! What package managers installed in an image: the same trees as on a disk, read through the
//! same door.
//!
//! A distribution ships packages of Python, Ruby and R itself, patched under old versions. Its
//! database says which files are its own; where distributions keep them (`usr/lib`, `usr/share`),
//! these are left to its advisories, and a reader of trees does not see them. A package may carry
//! modules of Node inside itself, of which no distribution speaks: those are read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::Path;

use mainstay_distributions::{database_of, owned};
use mainstay_images::{FileNode, NameKind, Root};
use mainstay_installed::{Folder, Item, ItemKind, Tree, reads_inner_gems, tree};
use mainstay_reading::{Gap, Input, Nearby, NearbyError, Place};

use super::strangers::{self, Installed};
use crate::walk::{Holds, aside_of, is_inner_modules};

/// The installed trees of an image.
pub(super) struct Trees<'r> {
    root: &'r Root<'r>,
    /// Without what the distribution owns.
    listing: Listing<'r>,
    /// By their folders, of which one may be several.
    found: BTreeMap<&'r str, Vec<&'static Tree>>,
    /// Of these, the folders that hold nothing but installed packages.
    whole: BTreeSet<&'r str>,
    /// The files that packages own, as far as they were asked for or lie in a tree.
    theirs: BTreeSet<String>,
    /// Those where the distribution keeps what it ships.
    kept: BTreeSet<String>,
    /// Why folders were set aside: the first of them, and how many there are.
    pub(super) aside: BTreeMap<&'static str, (&'r str, usize)>,
    /// How many files of each tree belong to packages of the distribution.
    pub(super) owned: BTreeMap<&'r str, usize>,
    /// What is not known: links to installed packages, files of which nobody says whose they are.
    pub(super) gaps: Vec<Gap>,
}

impl<'r> Trees<'r> {
    /// Looks for trees. `databases` are the package databases whose packages were listed: the files
    /// of others are left to nobody. `asked` are files of which it is to be known whether a package
    /// of the distribution owns them.
    pub(super) fn of(
        root: &'r Root<'r>,
        databases: &[FileNode<'_>],
        asked: &BTreeSet<&str>,
    ) -> Self {
        let listing = Listing::of(root, &BTreeSet::new());
        let mut trees = Self {
            root,
            listing: Listing::default(),
            found: BTreeMap::new(),
            whole: BTreeSet::new(),
            theirs: BTreeSet::new(),
            kept: BTreeSet::new(),
            aside: BTreeMap::new(),
            owned: BTreeMap::new(),
            gaps: Vec::new(),
        };
        trees.find(&listing);
        trees.find_links(&listing);
        trees.listing = listing;
        if !trees.found.is_empty() || !asked.is_empty() {
            trees.owned_files(databases, asked);
            let in_trees = trees.count();
            if !in_trees.is_empty() {
                trees.listing = Listing::of(root, &in_trees);
            }
        }
        trees
    }

    /// Whether a file belongs to an installed package, so that it says nothing of the project.
    pub(super) fn hold(&self, path: &str) -> bool {
        above(path).any(|folder| self.whole.contains(folder))
    }

    /// Whether the distribution ships a file that was asked for, so that its own records speak for
    /// it. What a package brings to `opt` its makers answer for.
    pub(super) fn own(&self, path: &str) -> bool {
        self.kept.contains(path)
    }

    /// Whether a folder holds nothing but the packages of its tree.
    pub(super) fn is_whole(&self, folder: &str) -> bool {
        self.whole.contains(folder)
    }

    /// The gap of the files that nobody answers for.
    pub(super) fn strangers(&self, files: &BTreeSet<&str>, installed: &Installed) -> Option<Gap> {
        strangers::gap(files, &self.theirs, installed)
    }

    /// Decides about each folder as a walk does that looks at trees everywhere. No folder is closed
    /// to it: the sources of an image are read wherever they lie, and so are its trees.
    fn find(&mut self, listing: &Listing<'r>) {
        // Whether each folder lies in a tree. A folder comes before what lies in it.
        let mut within: HashMap<&str, bool> = HashMap::new();
        for (folder, items) in &listing.folders {
            let above = folder_of(folder);
            let lies_within = above.and_then(|above| within.get(above)).is_some_and(|it| *it);
            let names: Vec<&OsStr> = items.keys().map(OsStr::new).collect();
            let holds = aside_of(folder, &names);
            let begins = holds
                .as_ref()
                .is_some_and(|aside| matches!(aside.holds, Holds::Tree(_) | Holds::Part(_)));
            within.insert(folder, lies_within || begins);
            let Some(aside) = holds else { continue };
            let (place, id) = match aside.holds {
                Holds::Trees => continue,
                Holds::Nothing => {
                    self.aside.entry(aside.reason).or_insert((folder, 0)).1 += 1;
                    continue;
                }
                Holds::Part(id) => (above.unwrap_or_default(), id),
                Holds::Tree(id) => {
                    self.whole.insert(folder);
                    (*folder, id)
                }
                Holds::TreeAmongOthers(id) => (*folder, id),
            };
            let is_modules = id == "node-modules";
            if lies_within && is_modules && is_inner_modules(Path::new(folder)) {
                continue;
            }
            if id == GEMS && self.reads_gems_in(place) {
                continue;
            }
            let id = if lies_within && is_modules { "carried-modules" } else { id };
            let trees = self.found.entry(place).or_default();
            if let Some(tree) = tree(id).filter(|_| trees.iter().all(|other| other.id != id)) {
                trees.push(tree);
            }
        }
    }

    /// Whether the gems of a folder are read with those of one above it.
    fn reads_gems_in(&self, home: &str) -> bool {
        above(home).nth(1).is_some_and(|outer| {
            let trees = self.found.get(outer).into_iter().flatten();
            let below = home.get(outer.len()..).unwrap_or_default().trim_start_matches('/');
            let below: Vec<&str> = below.split('/').collect();
            trees.map(|tree| tree.id).any(|id| id == GEMS) && reads_inner_gems(&below)
        })
    }

    /// Links with the name of a tree, to a folder that is not read as one.
    fn find_links(&mut self, listing: &Listing<'r>) {
        for (folder, items) in &listing.folders {
            for (name, _) in items.iter().filter(|(_, kind)| **kind == ItemKind::Link) {
                let path = joined(folder, name);
                let is_tree = aside_of(&path, &[])
                    .is_some_and(|aside| matches!(aside.holds, Holds::Tree(_) | Holds::Trees));
                let end = self.root.real_path(&path);
                let is_read = end.is_some_and(|end| self.found.contains_key(&*end));
                if is_tree && !is_read {
                    self.gaps.push(Gap {
                        place: Place::member(&*path),
                        reason: "a link to installed packages that are not read there".to_owned(),
                        advice: "look at it by hand".to_owned(),
                    });
                }
            }
        }
    }

    /// The files in the trees, and those asked for, that belong to packages of the distribution: by
    /// the path where they really are.
    fn owned_files(&mut self, databases: &[FileNode<'_>], asked: &BTreeSet<&str>) {
        let mut met = HashSet::new();
        let mut links_of: HashMap<&str, FolderLinks> = HashMap::new();
        let (mut looked_at, mut kept) = (0_usize, 0_usize);
        for file in databases {
            let (Some(database), Ok(bytes)) = (database_of(file.path), file.content) else {
                continue;
            };
            // One database may be reached by many links.
            if !met.insert((bytes.as_ptr(), bytes.len())) {
                continue;
            }
            let place = Place::member(file.path);
            if looked_at > MOST_LOOKED_AT || kept > MOST_KEPT {
                let reason = "which files its packages own was not looked at: there are too many";
                let advice = "look at it by hand".to_owned();
                self.gaps.push(Gap { place, reason: reason.to_owned(), advice });
                break;
            }
            let system = database.root_of(file.path);
            let root = self.root;
            let links = links_of.entry(system).or_insert_with(|| FolderLinks::of(root, system));
            let is_kept = |real: &str| {
                let inner = real.strip_prefix(system).unwrap_or(real);
                KEPT_BY_DISTRIBUTIONS.iter().any(|one| inner.starts_with(one))
            };
            let found = &self.found;
            let is_wanted = |path: &str| {
                let real = links.real(system, path);
                let lies_in_tree = || {
                    let trees = above(&real).find_map(|above| found.get(above));
                    trees.is_some_and(|trees| trees.iter().any(|tree| is_single(tree)))
                };
                asked.contains(&*real) || is_kept(&real) && lies_in_tree()
            };
            let (folder, file_name) = file.path.rsplit_once('/').unwrap_or(("", file.path));
            let nearby = self.root.beside(folder);
            let input = Input { bytes, file_name, nearby: &nearby };
            // A database that cannot be read says so as a source.
            if let Ok(owned) = owned(database, &input, &is_wanted) {
                looked_at = looked_at.saturating_add(owned.looked_at);
                kept += owned.paths.iter().map(String::len).sum::<usize>();
                for path in &owned.paths {
                    let real = links.real(system, path).into_owned();
                    if is_kept(&real) {
                        self.kept.insert(real.clone());
                    }
                    self.theirs.insert(real);
                }
                let gaps = owned.gaps.into_iter();
                self.gaps.extend(gaps.map(|gap| Gap { place: place.clone(), ..gap }));
            }
        }
    }

    /// Counts the files of each tree that the distribution owns, and gives all of them.
    fn count(&mut self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let kept = &self.kept;
        for path in self.root.names().map(|(path, _)| path).filter(|path| kept.contains(*path)) {
            let mut trees = above(path).filter_map(|above| self.found.get_key_value(above));
            let tree = trees.find(|(_, trees)| trees.iter().any(|tree| is_single(tree)));
            if let Some((folder, _)) = tree {
                all.insert(path.to_owned());
                *self.owned.entry(folder).or_default() += 1;
            }
        }
        all
    }

    /// Each tree in which something is left, with the door to it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Tree, ImageFolder<'_>)> {
        let there = self.found.iter().filter(|(folder, _)| self.listing.has(folder));
        there.flat_map(move |(folder, trees)| {
            let door = move |tree: &&'static Tree| (*tree, ImageFolder { trees: self, folder });
            trees.iter().map(door)
        })
    }
}

/// The trees of gems.
const GEMS: &str = "installed-gems";

/// Below the root of a system, where its distribution keeps what it ships. Others are to keep to
/// `opt` and `usr/local` (Filesystem Hierarchy Standard 3.0).
const KEPT_BY_DISTRIBUTIONS: [&str; 3] = ["usr/lib/", "usr/lib64/", "usr/share/"];

/// Links of a system to folders, such as `bin` to `usr/bin`: the lists of its packages may name a
/// file as it was called before the folder became a link. Where each leads to, from the root of the
/// image, by its path in the system.
struct FolderLinks(HashMap<String, String>);

/// Links of one system that are followed; real ones have some ten. What lies behind others is taken
/// for somewhere else.
const MOST_LINKS: usize = 64;

impl FolderLinks {
    /// Those at the top of the system and in its `usr`.
    fn of(root: &Root<'_>, system: &str) -> Self {
        let near = |path: &str| {
            let inner = path.strip_prefix(system)?;
            let name = inner.strip_prefix("usr/").unwrap_or(inner);
            (!name.contains('/')).then(|| inner.to_owned())
        };
        let links = root.names().filter(|(_, kind)| *kind == NameKind::Link);
        let near = links.filter_map(|(path, _)| Some((near(path)?, path))).take(MOST_LINKS);
        let leads = near.filter_map(|(inner, path)| {
            let real = root.real_path(path).filter(|real| **real != *path)?;
            Some((inner, real.to_string()))
        });
        Self(leads.collect())
    }

    /// Where a file is that a list of the system names.
    fn real<'p>(&self, system: &str, path: &'p str) -> Cow<'p, str> {
        let ends = path.match_indices('/').map(|(at, _)| at).take(2);
        let found = ends
            .filter_map(|end| path.split_at_checked(end))
            .find_map(|(link, rest)| self.0.get(link).map(|real| format!("{real}{rest}")));
        match (found, system) {
            (Some(found), _) => Cow::Owned(found),
            // Most systems are at the root of their image, and lists are long.
            (None, "") => Cow::Borrowed(path),
            (None, system) => Cow::Owned(format!("{system}{path}")),
        }
    }
}

/// So many bytes of lists are looked at in one image, about.
const MOST_LOOKED_AT: usize = 1 << 29;
/// So many bytes of paths are kept of them, about.
const MOST_KEPT: usize = 1 << 26;

/// Whether a distribution makes a package of its own of each package in such a tree.
fn is_single(tree: &Tree) -> bool {
    matches!(tree.id, "site-packages" | "installed-gems" | "r-library")
}

/// The folders above a path, the nearest first; the last is the root, which is empty.
pub(super) fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(folder_of(path), |path| folder_of(path))
}

fn folder_of(path: &str) -> Option<&str> {
    (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
}

pub(super) fn joined(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// What lies in each folder, by name.
#[derive(Default)]
struct Listing<'r> {
    folders: BTreeMap<&'r str, BTreeMap<&'r str, ItemKind>>,
}

impl<'r> Listing<'r> {
    /// Of everything but some files, and but the folders that have nothing but these. What lies
    /// beside a `METADATA` that is left out goes with it: it tells of the same package.
    fn of(root: &'r Root<'r>, without: &BTreeSet<String>) -> Self {
        let emptied: HashSet<&str> = without.iter().flat_map(|path| above(path)).collect();
        let tells = |path: &&String| matches!(last(path), "METADATA" | "PKG-INFO");
        let told: HashSet<&str> =
            without.iter().filter(tells).filter_map(|path| folder_of(path)).collect();
        let mut listing = Self::default();
        for (path, kind) in root.names() {
            if folder_of(path).is_some_and(|folder| told.contains(folder)) {
                continue;
            }
            match kind {
                NameKind::Folder if emptied.contains(path) => {}
                NameKind::File if without.contains(path) => {}
                NameKind::Folder => {
                    listing.folders.entry(path).or_default();
                    listing.add(path, ItemKind::Folder);
                }
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

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// An installed tree in an image, as the readers of trees ask for it.
pub(super) struct ImageFolder<'t> {
    trees: &'t Trees<'t>,
    /// From the root of the image.
    pub(super) folder: &'t str,
}

impl ImageFolder<'_> {
    /// Position of the layer that brought a file of the tree; where it is not there, the folder in
    /// which it should be.
    pub(super) fn layer_of(&self, path: &str) -> Option<usize> {
        let path = joined(self.folder, path);
        let root = self.trees.root;
        root.layer_of(&path).or_else(|| root.layer_of(folder_of(&path)?))
    }
}

impl Nearby for ImageFolder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        self.trees.root.beside(self.folder).read(path)
    }
}

impl Folder for ImageFolder<'_> {
    fn list(&self, path: &str) -> Result<Vec<Item>, NearbyError> {
        let folders = &self.trees.listing.folders;
        let items = folders.get(&*joined(self.folder, path)).ok_or(NearbyError::Absent)?;
        let item =
            |(name, kind): (&&str, &ItemKind)| Item { name: (*name).to_owned(), kind: *kind };
        Ok(items.iter().map(item).collect())
    }

    fn is_scanned(&self, path: &str) -> bool {
        let path = path.strip_prefix('/');
        path.is_some_and(|path| self.trees.listing.has(path.trim_end_matches('/')))
    }

    /// No path leads out of an image. What counts is whether anybody else meets what is there: only
    /// what lies in a tree is met.
    fn leads_out(&self, link: &str) -> bool {
        let end = self.trees.root.real_path(&joined(self.folder, link));
        !end.is_some_and(|end| above(&end).any(|above| self.trees.found.contains_key(above)))
    }
}
