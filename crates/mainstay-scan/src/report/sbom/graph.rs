//! The edges between packages, and from what was scanned to what it asks for.
//!
//! A source that has edges tells for each of its packages what that needs, and so also that some
//! need nothing. A source without any edge (a list of requirements) tells nothing, and nothing is
//! claimed.

use std::collections::{BTreeMap, BTreeSet};

use mainstay_reading::Inventory;
use mainstay_sboms::{ComponentId, End, Relationship, RelationshipKind, Sbom};

use crate::package::positions;
use crate::scan::Scan;

/// What the sources tell of one package.
#[derive(Default)]
struct Needs {
    of: BTreeSet<ComponentId>,
    /// Whether a source that was read whole tells that there are no others.
    is_told: bool,
}

/// Adds the edges, in the order of the packages.
pub(super) fn link(
    sbom: &mut Sbom<'_>,
    scan: &Scan,
    subject: ComponentId,
    components: &[ComponentId],
) {
    let mut asked: BTreeSet<ComponentId> = BTreeSet::new();
    let mut needs: BTreeMap<ComponentId, Needs> = BTreeMap::new();
    for (reading, positions) in scan.readings.iter().zip(positions(&scan.readings)) {
        let Ok(inventory) = &reading.outcome else { continue };
        let component = |entry: u32| -> Option<ComponentId> {
            let package = positions.get(usize::try_from(entry).ok()?)?;
            components.get(*package).copied()
        };
        let has_edges = inventory.packages.iter().any(|entry| !entry.needs.is_empty());
        let roots = roots(inventory);
        for (number, entry) in (0_u32..).zip(&inventory.packages) {
            let Some(own) = component(number) else { continue };
            if roots.get(asked_at(number)).copied().unwrap_or(false) {
                asked.insert(own);
            }
            let one = needs.entry(own).or_default();
            one.is_told |= has_edges && inventory.gaps.is_empty();
            one.of.extend(entry.needs.iter().filter_map(|need| component(*need)));
            one.of.remove(&own);
        }
    }
    let mut add = |from: ComponentId, to: End| {
        let from = End::Component(from);
        sbom.relationships.push(Relationship { from, kind: RelationshipKind::DependsOn, to });
    };
    if asked.is_empty() && components.is_empty() {
        add(subject, End::Nothing);
    }
    for to in asked {
        add(subject, End::Component(to));
    }
    for (from, needs) in needs {
        if needs.of.is_empty() && needs.is_told {
            add(from, End::Nothing);
        }
        for to in needs.of {
            add(from, End::Component(to));
        }
    }
}

fn asked_at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Which entries the project asks for itself: those that the source says, or where it does not
/// tell, those that no other needs.
fn roots(inventory: &Inventory) -> Vec<bool> {
    let packages = &inventory.packages;
    if packages.iter().any(|entry| entry.direct == Some(true)) {
        return packages.iter().map(|entry| entry.direct == Some(true)).collect();
    }
    let mut roots = vec![true; packages.len()];
    for need in packages.iter().flat_map(|entry| &entry.needs) {
        if let Some(root) = roots.get_mut(asked_at(*need)) {
            *root = false;
        }
    }
    roots
}
