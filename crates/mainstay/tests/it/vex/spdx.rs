//! The security profile of SPDX 3, read as statements.

use serde_json::{Value, json};

use super::{PACKAGE, codes, count, flawed};
use crate::sandbox::Sandbox;

/// An SPDX 3 document of a supplier that says one thing about `left`.
fn spdx(class: &str, kind: &str, said: &Value) -> String {
    let mut statement = json!({
        "type": format!("security_{class}VulnAssessmentRelationship"),
        "spdxId": "https://s.example/said", "creationInfo": "_:made", "relationshipType": kind,
        "from": "https://s.example/flaw", "to": ["https://s.example/left"],
    });
    for (name, value) in said.as_object().unwrap() {
        statement[name] = value.clone();
    }
    json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {"type": "CreationInfo", "@id": "_:made", "specVersion": "3.0.1",
             "created": "2026-01-31T00:00:00Z", "createdBy": ["https://s.example/us"]},
            {"type": "Organization", "spdxId": "https://s.example/us", "creationInfo": "_:made",
             "name": "A Supplier"},
            {"type": "SpdxDocument", "spdxId": "https://s.example/doc", "creationInfo": "_:made",
             "profileConformance": ["core", "security"],
             "rootElement": ["https://s.example/left"]},
            {"type": "software_Package", "spdxId": "https://s.example/left",
             "creationInfo": "_:made", "name": "left", "software_packageVersion": "1.0.0",
             "software_packageUrl": PACKAGE},
            {"type": "security_Vulnerability", "spdxId": "https://s.example/flaw",
             "creationInfo": "_:made", "name": "CVE-2024-0001"},
            statement,
        ],
    })
    .to_string()
}

#[test]
fn spdx_3_is_read_as_statements() {
    let reason = json!({"security_justificationType": "componentNotPresent"});
    let sandbox = flawed();
    sandbox.write("said.json", spdx("VexNotAffected", "doesNotAffect", &reason));
    let report = sandbox.scan(&["--vex", "said.json"]);
    let by = &report["silenced"][0]["by"];
    assert_eq!((&by["format"], &by["author"]), (&json!("spdx"), &json!("A Supplier")));
    assert_eq!(by["justification"], "component_not_present");
    for (class, kind, status) in [
        ("VexFixed", "fixedIn", "fixed"),
        ("VexUnderInvestigation", "underInvestigationFor", "under_investigation"),
        ("VexAffected", "affects", "affected"),
    ] {
        sandbox.write("said.json", spdx(class, kind, &json!({})));
        let report = sandbox.scan(&["--vex", "said.json"]);
        assert_eq!(report["findings"][0]["statements"][0]["status"], status);
    }
}

#[test]
fn not_affected_without_a_reason_says_nothing_in_spdx_3_too() {
    let sandbox = flawed();
    sandbox.write("vex.spdx.json", spdx("VexNotAffected", "doesNotAffect", &json!({})));
    let report = sandbox.scan(&[]);
    assert_eq!((count(&report, "silenced"), count(&report, "findings")), (0, 1));
    assert!(codes(&report).contains(&"statement-says-nothing"), "{report}");
}

#[test]
fn a_withdrawn_statement_of_spdx_3_silences_nothing() {
    let reason = json!({
        "security_justificationType": "componentNotPresent",
        "security_withdrawnTime": "2026-02-01T00:00:00Z",
    });
    let text = spdx("VexNotAffected", "doesNotAffect", &reason);
    let sandbox = flawed();
    sandbox.write("said.json", &text);
    let report = sandbox.scan(&["--vex", "said.json"]);
    assert_eq!((count(&report, "silenced"), codes(&report)), (0, vec!["statement-says-nothing"]));
    let converted = sandbox.run(&["sbom", "convert", "said.json", "--format", "cyclonedx"]);
    assert_eq!(converted.json()["vulnerabilities"][0]["analysis"], Value::Null);
}

#[test]
fn statements_of_spdx_3_are_shown_and_handed_on() {
    let sandbox = Sandbox::new();
    let text = spdx("VexFixed", "fixedIn", &json!({}));
    sandbox.write("said.json", text);
    let shown = sandbox.run(&["vex", "show", "said.json"]);
    assert!(shown.stdout.contains("CVE-2024-0001"), "{shown:?}");
    let answer = sandbox.run(&["vex", "export", "--format", "openvex", "said.json"]);
    assert_eq!(answer.json()["statements"][0]["status"], "fixed", "{answer:?}");
    assert_eq!(sandbox.run(&["vex", "export", "--format", "spdx", "said.json"]).exit, 2);
}
