//! The graph between packages: what is direct, what needs what, and why something is there.

use std::collections::VecDeque;

use mainstay_reading::Inventory;
use mainstay_types::Scope;

use super::{Role, identity};
use crate::properties::SCOPE;
use crate::{Component, ComponentId, End, Need, RelationshipKind, Sbom};

/// Fills in scope, direct and needs. `said` tells of each component whether it states its own scope.
pub(super) fn link(
    sbom: &Sbom<'_>,
    main: Option<ComponentId>,
    roles: &[Role],
    said: &[Said],
    inventory: &mut Inventory,
) {
    let mut met: Vec<Option<Scope>> = vec![None; inventory.packages.len()];
    for relationship in &sbom.relationships {
        let (End::Component(from), End::Component(to)) = (relationship.from, relationship.to)
        else {
            continue;
        };
        let Some(scope) = scope_of(&relationship.kind) else { continue };
        let Some(to) = package(roles, to) else { continue };
        if let Some(place) = at(to).and_then(|to| met.get_mut(to)) {
            *place = Some(place.map_or(scope, |known| known.min(scope)));
        }
        let Some(from) = package(roles, from).filter(|from| *from != to) else { continue };
        if let Some(entry) = at(from).and_then(|from| inventory.packages.get_mut(from)) {
            entry.needs.push(to);
        }
    }
    for entry in &mut inventory.packages {
        entry.needs.sort_unstable();
        entry.needs.dedup();
    }
    scopes_by_edges(roles, said, &met, inventory);
    direct(sbom, main, roles, inventory);
}

/// A component that says to be several packages is needed as each of them.
pub(super) fn share(roles: &[Role], inventory: &mut Inventory) {
    let firsts: Vec<usize> = roles.iter().filter_map(|role| package_of(*role)).collect();
    if firsts.len() == inventory.packages.len() {
        return;
    }
    let ends = firsts.iter().skip(1).copied().chain([inventory.packages.len()]);
    for (first, end) in firsts.iter().zip(ends) {
        let Some((entry, others)) =
            inventory.packages.get_mut(*first..end).and_then(|entries| entries.split_first_mut())
        else {
            continue;
        };
        for other in others {
            (other.scope, other.direct) = (entry.scope, entry.direct);
            other.needs.clone_from(&entry.needs);
        }
    }
}

fn package_of(role: Role) -> Option<usize> {
    match role {
        Role::Package(position) => at(position),
        Role::Member | Role::Other => None,
    }
}

/// A scope that the component states itself comes before what its edges say.
fn scopes_by_edges(
    roles: &[Role],
    said: &[Said],
    met: &[Option<Scope>],
    inventory: &mut Inventory,
) {
    for (role, said) in roles.iter().zip(said) {
        let Some(position) = package_of(*role).filter(|_| *said == Said::No) else { continue };
        let by_edges = met.get(position).copied().flatten();
        if let (Some(entry), Some(scope)) = (inventory.packages.get_mut(position), by_edges) {
            entry.scope = scope;
        }
    }
}

/// Whether a document says something or leaves it open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Yes,
    No,
}

/// Properties of the CycloneDX property taxonomy that mark what is only for development.
pub(crate) const FOR_DEVELOPMENT: [&str; 2] =
    ["cdx:npm:package:development", "cdx:composer:package:isDevRequirement"];

/// Whether a property marks a component as only for development.
pub(crate) fn is_for_development(component: &Component<'_>) -> bool {
    FOR_DEVELOPMENT.iter().any(|name| identity::property(component, name) == Some("true"))
}

/// The scope that a component states itself; runtime when it states none. Of several, as a merged
/// document may state them, the one that needs it most.
pub(super) fn own_scope(component: &Component<'_>) -> (Scope, Said) {
    let ours = [Scope::Runtime, Scope::Optional, Scope::Build, Scope::Dev];
    let words = component.details().properties.iter().filter(|one| one.name == SCOPE);
    let scopes = words.filter_map(|word| ours.into_iter().find(|one| one.word() == word.value));
    if let Some(scope) = scopes.min() {
        return (scope, Said::Yes);
    }
    match component.need {
        _ if is_for_development(component) => (Scope::Dev, Said::Yes),
        Some(Need::Excluded) => (Scope::Dev, Said::Yes),
        Some(Need::Optional) => (Scope::Optional, Said::Yes),
        Some(Need::Required) => (Scope::Runtime, Said::Yes),
        None => (Scope::Runtime, Said::No),
    }
}

/// Marks what the software itself asks for, where its edges are told. A component that is no
/// package (a lockfile, a group) passes on what it asks for.
fn direct(sbom: &Sbom<'_>, main: Option<ComponentId>, roles: &[Role], inventory: &mut Inventory) {
    let Some(main) = main else { return };
    let mut passed_on: Vec<Vec<ComponentId>> = vec![Vec::new(); roles.len()];
    let mut is_told = false;
    for relationship in &sbom.relationships {
        let (End::Component(from), End::Component(to)) = (relationship.from, relationship.to)
        else {
            continue;
        };
        if scope_of(&relationship.kind).is_none() || package(roles, from).is_some() {
            continue;
        }
        is_told = is_told || from == main;
        if let Some(list) = passed_on.get_mut(from.position()) {
            list.push(to);
        }
    }
    if !is_told {
        return;
    }
    for entry in &mut inventory.packages {
        entry.direct = Some(false);
    }
    let mut seen = vec![false; roles.len()];
    let mut queue = VecDeque::from([main]);
    while let Some(component) = queue.pop_front() {
        let Some(first @ false) = seen.get_mut(component.position()) else { continue };
        *first = true;
        if let Some(entry) = package(roles, component) {
            if let Some(entry) = at(entry).and_then(|at| inventory.packages.get_mut(at)) {
                entry.direct = Some(true);
            }
            continue;
        }
        queue.extend(passed_on.get(component.position()).into_iter().flatten().copied());
    }
}

fn package(roles: &[Role], id: ComponentId) -> Option<u32> {
    match roles.get(id.position())? {
        Role::Package(position) => Some(*position),
        Role::Member | Role::Other => None,
    }
}

fn at(position: u32) -> Option<usize> {
    usize::try_from(position).ok()
}

/// Why the end of a relationship is needed. `None` for one that is no need.
pub(super) fn scope_of(kind: &RelationshipKind<'_>) -> Option<Scope> {
    match kind {
        RelationshipKind::DependsOn
        | RelationshipKind::RuntimeDependency
        | RelationshipKind::ProvidedDependency
        | RelationshipKind::Prerequisite
        | RelationshipKind::StaticLink
        | RelationshipKind::DynamicLink => Some(Scope::Runtime),
        RelationshipKind::OptionalDependency => Some(Scope::Optional),
        RelationshipKind::BuildDependency => Some(Scope::Build),
        RelationshipKind::DevDependency
        | RelationshipKind::TestDependency
        | RelationshipKind::UsesDevTool
        | RelationshipKind::UsesTestTool
        | RelationshipKind::UsesTool => Some(Scope::Dev),
        RelationshipKind::Contains
        | RelationshipKind::Describes
        | RelationshipKind::Generates
        | RelationshipKind::AncestorOf
        | RelationshipKind::VariantOf
        | RelationshipKind::CopyOf
        | RelationshipKind::DistributedAs
        | RelationshipKind::DocumentedBy
        | RelationshipKind::Provides
        | RelationshipKind::TrainedOn
        | RelationshipKind::TestedOn
        | RelationshipKind::Other(_) => None,
    }
}
