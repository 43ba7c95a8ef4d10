//! Packages that a lockfile takes from a folder outside its own, but inside what is scanned: they
//! are the project's own, as its members are (`../lib` in a repository of several packages).
//!
//! A reader sees only the folder of its file. What is scanned is known here.

use mainstay_reading::{Inventory, Member, Origin};

/// Makes members of the packages whose folder is one of the project. `is_own` is asked with the
/// path as the file writes it.
pub(crate) fn take_in(inventory: &mut Inventory, is_own: impl Fn(&str) -> bool) {
    let folder = |origin: &Origin| match origin {
        Origin::Path(path) if is_own(path) => Some(path.clone()),
        Origin::Path(_)
        | Origin::Registry { .. }
        | Origin::Git { .. }
        | Origin::Url(_)
        | Origin::Distribution(_) => None,
    };
    let folders: Vec<Option<Box<str>>> =
        inventory.packages.iter().map(|entry| folder(&entry.origin)).collect();
    if folders.iter().all(Option::is_none) {
        return;
    }
    // What a member needs, the project asks for itself.
    let asked: Vec<u32> = inventory
        .packages
        .iter()
        .zip(&folders)
        .filter(|(_, folder)| folder.is_some())
        .flat_map(|(entry, _)| entry.needs.iter().copied())
        .collect();
    for at in asked {
        let entry = usize::try_from(at).ok().and_then(|at| inventory.packages.get_mut(at));
        if let Some(direct) = entry.and_then(|entry| entry.direct.as_mut()) {
            *direct = true;
        }
    }
    let positions = Positions::of(&folders);
    let packages = std::mem::take(&mut inventory.packages);
    for (mut entry, folder) in packages.into_iter().zip(folders) {
        if let Some(path) = folder {
            inventory.members.push(Member { name: Some(entry.name), path: Some(path) });
        } else {
            positions.follow(&mut entry.needs);
            inventory.packages.push(entry);
        }
    }
    positions.follow(&mut inventory.carried);
    inventory.irregularities.retain_mut(|one| match one.entry {
        None => true,
        Some(at) => {
            one.entry = positions.now(at);
            one.entry.is_some()
        }
    });
}

/// Where each package is once the members are taken out.
struct Positions(Vec<Option<u32>>);

impl Positions {
    fn of(taken: &[Option<Box<str>>]) -> Self {
        let mut next = 0;
        let place = |folder: &Option<Box<str>>| {
            folder.is_none().then(|| {
                next += 1;
                next - 1
            })
        };
        Self(taken.iter().map(place).collect())
    }

    fn now(&self, old: u32) -> Option<u32> {
        usize::try_from(old).ok().and_then(|old| self.0.get(old).copied().flatten())
    }

    fn follow(&self, positions: &mut Vec<u32>) {
        *positions = positions.iter().filter_map(|old| self.now(*old)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::{Irregularity, LockedVersion, Place};
    use mainstay_types::Ecosystem;

    fn inventory() -> Inventory {
        let entry = |(name, origin, needs): (&str, Origin, &[u32])| {
            let version = LockedVersion::Exact("1.0.0".into());
            let mut entry =
                mainstay_reading::entry(Ecosystem::Pub, name, version, Place::default()).unwrap();
            (entry.origin, entry.direct) = (origin, Some(false));
            entry.needs = needs.to_vec();
            entry
        };
        let packages = [
            ("lib", Origin::Path("../lib".into()), &[1, 2][..]),
            ("away", Origin::Path("../../away".into()), &[]),
            ("web", Origin::registry(), &[0, 1]),
        ];
        Inventory { packages: packages.into_iter().map(entry).collect(), ..Inventory::default() }
    }

    #[test]
    fn a_package_in_a_folder_of_the_project_is_a_member() {
        let mut inventory = inventory();
        take_in(&mut inventory, |path| path == "../lib");
        let names: Vec<_> = inventory.packages.iter().map(|one| one.name.as_written()).collect();
        assert_eq!(names, ["away", "web"]);
        assert_eq!(inventory.members[0].path.as_deref(), Some("../lib"));
    }

    #[test]
    fn what_a_member_needs_is_direct_and_the_other_edges_stay() {
        let mut inventory = inventory();
        take_in(&mut inventory, |path| path == "../lib");
        let direct: Vec<_> = inventory.packages.iter().map(|one| one.direct).collect();
        assert_eq!(direct, [Some(true), Some(true)]);
        assert_eq!(inventory.packages[1].needs, [0]);
    }

    #[test]
    fn what_does_not_agree_follows_its_package() {
        let mut inventory = inventory();
        let irregular = |entry| Irregularity {
            entry: Some(entry),
            place: Place::default(),
            message: String::new(),
        };
        inventory.irregularities = vec![irregular(0), irregular(2)];
        take_in(&mut inventory, |path| path == "../lib");
        assert_eq!(inventory.irregularities, [irregular(1)]);
    }
}
