use super::write_json;
use crate::spdx::{read_v2_json as read_json, read_v2_tag_value as read_tag_value};
use crate::{
    Acknowledgement, Aggregate, Completeness, Component, ComponentId, ComponentKind, Encoding, End,
    Hash, HashAlgorithm, Identifier, Licence, LicenceText, Property, Reference, ReferenceKind,
    Relationship, RelationshipKind, Sbom, Spec, Tool,
};

/// A model with something of everything.
fn model() -> Sbom<'static> {
    let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
    sbom.document.created = Some("2026-01-02T03:04:05.678Z".into());
    sbom.document.tools.push(Tool {
        name: "mainstay".into(),
        version: Some("0.1.0".into()),
        ..Tool::default()
    });
    let mut app = Component::new(ComponentKind::Application, "app");
    app.version = Some("1.0".into());
    app.licences.push(licence("MIT AND Own-1.0"));
    let mut left = Component::new(ComponentKind::Library, "left");
    left.group = Some("@scope".into());
    left.version = Some("2.0".into());
    left.identifiers.push(Identifier::purl("pkg:npm/%40scope/left@2.0".into()));
    left.hashes.push(Hash { algorithm: HashAlgorithm::Sha256, value: "AB".repeat(32).into() });
    left.hashes.push(Hash { algorithm: HashAlgorithm::Streebog256, value: "00".into() });
    left.licences.push(Licence::new(
        LicenceText::Name("The Left Licence".into()),
        Acknowledgement::Declared,
    ));
    left.references.push(Reference {
        kind: ReferenceKind::Distribution,
        url: "https://left.example/left.tgz".into(),
        comment: None,
        hashes: Vec::new(),
    });
    left.details_mut()
        .properties
        .push(Property { name: "mainstay:scope".into(), value: "dev".into() });
    let (app, left) = (sbom.add(app), sbom.add(left));
    sbom.described.push(app);
    edge(&mut sbom, End::Component(app), RelationshipKind::DevDependency, End::Component(left));
    sbom
}

fn licence(text: &'static str) -> Licence<'static> {
    Licence::new(LicenceText::Expression(text.into()), Acknowledgement::Concluded)
}

fn edge(sbom: &mut Sbom<'static>, from: End, kind: RelationshipKind<'static>, to: End) {
    sbom.relationships.push(Relationship { from, kind, to });
}

#[test]
fn what_is_said_around_an_earlier_line_on_limits_stays() {
    let mut sbom = model();
    sbom.document.comment = Some(
        "before\nThis document does not tell everything about the software. Old.\nafter".into(),
    );
    let text = write_json(&sbom).unwrap();
    let comment = read_json(&text).unwrap().document.comment.unwrap().into_owned();
    assert!(comment.starts_with("before\nafter"), "{comment}");
    assert!(!comment.contains("Old."), "{comment}");
}

#[test]
fn what_is_written_is_read_again() {
    let text = write_json(&model()).unwrap();
    let read = read_json(&text).unwrap();
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);
    assert_eq!(read.described, [ComponentId::at(0)]);
    assert_eq!(read.relationships, model().relationships);
    let left = &read.components[1];
    assert_eq!((left.group.as_deref(), &*left.name), (Some("@scope"), "left"));
    assert_eq!(left.purl().unwrap().as_str(), "pkg:npm/%40scope/left@2.0");
    let hash = |algorithm, value: String| Hash { algorithm, value: value.into() };
    assert_eq!(
        left.hashes,
        [
            hash(HashAlgorithm::Sha256, "ab".repeat(32)),
            hash(HashAlgorithm::Streebog256, "00".to_owned())
        ]
    );
    assert_eq!(left.details().properties, model().components[1].details().properties);
    assert_eq!(left.references[0].url, "https://left.example/left.tgz");
}

#[test]
fn writing_twice_gives_the_same_bytes() {
    assert_eq!(write_json(&model()).unwrap(), write_json(&model()).unwrap());
    let text = write_json(&model()).unwrap();
    let again = write_json(&read_json(&text).unwrap()).unwrap();
    let third = write_json(&read_json(&again).unwrap()).unwrap();
    assert_eq!(again, third);
}

#[test]
fn other_content_has_another_namespace() {
    let namespace = |sbom: &Sbom<'_>| {
        let text = write_json(sbom).unwrap();
        read_json(&text).unwrap().document.identity.unwrap().into_owned()
    };
    let mut other = model();
    other.components[0].version = Some("1.1".into());
    assert_ne!(namespace(&model()), namespace(&other));
}

#[test]
fn a_licence_that_is_not_on_the_list_is_spelt_out() {
    let text = write_json(&model()).unwrap();
    let read = read_json(&text).unwrap();
    assert_eq!(
        read.components[0].licences[0].text,
        LicenceText::Expression("MIT AND LicenseRef-Own-1.0".into())
    );
    assert_eq!(
        read.components[1].licences[0].text,
        LicenceText::Expression("LicenseRef-The-Left-Licence".into())
    );
    let spelt: Vec<&str> = read.custom_licences.iter().map(|one| &*one.id).collect();
    assert_eq!(spelt, ["LicenseRef-Own-1.0", "LicenseRef-The-Left-Licence"]);
}

#[test]
fn what_has_no_place_and_what_is_not_known_are_said() {
    let mut sbom = model();
    sbom.leave_out("components.evidence", Some(3));
    edge(
        &mut sbom,
        End::Component(ComponentId::at(0)),
        RelationshipKind::DependsOn,
        End::External(crate::ExternalId::at(0)),
    );
    sbom.external.push("urn:cdx:elsewhere".into());
    let text = write_json(&sbom).unwrap();
    let read = read_json(&text).unwrap();
    assert_eq!(read.annotations, []);
    assert_eq!(&*read.left_out[0].what, "components.evidence");
    let edge = read.relationships.last().unwrap();
    assert_eq!(edge.kind, RelationshipKind::DependsOn);
    assert!(matches!(edge.to, End::External(id) if read.external(id) == Some("urn:cdx:elsewhere")));
    assert!(read.document.comment.unwrap().ends_with("left out: 1."));
}

#[test]
fn claims_of_completeness_become_none_and_noassertion() {
    let mut sbom = model();
    let claim = |aggregate, at| Completeness {
        aggregate,
        assemblies: Vec::new(),
        dependencies: vec![ComponentId::at(at)],
        is_of_all: false,
    };
    sbom.completeness.push(claim(Aggregate::Complete, 1));
    sbom.completeness.push(claim(Aggregate::Incomplete, 0));
    let text = write_json(&sbom).unwrap();
    let read = read_json(&text).unwrap();
    let ends: Vec<_> = read.relationships.iter().skip(1).map(|one| (one.from, one.to)).collect();
    let component = |at| End::Component(ComponentId::at(at));
    assert_eq!(ends, [(component(1), End::Nothing), (component(0), End::NoAssertion)]);
    // NOASSERTION says less than the claim did.
    let claims: Vec<_> =
        read.completeness.iter().map(|one| (one.aggregate, &one.dependencies)).collect();
    assert_eq!(claims, [(Aggregate::Incomplete, &vec![ComponentId::at(0)])]);
}

#[test]
fn a_document_that_does_not_say_what_it_describes_is_given_nothing() {
    let mut sbom = model();
    sbom.described.clear();
    let text = write_json(&sbom).unwrap();
    assert!(
        text.contains("\"DESCRIBES\",\n      \"relatedSpdxElement\": \"NOASSERTION\""),
        "{text}"
    );
    let read = read_json(&text).unwrap();
    assert_eq!((read.described, read.relationships.len()), (Vec::new(), 1));
}

#[test]
fn names_are_unique_whatever_they_were_made_of() {
    let mut sbom = model();
    for name in ["a b", "a-b", "a_b"] {
        sbom.add(Component::new(ComponentKind::Library, name));
    }
    let text = write_json(&sbom).unwrap();
    assert!(read_json(&text).unwrap().gaps.is_empty());
}

#[test]
fn tag_value_becomes_json_without_loss_of_packages_and_edges() {
    let written = "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: d\n\
                   PackageName: a\nSPDXID: SPDXRef-a\nPackageName: b\nSPDXID: SPDXRef-b\n\
                   Relationship: SPDXRef-a DEPENDS_ON SPDXRef-b\n";
    let sbom = read_tag_value(written).unwrap();
    let text = write_json(&sbom).unwrap();
    let read = read_json(&text).unwrap();
    assert_eq!(read.relationships, sbom.relationships);
    assert_eq!(read.components.len(), 2);
}
