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
    let sandbox = flawed();
    let more = ["--evidence", "https://a.example/e", "--alias", "CVE-2024-0001", "--expires"];
    add(&sandbox, &[&NOT_AFFECTED[..], &more, &["2026-02-28"]].concat());
    let report = sandbox.scan(&[]);
    assert_eq!(report["without_effect"][0]["code"], "statement-expired");
    let statement = &written(&sandbox)["statements"][0];
    assert_eq!(statement["vulnerability"]["aliases"], json!(["CVE-2024-0001"]));
    assert_eq!(statement["status_notes"], "Evidence: https://a.example/e\nExpires: 2026-02-28");
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
