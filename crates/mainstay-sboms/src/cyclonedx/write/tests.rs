//! The writer, on the fixtures and on models made here.

use super::{OutputVersion, write_json};
use crate::cyclonedx::read_json;
use crate::{
    Acknowledgement, Aggregate, Completeness, Component, ComponentKind, Encoding, End, Hash,
    HashAlgorithm, Licence, LicenceText, Relationship, RelationshipKind, Sbom, Spec,
};

const JSON: &str = include_str!("../../../tests/fixtures/cyclonedx/whole.cdx.json");

fn written(sbom: &Sbom<'_>) -> serde_json::Value {
    serde_json::from_str(&write_json(sbom, OutputVersion::V1_6).unwrap()).unwrap()
}

/// A document about `app` with one component of this kind.
fn with(change: impl FnOnce(&mut Component<'static>)) -> Sbom<'static> {
    let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
    let app = sbom.add(Component::new(ComponentKind::Application, "app"));
    sbom.described.push(app);
    let mut one = Component::new(ComponentKind::Library, "one");
    change(&mut one);
    sbom.add(one);
    sbom
}

#[test]
fn what_was_read_and_written_reads_the_same() {
    for version in OutputVersion::ALL {
        let first = read_json(JSON).unwrap();
        let text = write_json(&first, version).unwrap();
        let mut second = read_json(&text).unwrap();
        for (ours, theirs) in second.components.iter_mut().zip(&first.components) {
            ours.line = theirs.line;
        }
        assert_eq!(second.components, first.components);
        assert_eq!(second.completeness, first.completeness);
        assert_eq!(second.document.identity, first.document.identity);
        assert_eq!(second.document.supplier, first.document.supplier);
        let sorted = |sbom: &Sbom<'_>| {
            let mut edges: Vec<_> =
                sbom.relationships.iter().map(|one| (one.from, one.to)).collect();
            edges.sort_unstable();
            edges
        };
        assert_eq!(sorted(&second), sorted(&first));
        assert_eq!(second.vulnerabilities[0].analysis, first.vulnerabilities[0].analysis);
        assert_eq!(second.vulnerabilities[0].affects, first.vulnerabilities[0].affects);
    }
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    let mut sbom = read_json(JSON).unwrap();
    sbom.document.identity = None;
    let text = write_json(&sbom, OutputVersion::V1_7).unwrap();
    assert_eq!(text, write_json(&sbom, OutputVersion::V1_7).unwrap());
    assert!(!text.contains("00000000-0000-0000-0000-000000000000"));
}

#[test]
fn another_content_gives_another_serial_number_of_version_8() {
    let serial = |name: &'static str| {
        let sbom = with(|one| one.name = name.into());
        written(&sbom)["serialNumber"].as_str().unwrap().to_owned()
    };
    assert_ne!(serial("a"), serial("b"));
    assert_eq!(serial("a").as_bytes()["urn:uuid:00000000-0000-".len()], b'8');
}

#[test]
fn a_serial_number_in_another_form_is_not_kept() {
    let mut sbom = with(|_| ());
    sbom.document.identity = Some("https://spdx.example/doc".into());
    let serial = written(&sbom)["serialNumber"].as_str().unwrap().to_owned();
    assert!(serial.starts_with("urn:uuid:"), "{serial}");
}

#[test]
fn a_licence_is_an_id_a_name_or_an_expression() {
    let licence = |text| Licence::new(text, Acknowledgement::Unstated);
    for (text, key) in [
        (LicenceText::Expression("mit".into()), "id"),
        (LicenceText::Expression("LicenseRef-own".into()), "expression"),
        (LicenceText::Expression("see the file".into()), "name"),
        (LicenceText::Name("MIT".into()), "name"),
        (LicenceText::Expression("MIT OR Apache-2.0".into()), "expression"),
    ] {
        let sbom = with(|one| one.licences.push(licence(text)));
        let first = &written(&sbom)["components"][0]["licenses"][0];
        let found = if first["license"].is_null() { first } else { &first["license"] };
        assert!(found[key].is_string(), "{key}: {first}");
    }
}

#[test]
fn an_expression_stands_alone_in_1_6_and_the_others_are_kept() {
    let sbom = with(|one| {
        for text in ["MIT", "MIT OR Apache-2.0"] {
            let text = LicenceText::Expression(text.into());
            one.licences.push(Licence::new(text, Acknowledgement::Declared));
        }
    });
    let component = &written(&sbom)["components"][0];
    assert_eq!(component["licenses"].as_array().unwrap().len(), 1);
    assert_eq!(component["properties"][0]["name"], "mainstay:licence");
    let text = write_json(&sbom, OutputVersion::V1_7).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["components"][0]["licenses"].as_array().unwrap().len(), 2);
}

#[test]
fn a_hash_that_the_standard_cannot_say_comes_back_from_a_property() {
    let hash = Hash { algorithm: HashAlgorithm::Other("h1".into()), value: "ab".into() };
    let sbom = with(|one| {
        one.reference = "one".into();
        one.hashes.push(hash.clone());
    });
    let text = write_json(&sbom, OutputVersion::V1_6).unwrap();
    assert_eq!(read_json(&text).unwrap().components[1].hashes, [hash]);
}

#[test]
fn an_edge_that_the_graph_has_no_word_for_comes_back_from_a_property() {
    let mut sbom = with(|one| one.reference = "one".into());
    let (app, one) = (crate::ComponentId::at(0), crate::ComponentId::at(1));
    for kind in [RelationshipKind::DevDependency, RelationshipKind::Contains] {
        let (from, to) = (End::Component(app), End::Component(one));
        sbom.relationships.push(Relationship { from, kind, to });
    }
    let text = write_json(&sbom, OutputVersion::V1_6).unwrap();
    let mut back = read_json(&text).unwrap().relationships;
    back.sort_by_key(|one| one.kind == RelationshipKind::Contains);
    assert_eq!(back, sbom.relationships);
}

#[test]
fn a_document_about_several_things_gets_one_that_needs_them() {
    let mut sbom = with(|_| ());
    sbom.described.push(crate::ComponentId::at(1));
    let document = written(&sbom);
    let made = &document["metadata"]["component"]["bom-ref"];
    assert_eq!(document["dependencies"][0]["ref"], *made);
    assert_eq!(document["dependencies"][0]["dependsOn"].as_array().unwrap().len(), 2);
    assert_eq!(document["components"].as_array().unwrap().len(), 2);
}

#[test]
fn references_are_unlike_one_another() {
    let mut sbom = with(|_| ());
    for reference in ["same", "same", "", ""] {
        let mut one = Component::new(ComponentKind::Library, "one");
        one.reference = reference.into();
        sbom.add(one);
    }
    let document = written(&sbom);
    let components = document["components"].as_array().unwrap();
    let names: std::collections::HashSet<_> =
        components.iter().map(|one| one["bom-ref"].as_str().unwrap()).collect();
    assert_eq!(names.len(), components.len());
}

#[test]
fn a_claim_that_names_nothing_is_given_no_name() {
    let mut sbom = with(|_| ());
    sbom.completeness.push(Completeness {
        aggregate: Aggregate::Complete,
        assemblies: Vec::new(),
        dependencies: Vec::new(),
        is_of_all: true,
    });
    let document = written(&sbom);
    assert_eq!(document["compositions"], serde_json::json!([{"aggregate": "complete"}]));
}

#[test]
fn deep_nesting_is_cut_and_nothing_is_lost() {
    let mut sbom = with(|_| ());
    for _ in 0..100 {
        let mut one = Component::new(ComponentKind::Library, "deep");
        one.parent = Some(crate::ComponentId::at(sbom.components.len() - 1));
        sbom.add(one);
    }
    let text = write_json(&sbom, OutputVersion::V1_6).unwrap();
    assert_eq!(read_json(&text).unwrap().components.len(), sbom.components.len());
}

#[test]
fn what_was_lost_on_the_way_is_written_down() {
    let mut sbom = with(|_| ());
    sbom.leave_out("components.pedigree", Some(3));
    let document = written(&sbom);
    assert_eq!(document["metadata"]["properties"][0]["name"], "mainstay:left-out");
}

#[test]
fn a_service_in_a_service_stays_there() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "services": [
        {"bom-ref": "a", "name": "a", "services": [{"bom-ref": "b", "name": "b"}]}]}"#;
    let sbom = read_json(text).unwrap();
    assert_eq!(written(&sbom)["services"][0]["services"][0]["name"], "b");
}

#[test]
fn a_tool_keeps_its_checksums() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"tools": [{"name": "t",
        "hashes": [{"alg": "SHA-1", "content": "1212121212121212121212121212121212121212"}]}]}}"#;
    let sbom = read_json(text).unwrap();
    assert_eq!(written(&sbom)["metadata"]["tools"]["components"][0]["hashes"][0]["alg"], "SHA-1");
}
