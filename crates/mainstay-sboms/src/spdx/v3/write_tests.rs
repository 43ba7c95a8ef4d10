use super::write;
use crate::spdx::read_v3 as read;
use crate::{
    Acknowledgement, Component, ComponentId, ComponentKind, Encoding, End, Hash, HashAlgorithm,
    Identifier, Licence, LicenceText, Party, PartyKind, Relationship, RelationshipKind, Sbom, Spec,
};

fn model() -> Sbom<'static> {
    let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
    sbom.document.created = Some("2026-01-02T03:04:05Z".into());
    let mut app = Component::new(ComponentKind::Application, "app");
    app.details_mut().supplier = Some(Party::named(PartyKind::Organisation, "Example"));
    let mut left = Component::new(ComponentKind::Library, "left");
    left.identifiers.push(Identifier::purl("pkg:npm/left@2.0".into()));
    left.hashes.push(Hash { algorithm: HashAlgorithm::Sha3_256, value: "AB".repeat(32).into() });
    let expression = LicenceText::Expression("MIT OR Own-1.0".into());
    left.licences.push(Licence::new(expression, Acknowledgement::Declared));
    left.licences.push(Licence::new(LicenceText::None, Acknowledgement::Concluded));
    let (app, left) = (sbom.add(app), sbom.add(left));
    sbom.described.push(app);
    sbom.relationships.push(Relationship {
        from: End::Component(app),
        kind: RelationshipKind::DevDependency,
        to: End::Component(left),
    });
    sbom.leave_out("components.evidence", None);
    sbom
}

#[test]
fn what_is_written_is_read_again() {
    let text = write(&model()).unwrap();
    let read = read(&text).unwrap();
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);
    assert_eq!(read.described, [ComponentId::at(0)]);
    assert_eq!(read.relationships, model().relationships);
    let left = &read.components[1];
    assert_eq!(left.purl().unwrap().as_str(), "pkg:npm/left@2.0");
    assert_eq!(left.hashes[0].algorithm, HashAlgorithm::Sha3_256);
    let licences: Vec<_> = left.licences.iter().map(|one| &one.text).collect();
    let expression = LicenceText::Expression("MIT OR LicenseRef-Own-1.0".into());
    assert_eq!(licences, [&LicenceText::None, &expression]);
    assert_eq!(read.custom_licences[0].id, "LicenseRef-Own-1.0");
    assert_eq!(read.components[0].details().supplier.as_ref().unwrap().name, "Example");
    assert_eq!(read.left_out, model().left_out);
}

#[test]
fn writing_twice_gives_the_same_bytes() {
    let text = write(&model()).unwrap();
    assert_eq!(text, write(&model()).unwrap());
    let again = write(&read(&text).unwrap()).unwrap();
    assert_eq!(again, write(&read(&again).unwrap()).unwrap());
}

#[test]
fn a_remark_keeps_who_made_it_and_when() {
    let mut sbom = model();
    sbom.annotations.push(crate::Annotation {
        subjects: vec![End::Component(ComponentId::at(1))],
        annotator: Some(Party::named(PartyKind::Person, "Jo")),
        timestamp: Some("2025-01-01T00:00:00Z".into()),
        kind: Some("review".into()),
        text: "looked at".into(),
    });
    let text = write(&sbom).unwrap();
    assert_eq!(read(&text).unwrap().annotations, sbom.annotations);
}
