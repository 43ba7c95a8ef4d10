//! Layers laid over one another: the file system that a container sees.
//!
//! Standard: OCI image specification 1.1, "Applying Changesets" and "Whiteouts": whiteouts of a
//! layer hide what the layers below have, never what the layer itself adds, wherever in the tar
//! they stand. A file in place of a folder takes the folder with it. A path that leads through a
//! link of a lower layer is what the link leads to, as it is for whoever unpacks the image.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use mainstay_reading::{Nearby, NearbyError};

use crate::layer::{Change, Content, Layer};

/// The file system of an image.
#[derive(Default)]
pub struct Root<'b> {
    nodes: BTreeMap<Arc<str>, Node<'b>>,
    /// Whether any folder may be a link: then paths must be followed.
    has_links: bool,
}

struct Node<'b> {
    /// Position of the layer that brought it.
    layer: usize,
    kind: NodeKind<'b>,
    /// What was there before, as long as it was a file all along: layer and content, the lowest
    /// first.
    before: Vec<(usize, Content<'b>)>,
}

enum NodeKind<'b> {
    File(Content<'b>),
    Folder,
    Symlink(Arc<str>),
}

/// A file whose content was asked for.
#[derive(Clone, Copy, Debug)]
pub struct FileNode<'r> {
    /// Its path from the root, without a slash in front.
    pub path: &'r str,
    /// Position of the layer that brought it.
    pub layer: usize,
    /// Its content, or why there is none.
    pub content: Result<&'r [u8], &'r str>,
}

/// Links followed on the way of one path.
const MOST_LINKS: usize = 40;

impl<'b> Root<'b> {
    /// Lays a layer over what is there. Gives the paths of hard links that lead nowhere.
    pub(crate) fn apply(&mut self, position: usize, layer: &Layer<'b>) -> Vec<Arc<str>> {
        for (path, change) in &layer.changes {
            let path = self.real_parent(path);
            match change {
                Change::Gone => self.remove(&path),
                Change::Emptied => self.remove_below(&self.real(&path).unwrap_or(path)),
                Change::File(_) | Change::Folder | Change::Symlink(_) | Change::HardLink(_) => {}
            }
        }
        let mut broken = Vec::new();
        for (path, change) in &layer.changes {
            let kind = match change {
                Change::Gone | Change::Emptied => continue,
                Change::File(content) => NodeKind::File(content.clone()),
                Change::Folder => NodeKind::Folder,
                Change::Symlink(target) => NodeKind::Symlink(Arc::clone(target)),
                Change::HardLink(target) => match self.nodes.get(&self.real_parent(target)) {
                    Some(Node { kind: NodeKind::File(content), .. }) => {
                        NodeKind::File(content.clone())
                    }
                    Some(Node { kind: NodeKind::Symlink(target), .. }) => {
                        NodeKind::Symlink(Arc::clone(target))
                    }
                    Some(Node { kind: NodeKind::Folder, .. }) | None => {
                        broken.push(Arc::clone(path));
                        continue;
                    }
                },
            };
            self.put(path, Node { layer: position, kind, before: Vec::new() });
        }
        broken
    }

    /// The files whose content was asked for, by path.
    pub fn files(&self) -> impl Iterator<Item = FileNode<'_>> {
        self.nodes.iter().filter_map(|(path, node)| {
            let NodeKind::File(content) = &node.kind else { return None };
            let content = match content {
                Content::Passed => return None,
                Content::Kept(held) => Ok(&***held),
                Content::Unread(why) => Err(&**why),
            };
            Some(FileNode { path, layer: node.layer, content })
        })
    }

    /// How many files there are whose content nobody asked for.
    pub fn passed_files(&self) -> u64 {
        let passed = |node: &&Node<'_>| matches!(node.kind, NodeKind::File(Content::Passed));
        self.nodes.values().filter(passed).count() as u64
    }

    /// What the file at a path was in the layers below the one that brought it, the highest first:
    /// position of the layer, and content where it was kept. A package database is replaced by each
    /// layer that installs something.
    pub fn before(&self, path: &str) -> impl Iterator<Item = (usize, &[u8])> {
        let before = self.nodes.get(path).map(|node| &*node.before).unwrap_or_default();
        before.iter().rev().map_while(|(layer, content)| match content {
            Content::Kept(held) => Some((*layer, &***held)),
            Content::Passed | Content::Unread(_) => None,
        })
    }

    /// The files beside those of a folder, for readers.
    pub fn beside<'r>(&'r self, folder: &'r str) -> impl Nearby + 'r {
        Beside { root: self, folder }
    }

    fn put(&mut self, path: &Arc<str>, mut node: Node<'b>) {
        let path = self.real_parent(path);
        self.has_links |= matches!(node.kind, NodeKind::Symlink(_));
        match (&node.kind, self.nodes.get(&path).map(|old| &old.kind)) {
            // A folder that is there already stays, with what is in it.
            (NodeKind::Folder, Some(NodeKind::Folder)) => return,
            (NodeKind::Folder, None) => {}
            (NodeKind::File(Content::Kept(_)), Some(NodeKind::File(_))) => {
                if let Some(Node { layer, kind: NodeKind::File(content), before }) =
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
        let Some((folder, name)) = path.rsplit_once('/').filter(|_| self.has_links) else {
            return Arc::clone(path);
        };
        match self.real(folder) {
            Some(real) if &*real != folder && real.is_empty() => name.into(),
            Some(real) if &*real != folder => format!("{real}/{name}").into(),
            Some(_) | None => Arc::clone(path),
        }
    }

    /// The path with every link followed. `None` when it leads in a circle, or is deeper than any
    /// real one.
    fn real(&self, path: &str) -> Option<Arc<str>> {
        let mut done = String::new();
        let mut waiting: Vec<Arc<str>> = path.split('/').rev().map(Into::into).collect();
        let mut links = 0;
        if waiting.len() > MOST_PARTS {
            return None;
        }
        while let Some(part) = waiting.pop() {
            let before = done.len();
            match &*part {
                "" | "." => continue,
                ".." => {
                    done.truncate(done.rfind('/').unwrap_or(0));
                    continue;
                }
                part if done.is_empty() => done.push_str(part),
                part => {
                    done.push('/');
                    done.push_str(part);
                }
            }
            let Some(Node { kind: NodeKind::Symlink(target), .. }) = self.nodes.get(&*done) else {
                continue;
            };
            links += 1;
            if links > MOST_LINKS || waiting.len() > MOST_PARTS {
                return None;
            }
            done.truncate(if target.starts_with('/') { 0 } else { before });
            waiting.extend(target.split('/').rev().map(Arc::from));
        }
        Some(done.into())
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
        match &node.kind {
            NodeKind::File(Content::Kept(held)) => Ok(held.to_vec()),
            NodeKind::File(Content::Passed) => {
                Err(NearbyError::Unreadable("its content was not kept".to_owned()))
            }
            NodeKind::File(Content::Unread(why)) => Err(NearbyError::Unreadable(why.to_string())),
            NodeKind::Folder | NodeKind::Symlink(_) => Err(NearbyError::Absent),
        }
    }
}

#[cfg(test)]
mod tests;
