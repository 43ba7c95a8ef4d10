//! An inventory while a reader fills it: names and versions are checked at the border, and the
//! edges between packages are joined by name once all packages are known.

use std::collections::{HashMap, HashSet};

use mainstay_types::{Digest, DigestError, Ecosystem, PackageName, Scope};

use crate::inventory::{Entry, Gap, Inventory, Irregularity, LockedVersion, Member, Origin, Place};
use crate::read_error::{ReadError, ReadErrorKind};

/// An inventory of one ecosystem, under construction.
pub struct Listing {
    ecosystem: Ecosystem,
    /// What was found so far.
    pub inventory: Inventory,
}

impl Listing {
    /// An empty one.
    pub fn new(ecosystem: Ecosystem) -> Self {
        Self { ecosystem, inventory: Inventory::default() }
    }

    /// A package of the registry, needed at run time unless the reader says otherwise.
    pub fn entry(
        &self,
        name: &str,
        version: LockedVersion,
        place: Place,
    ) -> Result<Entry, ReadError> {
        entry(self.ecosystem, name, version, place)
    }

    /// A name of this ecosystem.
    pub fn name(&self, text: &str, line: Option<u32>) -> Result<PackageName, ReadError> {
        package_name(self.ecosystem, text, line)
    }

    /// Adds a package and gives its position.
    pub fn push(&mut self, entry: Entry) -> u32 {
        let position = u32::try_from(self.inventory.packages.len()).unwrap_or(u32::MAX);
        self.inventory.packages.push(entry);
        position
    }

    /// The package at a position that [`Listing::push`] gave.
    pub fn get_mut(&mut self, position: u32) -> Option<&mut Entry> {
        self.inventory.packages.get_mut(usize::try_from(position).ok()?)
    }

    /// Notes what the file leaves open.
    pub fn gap(&mut self, place: Place, reason: impl Into<String>, advice: impl Into<String>) {
        self.inventory.gaps.push(Gap { place, reason: reason.into(), advice: advice.into() });
    }

    /// Notes a package of the project itself.
    pub fn member(&mut self, name: Option<PackageName>, path: Option<&str>) {
        self.inventory.members.push(Member { name, path: path.map(Into::into) });
    }

    /// Notes what does not agree within the file.
    pub fn irregular(&mut self, entry: u32, place: Place, message: impl Into<String>) {
        let message = message.into();
        self.inventory.irregularities.push(Irregularity { entry: Some(entry), place, message });
    }

    /// Adds a checksum to a package. One that cannot be read is noted: it proves nothing.
    pub fn checksum(&mut self, position: u32, digest: Result<Digest, DigestError>) {
        let Some(entry) = self.get_mut(position) else { return };
        match digest {
            Ok(digest) => entry.checksums.push(digest),
            Err(error) => {
                let place = entry.place.clone();
                self.irregular(position, place, error.to_string());
            }
        }
    }

    /// Joins the edges that were collected by name. Names without a package are dropped.
    pub fn link<'n>(
        &mut self,
        positions: &HashMap<&'n str, u32>,
        edges: impl IntoIterator<Item = (u32, &'n str)>,
    ) {
        for (from, to) in edges {
            let Some(&to) = positions.get(to) else { continue };
            if let Some(entry) = self.get_mut(from).filter(|_| from != to) {
                entry.needs.push(to);
            }
        }
    }

    /// The finished inventory.
    pub fn finish(mut self) -> Inventory {
        for entry in &mut self.inventory.packages {
            entry.needs.sort_unstable();
            entry.needs.dedup();
            if entry.checksums.len() > 1 {
                let mut seen = HashSet::new();
                entry.checksums.retain(|digest| seen.insert(digest.clone()));
            }
        }
        self.inventory
    }
}

/// A package of the registry, needed at run time unless the reader says otherwise.
pub fn entry(
    ecosystem: Ecosystem,
    name: &str,
    version: LockedVersion,
    place: Place,
) -> Result<Entry, ReadError> {
    let name = package_name(ecosystem, name, place.line)?;
    let written = match &version {
        LockedVersion::Exact(text) | LockedVersion::Asked(text) => text,
        LockedVersion::Unstated => "",
    };
    if written.chars().any(char::is_control) {
        let message = format!("the version of {name} contains a control character");
        return Err(ReadError { kind: ReadErrorKind::Shape, line: place.line, message });
    }
    Ok(Entry {
        name,
        version,
        place,
        scope: Scope::Runtime,
        direct: None,
        origin: Origin::registry(),
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    })
}

fn package_name(
    ecosystem: Ecosystem,
    text: &str,
    line: Option<u32>,
) -> Result<PackageName, ReadError> {
    PackageName::parse(ecosystem, text).map_err(|error| ReadError {
        kind: ReadErrorKind::Shape,
        line,
        message: error.to_string(),
    })
}

/// An exact version, or none when the text is empty.
pub fn exact(version: &str) -> LockedVersion {
    match version.trim() {
        "" => LockedVersion::Unstated,
        version => LockedVersion::Exact(version.into()),
    }
}

/// Whether a path in a file stays inside the folder of that file, so that what lies there is
/// the project's own.
pub fn is_inside(path: &str) -> bool {
    crate::input::join("", path).is_ok_and(|path| path != ".." && !path.starts_with("../"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_with_a_terminal_escape_is_refused() {
        let version = exact("1\u{1b}[2J");
        let error = entry(Ecosystem::Hex, "a", version, Place::line(3)).unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(3)));
    }

    #[test]
    fn a_path_that_climbs_out_is_not_the_projects_own() {
        assert!(is_inside("."));
        assert!(is_inside("vendor/../lib"));
        assert!(!is_inside("../lib"));
        assert!(!is_inside("/srv/lib"));
    }

    #[test]
    fn a_checksum_of_the_wrong_length_is_an_irregularity() {
        let mut listing = Listing::new(Ecosystem::Hex);
        let found = listing.entry("a", exact("1"), Place::line(1)).unwrap();
        let position = listing.push(found);
        listing.checksum(position, Digest::from_prefixed_hex("sha256:00"));
        assert_eq!(listing.inventory.irregularities.len(), 1);
    }
}
