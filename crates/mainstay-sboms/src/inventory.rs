//! What an SBOM says about packages: the same words that a lockfile's reader gives.
//!
//! Which components are packages, by their kind and identity:
//!
//! | a component | becomes |
//! | --- | --- |
//! | with a package URL of an ecosystem | a package |
//! | with another package URL, only a CPE, or only a name | a gap: unknown, by name |
//! | that the document describes, if it is the only one | a member: the software itself |
//! | a file, data, a service, a cryptographic asset | nothing: it is no package |
//! | an operating system whose packages are listed | nothing: they stand for it |
//!
//! When the document tells everything, and when it is partial, is the rule of `wholeness`.

mod edges;
mod identity;
#[cfg(test)]
mod tests;
mod wholeness;

use mainstay_reading::{Entry, Gap, Inventory, LockedVersion, Member, Place};

use crate::properties::ASKED;
use crate::{Component, ComponentId, ComponentKind, Sbom};
use identity::Identity;

/// What each component turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The entry at this position.
    Package(u32),
    /// The software that the document describes.
    Member,
    /// No package, or one of no known identity.
    Other,
}

/// The packages that a document names, and what it leaves open.
pub fn inventory(sbom: &Sbom<'_>) -> Inventory {
    let mut inventory = Inventory { gaps: sbom.gaps.clone(), ..Inventory::default() };
    let main = main_component(sbom);
    let lists_system = lists_packages_of_a_system(sbom);
    let mut roles = Vec::with_capacity(sbom.components.len());
    for (position, component) in sbom.components.iter().enumerate() {
        let is_main =
            main == Some(ComponentId::at(position)) || is_main_again(sbom, main, component);
        let role = if is_main {
            member(&mut inventory, component)
        } else if is_no_package(component, lists_system) {
            Role::Other
        } else {
            listed(&mut inventory, component)
        };
        roles.push(role);
    }
    edges::link(sbom, main, &roles, &mut inventory);
    wholeness::gaps(sbom, main, &roles, &mut inventory.gaps);
    inventory
}

/// The component that is the software itself: what the document describes, if that is one thing.
/// Of several, none can be told from what it is made of, and all are looked up.
fn main_component(sbom: &Sbom<'_>) -> Option<ComponentId> {
    match sbom.described.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Whether a component is the described one, listed once more.
fn is_main_again(sbom: &Sbom<'_>, main: Option<ComponentId>, component: &Component<'_>) -> bool {
    let main = main.and_then(|main| sbom.component(main));
    main.is_some_and(|main| main.purl().is_some() && main.purl() == component.purl())
}

fn member(inventory: &mut Inventory, component: &Component<'_>) -> Role {
    let name = match Identity::of(component) {
        Ok(identity) => Some(identity.name),
        Err(_) => None,
    };
    if inventory.own_name.is_none() {
        inventory.own_name.clone_from(&name);
    }
    inventory.members.push(Member { name, path: None });
    Role::Member
}

fn listed(inventory: &mut Inventory, component: &Component<'_>) -> Role {
    let place = Place::at(component.line);
    let identity = match Identity::of(component) {
        Ok(identity) => identity,
        Err(reason) => {
            inventory.gaps.push(Gap {
                place,
                reason: format!("{} is unknown: {reason}", label(component)),
                advice: "look at it by hand, or ask for a document that identifies it".to_owned(),
            });
            return Role::Other;
        }
    };
    let (scope, _) = edges::own_scope(component);
    let hashes = component.hashes.iter().filter_map(|hash| hash.digest()?.ok());
    let position = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    inventory.packages.push(Entry {
        name: identity.name,
        version: identity.version,
        place,
        scope,
        direct: None,
        origin: identity.origin,
        checksums: hashes.collect(),
        licence: identity::licence(component),
        released: None,
        needs: Vec::new(),
    });
    Role::Package(position)
}

/// The name for a gap. A component without a name is told by its reference.
fn label(component: &Component<'_>) -> String {
    match component.label() {
        label if !label.is_empty() => label,
        _ if !component.reference.is_empty() => component.reference.to_string(),
        _ => "a component without a name".to_owned(),
    }
}

fn is_no_package(component: &Component<'_>, lists_system: bool) -> bool {
    match component.kind {
        ComponentKind::File
        | ComponentKind::Snippet
        | ComponentKind::Data
        | ComponentKind::Service
        | ComponentKind::CryptographicAsset => {
            component.purl().is_none_or(|purl| matches!(purl.package_type(), "generic"))
        }
        ComponentKind::OperatingSystem => lists_system,
        ComponentKind::Application
        | ComponentKind::Framework
        | ComponentKind::Library
        | ComponentKind::Container
        | ComponentKind::Platform
        | ComponentKind::Device
        | ComponentKind::DeviceDriver
        | ComponentKind::Firmware
        | ComponentKind::Model
        | ComponentKind::Source
        | ComponentKind::Archive
        | ComponentKind::Installer
        | ComponentKind::Other => false,
    }
}

/// Whether packages of a distribution are listed, which then stand for its operating system.
fn lists_packages_of_a_system(sbom: &Sbom<'_>) -> bool {
    let purls = sbom.components.iter().filter_map(Component::purl);
    purls.into_iter().any(|purl| matches!(purl.package_type(), "deb" | "apk" | "rpm" | "alpm"))
}

/// Whether an edge says that its beginning needs its end.
pub(crate) fn is_need(kind: &crate::RelationshipKind<'_>) -> bool {
    edges::scope_of(kind).is_some()
}

/// The version that a component asks for, where it has none.
pub(crate) fn asked(component: &Component<'_>) -> Option<LockedVersion> {
    let property = identity::property(component, ASKED);
    let range = property.or(component.details().version_range.as_deref())?;
    Some(LockedVersion::Asked(range.into()))
}
