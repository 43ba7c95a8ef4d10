//! What changed between two SBOMs.
//!
//! Packages are paired by [`Key`], then by version. Files and parts of files are not compared:
//! they are the content of packages, whose checksums are.

use std::collections::BTreeMap;

use mainstay_types::Licence as Stated;
use serde::Serialize;

use crate::identity_key::Key;
use crate::{Acknowledgement, Component, ComponentKind, LicenceText, Sbom};

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Components that only the second document has.
    pub added: Vec<Named>,
    /// Components that only the first document has.
    pub removed: Vec<Named>,
    /// Components that both have, and about which they say different things.
    pub changed: Vec<Change>,
    /// Components about which both say the same.
    pub same: usize,
}

/// A component, by what people call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Its name, with group.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<String>,
}

/// A component that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The component, as the second document has it.
    pub component: Named,
    /// The versions, where they differ.
    pub version: Option<Pair>,
    /// The licences, where they differ.
    pub licence: Option<Pair>,
    /// The supplier, where it differs.
    pub supplier: Option<Pair>,
    /// Checksums by the same algorithm that differ, by algorithm. The same version with another
    /// checksum is another content.
    pub checksums: Vec<Checksums>,
}

/// The checksums of both by one algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checksums {
    /// The algorithm.
    pub algorithm: String,
    /// The digits.
    #[serde(flatten)]
    pub values: Pair,
}

/// What the first and what the second document says. `None` means: nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The first.
    pub before: Option<String>,
    /// The second.
    pub after: Option<String>,
}

impl Difference {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares two documents.
pub fn difference(before: &Sbom<'_>, after: &Sbom<'_>) -> Difference {
    let mut keys: BTreeMap<Key, Sides<'_>> = BTreeMap::new();
    for component in before.components.iter().filter(|one| is_compared(one)) {
        keys.entry(Key::of(component)).or_default().0.push(component);
    }
    for component in after.components.iter().filter(|one| is_compared(one)) {
        keys.entry(Key::of(component)).or_default().1.push(component);
    }
    let mut difference = Difference::default();
    for (before, after) in keys.into_values() {
        compare(&mut difference, before, after);
    }
    difference
}

/// What the first and the second document say of one package.
type Sides<'s> = (Vec<&'s Component<'s>>, Vec<&'s Component<'s>>);

fn is_compared(component: &Component<'_>) -> bool {
    !matches!(component.kind, ComponentKind::File | ComponentKind::Snippet)
}

/// Pairs the components of one package: those of the same version first, then what is left if it
/// is one on each side; more cannot be paired without guessing.
fn compare<'s>(
    difference: &mut Difference,
    before: Vec<&'s Component<'s>>,
    after: Vec<&'s Component<'s>>,
) {
    let mut versions: BTreeMap<&str, Sides<'s>> = BTreeMap::new();
    for one in before {
        versions.entry(one.version.as_deref().unwrap_or("")).or_default().0.push(one);
    }
    for one in after {
        versions.entry(one.version.as_deref().unwrap_or("")).or_default().1.push(one);
    }
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for (before, after) in versions.into_values() {
        match (before.first(), after.first()) {
            // Several components of one name and version are one package, listed again.
            (Some(before), Some(after)) => pair(difference, before, after),
            (Some(before), None) => gone.push(*before),
            (None, Some(after)) => come.push(*after),
            (None, None) => {}
        }
    }
    if let ([before], [after]) = (gone.as_slice(), come.as_slice()) {
        pair(difference, before, after);
        return;
    }
    difference.removed.extend(gone.into_iter().map(Named::of));
    difference.added.extend(come.into_iter().map(Named::of));
}

fn pair(difference: &mut Difference, before: &Component<'_>, after: &Component<'_>) {
    let version = |one: &Component<'_>| one.version.as_deref().map(str::to_owned);
    let is_same_version = before.version == after.version;
    let change = Change {
        component: Named::of(after),
        version: Pair::of(version(before), version(after)),
        licence: Pair::of(licence(before), licence(after)),
        supplier: Pair::of(supplier(before), supplier(after)),
        // Another version has another content, so its checksums say nothing.
        checksums: if is_same_version { checksums(before, after) } else { Vec::new() },
    };
    let is_same = change.version.is_none()
        && change.licence.is_none()
        && change.supplier.is_none()
        && change.checksums.is_empty();
    if is_same {
        difference.same += 1;
    } else {
        difference.changed.push(change);
    }
}

impl Pair {
    fn of(before: Option<String>, after: Option<String>) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }
}

impl Named {
    fn of(component: &Component<'_>) -> Self {
        let name = match component.group.as_deref().filter(|group| !group.is_empty()) {
            Some(group) => format!("{group}/{}", component.name),
            None => component.name.to_string(),
        };
        Self {
            name,
            version: component.version.as_deref().map(str::to_owned),
            purl: component.purl().map(ToString::to_string),
        }
    }
}

/// The licence as one text: what was declared, else what was concluded; canonical, so that two
/// spellings are one.
fn licence(component: &Component<'_>) -> Option<String> {
    let texts = |by: &[Acknowledgement]| -> Vec<String> {
        let mut texts: Vec<String> = component
            .licences
            .iter()
            .filter(|one| by.contains(&one.acknowledgement))
            .filter_map(|one| match &one.text {
                LicenceText::Expression(text) | LicenceText::Name(text) => {
                    let canonical = Stated::stated(text).and_then(|stated| stated.canonical());
                    Some(canonical.unwrap_or_else(|| text.trim().to_owned()))
                }
                LicenceText::None => Some("NONE".to_owned()),
                LicenceText::NoAssertion => None,
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    let declared = texts(&[Acknowledgement::Declared, Acknowledgement::Unstated]);
    let said = if declared.is_empty() { texts(&[Acknowledgement::Concluded]) } else { declared };
    (!said.is_empty()).then(|| said.join(" AND "))
}

fn supplier(component: &Component<'_>) -> Option<String> {
    let name = component.details().supplier.as_ref().map(|party| party.name.trim().to_owned());
    name.filter(|name| !name.is_empty())
}

fn checksums(before: &Component<'_>, after: &Component<'_>) -> Vec<Checksums> {
    let mut pairs = Vec::new();
    for old in &before.hashes {
        let same_kind = || after.hashes.iter().filter(|new| new.algorithm == old.algorithm);
        let is_known = same_kind().any(|new| new.value.eq_ignore_ascii_case(&old.value));
        if let (Some(new), false) = (same_kind().next(), is_known) {
            let algorithm = old.algorithm.spdx_name().to_owned();
            let (before, after) = (Some(old.value.to_string()), Some(new.value.to_string()));
            pairs.push(Checksums { algorithm, values: Pair { before, after } });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encoding, Hash, HashAlgorithm, Identifier, Licence, Party, PartyKind, Spec};

    fn sbom(packages: &[(&'static str, &'static str)]) -> Sbom<'static> {
        let mut sbom = Sbom::new(Spec::Spdx2_3, Encoding::Json);
        for (name, version) in packages {
            let mut one = Component::new(ComponentKind::Library, *name);
            one.version = Some((*version).into());
            one.identifiers.push(Identifier::purl(format!("pkg:npm/{name}@{version}").into()));
            sbom.add(one);
        }
        sbom
    }

    #[test]
    fn a_document_does_not_differ_from_itself() {
        let one = sbom(&[("a", "1"), ("b", "2")]);
        let difference = difference(&one, &one);
        assert!(difference.is_empty());
        assert_eq!(difference.same, 2);
    }

    #[test]
    fn packages_come_go_and_change_their_version() {
        let difference = difference(
            &sbom(&[("gone", "1"), ("kept", "1"), ("moved", "1")]),
            &sbom(&[("moved", "2"), ("kept", "1"), ("new", "1")]),
        );
        assert_eq!(difference.removed[0].name, "gone");
        assert_eq!(difference.added[0].name, "new");
        let version = difference.changed[0].version.as_ref().unwrap();
        assert_eq!((version.before.as_deref(), version.after.as_deref()), (Some("1"), Some("2")));
        assert_eq!(difference.same, 1);
    }

    #[test]
    fn of_several_versions_only_the_odd_ones_differ() {
        let difference =
            difference(&sbom(&[("a", "1"), ("a", "2")]), &sbom(&[("a", "2"), ("a", "3")]));
        assert_eq!(difference.changed.len(), 1);
        assert_eq!(difference.same, 1);
    }

    #[test]
    fn the_same_version_with_another_checksum_is_a_change() {
        let with = |digit: &'static str| {
            let mut one = sbom(&[("a", "1")]);
            let value = digit.repeat(64).into();
            one.components[0].hashes.push(Hash { algorithm: HashAlgorithm::Sha256, value });
            one
        };
        let difference = difference(&with("0"), &with("1"));
        assert_eq!(difference.changed[0].checksums[0].algorithm, "SHA256");
    }

    #[test]
    fn two_spellings_of_a_licence_are_one_and_another_is_a_change() {
        let with = |licence: &'static str| {
            let mut one = sbom(&[("a", "1")]);
            let text = LicenceText::Expression(licence.into());
            one.components[0].licences.push(Licence::new(text, Acknowledgement::Declared));
            one
        };
        assert!(difference(&with("mit"), &with("MIT")).is_empty());
        let changed = difference(&with("MIT"), &with("ISC")).changed;
        assert_eq!(changed[0].licence.as_ref().unwrap().after.as_deref(), Some("ISC"));
    }

    #[test]
    fn another_supplier_is_a_change() {
        let with = |name: &'static str| {
            let mut one = sbom(&[("a", "1")]);
            let party = Party::named(PartyKind::Organisation, name);
            one.components[0].details_mut().supplier = Some(party);
            one
        };
        assert!(difference(&with("A"), &with("B")).changed[0].supplier.is_some());
    }
}
