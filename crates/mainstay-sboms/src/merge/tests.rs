//! Documents written here by hand, as one.

use super::*;
use crate::inventory::is_for_development;
use crate::spdx::read_v2_json;
use crate::{Hash, Need};

fn document(supplier: &str, digit: &str) -> String {
    format!(
        r#"{{"spdxVersion": "SPDX-2.3", "packages": [
        {{"SPDXID": "SPDXRef-a", "name": "app{supplier}"}},
        {{"SPDXID": "SPDXRef-l", "name": "left", "versionInfo": "1", "supplier": "Person: {supplier}",
        "checksums": [{{"algorithm": "SHA1", "checksumValue": "{}"}}],
        "externalRefs": [{{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/left@1"}}]}}],
        "relationships": [
        {{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"}},
        {{"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-l"}}]}}"#,
        digit.repeat(40)
    )
}

fn merged<'t>(one: &'t str, two: &'t str) -> Sbom<'t> {
    merge(vec![
        ("one".to_owned(), read_v2_json(one).unwrap()),
        ("two".to_owned(), read_v2_json(two).unwrap()),
    ])
}

#[test]
fn a_package_of_both_is_one_with_both_as_its_origin() {
    let (one, two) = (document("A", "0"), document("A", "0"));
    let merged = merged(&one, &two);
    assert_eq!(merged.components.len(), 2);
    let from = merged.components[1].details().properties.iter();
    assert_eq!(from.map(|one| &*one.value).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(merged.relationships.len(), 1);
    assert!(merged.gaps.is_empty());
}

#[test]
fn what_only_one_lists_keeps_its_edges() {
    let (one, two) = (document("A", "0"), document("B", "0"));
    let merged = merged(&one, &two);
    let names: Vec<&str> = merged.components.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["appA", "left", "appB"]);
    assert_eq!(merged.described.len(), 2);
    assert_eq!(merged.relationships.len(), 2);
}

#[test]
fn a_disagreement_is_a_gap() {
    let (one, two) = (document("A", "0"), document("B", "1"));
    let gaps = merged(&one, &two).gaps;
    let reasons: Vec<&str> = gaps.iter().map(|gap| &*gap.reason).collect();
    assert_eq!(
        reasons,
        [
            "left 1 has different checksums by SHA1; the documents are one, two",
            "left 1 has the suppliers A and B; the documents are one, two",
        ]
    );
}

#[test]
fn merging_one_document_changes_no_edge() {
    let one = document("A", "0");
    let merged = merge(vec![("one".to_owned(), read_v2_json(&one).unwrap())]);
    assert_eq!(merged.components.len(), 2);
    assert_eq!(merged.relationships, read_v2_json(&one).unwrap().relationships);
}

/// A document with one package, of which it says this.
fn with(change: impl FnOnce(&mut Component<'static>)) -> Sbom<'static> {
    let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
    let mut one = Component::new(crate::ComponentKind::Library, "a");
    one.identifiers.push(crate::Identifier::purl("pkg:npm/a@1".into()));
    change(&mut one);
    sbom.add(one);
    sbom
}

fn joined(one: Sbom<'static>, two: Sbom<'static>) -> Sbom<'static> {
    merge(vec![("one".to_owned(), one), ("two".to_owned(), two)])
}

#[test]
fn what_only_the_second_document_says_is_kept() {
    let mut second = with(|one| {
        let details = one.details_mut();
        details.released = Some("2026-01-01T00:00:00Z".into());
        details.file_name = Some("a.tgz".into());
        details.authors.push(crate::Party::named(crate::PartyKind::Person, "Jo"));
        details.occurrences.push(crate::Occurrence { location: "x".into(), line: None });
    });
    second.document.supplier = Some(crate::Party::named(crate::PartyKind::Person, "Jo"));
    second.document.properties.push(Property { name: "p".into(), value: "v".into() });
    let expected = second.components[0].details().clone();
    let merged = joined(with(|_| ()), second);
    let mut details = merged.components[0].details().clone();
    details.properties.clear();
    assert_eq!(details, expected);
    assert!(merged.document.supplier.is_some());
    assert_eq!(merged.document.properties.len(), 1);
}

#[test]
fn what_one_document_needs_is_needed() {
    for (one, two, expected) in [
        (Some(Need::Excluded), Some(Need::Required), Some(Need::Required)),
        (Some(Need::Excluded), None, None),
        (Some(Need::Excluded), Some(Need::Optional), Some(Need::Optional)),
    ] {
        for (one, two) in [(one, two), (two, one)] {
            let merged = joined(with(|a| a.need = one), with(|a| a.need = two));
            assert_eq!(merged.components[0].need, expected);
        }
    }
}

#[test]
fn what_one_document_marks_as_for_development_another_may_need() {
    let marked = with(|one| {
        let name = Text::Borrowed("cdx:npm:package:development");
        one.details_mut().properties.push(Property { name, value: "true".into() });
    });
    let merged = joined(marked, with(|_| ()));
    assert!(!is_for_development(&merged.components[0]));
}

#[test]
fn nothing_in_one_document_and_something_in_another_is_open() {
    let mut nothing = with(|_| ());
    let app = End::Component(ComponentId::at(0));
    let kind = crate::RelationshipKind::DependsOn;
    nothing.relationships.push(Relationship { from: app, kind: kind.clone(), to: End::Nothing });
    let mut something = with(|_| ());
    let left = something.add(Component::new(crate::ComponentKind::Library, "left"));
    something.relationships.push(Relationship { from: app, kind, to: End::Component(left) });
    let open = crate::open_questions(&joined(nothing, something));
    assert!(open.iter().any(|gap| gap.reason.contains("needs nothing")), "{open:?}");
}

#[test]
fn long_lists_of_one_component_cost_no_more_each() {
    let long = || {
        with(|one| {
            one.details_mut().properties = (0..50_000)
                .map(|at| Property { name: "n".into(), value: format!("{at}").into() })
                .collect();
        })
    };
    let merged = joined(long(), long());
    assert_eq!(merged.components[0].details().properties.len(), 50_002);
}

#[test]
fn many_components_of_one_package_url_are_joined_in_one_pass() {
    let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
    for at in 0..30_000 {
        let mut one = Component::new(crate::ComponentKind::Library, "a");
        one.identifiers.push(crate::Identifier::purl("pkg:npm/a@1".into()));
        let value = format!("{at:040x}").into();
        one.hashes.push(Hash { algorithm: crate::HashAlgorithm::Sha1, value });
        sbom.add(one);
    }
    let merged = merge(vec![("one".to_owned(), sbom)]);
    assert_eq!((merged.components.len(), merged.gaps.len()), (1, 1));
}
