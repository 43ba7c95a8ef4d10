//! The inventory of a tree while it is filled: one entry for each copy of a package.

use mainstay_metadata::Identity;
use mainstay_reading::{Gap, Inventory, Member, NearbyError, Place, ReadError};
use mainstay_types::{Ecosystem, PackageName};

use mainstay_reading::Entry;

/// What to do about a part of a tree that cannot be read.
pub(crate) const INSTALL_AGAIN: &str =
    "let the package manager install it again, or look at it by hand";

/// An inventory of a tree, under construction.
pub(crate) struct Copies {
    ecosystem: Ecosystem,
    pub(crate) inventory: Inventory,
}

impl Copies {
    pub(crate) fn new(ecosystem: Ecosystem) -> Self {
        Self { ecosystem, inventory: Inventory::default() }
    }

    /// Adds the copy that a file identifies, and gives it for more to be said. A file that gives
    /// no usable name is a gap.
    pub(crate) fn add(&mut self, file: &str, identity: &Identity) -> Option<&mut Entry> {
        match identity.entry(self.ecosystem, at(file)) {
            Ok(entry) => {
                let at = u32::try_from(self.inventory.packages.len()).unwrap_or(u32::MAX);
                let funding = identity.funding.iter().cloned();
                self.inventory.funding.extend(funding.map(|address| (at, address)));
                self.inventory.packages.push(entry);
                self.inventory.packages.last_mut()
            }
            Err(error) => {
                self.unread(file, &error);
                None
            }
        }
    }

    /// Notes a package of the project itself, which only stands in the tree.
    pub(crate) fn member(&mut self, name: &str) {
        let name = PackageName::parse(self.ecosystem, name).ok();
        self.inventory.members.push(Member { name, path: None });
    }

    /// Notes a file that is there and is not what it should be.
    pub(crate) fn unread(&mut self, file: &str, error: &ReadError) {
        let place = Place { line: error.line, ..at(file) };
        self.gap_at(place, format!("which package this is cannot be told: {}", error.message));
    }

    /// Notes a file that could not be opened.
    pub(crate) fn unopened(&mut self, file: &str, error: &NearbyError) {
        self.gap(file, format!("which package this is cannot be told: {error}"));
    }

    /// Notes a link where a folder should be.
    pub(crate) fn link(&mut self, file: &str) {
        self.gap(file, "a link to a folder; links are not followed, so what is there is not known");
    }

    /// Notes something else that is not known.
    pub(crate) fn gap(&mut self, file: &str, reason: impl Into<String>) {
        self.gap_at(at(file), reason.into());
    }

    fn gap_at(&mut self, place: Place, reason: String) {
        self.inventory.gaps.push(Gap { place, reason, advice: INSTALL_AGAIN.to_owned() });
    }
}

/// The place of a file of the tree; the root itself has none.
fn at(file: &str) -> Place {
    Place { file: (!file.is_empty()).then(|| file.into()), ..Place::default() }
}
