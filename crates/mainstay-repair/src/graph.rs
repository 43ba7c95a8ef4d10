//! Who needs a package: the packages above it in the lockfile, nearest first.

use std::collections::{HashSet, VecDeque};

use mainstay_reading::{Entry, Inventory};
use mainstay_types::PackageName;

/// The packages above every entry of this name and version, breadth first, each once.
pub(crate) struct Above<'i> {
    /// The packages above, nearest first.
    pub(crate) packages: Vec<&'i Entry>,
    /// How many of them need it directly.
    pub(crate) nearest: usize,
    /// Whether the project asks for it itself. `None` when the file does not tell.
    pub(crate) direct: Option<bool>,
}

impl<'i> Above<'i> {
    pub(crate) fn of(inventory: &'i Inventory, name: &PackageName, version: &str) -> Self {
        let packages = &inventory.packages;
        let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); packages.len()];
        for (position, entry) in packages.iter().enumerate() {
            for need in &entry.needs {
                let parents = usize::try_from(*need).ok().and_then(|at| needed_by.get_mut(at));
                if let Some(parents) = parents {
                    parents.push(position);
                }
            }
        }
        let is_it = |entry: &Entry| entry.name == *name && entry.version.exact() == Some(version);
        let own = || packages.iter().filter(|entry| is_it(entry));
        let direct = own().filter_map(|entry| entry.direct).reduce(|one, other| one || other);
        let mut seen = vec![false; packages.len()];
        let mut queue: VecDeque<(usize, usize)> = VecDeque::new();
        for (position, entry) in packages.iter().enumerate() {
            if is_it(entry) {
                if let Some(seen) = seen.get_mut(position) {
                    *seen = true;
                }
                queue.push_back((position, 0));
            }
        }
        let (mut above, mut nearest) = (Vec::new(), 0);
        while let Some((position, distance)) = queue.pop_front() {
            for parent in needed_by.get(position).into_iter().flatten() {
                let Some(seen) = seen.get_mut(*parent).filter(|seen| !**seen) else { continue };
                *seen = true;
                queue.push_back((*parent, distance + 1));
                if let Some(entry) = packages.get(*parent) {
                    above.push(entry);
                    nearest += usize::from(distance == 0);
                }
            }
        }
        Self { packages: above, nearest, direct }
    }

    /// What holds the package where it is, for a person: who needs it directly, and the manifest
    /// when the project asks for it itself.
    pub(crate) fn holders(&self, manifest: &str) -> Vec<String> {
        let own = (self.direct == Some(true) || self.packages.is_empty())
            .then(|| format!("the requirement in {manifest}"));
        let parents = self.packages.iter().take(self.nearest).map(|entry| label(entry));
        own.into_iter().chain(parents).collect()
    }
}

/// A package that the project asks for in one lockfile, and that is not in the other one.
pub(crate) fn dropped<'i>(before: &'i Inventory, after: &Inventory) -> Option<&'i PackageName> {
    let there: HashSet<&PackageName> = after.packages.iter().map(|entry| &entry.name).collect();
    let asked_for = before.packages.iter().filter(|entry| entry.direct == Some(true));
    asked_for.map(|entry| &entry.name).find(|name| !there.contains(name))
}

pub(crate) fn label(entry: &Entry) -> String {
    match entry.version.exact() {
        Some(version) => format!("{} {version}", entry.name),
        None => entry.name.to_string(),
    }
}

/// `name@version`, where the version is exact.
pub(crate) fn versioned(entry: &Entry) -> Option<String> {
    Some(format!("{}@{}", entry.name, entry.version.exact()?))
}
