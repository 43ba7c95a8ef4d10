//! `mainstay explain`: an advisory or a code.

use mainstay_testkit::Record;
use serde_json::json;

use crate::sandbox::Sandbox;

fn explain(sandbox: &Sandbox, id: &str) -> String {
    let answer = sandbox.run(&["explain", id]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    answer.stdout
}

fn with_advisory() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2024-0001"]);
    record.0["details"] = "Calling `left` twice turns right.".into();
    record.0["references"] = json!([{"type": "ADVISORY", "url": "https://flaws.example/1"}]);
    sandbox.import(&[record]);
    sandbox
}

#[test]
fn an_advisory_is_explained_by_its_id() {
    insta::assert_snapshot!(explain(&with_advisory(), "TEST-2024-0001"), @"
    TEST-2024-0001  A made-up flaw in left
      also CVE-2024-0001
      published 2024-06-01
      changed 2025-01-01
      page https://flaws.example/1
      left (crates.io)  vulnerability, severity unknown
        from 0, fixed in 2.0.0
        listed versions: 1.0.0

    Calling `left` twice turns right.

    References
      https://flaws.example/1
    ");
}

#[test]
fn an_advisory_is_explained_by_an_alias() {
    let sandbox = with_advisory();
    assert_eq!(explain(&sandbox, "CVE-2024-0001"), explain(&sandbox, "TEST-2024-0001"));
}

#[test]
fn an_advisory_is_found_however_its_id_is_written() {
    let sandbox = with_advisory();
    assert_eq!(explain(&sandbox, "cve-2024-0001"), explain(&sandbox, "TEST-2024-0001"));
}

#[test]
fn a_withdrawn_advisory_says_that_it_matches_nothing() {
    let sandbox = Sandbox::new();
    sandbox.import(&[
        Record::new("TEST-2024-0002", "crates.io", "left").withdrawn("2025-01-01T00:00:00Z")
    ]);
    assert!(explain(&sandbox, "TEST-2024-0002").contains("withdrawn"));
}

#[test]
fn a_code_is_explained_without_any_data() {
    insta::assert_snapshot!(explain(&Sandbox::new(), "stale-data"), @"
    stale-data
    The advisory data are older than `--max-data-age`, 7 days unless set otherwise. Flaws that became known since are not in them. Data whose age nobody can tell count as stale too, and so do data dated more than a day after the clock of this machine: then the clock is wrong, or the data are.
    ");
}

#[test]
fn every_code_of_a_report_is_explained() {
    let sandbox = Sandbox::flawed();
    sandbox.write("b/package-lock.json", "{");
    let report = sandbox.scan(&[]);
    let code = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    for code in [
        code(&report["findings"][0]["code"]),
        code(&report["unknowns"][0]["code"]),
        code(&report["sources"][1]["problems"][0]["code"]),
    ] {
        assert!(explain(&sandbox, &code).len() > 40, "{code}");
    }
}

#[test]
fn an_id_that_nobody_knows_is_an_error_that_says_what_to_do() {
    let answer = with_advisory().run(&["explain", "CVE-1999-0001"]);
    assert_eq!((answer.exit, &*answer.stdout), (2, ""), "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: "CVE-1999-0001" is neither a code of Mainstay nor an advisory in the data that are here; `mainstay db status` says what is here, and `mainstay db update` fetches more"#);
}
