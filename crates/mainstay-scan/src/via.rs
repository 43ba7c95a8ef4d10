//! Why a package is there: the shortest path of dependencies from what the project asks for.

use std::collections::VecDeque;

use mainstay_lockfiles::Inventory;

/// The shortest path to an entry, as positions: first a direct dependency, last the entry itself.
/// Empty when the file has no edges that lead there.
///
/// Where the file does not tell what is direct, an entry that nobody needs counts as direct.
pub(crate) fn path_to(inventory: &Inventory, entry: u32) -> Vec<u32> {
    let packages = &inventory.packages;
    let Some(target) = position(entry) else { return Vec::new() };
    let told = packages.iter().any(|package| package.direct == Some(true));
    let mut needed_by: Vec<Vec<u32>> = vec![Vec::new(); packages.len()];
    for (package, number) in packages.iter().zip(0_u32..) {
        for needed in &package.needs {
            if let Some(list) = position(*needed).and_then(|at| needed_by.get_mut(at)) {
                list.push(number);
            }
        }
    }
    let is_root = |at: usize| {
        if told {
            packages.get(at).is_some_and(|package| package.direct == Some(true))
        } else {
            needed_by.get(at).is_some_and(Vec::is_empty)
        }
    };
    // Backwards from the entry, so that `towards` points forwards again.
    let mut towards: Vec<Option<u32>> = vec![None; packages.len()];
    let mut queue = VecDeque::from([target]);
    let mut seen = vec![false; packages.len()];
    if let Some(mark) = seen.get_mut(target) {
        *mark = true;
    }
    while let Some(at) = queue.pop_front() {
        if is_root(at) {
            return follow(&towards, at);
        }
        for parent in needed_by.get(at).into_iter().flatten() {
            let Some(index) = position(*parent) else { continue };
            if seen.get(index) == Some(&false) {
                if let (Some(mark), Some(next)) = (seen.get_mut(index), towards.get_mut(index)) {
                    *mark = true;
                    *next = u32::try_from(at).ok();
                }
                queue.push_back(index);
            }
        }
    }
    Vec::new()
}

fn follow(towards: &[Option<u32>], from: usize) -> Vec<u32> {
    let mut path: Vec<u32> = u32::try_from(from).into_iter().collect();
    let mut at = from;
    while let Some(next) = towards.get(at).copied().flatten() {
        path.push(next);
        match position(next) {
            Some(index) => at = index,
            None => break,
        }
    }
    path
}

fn position(entry: u32) -> Option<usize> {
    usize::try_from(entry).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_lockfiles::{Entry, LockedVersion, Origin, Place};
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
            needs: needs.to_vec(),
        };
        let packages = edges.iter().enumerate().map(entry).collect();
        Inventory { packages, ..Inventory::default() }
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
