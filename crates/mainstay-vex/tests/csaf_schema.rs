//! What is written as CSAF fits the schema of OASIS, read in place where it is there.

#![expect(clippy::print_stderr, reason = "a test fails by panicking, and says what it leaves out")]

use mainstay_testkit::{shared_data, unzip};
use mainstay_vex::{Publication, VexFormat, read, write};
use serde_json::Value;

const STATEMENTS: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x",
    "author": "A Team", "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [
    {"vulnerability": {"name": "CVE-2026-0001", "aliases": ["GHSA-1"]},
     "timestamp": "2026-01-02T00:00:00Z", "products": [{"@id": "pkg:oci/app?tag=1",
        "subcomponents": ["pkg:npm/left@1.0.0"]}, {"@id": "https://a.example/product"}],
     "status": "not_affected", "justification": "component_not_present",
     "impact_statement": "It is not built in.", "status_notes": "Expires: 2027-01-01"},
    {"vulnerability": {"name": "CVE-2026-0001"}, "products": ["pkg:npm/left@2.0.0"],
     "status": "affected", "action_statement": "Take 3.0.0."},
    {"vulnerability": {"name": "OWN-7"}, "products": ["pkg:npm/left"], "status": "fixed"},
    {"vulnerability": {"name": "OWN-8"}, "products": ["pkg:npm/right"],
     "status": "under_investigation"},
    {"vulnerability": {"name": "-1", "aliases": ["CVE-26-1", "cve-2026-0002", "CVE-2026-0003"]},
     "products": ["", "An App"], "status": "affected", "action_statement": " "}]}"#;

/// Takes references to schemas of others away: of scores, which are not written.
fn without_scores(schema: &mut Value) {
    let mut rest = vec![schema];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(fields) => {
                let foreign = fields.get("$ref").and_then(Value::as_str);
                if foreign.is_some_and(|address| address.contains("cvss")) {
                    fields.clear();
                }
                rest.extend(fields.values_mut());
            }
            Value::Array(list) => rest.extend(list.iter_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

#[test]
fn what_is_written_fits_the_schema_of_oasis() {
    let Some(data) = shared_data() else {
        eprintln!("left out: the schema of CSAF is not there");
        return;
    };
    let zip = std::fs::read(data.join("csaf/oasis-tests.zip")).unwrap();
    let name = "csaf_2.0/json_schema/csaf_json_schema.json";
    let (_, bytes) = unzip(&zip).into_iter().find(|(one, _)| one.ends_with(name)).unwrap();
    let mut schema: Value = serde_json::from_slice(&bytes).unwrap();
    without_scores(&mut schema);
    let schema = jsonschema::validator_for(&schema).unwrap();
    let publication = Publication {
        author: "A Team".to_owned(),
        id: None,
        namespace: Some("https://a.example".to_owned()),
        time: "2026-03-01T00:00:00Z".parse().unwrap(),
        now: "2026-03-01T00:00:00Z".parse().unwrap(),
    };
    let statements = read(STATEMENTS.as_bytes(), VexFormat::OpenVex).unwrap().statements;
    let text = write(&statements, VexFormat::Csaf, &publication).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let errors: Vec<String> = schema
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0], "{text}");
    // The test itself can fail: a document without a title does not fit.
    let mut broken = document;
    broken["document"]["title"].take();
    assert!(!schema.is_valid(&broken));
}
