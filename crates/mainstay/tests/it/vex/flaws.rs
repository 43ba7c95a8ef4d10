//! Findings about several flaws: each must be answered.

use mainstay_testkit::Record;
use serde_json::{Value, json};

use super::{PACKAGE, codes, count, dated, document, statement};
use crate::sandbox::{Sandbox, cargo_lock};

/// A project with one finding: an advisory about two flaws.
fn about_two() -> Sandbox {
    let mut record = Record::new("GHSA-aaaa", "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2026-0001", "CVE-2026-0002"]);
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.import(&[record]);
    sandbox
}

fn scan(statements: &[Value]) -> Value {
    let sandbox = about_two();
    sandbox.write("statements.json", document(statements));
    sandbox.scan(&["--vex", "statements.json"])
}

#[test]
fn a_statement_on_one_flaw_does_not_silence_a_finding_about_two() {
    let sandbox = about_two();
    sandbox
        .write("statements.json", document(&[statement("CVE-2026-0001", PACKAGE, "not_affected")]));
    let answer = sandbox.check(&["--vex", "statements.json"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let report = answer.json();
    assert_eq!(codes(&report), ["statement-not-every-flaw"]);
    assert_eq!(report["findings"][0]["statements"][0]["standing"], "counts-in-part");
    let why = report["without_effect"][0]["why"].as_str().unwrap();
    assert!(why.contains("CVE-2026-0002"), "{why}");
}

#[test]
fn a_finding_is_silenced_when_each_of_its_flaws_is_answered() {
    let report = scan(&[
        statement("CVE-2026-0001", PACKAGE, "not_affected"),
        statement("CVE-2026-0002", PACKAGE, "not_affected"),
    ]);
    assert_eq!((count(&report, "findings"), count(&report, "silenced")), (0, 1));
    assert_eq!(codes(&report), [""; 0]);
}

#[test]
fn a_statement_on_the_advisory_answers_all_that_it_is_about() {
    let report = scan(&[statement("GHSA-aaaa", PACKAGE, "not_affected")]);
    assert_eq!((count(&report, "findings"), count(&report, "silenced")), (0, 1));
}

#[test]
fn a_statement_on_one_flaw_does_not_overrule_one_on_another() {
    let report = scan(&[
        dated(statement("CVE-2026-0002", PACKAGE, "affected"), "2026-01-01T00:00:00Z"),
        dated(statement("CVE-2026-0001", PACKAGE, "not_affected"), "2026-02-01T00:00:00Z"),
    ]);
    assert_eq!(count(&report, "silenced"), 0);
    let said = report["findings"][0]["statements"].as_array().unwrap();
    let standing: Vec<&str> = said.iter().map(|one| one["standing"].as_str().unwrap()).collect();
    assert_eq!(standing, ["counts-in-part", "counts"]);
    assert_eq!(codes(&report), ["statement-not-every-flaw"]);
}

#[test]
fn what_a_statement_raises_is_not_overruled_by_one_on_another_flaw() {
    let mut both = statement("CVE-2026-7", "pkg:cargo/left", "affected");
    both["vulnerability"]["aliases"] = json!(["CVE-2026-8"]);
    let report = scan(&[
        dated(both, "2026-01-01T00:00:00Z"),
        dated(statement("CVE-2026-7", PACKAGE, "not_affected"), "2026-02-01T00:00:00Z"),
    ]);
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|one| one["code"] == "stated-affected"), "{report:#}");
}
