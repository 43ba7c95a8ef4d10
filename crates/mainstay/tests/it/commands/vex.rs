//! `mainstay vex`: statements recorded, listed and exported.

use mainstay_testkit::Record;
use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox, cargo_lock};

const FILE: &str = "mainstay.openvex.json";

fn flawed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.import(&[Record::new("TEST-2024-0001", "crates.io", "left")]);
    sandbox
}

fn add(sandbox: &Sandbox, more: &[&str]) -> Answer {
    let first = ["vex", "add", "TEST-2024-0001", "--product", "pkg:cargo/left@1.0.0"];
    sandbox.run(&[&first[..], more].concat())
}

const NOT_AFFECTED: [&str; 8] = [
    "--status",
    "not_affected",
    "--justification",
    "vulnerable_code_not_present",
    "--impact",
    "It is not built in.",
    "--author",
    "A Team",
];

fn written(sandbox: &Sandbox) -> Value {
    serde_json::from_slice(&std::fs::read(sandbox.path(FILE)).unwrap()).unwrap()
}

#[test]
fn a_recorded_statement_silences_the_next_scan() {
    let sandbox = flawed();
    assert_eq!(sandbox.check(&[]).exit, 1);
    let answer = add(&sandbox, &NOT_AFFECTED);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn evidence_aliases_and_the_last_day_are_kept() {
    let mut sandbox = flawed();
    let more = ["--evidence", "https://a.example/e", "--alias", "CVE-2024-0001", "--expires"];
    add(&sandbox, &[&NOT_AFFECTED[..], &more, &["2026-03-01"]].concat());
    sandbox.set("MAINSTAY_NOW", "2026-03-02T12:00:00Z");
    let report = sandbox.scan(&[]);
    assert_eq!(report["without_effect"][0]["code"], "statement-expired");
    let statement = &written(&sandbox)["statements"][0];
    assert_eq!(statement["vulnerability"]["aliases"], json!(["CVE-2024-0001"]));
    assert_eq!(statement["status_notes"], "Evidence: https://a.example/e\nExpires: 2026-03-01");
}

#[test]
fn a_statement_whose_last_day_is_over_is_not_recorded() {
    let sandbox = flawed();
    let answer = add(&sandbox, &[&NOT_AFFECTED[..], &["--expires", "2026-02-28"]].concat());
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("the last day, 2026-02-28, is over"), "{answer:?}");
}

#[test]
fn the_file_grows_and_the_newest_statement_counts() {
    let mut sandbox = flawed();
    add(&sandbox, &NOT_AFFECTED);
    sandbox.set("MAINSTAY_NOW", "2026-03-01T13:00:00Z");
    let answer = add(&sandbox, &["--status", "affected", "--action", "Take 2.0.0."]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(written(&sandbox)["version"], 2);
    assert_eq!(sandbox.scan(&[])["findings"][0]["statements"][0]["status"], "affected");
}

#[test]
fn wrong_use_writes_nothing_and_says_what_to_do() {
    let sandbox = flawed();
    for (arguments, says) in [
        (&["--status", "not_affected", "--author", "A"][..], "not_affected needs a reason"),
        (&["--status", "affected", "--author", "A"], "affected needs an action"),
        (&["--status", "fixed"], "a new file needs an author"),
        (&["--status", "fixed", "--author", "A", "--impact", "x"], "why a product is not affected"),
        (&["--status", "fixed", "--author", "A", "--expires", "soon"], "is no date"),
        (&["--status", "fixed", "--author", "A", "--part", "left"], "is no package URL"),
        (&["--status", "perhaps"], "not_affected"),
    ] {
        let answer = add(&sandbox, arguments);
        assert_eq!(answer.exit, 2, "{answer:?}");
        assert!(answer.stderr.contains(says), "{says}: {}", answer.stderr);
        assert!(!sandbox.path(FILE).exists());
    }
}

#[test]
fn a_file_of_another_kind_is_left_as_it_is() {
    let sandbox = flawed();
    sandbox.write(FILE, "{\"ours\": true}");
    let answer = add(&sandbox, &NOT_AFFECTED);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert_eq!(written(&sandbox), json!({"ours": true}));
}

#[test]
fn each_format_that_is_exported_does_what_the_file_does() {
    let sandbox = flawed();
    add(&sandbox, &NOT_AFFECTED);
    for format in ["openvex", "cyclonedx", "csaf"] {
        let export = ["vex", "export", "--format", format, "--namespace", "https://a.example"];
        let first = sandbox.run(&export);
        assert_eq!(first.exit, 0, "{first:?}");
        assert_eq!(sandbox.run(&export).stdout, first.stdout, "{format}");
        sandbox.write("exported/x.json", &first.stdout);
        let report = sandbox.scan(&["--no-vex", "--vex", "exported/x.json"]);
        let by = &report["silenced"][0]["by"];
        assert_eq!((by["format"].as_str(), by["author"].as_str()), (Some(format), Some("A Team")));
    }
}

#[test]
fn csaf_without_an_address_of_the_publisher_is_wrong_use() {
    let sandbox = flawed();
    add(&sandbox, &NOT_AFFECTED);
    let answer = sandbox.run(&["vex", "export", "--format", "csaf"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.stderr.contains("--namespace"), "{answer:?}");
}

#[test]
fn statements_are_listed() {
    let sandbox = flawed();
    add(&sandbox, &NOT_AFFECTED);
    insta::assert_snapshot!(sandbox.run(&["vex", "show"]).stdout, @r"
    mainstay.openvex.json (openvex, A Team)
      TEST-2024-0001  not affected  pkg:cargo/left@1.0.0  (2026-03-01T12:00:00Z)
        why: vulnerable_code_not_present
        why: It is not built in.
    ");
}

/// A document in OpenVEX that the test writes itself.
fn said(version: u64, flaws: &[&str], status: &str, time: &str) -> String {
    let (id, aliases) = flaws.split_first().unwrap();
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "u:1", "author": "A Team",
        "version": version, "timestamp": time,
        "statements": [{
            "vulnerability": {"name": id, "aliases": aliases}, "status": status,
            "products": [{"@id": "pkg:cargo/left@1.0.0"}],
            "impact_statement": "It is not built in.", "action_statement": "Take 2.0.0.",
        }],
    })
    .to_string()
}

/// The statuses that an export of these documents writes.
fn exported(documents: &[String]) -> (Vec<String>, String) {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..documents.len()).map(|at| format!("{at}.json")).collect();
    for (name, text) in names.iter().zip(documents) {
        sandbox.write(name, text);
    }
    let mut arguments = vec!["vex", "export", "--format", "openvex"];
    arguments.extend(names.iter().map(String::as_str));
    let answer = sandbox.run(&arguments);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let statements = answer.json()["statements"].as_array().unwrap().clone();
    let status = |one: &Value| one["status"].as_str().unwrap().to_owned();
    (statements.iter().map(status).collect(), answer.stderr)
}

#[test]
fn what_is_dated_after_now_is_not_exported() {
    let (statuses, warning) = exported(&[
        said(1, &["CVE-2026-0001"], "affected", "2025-11-20T00:00:00Z"),
        said(1, &["CVE-2026-0001"], "not_affected", "2030-01-01T00:00:00Z"),
    ]);
    assert_eq!(statuses, ["affected"]);
    insta::assert_snapshot!(warning, @"warning: one statement, on CVE-2026-0001, is left out: the date is after now");
}

#[test]
fn of_two_versions_of_a_document_the_later_is_exported_as_it_counts_in_a_scan() {
    let time = "2026-01-01T00:00:00Z";
    let first = said(1, &["CVE-2026-0001"], "affected", time);
    let second = said(2, &["CVE-2026-0001"], "not_affected", time);
    assert_eq!(exported(&[first, second]).0, ["not_affected"]);
}

#[test]
fn an_export_keeps_what_is_said_about_another_flaw() {
    let (statuses, _) = exported(&[
        said(1, &["CVE-2026-0001", "CVE-2026-0002"], "affected", "2026-01-01T00:00:00Z"),
        said(1, &["CVE-2026-0001"], "not_affected", "2026-02-01T00:00:00Z"),
    ]);
    assert_eq!(statuses, ["affected", "not_affected"]);
}

#[test]
fn the_standard_library_of_go_can_be_spoken_of() {
    let sandbox = Sandbox::new();
    let product = ["vex", "add", "CVE-2026-0001", "--product", "pkg:golang/stdlib@v1.23.4"];
    let answer = sandbox.run(&[&product[..], &NOT_AFFECTED].concat());
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(
        written(&sandbox)["statements"][0]["products"][0]["@id"],
        "pkg:golang/stdlib@v1.23.4"
    );
}
