//! Why a package is there: the shortest path of dependencies from what the project asks for.

use std::collections::VecDeque;

use mainstay_reading::Inventory;

use crate::package::Location;
use crate::source::Reading;

/// Paths of dependencies over all sources. The edges of a source are turned around once, when its
/// first path is asked for.
pub(crate) struct Paths<'r> {
    readings: &'r [Reading],
    needed_by: Vec<Option<NeededBy>>,
}

impl<'r> Paths<'r> {
    pub(crate) fn of(readings: &'r [Reading]) -> Self {
        Self { readings, needed_by: readings.iter().map(|_| None).collect() }
    }

    /// The path at the first place that has one, as names with versions.
    pub(crate) fn first(&mut self, places: &[Location]) -> Vec<String> {
        let mut paths = places.iter().map(|place| self.to(place));
        paths.find(|path| !path.is_empty()).unwrap_or_default()
    }

    /// The path to the package at one place, as names with versions; empty where the file tells
    /// none.
    pub(crate) fn to(&mut self, place: &Location) -> Vec<String> {
        let reading = self.readings.get(place.reading);
        let Some(Ok(inventory)) = reading.map(|reading| &reading.outcome) else {
            return Vec::new();
        };
        let Some(edges) = self.needed_by.get_mut(place.reading) else { return Vec::new() };
        edges
            .get_or_insert_with(|| NeededBy::of(inventory))
            .path_to(inventory, place.entry)
            .into_iter()
            .filter_map(|at| inventory.packages.get(position(at)?))
            .map(|entry| match entry.version.exact() {
                Some(version) => format!("{} {version}", entry.name),
                None => entry.name.to_string(),
            })
            .collect()
    }
}

/// Which entries need each entry of a source.
struct NeededBy {
    parents: Vec<Vec<u32>>,
    /// Whether the file tells what the project asks for itself.
    tells_direct: bool,
    /// Whether the file tells of any package what it needs.
    has_edges: bool,
}

impl NeededBy {
    fn of(inventory: &Inventory) -> Self {
        let packages = &inventory.packages;
        let mut parents: Vec<Vec<u32>> = vec![Vec::new(); packages.len()];
        for (package, number) in packages.iter().zip(0_u32..) {
            for needed in &package.needs {
                if let Some(list) = position(*needed).and_then(|at| parents.get_mut(at)) {
                    list.push(number);
                }
            }
        }
        let tells_direct = packages.iter().any(|package| package.direct == Some(true));
        let has_edges = parents.iter().any(|list| !list.is_empty());
        Self { parents, tells_direct, has_edges }
    }

    /// The shortest path to an entry, as positions: first a direct dependency, last the entry
    /// itself. Empty when the file has no edges that lead there.
    fn path_to(&self, inventory: &Inventory, entry: u32) -> Vec<u32> {
        let Some(target) = position(entry) else { return Vec::new() };
        // Backwards from the entry, so that `towards` points forwards again.
        let mut towards: Vec<Option<u32>> = vec![None; self.parents.len()];
        let mut queue = VecDeque::from([target]);
        while let Some(at) = queue.pop_front() {
            if self.is_root(inventory, at) {
                return follow(&towards, at, target);
            }
            for parent in self.parents.get(at).into_iter().flatten() {
                let Some(index) = position(*parent).filter(|index| *index != target) else {
                    continue;
                };
                if let Some(next @ None) = towards.get_mut(index) {
                    *next = u32::try_from(at).ok();
                    queue.push_back(index);
                }
            }
        }
        Vec::new()
    }

    /// Where the file does not tell what is direct, an entry that nobody needs counts as direct. A
    /// file that is a mere list tells nothing.
    fn is_root(&self, inventory: &Inventory, at: usize) -> bool {
        if self.tells_direct {
            inventory.packages.get(at).is_some_and(|package| package.direct == Some(true))
        } else {
            self.has_edges && self.parents.get(at).is_some_and(Vec::is_empty)
        }
    }
}

/// The chain of `towards` from one entry to another, both ends with it.
fn follow(towards: &[Option<u32>], from: usize, to: usize) -> Vec<u32> {
    let mut path: Vec<u32> = u32::try_from(from).into_iter().collect();
    let mut at = from;
    while at != to {
        let Some(next) = towards.get(at).copied().flatten() else { break };
        path.push(next);
        let Some(index) = position(next) else { break };
        at = index;
    }
    path
}

fn position(entry: u32) -> Option<usize> {
    usize::try_from(entry).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::{Entry, LockedVersion, Origin, Place};
    use mainstay_types::{Ecosystem, PackageName, Scope};

    fn inventory(edges: &[&[u32]], direct: &[u32]) -> Inventory {
        let entry = |(number, needs): (usize, &&[u32])| Entry {
            name: PackageName::parse(Ecosystem::Npm, &format!("p{number}")).unwrap(),
            version: LockedVersion::Exact("1.0.0".into()),
            place: Place::default(),
            scope: Scope::Runtime,
            direct: (!direct.is_empty()).then(|| direct.contains(&u32::try_from(number).unwrap())),
            origin: Origin::registry(),
            checksums: Vec::new(),
            licence: None,
            released: None,
            needs: needs.to_vec(),
        };
        let packages = edges.iter().enumerate().map(entry).collect();
        Inventory { packages, ..Inventory::default() }
    }

    fn path_to(inventory: &Inventory, entry: u32) -> Vec<u32> {
        NeededBy::of(inventory).path_to(inventory, entry)
    }

    #[test]
    fn the_shortest_path_starts_at_a_direct_dependency() {
        let inventory = inventory(&[&[1], &[2], &[], &[2]], &[0, 3]);
        assert_eq!(path_to(&inventory, 2), [3, 2]);
    }

    #[test]
    fn a_direct_dependency_is_its_own_path() {
        assert_eq!(path_to(&inventory(&[&[], &[]], &[1]), 1), [1]);
    }

    #[test]
    fn a_circle_that_nobody_asks_for_has_no_path() {
        assert_eq!(path_to(&inventory(&[&[1], &[0], &[]], &[2]), 1), [0_u32; 0]);
    }

    #[test]
    fn what_nobody_needs_counts_as_direct_where_the_file_does_not_tell() {
        assert_eq!(path_to(&inventory(&[&[1], &[]], &[]), 1), [0, 1]);
    }
}
