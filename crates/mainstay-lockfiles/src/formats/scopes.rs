//! Scopes for formats that tell them only for the project's own wishes: what a package needs is
//! needed for the same reason as the package.

use std::collections::HashSet;

use mainstay_reading::Entry;
use mainstay_types::Scope;

/// Why the project asks for packages, and which needs may be left out.
#[derive(Debug, Default)]
pub(in crate::formats) struct Reasons {
    /// Packages that the project asks for, with the reason.
    pub(in crate::formats) direct: Vec<(u32, Scope)>,
    /// Needs (from, to) that an installer may leave out.
    pub(in crate::formats) optional: HashSet<(u32, u32)>,
}

impl Reasons {
    /// Marks the direct packages, and carries their scopes along the needs. The strongest reason
    /// wins. A package that nothing leads to keeps its scope.
    pub(in crate::formats) fn spread(&self, packages: &mut [Entry]) {
        for entry in &mut *packages {
            entry.direct = Some(false);
        }
        for (position, _) in &self.direct {
            if let Some(entry) = packages.get_mut(*position as usize) {
                entry.direct = Some(true);
            }
        }
        let mut reached = vec![false; packages.len()];
        for scope in [Scope::Runtime, Scope::Optional, Scope::Build, Scope::Dev] {
            let direct = self.direct.iter().filter(|(_, why)| *why == scope);
            let mut waiting: Vec<u32> = direct.map(|(position, _)| *position).collect();
            if scope == Scope::Optional {
                waiting.extend(self.optional.iter().filter_map(|(from, to)| {
                    reached.get(*from as usize).copied().unwrap_or(false).then_some(*to)
                }));
            }
            while let Some(position) = waiting.pop() {
                let Some(seen) = reached.get_mut(position as usize) else { continue };
                if std::mem::replace(seen, true) {
                    continue;
                }
                let Some(entry) = packages.get_mut(position as usize) else { continue };
                entry.scope = scope;
                waiting.extend(entry.needs.iter().filter(|needed| {
                    scope != Scope::Runtime || !self.optional.contains(&(position, **needed))
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::{LockedVersion, Place, entry};
    use mainstay_types::Ecosystem;

    fn packages(needs: &[&[u32]]) -> Vec<Entry> {
        let needing = |needs: &&[u32]| {
            let place = Place::default();
            let mut entry = entry(Ecosystem::Npm, "a", LockedVersion::Unstated, place).unwrap();
            entry.needs = needs.to_vec();
            entry
        };
        needs.iter().map(needing).collect()
    }

    fn scopes(reasons: &Reasons, needs: &[&[u32]]) -> Vec<Scope> {
        let mut packages = packages(needs);
        reasons.spread(&mut packages);
        packages.iter().map(|entry| entry.scope).collect()
    }

    #[test]
    fn what_only_a_dev_package_needs_is_dev() {
        let reasons =
            Reasons { direct: vec![(0, Scope::Dev), (1, Scope::Runtime)], ..Reasons::default() };
        let found = scopes(&reasons, &[&[2, 3], &[3], &[], &[]]);
        assert_eq!(found, [Scope::Dev, Scope::Runtime, Scope::Dev, Scope::Runtime]);
    }

    #[test]
    fn what_may_be_left_out_is_optional() {
        let reasons =
            Reasons { direct: vec![(0, Scope::Runtime)], optional: HashSet::from([(0, 1)]) };
        let found = scopes(&reasons, &[&[1], &[2], &[]]);
        assert_eq!(found, [Scope::Runtime, Scope::Optional, Scope::Optional]);
    }

    #[test]
    fn needs_in_a_circle_end() {
        let reasons = Reasons { direct: vec![(0, Scope::Dev)], ..Reasons::default() };
        assert_eq!(scopes(&reasons, &[&[1], &[0]]), [Scope::Dev, Scope::Dev]);
    }
}
