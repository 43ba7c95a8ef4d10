//! Readers of CycloneDX on documents written here by hand.

use mainstay_reading::ReadErrorKind;

use super::{read_json, read_xml};
use crate::{
    Acknowledgement, AffectedStatus, AnalysisState, ComponentKind, Encoding, End, Identifier,
    LicenceText, Need, RelationshipKind, Sbom, Spec, Versions,
};

const JSON: &str = include_str!("../../tests/fixtures/cyclonedx/whole.cdx.json");
const XML: &[u8] = include_bytes!("../../tests/fixtures/cyclonedx/whole.cdx.xml");

/// A document of these parts.
fn document(parts: &str) -> String {
    format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", {parts}}}")
}

fn position(sbom: &Sbom<'_>, name: &str) -> End {
    let at = sbom.components.iter().position(|component| component.name == name).unwrap();
    End::Component(crate::ComponentId::at(at))
}

#[test]
fn both_syntaxes_say_the_same() {
    let json = read_json(JSON).unwrap();
    let mut xml = read_xml(XML).unwrap();
    assert_eq!(json.gaps, []);
    // Lines differ, and XML's schema has an order of elements of its own.
    xml.document.encoding = Encoding::Json;
    for (ours, theirs) in xml.components.iter_mut().zip(&json.components) {
        ours.line = theirs.line;
    }
    for (ours, theirs) in xml.vulnerabilities.iter_mut().zip(&json.vulnerabilities) {
        ours.line = theirs.line;
    }
    assert_eq!(xml.components, json.components);
    assert_eq!(xml.relationships, json.relationships);
    assert_eq!(xml.document, json.document);
    assert_eq!(xml.vulnerabilities, json.vulnerabilities);
    assert_eq!(xml.completeness, json.completeness);
    assert_eq!(xml.annotations, json.annotations);
    assert_eq!(xml.external, json.external);
}

#[test]
fn a_component_keeps_everything_that_is_said_of_it() {
    let sbom = read_json(JSON).unwrap();
    let core = &sbom.components[1];
    assert_eq!((core.kind, core.need), (ComponentKind::Framework, Some(Need::Required)));
    assert_eq!(core.line, Some(18));
    assert_eq!(core.purl().unwrap().as_str(), "pkg:npm/%40scope/core@1.2.3");
    assert_eq!(core.identifiers.len(), 4);
    assert!(core.identifiers.iter().any(|one| matches!(one, Identifier::Swid(_))));
    assert_eq!(core.licences[0].text, LicenceText::Expression("MIT OR Apache-2.0".into()));
    assert_eq!(core.licences[0].acknowledgement, Acknowledgement::Declared);
    assert_eq!(core.licences[1].acknowledgement, Acknowledgement::FoundInFiles);
    assert_eq!(core.details().supplier.as_ref().unwrap().name, "Core people");
    assert!(core.hashes[0].digest().unwrap().is_ok());
}

#[test]
fn a_nested_component_knows_its_parent() {
    let sbom = read_json(JSON).unwrap();
    let parent = sbom.components[2].parent.and_then(|id| sbom.component(id)).unwrap();
    assert_eq!((&*sbom.components[2].name, &*parent.name), ("inner", "core"));
}

#[test]
fn what_depends_on_nothing_is_told_so() {
    let sbom = read_json(JSON).unwrap();
    let tool = position(&sbom, "tool");
    let edges: Vec<_> = sbom.relationships.iter().filter(|edge| edge.from == tool).collect();
    assert_eq!((edges.len(), edges[0].to), (1, End::Nothing));
    assert_eq!(edges[0].kind, RelationshipKind::DependsOn);
}

#[test]
fn a_vulnerability_keeps_its_analysis_and_what_it_affects() {
    let sbom = read_json(JSON).unwrap();
    let one = &sbom.vulnerabilities[0];
    assert_eq!(one.analysis.as_ref().unwrap().state, Some(AnalysisState::NotAffected));
    assert_eq!(one.affects[0].target, position(&sbom, "core"));
    assert_eq!(one.affects[0].versions[0].status, AffectedStatus::Unaffected);
    assert_eq!(one.affects[0].versions[1].versions, Versions::Range("vers:npm/<1.0.0".into()));
    assert_eq!(one.affects[0].versions[1].status, AffectedStatus::Affected);
    let End::External(other) = one.affects[1].target else { panic!("it is in this document") };
    assert_eq!(sbom.external(other), Some("urn:cdx:00000000-0000-4000-8000-000000000009/1#other"));
}

#[test]
fn a_models_facts_are_kept_by_name() {
    let sbom = read_json(JSON).unwrap();
    let End::Component(at) = position(&sbom, "guesser") else { panic!("no component") };
    let card = sbom.component(at).unwrap().details().model_card.as_ref().unwrap();
    assert_eq!(card.approach.as_deref(), Some("supervised"));
    assert_eq!(End::Component(card.dataset_components[0]), position(&sbom, "rows"));
    assert_eq!(card.facts[0].name, "considerations.ethicalConsiderations.name");
}

#[test]
fn what_the_model_does_not_hold_is_told() {
    let sbom = read_json(JSON).unwrap();
    assert!(sbom.left_out.iter().any(|part| &*part.what == "formulation"));
}

#[test]
fn a_link_into_the_document_itself_is_no_link_elsewhere() {
    let text = document(
        "\"serialNumber\": \"urn:uuid:00000000-0000-4000-8000-000000000001\", \"version\": 1,
         \"components\": [{\"bom-ref\": \"a\", \"type\": \"library\", \"name\": \"a\"}],
         \"dependencies\": [{\"ref\": \"a\", \"dependsOn\":
            [\"urn:cdx:00000000-0000-4000-8000-000000000001/1#a\"]}]",
    );
    let sbom = read_json(&text).unwrap();
    assert_eq!(sbom.relationships[0].to, position(&sbom, "a"));
}

#[test]
fn an_edge_to_nowhere_is_a_gap() {
    let text = document("\"dependencies\": [\n{\"ref\": \"a\", \"dependsOn\": [\"b\"]}]");
    let sbom = read_json(&text).unwrap();
    assert_eq!(sbom.gaps[0].place.line, Some(2));
    assert!(sbom.gaps[0].reason.ends_with("a, b"), "{}", sbom.gaps[0].reason);
}

#[test]
fn a_name_for_two_different_things_is_a_gap() {
    let twice =
        |name: &str| format!("{{\"bom-ref\": \"a\", \"type\": \"library\", \"name\": \"{name}\"}}");
    let different = document(&format!("\"components\": [{}, {}]", twice("a"), twice("b")));
    assert_eq!(read_json(&different).unwrap().gaps.len(), 1);
    let same = document(&format!("\"components\": [{}, {}]", twice("a"), twice("a")));
    assert_eq!(read_json(&same).unwrap().gaps, []);
}

#[test]
fn a_version_that_is_not_read_is_told_by_its_number() {
    for (text, version) in [
        ("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.8\", \"components\": 7}", "1.8"),
        ("{\"specVersion\": \"2.0\", \"bomFormat\": \"CycloneDX\"}", "2.0"),
    ] {
        let error = read_json(text).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::UnknownVersion);
        assert!(error.message.contains(version), "{error}");
    }
    let xml = b"<bom xmlns='http://cyclonedx.org/schema/bom/1.1'/>";
    assert_eq!(read_xml(xml).unwrap_err().kind, ReadErrorKind::UnknownVersion);
}

#[test]
fn another_format_is_refused() {
    let error = read_json("{\"bomFormat\": \"Other\", \"specVersion\": \"1.6\"}").unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Shape);
    let error = read_json("{\"specVersion\": \"1.6\"}").unwrap_err();
    assert!(error.message.contains("bomFormat"), "{error}");
    assert_eq!(read_xml(b"<bom/>").unwrap_err().kind, ReadErrorKind::Shape);
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    for text in [
        document("\"version\": 1, \"version\": 1"),
        document("\"components\": [{\"name\": \"a\", \"name\": \"b\"}]"),
    ] {
        let error = read_json(&text).unwrap_err();
        assert!(error.message.contains("is there twice"), "{error}");
    }
}

#[test]
fn a_part_of_the_wrong_shape_is_a_gap_where_it_bears_on_packages() {
    let text = document(
        "\"components\": [\n{\"type\": \"library\", \"name\": [], \"licenses\": 7, \"version\": 1}]",
    );
    let sbom = read_json(&text).unwrap();
    assert_eq!(sbom.gaps.len(), 1, "{:?}", sbom.gaps);
    assert!(sbom.gaps[0].reason.starts_with("components.name"));
    assert_eq!(sbom.gaps[0].place.line, Some(2));
    assert!(sbom.left_out.iter().any(|part| &*part.what == "components.licenses"));
    assert_eq!(sbom.components[0].version.as_deref(), Some("1"));
}

#[test]
fn a_word_that_no_version_has_is_a_gap_and_never_a_guess() {
    let text =
        document("\"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"fine\"}}]");
    let sbom = read_json(&text).unwrap();
    assert_eq!(sbom.vulnerabilities[0].analysis.as_ref().unwrap().state, None);
    assert_eq!(sbom.gaps.len(), 1);
}

#[test]
fn the_author_and_the_tools_of_old_versions_are_read() {
    let text = "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.2\", \"metadata\": {
        \"tools\": [{\"vendor\": \"v\", \"name\": \"t\", \"version\": \"1\"}],
        \"manufacture\": {\"name\": \"m\"}},
        \"components\": [{\"type\": \"library\", \"name\": \"a\", \"author\": \"Someone\",
            \"modified\": false}]}";
    let sbom = read_json(text).unwrap();
    assert_eq!(sbom.document.spec, Spec::CycloneDx1_2);
    assert_eq!(sbom.document.tools[0].vendor.as_deref(), Some("v"));
    assert_eq!(sbom.document.manufacturer.as_ref().unwrap().name, "m");
    assert_eq!(sbom.components[0].details().authors[0].name, "Someone");
    assert_eq!(sbom.left_out, []);
}

#[test]
fn nested_components_without_end_are_refused() {
    let mut text = String::from("{\"bomFormat\": \"CycloneDX\", \"components\": ");
    for _ in 0..10_000 {
        text.push_str("[{\"components\": ");
    }
    assert_eq!(read_json(&text).unwrap_err().kind, ReadErrorKind::TooDeep);
}

#[test]
fn a_list_that_stands_twice_in_xml_is_one_list() {
    let text = "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components>
        <component type='library'><name>outer</name>
        <components><component type='library'><name>one</name></component></components>
        <components><component type='library'><name>two</name></component></components>
        </component></components></bom>";
    let sbom = read_xml(text.as_bytes()).unwrap();
    let names: Vec<&str> = sbom.components.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["outer", "one", "two"]);
    assert_eq!(sbom.gaps, []);
}

#[test]
fn a_list_that_is_repeated_without_end_nests_no_deeper() {
    let text = format!(
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components><component type='library'>
        <name>a</name>{}</component></components></bom>",
        "<hashes/>".repeat(300_000)
    );
    assert_eq!(read_xml(text.as_bytes()).unwrap().components.len(), 1);
}

#[test]
fn many_different_elements_in_one_component_cost_no_more_each() {
    // Compared each with each, these would take minutes.
    let many: Vec<String> = (0..200_000).map(|number| format!("<x{number}/>")).collect();
    let many = many.concat();
    let text = format!(
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components><component type='library'>
        <name>a</name>{many}</component></components></bom>"
    );
    assert_eq!(read_xml(text.as_bytes()).unwrap().components.len(), 1);
}
