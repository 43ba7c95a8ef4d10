//! What changed between two SBOMs.
//!
//! Packages are paired by [`Key`], then by version. Files and parts of files are not compared:
//! they are the content of packages, whose checksums are.

use std::collections::{BTreeMap, BTreeSet};

use mainstay_types::{Licence as Stated, Purl};
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
    /// Checksums that only one of the documents has, by algorithm. The same version with another
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
    let mut versions: BTreeMap<String, Sides<'s>> = BTreeMap::new();
    for one in before {
        versions.entry(version(one).unwrap_or_default()).or_default().0.push(one);
    }
    for one in after {
        versions.entry(version(one).unwrap_or_default()).or_default().1.push(one);
    }
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for (before, after) in versions.into_values() {
        let (left, right) = of_one_version(difference, before, after);
        gone.extend(left);
        come.extend(right);
    }
    if let ([before], [after]) = (gone.as_slice(), come.as_slice()) {
        pair(difference, before, after);
        return;
    }
    difference.removed.extend(gone.iter().filter_map(|one| Some(Named::of(one.first()?))));
    difference.added.extend(come.iter().filter_map(|one| Some(Named::of(one.first()?))));
}

/// What one document says of one thing: one component, or the same listed again.
type Listed<'s> = Vec<&'s Component<'s>>;

/// Pairs components of one package and version: those of the same package URL (two architectures
/// are two things), then what is left if it is one on each side. Gives what has no partner.
fn of_one_version<'s>(
    difference: &mut Difference,
    before: Vec<&'s Component<'s>>,
    after: Vec<&'s Component<'s>>,
) -> (Vec<Listed<'s>>, Vec<Listed<'s>>) {
    let mut things: BTreeMap<&str, (Listed<'s>, Listed<'s>)> = BTreeMap::new();
    let key = |one: &'s Component<'s>| one.purl().map_or("", Purl::as_str);
    for one in before {
        things.entry(key(one)).or_default().0.push(one);
    }
    for one in after {
        things.entry(key(one)).or_default().1.push(one);
    }
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for (before, after) in things.into_values() {
        match (before.is_empty(), after.is_empty()) {
            (false, false) => pair(difference, &before, &after),
            (false, true) => gone.push(before),
            (true, _) => come.push(after),
        }
    }
    if let ([before], [after]) = (gone.as_slice(), come.as_slice()) {
        pair(difference, before, after);
        return (Vec::new(), Vec::new());
    }
    (gone, come)
}

/// The version of a component: its own, else its package URL's.
fn version(component: &Component<'_>) -> Option<String> {
    let own = component.version.as_deref().map(str::trim).filter(|own| !own.is_empty());
    let own = own.map(str::to_owned);
    own.or_else(|| component.purl()?.version().map(std::borrow::Cow::into_owned))
}

fn pair(difference: &mut Difference, before: &Listed<'_>, after: &Listed<'_>) {
    let (Some(first), Some(second)) = (before.first(), after.first()) else { return };
    let (old, new) = (version(first), version(second));
    let is_same_version = old == new;
    let change = Change {
        component: Named::of(second),
        version: Pair::of(old, new),
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
        Self { name, version: version(component), purl: component.purl().map(ToString::to_string) }
    }
}

/// The licence as one text: what was declared, and what was concluded if that is another;
/// canonical, so that two spellings are one.
fn licence(listed: &Listed<'_>) -> Option<String> {
    let texts = |by: &[Acknowledgement]| -> String {
        let licences = listed.iter().flat_map(|one| &one.licences);
        let texts: BTreeSet<String> = licences
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
        texts.into_iter().collect::<Vec<_>>().join(" AND ")
    };
    let declared = texts(&[Acknowledgement::Declared, Acknowledgement::Unstated]);
    let concluded = texts(&[Acknowledgement::Concluded]);
    match (&*declared, &*concluded) {
        ("", "") => None,
        ("", _) => Some(concluded),
        (_, "") => Some(declared),
        _ if declared == concluded => Some(declared),
        _ => Some(format!("{declared} (concluded: {concluded})")),
    }
}

fn supplier(listed: &Listed<'_>) -> Option<String> {
    let suppliers = listed.iter().filter_map(|one| one.details().supplier.as_ref());
    let names: BTreeSet<&str> = suppliers.map(|party| party.name.trim()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Checksums that only one of the documents has, by algorithm; one of each in pairs.
fn checksums(before: &Listed<'_>, after: &Listed<'_>) -> Vec<Checksums> {
    let mut algorithms: BTreeMap<&str, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for hash in before.iter().flat_map(|one| &one.hashes) {
        let value = hash.value.to_ascii_lowercase();
        algorithms.entry(hash.algorithm.spdx_name()).or_default().0.insert(value);
    }
    for hash in after.iter().flat_map(|one| &one.hashes) {
        let value = hash.value.to_ascii_lowercase();
        algorithms.entry(hash.algorithm.spdx_name()).or_default().1.insert(value);
    }
    let mut pairs = Vec::new();
    for (algorithm, (old, new)) in algorithms {
        let (mut gone, mut come) = (old.difference(&new), new.difference(&old));
        loop {
            let (before, after) = (gone.next().cloned(), come.next().cloned());
            if before.is_none() && after.is_none() {
                break;
            }
            let values = Pair { before, after };
            pairs.push(Checksums { algorithm: algorithm.to_owned(), values });
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

    /// A document of components with these package URLs and no version of their own.
    fn of_purls(purls: &[&'static str]) -> Sbom<'static> {
        let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
        for purl in purls {
            let mut one = Component::new(ComponentKind::Library, "a");
            one.identifiers.push(Identifier::purl((*purl).into()));
            sbom.add(one);
        }
        sbom
    }

    #[test]
    fn a_version_that_only_the_package_url_tells_is_compared() {
        let changed = difference(&of_purls(&["pkg:cargo/a@1"]), &of_purls(&["pkg:cargo/a@2"]));
        let version = changed.changed[0].version.as_ref().unwrap();
        assert_eq!((version.before.as_deref(), version.after.as_deref()), (Some("1"), Some("2")));
    }

    #[test]
    fn an_architecture_that_went_is_told() {
        let both = ["pkg:deb/debian/a@1?arch=amd64", "pkg:deb/debian/a@1?arch=arm64"];
        let difference = difference(&of_purls(&both), &of_purls(&both[..1]));
        assert_eq!(difference.removed[0].purl.as_deref(), Some(both[1]));
        assert_eq!((difference.removed.len(), difference.same), (1, 1));
    }

    #[test]
    fn a_checksum_that_went_is_a_change() {
        let mut before = sbom(&[("a", "1")]);
        let value = "0".repeat(40).into();
        before.components[0].hashes.push(Hash { algorithm: HashAlgorithm::Sha1, value });
        let changed = difference(&before, &sbom(&[("a", "1")])).changed;
        assert_eq!(changed[0].checksums[0].values.after, None);
    }

    #[test]
    fn another_concluded_licence_is_a_change_beside_the_same_declared_one() {
        let with = |concluded: &'static str| {
            let mut one = sbom(&[("a", "1")]);
            for (text, by) in
                [("MIT", Acknowledgement::Declared), (concluded, Acknowledgement::Concluded)]
            {
                let text = LicenceText::Expression(text.into());
                one.components[0].licences.push(Licence::new(text, by));
            }
            one
        };
        let changed = difference(&with("MIT"), &with("GPL-3.0-only")).changed;
        let after = changed[0].licence.as_ref().unwrap().after.as_deref();
        assert_eq!(after, Some("MIT (concluded: GPL-3.0-only)"));
    }

    #[test]
    fn many_checksums_of_one_component_cost_no_more_each() {
        let with = |first: u32| {
            let mut one = sbom(&[("a", "1")]);
            one.components[0].hashes.extend((first..first + 100_000).map(|number| Hash {
                algorithm: HashAlgorithm::Sha1,
                value: format!("{number:040x}").into(),
            }));
            one
        };
        let changed = difference(&with(0), &with(50_000)).changed;
        assert_eq!(changed[0].checksums.len(), 50_000);
    }
}
