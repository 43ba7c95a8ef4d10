//! Statements in the SBOM that a scan writes, and in a scan of that SBOM.

use serde_json::{Value, json};

use super::{PACKAGE, codes, count, dated, document, flawed, statement};
const ID: &str = "TEST-2024-0001";

/// What a scan with these statements writes.
fn written(format: &str, statements: &[Value]) -> String {
    let sandbox = flawed();
    sandbox.write("statements.json", document(statements));
    let answer = sandbox.run(&["scan", "--format", format, "--vex", "statements.json"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    answer.stdout
}

fn cyclonedx(statements: &[Value]) -> Value {
    serde_json::from_str(&written("cyclonedx", statements)).unwrap()
}

/// The first property of a name.
fn property<'v>(vulnerability: &'v Value, name: &str) -> &'v str {
    let all = vulnerability["properties"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap()["value"].as_str().unwrap()
}

/// The elements of a class in a document of SPDX 3.
fn elements<'v>(document: &'v Value, class: &str) -> Vec<&'v Value> {
    let all = document["@graph"].as_array().unwrap();
    all.iter().filter(|one| one["type"] == class).collect()
}

#[test]
fn what_a_statement_silences_is_written_as_not_affected_with_its_reason() {
    let document = cyclonedx(&[statement(ID, PACKAGE, "not_affected")]);
    let [one] = &**document["vulnerabilities"].as_array().unwrap() else { panic!("{document}") };
    assert_eq!(one["id"], ID);
    assert_eq!(
        one["analysis"],
        json!({
            "state": "not_affected", "justification": "code_not_reachable",
            "detail": "It is never called.", "firstIssued": "2026-01-31T00:00:00Z",
        })
    );
    assert_eq!(one["affects"][0]["versions"][0]["status"], "unaffected");
    assert_eq!(property(one, "mainstay:vex:author"), "A Team");
    assert_eq!(
        property(one, "mainstay:vex:statement"),
        "not affected: vulnerable_code_not_in_execute_path, \"It is never called.\" \
         (A Team, 2026-01-31, statements.json:16)"
    );
}

#[test]
fn a_finding_of_which_nobody_speaks_has_no_analysis() {
    let document = cyclonedx(&[]);
    let one = &document["vulnerabilities"][0];
    assert_eq!((&one["id"], &one["analysis"]), (&json!(ID), &Value::Null));
}

#[test]
fn only_who_says_affected_makes_it_exploitable() {
    for (status, state) in
        [("affected", "exploitable"), ("under_investigation", "in_triage"), ("fixed", "resolved")]
    {
        let document = cyclonedx(&[statement(ID, PACKAGE, status)]);
        assert_eq!(document["vulnerabilities"][0]["analysis"]["state"], state);
        assert_eq!(
            document["vulnerabilities"][0]["affects"][0]["versions"][0]["status"],
            "affected"
        );
    }
}

#[test]
fn what_only_a_statement_tells_is_a_vulnerability_too() {
    let document = cyclonedx(&[statement("CVE-2026-7", "pkg:cargo/right", "affected")]);
    let all = document["vulnerabilities"].as_array().unwrap();
    let raised = all.iter().find(|one| one["id"] == "CVE-2026-7").unwrap();
    assert_eq!(raised["analysis"]["state"], "exploitable");
    assert_eq!(raised["recommendation"], "Take 2.0.0.");
}

#[test]
fn a_word_on_one_of_two_flaws_is_no_analysis_of_the_finding() {
    let mut record = mainstay_testkit::Record::new(ID, "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2024-0001", "CVE-2024-0002"]);
    for status in ["not_affected", "fixed"] {
        let sandbox = flawed();
        sandbox.import(&[record.clone()]);
        sandbox.write("vex.json", document(&[statement("CVE-2024-0001", PACKAGE, status)]));
        let document = sandbox.run(&["scan", "--format", "cyclonedx"]).json();
        let one = &document["vulnerabilities"][0];
        assert_eq!(one["analysis"], Value::Null, "{status}");
        let said = property(one, "mainstay:vex:statement");
        assert!(said.contains(&status.replace('_', " ")), "{said}");
    }
}

#[test]
fn two_statements_that_answer_two_flaws_are_one_analysis() {
    let mut record = mainstay_testkit::Record::new(ID, "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2024-0001", "CVE-2024-0002"]);
    let sandbox = flawed();
    sandbox.import(&[record]);
    let mut second = statement("CVE-2024-0002", PACKAGE, "not_affected");
    second["justification"] = json!("component_not_present");
    second["impact_statement"] = json!("It is left out.");
    let first = statement("CVE-2024-0001", PACKAGE, "not_affected");
    sandbox.write("vex.json", document(&[first, second]));
    let document = sandbox.run(&["scan", "--format", "cyclonedx"]).json();
    let analysis = &document["vulnerabilities"][0]["analysis"];
    assert_eq!(
        (&analysis["state"], &analysis["justification"]),
        (&json!("not_affected"), &Value::Null)
    );
    let detail = analysis["detail"].as_str().unwrap();
    for part in ["CVE-2024-0001: It is never called.", "CVE-2024-0002: It is left out."] {
        assert!(detail.contains(part), "{detail}");
    }
}

#[test]
fn what_had_no_effect_is_told() {
    for format in ["cyclonedx", "spdx", "spdx-3.0"] {
        let text = written(format, &[statement(ID, "pkg:cargo/nobody", "fixed")]);
        assert!(text.contains("VEX without effect (product-not-scanned, 1)"), "{format}: {text}");
    }
}

#[test]
fn the_security_profile_of_spdx_3_has_the_statements() {
    let text = written(
        "spdx-3.0",
        &[
            statement(ID, PACKAGE, "not_affected"),
            statement("CVE-2026-7", "pkg:cargo/right", "affected"),
        ],
    );
    let document: Value = serde_json::from_str(&text).unwrap();
    let flaws = elements(&document, "security_Vulnerability");
    assert_eq!(flaws.len(), 2);
    let said = elements(&document, "security_VexNotAffectedVulnAssessmentRelationship");
    let [one] = &*said else { panic!("{said:?}") };
    assert_eq!(one["security_justificationType"], "vulnerableCodeNotInExecutePath");
    assert_eq!(one["security_impactStatement"], "It is never called.");
    let said = elements(&document, "security_VexAffectedVulnAssessmentRelationship");
    assert_eq!(said[0]["security_actionStatement"], "Take 2.0.0.");
    let profiles = elements(&document, "SpdxDocument")[0]["profileConformance"].to_string();
    assert!(profiles.contains("security"), "{profiles}");
}

#[test]
fn an_open_finding_in_spdx_3_is_a_link_without_a_judgement() {
    let document: Value = serde_json::from_str(&written("spdx-3.0", &[])).unwrap();
    let is_link = |one: &&&Value| one["relationshipType"] == "hasAssociatedVulnerability";
    assert_eq!(elements(&document, "Relationship").iter().filter(is_link).count(), 1);
    assert!(!document.to_string().contains("security_Vex"));
}

#[test]
fn spdx_2_has_the_address_of_the_advisory_with_what_is_said() {
    let text = written("spdx", &[statement(ID, PACKAGE, "not_affected")]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let packages = document["packages"].as_array().unwrap();
    let left = packages.iter().find(|one| one["name"] == "left").unwrap();
    let refs = left["externalRefs"].as_array().unwrap();
    let one = refs.iter().find(|one| one["referenceCategory"] == "SECURITY").unwrap();
    assert_eq!(one["referenceType"], "advisory");
    assert_eq!(one["comment"], "TEST-2024-0001: not_affected");
}

#[test]
fn a_scan_of_the_written_sbom_hears_the_same_statements() {
    let statements = [
        statement(ID, PACKAGE, "not_affected"),
        statement("CVE-2026-7", "pkg:cargo/right", "affected"),
    ];
    let fact = |report: &Value| {
        let by = &report["silenced"][0]["by"];
        let raised = &report["findings"][0];
        json!([
            by["author"],
            by["justification"],
            by["impact"],
            by["issued"],
            raised["code"],
            raised["advisory"]["id"],
            raised["statements"][0]["action"],
        ])
    };
    for (format, file) in [
        ("cyclonedx", "received/shop.cdx.json"),
        ("cyclonedx-1.7", "received/shop.cdx.json"),
        ("spdx-3.0", "received/shop.spdx.json"),
    ] {
        let sandbox = flawed();
        sandbox.write("statements.json", document(&statements));
        let first = sandbox.scan(&["--vex", "statements.json"]);
        sandbox.write(file, written(format, &statements));
        let second = sandbox.scan(&["received"]);
        assert_eq!((count(&second, "silenced"), count(&second, "findings")), (1, 1), "{format}");
        assert_eq!(fact(&second), fact(&first), "{format}");
        assert_eq!(second["silenced"][0]["by"]["provenance"], "inside", "{format}");
        let none = sandbox.scan(&["--no-vex", "received"]);
        assert_eq!((count(&none, "silenced"), count(&none, "findings")), (0, 1), "{format}");
    }
}

#[test]
fn what_nobody_judged_is_open_in_a_scan_of_the_written_sbom() {
    for (format, file) in [("cyclonedx", "shop.cdx.json"), ("spdx-3.0", "shop.spdx.json")] {
        let sandbox = flawed();
        sandbox.write(&format!("received/{file}"), written(format, &[]));
        let report = sandbox.scan(&["received"]);
        assert_eq!((count(&report, "silenced"), count(&report, "findings")), (0, 1), "{format}");
        assert_eq!(report["findings"][0]["statements"], Value::Null, "{format}");
    }
}

#[test]
fn a_last_day_and_evidence_go_with_the_statement() {
    let mut one = dated(statement(ID, PACKAGE, "not_affected"), "2026-01-31T00:00:00Z");
    one["status_notes"] = json!("Two looked.\nEvidence: a call graph\nExpires: 2026-06-30");
    for (format, file) in [("cyclonedx", "shop.cdx.json"), ("spdx-3.0", "shop.spdx.json")] {
        let mut sandbox = flawed();
        sandbox.write(&format!("received/{file}"), written(format, &[one.clone()]));
        let by = sandbox.scan(&["received"])["silenced"][0]["by"].clone();
        assert_eq!(by["expires"], "2026-06-30", "{format}: {by}");
        assert!(by["evidence"].to_string().contains("a call graph"), "{format}: {by}");
        sandbox.set("MAINSTAY_NOW", "2026-07-02T00:00:00Z");
        let report = sandbox.scan(&["received"]);
        assert_eq!(codes(&report), ["statement-expired"], "{format}");
        assert_eq!(count(&report, "findings"), 1, "{format}");
    }
}

#[test]
fn the_same_statements_give_the_same_bytes() {
    for format in ["cyclonedx", "spdx", "spdx-3.0"] {
        let write = || {
            let mut sandbox = flawed();
            sandbox.set("SOURCE_DATE_EPOCH", "1700000000");
            sandbox.write("vex.json", document(&[statement(ID, PACKAGE, "not_affected")]));
            sandbox.run(&["scan", "--format", format]).stdout
        };
        assert_eq!(write(), write(), "{format}");
    }
}

#[test]
fn a_link_into_another_edition_of_a_scanned_sbom_silences_nothing() {
    let serial = "3e671687-395b-41f5-a30f-a58921a69b79";
    let silenced = |edition: u32| {
        let sandbox = flawed();
        std::fs::remove_file(sandbox.path("Cargo.lock")).unwrap();
        let purl = "pkg:cargo/left@1.0.0";
        let sbom = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 2,
            "serialNumber": format!("urn:uuid:{serial}"),
            "metadata": {"component": {"bom-ref": "app", "type": "application", "name": "app"}},
            "components": [{"bom-ref": "l", "type": "library", "name": "left", "purl": purl}],
            "dependencies": [{"ref": "app", "dependsOn": ["l"]}, {"ref": "l", "dependsOn": []}],
        });
        sandbox.write("app.cdx.json", sbom.to_string());
        let said = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6",
            "metadata": {"timestamp": "2026-01-31T00:00:00Z"},
            "vulnerabilities": [{
                "id": ID,
                "analysis": {"state": "not_affected", "detail": "It is never called."},
                "affects": [{"ref": format!("urn:cdx:{serial}/{edition}#{purl}")}],
            }],
        });
        sandbox.write("said/statements.vex.json", said.to_string());
        let report = sandbox.scan(&["--vex", "said/statements.vex.json", "app.cdx.json"]);
        report["silenced"].as_array().unwrap().len()
    };
    assert_eq!((silenced(2), silenced(1)), (1, 0));
}
