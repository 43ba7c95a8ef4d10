//! Layers laid over one another: the file system that a container sees.
//!
//! Standard: OCI image specification 1.1, "Applying Changesets" and "Whiteouts": whiteouts of a
//! layer hide what the layers below have, never what the layer itself adds, wherever in the tar
//! they stand. A file in place of a folder takes the folder with it. A path that leads through a
//! link of a lower layer is what the link leads to, as it is for whoever unpacks the image.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Bound;
use std::sync::Arc;

use mainstay_archives::{ArchiveError, Budget, Held};
use mainstay_reading::{Nearby, NearbyError};

use crate::layer::{Change, Content, Layer, Unread, Wanted};

/// The file system of an image.
pub struct Root<'b> {
    nodes: BTreeMap<Arc<str>, Node<'b>>,
    /// Hashes of the paths that are links, or were: paths that lead through one must be followed.
    links: HashSet<u64>,
    /// The room that the nodes take.
    room: Held<'b>,
    /// Files whose content was asked for too late, by their paths in their layers.
    missed: RefCell<BTreeSet<Arc<str>>>,
}

/// How much memory one node takes, about.
const NODE_BYTES: u64 = 100;

struct Node<'b> {
    /// Position of the layer that brought it.
    layer: usize,
    /// Which change of which layer it is.
    source: Source,
    kind: NodeKind<'b>,
    /// What was there before, as long as it was a file all along: layer and content, the lowest
    /// first.
    before: Vec<(usize, Content<'b>)>,
}

/// A change of a layer. A layer may be laid on again: then its changes are the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Source {
    /// Where the layer came first.
    first: usize,
    change: usize,
}

/// One time that a layer is laid on: it may come in an image more than once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    /// Its position in the image.
    pub(crate) position: usize,
    /// Where the same layer comes first.
    pub(crate) first: usize,
}

impl Turn {
    pub(crate) fn is_first(self) -> bool {
        self.position == self.first
    }
}

enum NodeKind<'b> {
    File(Content<'b>),
    Folder,
    Special,
    Symlink(Arc<str>),
}

/// A file whose content was asked for, or a link to one.
#[derive(Clone, Copy, Debug)]
pub struct FileNode<'r> {
    /// Its path from the root, without a slash in front.
    pub path: &'r str,
    /// Position of the layer that brought it.
    pub layer: usize,
    /// Its content, or why there is none.
    pub content: Result<&'r [u8], &'r Unread>,
}

impl NodeKind<'_> {
    /// Whether it has the very content of another one that the same change of a layer made: a hard
    /// link may lead to another file by now.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(two)) => match (one, two) {
                (Content::Kept(one), Content::Kept(two)) => Arc::ptr_eq(one, two),
                (Content::Passed(one), Content::Passed(two)) => Arc::ptr_eq(one, two),
                (Content::Unread(one), Content::Unread(two)) => one == two,
                (Content::Kept(_) | Content::Passed(_) | Content::Unread(_), _) => false,
            },
            (Self::Symlink(one), Self::Symlink(two)) => one == two,
            (Self::Folder, Self::Folder) | (Self::Special, Self::Special) => true,
            (Self::File(_) | Self::Symlink(_) | Self::Folder | Self::Special, _) => false,
        }
    }
}

/// What a name in the file system stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A file, or anything else that is neither a folder nor a link.
    File,
    /// A folder with a member of its own; most have none.
    Folder,
    /// A symbolic link, to whatever.
    Link,
}

/// Links followed on the way of one path.
const MOST_LINKS: usize = 40;

impl<'b> Root<'b> {
    /// An empty one.
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self {
            nodes: BTreeMap::new(),
            links: HashSet::new(),
            room: Held::empty(budget),
            missed: RefCell::default(),
        }
    }

    /// Lays a layer over what is there. Gives the paths of hard links that lead nowhere. What the
    /// same layer brought at an earlier turn and still stands, it does not bring again.
    ///
    /// # Errors
    /// There is no room for what it adds; nothing of it is there then.
    pub(crate) fn apply(
        &mut self,
        turn: Turn,
        layer: &Layer<'b>,
    ) -> Result<Vec<Arc<str>>, ArchiveError> {
        self.room.take(NODE_BYTES.saturating_mul(layer.changes.len() as u64))?;
        for (path, change) in &layer.changes {
            let path = self.real_parent(path);
            match change {
                Change::Gone => self.remove(&path),
                Change::Emptied => self.remove_below(&self.real(&path).unwrap_or(path)),
                Change::File(_)
                | Change::Folder
                | Change::Special
                | Change::Symlink(_)
                | Change::HardLink(_) => {}
            }
        }
        let mut broken = Vec::new();
        for (number, (path, change)) in layer.changes.iter().enumerate() {
            let kind = match change {
                Change::Gone | Change::Emptied => continue,
                Change::File(content) => NodeKind::File(content.clone()),
                Change::Folder => NodeKind::Folder,
                Change::Special => NodeKind::Special,
                Change::Symlink(target) => NodeKind::Symlink(Arc::clone(target)),
                Change::HardLink(target) => match self.nodes.get(&self.real_parent(target)) {
                    Some(Node { kind: NodeKind::File(content), .. }) => {
                        NodeKind::File(content.clone())
                    }
                    Some(Node { kind: NodeKind::Symlink(target), .. }) => {
                        NodeKind::Symlink(Arc::clone(target))
                    }
                    Some(Node { kind: NodeKind::Folder | NodeKind::Special, .. }) | None => {
                        broken.push(Arc::clone(path));
                        continue;
                    }
                },
            };
            let source = Source { first: turn.first, change: number };
            self.put(path, Node { layer: turn.position, source, kind, before: Vec::new() });
        }
        Ok(broken)
    }

    /// Every path, sorted, and what is there.
    pub fn names(&self) -> impl Iterator<Item = (&str, NameKind)> {
        self.nodes.iter().map(|(path, node)| {
            let kind = match node.kind {
                NodeKind::File(_) | NodeKind::Special => NameKind::File,
                NodeKind::Folder => NameKind::Folder,
                NodeKind::Symlink(_) => NameKind::Link,
            };
            (&**path, kind)
        })
    }

    /// Position of the layer that brought what a path leads to; for a folder without a member of
    /// its own, the first thing in it.
    pub fn layer_of(&self, path: &str) -> Option<usize> {
        let real = self.real(path)?;
        if let Some(node) = self.nodes.get(&real) {
            return Some(node.layer);
        }
        let start = format!("{real}/");
        let from = (Bound::Included(&*start), Bound::Unbounded);
        let (_, node) =
            self.nodes.range::<str, _>(from).next().filter(|(path, _)| path.starts_with(&start))?;
        Some(node.layer)
    }

    /// The path with every link followed, where something is there.
    pub fn real_path(&self, path: &str) -> Option<Arc<str>> {
        let real = self.real(path)?;
        let start = format!("{real}/");
        let from = (Bound::Included(&*start), Bound::Unbounded);
        let is_below = |(path, _): (&Arc<str>, &Node<'_>)| path.starts_with(&start);
        let is_there = self.nodes.contains_key(&real)
            || self.nodes.range::<str, _>(from).next().is_some_and(is_below);
        is_there.then_some(real)
    }

    /// The files whose content is wanted, by path: those that were kept, and links of a wanted name
    /// that lead to a file. What is wanted must have been wanted when the layers came by. What was not
    /// kept is remembered as [missed](crate::Images::missed).
    pub fn files(&self, wanted: Wanted<'_>) -> impl Iterator<Item = FileNode<'_>> {
        self.nodes.iter().filter_map(move |(path, node)| {
            let asked =
                if is_asked_late(path, node, wanted) { Asked::ByName } else { Asked::ByNobody };
            let end = match (&node.kind, asked) {
                (NodeKind::Symlink(_), Asked::ByName) => self.nodes.get(&self.real(path)?)?,
                _ => node,
            };
            self.file(path, end, asked)
        })
    }

    /// The file at a path that leads through links of folders, so that no file has this path itself.
    /// Also gives the path that it has.
    pub fn behind_links<'r>(&'r self, path: &'r str) -> Option<(Arc<str>, FileNode<'r>)> {
        let real = self.real(path).filter(|real| **real != *path)?;
        let node = self.nodes.get(&real).filter(|_| !self.nodes.contains_key(path))?;
        self.file(path, node, Asked::ByName).map(|file| (real, file))
    }

    fn file<'r>(&'r self, path: &'r str, node: &'r Node<'b>, asked: Asked) -> Option<FileNode<'r>> {
        let content = match (&node.kind, asked) {
            (NodeKind::File(Content::Kept(held)), _) => Ok(&***held),
            (NodeKind::File(Content::Unread(why)), _) => Err(why),
            (NodeKind::File(Content::Passed(origin)), Asked::ByName) => {
                self.missed.borrow_mut().insert(Arc::clone(origin));
                Err(&Unread::Passed)
            }
            (NodeKind::Special, Asked::ByName) => Err(&Unread::Special),
            (NodeKind::File(Content::Passed(_)) | NodeKind::Special, Asked::ByNobody)
            | (NodeKind::Folder | NodeKind::Symlink(_), _) => return None,
        };
        Some(FileNode { path, layer: node.layer, content })
    }

    /// How many files there are whose content nobody wants.
    pub fn passed_files(&self, wanted: Wanted<'_>) -> u64 {
        let passed = |(path, node): &(&Arc<str>, &Node<'_>)| {
            matches!(node.kind, NodeKind::File(Content::Passed(_)) | NodeKind::Special)
                && !is_asked_late(path, node, wanted)
        };
        self.nodes.iter().filter(passed).count() as u64
    }

    /// Takes out what was missed.
    pub(crate) fn take_missed(&self) -> BTreeSet<Arc<str>> {
        self.missed.take()
    }

    /// What the file at a path was in the layers below the one that brought it, the highest first:
    /// position of the layer, and content or why there is none. It ends where nobody asked for the
    /// content. A package database is replaced by each layer that installs something.
    pub fn before(&self, path: &str) -> impl Iterator<Item = (usize, Result<&[u8], &Unread>)> {
        let before = self.nodes.get(path).map(|node| &*node.before).unwrap_or_default();
        before.iter().rev().map_while(|(layer, content)| match content {
            Content::Kept(held) => Some((*layer, Ok(&***held))),
            Content::Unread(why) => Some((*layer, Err(why))),
            Content::Passed(_) => None,
        })
    }

    /// The files beside those of a folder, for readers.
    pub fn beside<'r>(&'r self, folder: &'r str) -> impl Nearby + 'r {
        Beside { root: self, folder }
    }

    fn put(&mut self, path: &Arc<str>, mut node: Node<'b>) {
        let path = self.real_parent(path);
        if matches!(node.kind, NodeKind::Symlink(_)) {
            self.links.insert(Trail::of(&path).hash());
        }
        let old = self.nodes.get(&path);
        if old.is_some_and(|old| old.source == node.source && old.kind.is_same(&node.kind)) {
            return;
        }
        match (&node.kind, old.map(|old| &old.kind)) {
            // A folder that is there already stays, with what is in it.
            (NodeKind::Folder, Some(NodeKind::Folder)) => return,
            (NodeKind::Folder, None) => {}
            (
                NodeKind::File(Content::Kept(_) | Content::Unread(Unread::Shown(_))),
                Some(NodeKind::File(_)),
            ) => {
                if let Some(Node { layer, kind: NodeKind::File(content), before, .. }) =
                    self.nodes.remove(&path)
                {
                    node.before = before;
                    if layer != node.layer {
                        node.before.push((layer, content));
                    }
                }
            }
            // A folder may be there without a member of its own.
            (_, Some(_) | None) => self.remove(&path),
        }
        self.nodes.insert(path, node);
    }

    fn remove(&mut self, path: &str) {
        self.nodes.remove(path);
        self.remove_below(path);
    }

    fn remove_below(&mut self, folder: &str) {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = (Bound::Included(&*start), Bound::Unbounded);
        let below = self.nodes.range::<str, _>(from).map(|(path, _)| Arc::clone(path));
        let gone: Vec<Arc<str>> = below.take_while(|path| path.starts_with(&start)).collect();
        for path in gone {
            self.nodes.remove(&path);
        }
    }

    /// The path with the links of its folders followed.
    fn real_parent(&self, path: &Arc<str>) -> Arc<str> {
        let Some((folder, name)) = path.rsplit_once('/').filter(|_| !self.links.is_empty()) else {
            return Arc::clone(path);
        };
        match self.real(folder) {
            Some(real) if &*real != folder && real.is_empty() => name.into(),
            Some(real) if &*real != folder => format!("{real}/{name}").into(),
            Some(_) | None => Arc::clone(path),
        }
    }

    /// The path with every link followed. `None` when it leads in a circle, or is deeper than any
    /// real one. Only what may be a link is looked up: long paths in large images would cost too
    /// much otherwise.
    fn real(&self, path: &str) -> Option<Arc<str>> {
        let mut done = Trail::default();
        let mut waiting: Vec<Arc<str>> = path.split('/').rev().map(Into::into).collect();
        let mut links = 0;
        if waiting.len() > MOST_PARTS {
            return None;
        }
        while let Some(part) = waiting.pop() {
            match &*part {
                "" | "." => continue,
                ".." => {
                    done.leave();
                    continue;
                }
                part => done.enter(part),
            }
            if !self.links.contains(&done.hash()) {
                continue;
            }
            let Some(Node { kind: NodeKind::Symlink(target), .. }) = self.nodes.get(&*done.path)
            else {
                continue;
            };
            links += 1;
            if links > MOST_LINKS || waiting.len() > MOST_PARTS {
                return None;
            }
            if target.starts_with('/') {
                done = Trail::default();
            } else {
                done.leave();
            }
            waiting.extend(target.split('/').rev().map(Arc::from));
        }
        Some(done.path.into())
    }
}

/// Whether a node has a wanted name, and no content that was kept for it. A file that was passed
/// under its own name was not wanted then.
fn is_asked_late(path: &str, node: &Node<'_>, wanted: Wanted<'_>) -> bool {
    match &node.kind {
        NodeKind::File(Content::Passed(origin)) => **origin != *path && wanted(path, 0),
        NodeKind::Special | NodeKind::Symlink(_) => wanted(path, 0),
        NodeKind::File(Content::Kept(_) | Content::Unread(_)) | NodeKind::Folder => false,
    }
}

/// Who asks for a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Its name is that of a source.
    ByName,
    ByNobody,
}

/// A path that is walked down, with the hash of each folder on the way.
#[derive(Default)]
struct Trail {
    path: String,
    /// For each part: where it ends, and the hash up to there.
    parts: Vec<(usize, DefaultHasher)>,
}

impl Trail {
    fn of(path: &str) -> Self {
        let mut trail = Self::default();
        for part in path.split('/') {
            trail.enter(part);
        }
        trail
    }

    fn enter(&mut self, part: &str) {
        let mut hasher = self.parts.last().map(|(_, hasher)| hasher.clone()).unwrap_or_default();
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(part);
        part.hash(&mut hasher);
        self.parts.push((self.path.len(), hasher));
    }

    fn leave(&mut self) {
        self.parts.pop();
        self.path.truncate(self.parts.last().map_or(0, |(end, _)| *end));
    }

    fn hash(&self) -> u64 {
        self.parts.last().map(|(_, hasher)| hasher.finish()).unwrap_or_default()
    }
}

/// So many names of one path are followed; the system's own limit allows few more.
const MOST_PARTS: usize = 256;

/// The files beside those of a folder.
struct Beside<'r, 'b> {
    root: &'r Root<'b>,
    folder: &'r str,
}

impl Nearby for Beside<'_, '_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        // A path that climbs above the root of a container stays at its root.
        let real = self.root.real(&format!("{}/{path}", self.folder));
        let node = real.and_then(|real| self.root.nodes.get(&real)).ok_or(NearbyError::Absent)?;
        match self.root.file(path, node, Asked::ByName).map(|file| file.content) {
            Some(Ok(bytes)) => Ok(bytes.to_vec()),
            Some(Err(Unread::TooLarge(_))) => Err(NearbyError::TooLarge),
            Some(Err(why)) => Err(NearbyError::Unreadable(why.to_string())),
            None => Err(NearbyError::Absent),
        }
    }
}

#[cfg(test)]
mod tests;
