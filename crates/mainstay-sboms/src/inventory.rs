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
pub(crate) mod wholeness;

use mainstay_reading::{Entry, Gap, Inventory, LockedVersion, Member, Place, Unidentified};
use mainstay_types::{Digest, Licences, Purl};

pub(crate) use edges::{FOR_DEVELOPMENT, is_for_development};

use crate::properties::ASKED;
use crate::{Component, ComponentId, ComponentKind, Sbom};
use edges::Said;
use identity::Identity;

/// What each component turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The entry at this position; those up to the next component's are of the same component.
    Package(u32),
    /// The software that the document describes.
    Member,
    /// No package, or one of no known identity.
    Other,
}

/// The packages that a document names, and what it leaves open. The document is used up on the
/// way: each component is gone once the package that is made of it is there.
pub fn inventory(mut sbom: Sbom<'_>) -> Inventory {
    let main = main_component(&sbom);
    let mut listing = Listing::of(&sbom, main);
    // The document is judged while all of it is there.
    let (roles, packages) = listing.roles(&sbom);
    let mut open = Vec::new();
    wholeness::gaps(&sbom, main, &roles, &mut open);
    let mut inventory = Inventory {
        gaps: std::mem::take(&mut sbom.gaps),
        packages: Vec::with_capacity(packages),
        ..Inventory::default()
    };
    let mut said = Vec::with_capacity(roles.len());
    for (component, role) in Given::of(std::mem::take(&mut sbom.components)).zip(&roles) {
        said.push(listing.list(&component, *role, &mut inventory));
    }
    edges::link(&sbom, main, &roles, &said, &mut inventory);
    edges::share(&roles, &mut inventory);
    inventory.gaps.append(&mut open);
    inventory
}

/// Components from the first on, each of which gives back its memory. The next one is the last of
/// the list.
struct Given<'a>(Vec<Component<'a>>);

impl<'a> Given<'a> {
    /// After so many the place where they lay is given back too.
    const AT_ONCE: usize = 4096;

    fn of(mut components: Vec<Component<'a>>) -> Self {
        components.reverse();
        Self(components)
    }
}

impl<'a> Iterator for Given<'a> {
    type Item = Component<'a>;

    fn next(&mut self) -> Option<Component<'a>> {
        let next = self.0.pop();
        if self.0.len().is_multiple_of(Self::AT_ONCE) {
            self.0.shrink_to_fit();
        }
        next
    }
}

/// What a document does not tell about the software that it describes: what it leaves open itself,
/// and what it should say and does not. Whether each component can be looked up is another matter.
pub fn open_questions(sbom: &Sbom<'_>) -> Vec<Gap> {
    let main = main_component(sbom);
    let (roles, _) = Listing::of(sbom, main).roles(sbom);
    let mut gaps = sbom.gaps.clone();
    wholeness::gaps(sbom, main, &roles, &mut gaps);
    gaps
}

/// Makes what a document leaves open a part of it, so that a document that is made of it does not
/// answer it. A line of this document is no place in another one.
pub fn hand_on(sbom: &mut Sbom<'_>) {
    let told = sbom.gaps.len();
    let mut gaps = open_questions(sbom);
    for gap in gaps.iter_mut().skip(told) {
        gap.place = Place::default();
    }
    sbom.gaps = gaps;
}

/// What decides about each component of a document.
struct Listing {
    main: Option<ComponentId>,
    /// The package URL of that.
    main_purl: Option<Purl>,
    /// Whether packages of a distribution are listed, which then stand for its operating system.
    lists_system: bool,
    licences: Licences,
}

impl Listing {
    fn of(sbom: &Sbom<'_>, main: Option<ComponentId>) -> Self {
        let main_purl = main.and_then(|main| sbom.component(main)?.purl().cloned());
        let lists_system = lists_packages_of_a_system(sbom);
        Self { main, main_purl, lists_system, licences: Licences::default() }
    }

    /// What each component is, and how many packages there are.
    fn roles(&self, sbom: &Sbom<'_>) -> (Vec<Role>, usize) {
        let mut packages = 0_usize;
        let mut role = |(position, component): (usize, &Component<'_>)| {
            // The described one may be listed once more.
            let is_main = self.main == Some(ComponentId::at(position))
                || self.main_purl.is_some() && self.main_purl.as_ref() == component.purl();
            if is_main {
                return Role::Member;
            }
            if is_no_package(component, self.lists_system) {
                return Role::Other;
            }
            let first = packages;
            packages += Identity::all(component).known.len();
            if first == packages {
                return Role::Other;
            }
            Role::Package(u32::try_from(first).unwrap_or(u32::MAX))
        };
        let roles = sbom.components.iter().enumerate().map(&mut role).collect();
        (roles, packages)
    }

    /// Adds what a component is to the inventory. Tells whether it states its own scope.
    fn list(&mut self, component: &Component<'_>, role: Role, inventory: &mut Inventory) -> Said {
        match role {
            Role::Member => member(inventory, component),
            Role::Other if is_no_package(component, self.lists_system) => {}
            Role::Package(_) | Role::Other => return self.listed(inventory, component),
        }
        Said::No
    }

    /// Lists every package that a component says to be, and what about that is unknown.
    fn listed(&mut self, inventory: &mut Inventory, component: &Component<'_>) -> Said {
        let place = Place::at(component.line);
        let identities = Identity::all(component);
        for reason in identities.unknown {
            inventory.gaps.push(Gap {
                place: place.clone(),
                reason: format!("{} is unknown: {reason}", label(component)),
                advice: "look at it by hand, or ask for a document that identifies it".to_owned(),
            });
        }
        let (scope, is_said) = edges::own_scope(component);
        if identities.known.is_empty() {
            inventory.unidentified.push(Unidentified {
                name: component.called().into(),
                purl: component.purl().cloned(),
                version: identity::own_version(component).map(Into::into),
                place: place.clone(),
                scope,
                origin: identity::origin_without_registry(component),
                licence: identity::licence(component, &mut self.licences),
            });
        }
        for identity in identities.known {
            let hashes = component.hashes.iter().filter_map(|hash| hash.digest()?.ok());
            let mut checksums: Vec<Digest> = hashes.collect();
            checksums.shrink_to_fit();
            inventory.packages.push(Entry {
                name: identity.name,
                version: identity.version,
                place: place.clone(),
                scope,
                direct: None,
                origin: identity.origin,
                checksums,
                licence: identity::licence(component, &mut self.licences),
                released: None,
                needs: Vec::new(),
            });
        }
        is_said
    }
}

/// The component that is the software itself: what the document describes, if that is one thing.
/// Of several, none can be told from what it is made of, and all are looked up.
pub(crate) fn main_component(sbom: &Sbom<'_>) -> Option<ComponentId> {
    match sbom.described.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn member(inventory: &mut Inventory, component: &Component<'_>) {
    let name = Identity::name_of(component);
    if inventory.own_name.is_none() {
        inventory.own_name.clone_from(&name);
    }
    inventory.members.push(Member { name, path: None });
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
