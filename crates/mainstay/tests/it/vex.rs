//! VEX: what statements do to a scan, and which of them do nothing.

mod flaws;
mod reports;
mod sboms;
mod scope;
mod sources;
mod spdx;
mod time;

use mainstay_testkit::Record;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, cargo_lock};

const PACKAGE: &str = "pkg:cargo/left@1.0.0";

/// A project with one finding: `left 1.0.0`, TEST-2024-0001, also CVE-2024-0001.
fn flawed() -> Sandbox {
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2024-0001"]);
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0"), ("right", "1.0.0")]));
    sandbox.import(&[record]);
    sandbox
}

/// A statement on one package.
fn statement(flaw: &str, product: &str, status: &str) -> Value {
    let mut statement = json!({
        "vulnerability": {"name": flaw}, "products": [{"@id": product}], "status": status,
    });
    match status {
        "not_affected" => {
            statement["justification"] = json!("vulnerable_code_not_in_execute_path");
            statement["impact_statement"] = json!("It is never called.");
        }
        "affected" => statement["action_statement"] = json!("Take 2.0.0."),
        _ => {}
    }
    statement
}

/// A statement with a date of its own.
fn dated(mut statement: Value, time: &str) -> Value {
    statement["timestamp"] = json!(time);
    statement
}

/// A document of a team, of the end of January.
fn document(statements: &[Value]) -> String {
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://a.example/vex/1",
        "author": "A Team", "timestamp": "2026-01-31T00:00:00Z", "version": 1,
        "statements": statements,
    });
    serde_json::to_string_pretty(&document).unwrap()
}

/// The report of a scan of the flawed project with these statements.
fn scan(statements: &[Value]) -> Value {
    let sandbox = flawed();
    sandbox.write("statements.json", document(statements));
    sandbox.scan(&["--vex", "statements.json"])
}

fn codes(report: &Value) -> Vec<&str> {
    let all = report["without_effect"].as_array().unwrap();
    all.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

fn count(report: &Value, list: &str) -> usize {
    report[list].as_array().unwrap().len()
}

#[test]
fn not_affected_silences_and_the_gate_opens() {
    let sandbox = flawed();
    assert_eq!(sandbox.check(&[]).exit, 1);
    sandbox.write(
        "statements.json",
        document(&[statement("TEST-2024-0001", PACKAGE, "not_affected")]),
    );
    let answer = sandbox.check(&["--vex", "statements.json"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.json()["verdict"], "clean");
}

#[test]
fn what_is_silenced_stays_listed_with_who_says_so_and_why() {
    let report = scan(&[statement("TEST-2024-0001", PACKAGE, "not_affected")]);
    let silenced = &report["silenced"][0];
    assert_eq!(silenced["finding"]["advisory"]["id"], "TEST-2024-0001");
    assert_eq!(silenced["by"]["author"], "A Team");
    assert_eq!(silenced["by"]["justification"], "vulnerable_code_not_in_execute_path");
    assert_eq!(silenced["by"]["impact"], "It is never called.");
    assert_eq!(silenced["by"]["path"], "statements.json");
    assert_eq!(codes(&report), [""; 0]);
}

#[test]
fn a_flaw_is_the_same_under_any_of_its_ids() {
    let report = scan(&[statement("cve-2024-0001", PACKAGE, "not_affected")]);
    assert_eq!((count(&report, "findings"), count(&report, "silenced")), (0, 1));
    let mut by_alias = statement("VENDOR-7", PACKAGE, "not_affected");
    by_alias["vulnerability"]["aliases"] = json!(["CVE-2024-0001"]);
    assert_eq!(count(&scan(&[by_alias]), "silenced"), 1);
}

#[test]
fn fixed_and_under_investigation_are_shown_with_the_finding() {
    for status in ["fixed", "under_investigation"] {
        let report = scan(&[statement("TEST-2024-0001", PACKAGE, status)]);
        assert_eq!(report["findings"][0]["statements"][0]["status"], status);
        assert_eq!(report["findings"][0]["statements"][0]["standing"], "counts");
        assert_eq!(codes(&report), [""; 0], "{status}");
    }
}

#[test]
fn affected_raises_a_finding_where_there_was_none() {
    let sandbox = flawed();
    sandbox.write("Cargo.lock", cargo_lock(&[("right", "1.0.0")]));
    assert_eq!(sandbox.check(&[]).exit, 0);
    let said = statement("CVE-2026-7", "pkg:cargo/right", "affected");
    sandbox.write("statements.json", document(&[said]));
    let answer = sandbox.check(&["--vex", "statements.json"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let finding = &answer.json()["findings"][0];
    assert_eq!(finding["code"], "stated-affected");
    assert_eq!(finding["advisory"]["id"], "CVE-2026-7");
    assert_eq!(finding["package"]["purl"], "pkg:cargo/right@1.0.0");
    assert_eq!(finding["advice"], "Take 2.0.0.");
    assert_eq!(finding["locations"][0]["path"], "Cargo.lock");
}

#[test]
fn affected_raises_a_finding_also_on_a_package_that_nobody_could_check() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("right", "1.0.0")]));
    let said = statement("CVE-2026-7", "pkg:cargo/right", "affected");
    sandbox.write("statements.json", document(&[said]));
    let report = sandbox.scan(&["--vex", "statements.json"]);
    assert_eq!(report["findings"][0]["code"], "stated-affected");
    assert_eq!(report["packages"][0]["status"], "unchecked");
}

#[test]
fn one_flaw_that_several_statements_raise_is_one_finding() {
    let mut other = statement("GHSA-7", "pkg:cargo/right@1.0.0", "affected");
    other["vulnerability"]["aliases"] = json!(["CVE-2026-7"]);
    let report = scan(&[statement("CVE-2026-7", "pkg:cargo/right", "affected"), other]);
    // Beside the finding that the record tells.
    assert_eq!(count(&report, "findings"), 2);
}

#[test]
fn a_malicious_release_is_not_stated_away() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.import(&[Record::new("MAL-2026-1", "crates.io", "left")]);
    sandbox.write("statements.json", document(&[statement("MAL-2026-1", PACKAGE, "not_affected")]));
    let answer = sandbox.check(&["--vex", "statements.json"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert_eq!(codes(&answer.json()), ["statement-on-malicious"]);
}

#[test]
fn a_statement_that_changes_nothing_is_listed_with_the_reason() {
    let report = scan(&[
        statement("TEST-2024-0001", "pkg:cargo/nobody", "not_affected"),
        statement("TEST-2024-0001", "pkg:cargo/left@9.0.0", "not_affected"),
        statement("CVE-1999-1", PACKAGE, "not_affected"),
        statement("TEST-2024-0001", "https://a.example/product", "not_affected"),
        json!({"vulnerability": "X-1", "products": [PACKAGE], "status": "not_affected"}),
    ]);
    let expected = [
        "statement-says-nothing",
        "product-not-scanned",
        "product-not-scanned",
        "flaw-not-found",
        "unmatchable-product",
    ];
    assert_eq!(codes(&report), expected);
    assert_eq!(count(&report, "findings"), 1);
    let second = &report["without_effect"][2];
    assert_eq!(second["why"], "pkg:cargo/left is in the scan, but not as pkg:cargo/left@9.0.0");
    assert_eq!(second["subject"], "TEST-2024-0001 in pkg:cargo/left@9.0.0");
}
