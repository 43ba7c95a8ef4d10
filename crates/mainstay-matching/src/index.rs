//! An index file, opened.

use std::path::Path;

use mainstay_types::{Ecosystem, PackageName};

use crate::{Advisory, IndexError, IndexFacts, LookUp, Subject};

/// The advisory index of one ecosystem.
#[derive(Debug)]
pub struct Index {
    ecosystem: Ecosystem,
    facts: IndexFacts,
}

impl Index {
    /// Opens an index. Only its head is read and checked; every other page is checked when it
    /// is first read.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        Err(IndexError::NotAnIndex { path: path.to_owned() })
    }

    /// Where the index comes from.
    pub fn facts(&self) -> IndexFacts {
        self.facts.clone()
    }

    /// The ecosystem that it covers.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// What the index says about a package.
    pub fn look_up<'i>(
        &'i self,
        _name: &PackageName,
        _release: Option<&str>,
        _subject: Subject<'_>,
    ) -> Result<LookUp<'i>, IndexError> {
        Ok(LookUp::default())
    }

    /// The advisory with this id, or else the first one with this alias.
    pub fn advisory(&self, _id: &str) -> Result<Option<Advisory<'_>>, IndexError> {
        Ok(None)
    }

    /// Checks every page.
    pub fn verify(&self) -> Result<(), IndexError> {
        Ok(())
    }
}
