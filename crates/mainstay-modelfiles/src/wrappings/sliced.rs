//! Members of an archive that lie in memory as slices.

use std::collections::HashMap;
use std::sync::Arc;

use super::members::{Content, Members};
use crate::examination::Examination;

/// The members, in the order of the archive.
#[derive(Default)]
pub(super) struct Sliced<'a> {
    paths: Vec<Arc<str>>,
    contents: Vec<&'a [u8]>,
    /// The first member of each path.
    first: HashMap<Arc<str>, usize>,
}

impl<'a> Sliced<'a> {
    pub(super) fn add(&mut self, path: Arc<str>, content: &'a [u8]) {
        self.first.entry(Arc::clone(&path)).or_insert(self.paths.len());
        self.paths.push(path);
        self.contents.push(content);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &'a [u8])> {
        self.paths.iter().zip(self.contents.iter().copied())
    }
}

impl Members for Sliced<'_> {
    fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    fn content(&self, path: &str, _: &mut Examination<'_>) -> Option<Content<'_>> {
        self.contents.get(*self.first.get(path)?).map(|content| Content::Stored(content))
    }
}
