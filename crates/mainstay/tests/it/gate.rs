//! `mainstay check`: what it refuses, what it lets pass, and what `mainstay.toml` may say.

mod components;
mod exceptions;
mod policy;
mod settings;
mod since;

use mainstay_testkit::Record;
use serde_json::json;

use crate::sandbox::{Answer, Sandbox, cargo_lock};

/// CVSS 3.1 of 5.3: medium.
const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";
/// CVSS 3.1 of 9.8: critical.
const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

/// A record about `left` with a severity.
fn rated(vector: &str) -> Record {
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2024-0001"]);
    record.0["severity"] = json!([{"type": "CVSS_V3", "score": vector}]);
    record
}

/// A project with one finding of this record.
fn with_record(record: Record) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.import(&[record]);
    sandbox
}

/// A KEV catalogue that names these ids.
fn import_kev(sandbox: &Sandbox, cves: &[&str]) {
    let entry = |cve: &&str| {
        json!({
            "cveID": cve, "vendorProject": "Example", "product": "Left", "dateAdded": "2026-01-02",
            "vulnerabilityName": "Left", "shortDescription": "", "requiredAction": "Update.",
            "dueDate": "2026-01-23", "knownRansomwareCampaignUse": "Known", "notes": ""
        })
    };
    let catalogue = json!({
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": "2026.02.28",
        "dateReleased": "2026-02-28T00:00:00.000Z",
        "count": cves.len(),
        "vulnerabilities": cves.iter().map(entry).collect::<Vec<_>>(),
    });
    let path = sandbox.beside("kev.json");
    std::fs::write(&path, catalogue.to_string()).unwrap();
    sandbox.import_file(&path);
}

fn exit(sandbox: &Sandbox, arguments: &[&str]) -> i32 {
    sandbox.check(arguments).exit
}

#[test]
fn any_finding_is_refused_unless_something_else_is_said() {
    assert_eq!(exit(&with_record(rated(MEDIUM)), &[]), 1);
}

#[test]
fn a_finding_at_the_threshold_is_refused() {
    assert_eq!(exit(&with_record(rated(MEDIUM)), &["--fail-on", "medium"]), 1);
}

#[test]
fn a_finding_above_the_threshold_is_refused() {
    assert_eq!(exit(&with_record(rated(CRITICAL)), &["--fail-on", "medium"]), 1);
}

#[test]
fn a_finding_below_the_threshold_passes() {
    assert_eq!(exit(&with_record(rated(MEDIUM)), &["--fail-on", "high"]), 0);
}

#[test]
fn a_finding_that_passes_is_still_in_the_verdict() {
    let answer = with_record(rated(MEDIUM)).check(&["--fail-on", "high"]);
    assert_eq!(answer.json()["verdict"], "findings");
}

#[test]
fn a_finding_of_unknown_severity_may_be_of_any() {
    assert_eq!(exit(&Sandbox::flawed(), &["--fail-on", "critical"]), 1);
}

#[test]
fn a_finding_below_the_threshold_leaves_the_unknown() {
    let sandbox = with_record(rated(MEDIUM));
    sandbox.write("b/Cargo.lock", "");
    sandbox.write("c/package-lock.json", "");
    assert_eq!(exit(&sandbox, &["--fail-on", "high"]), 3);
}

#[test]
fn a_known_exploited_flaw_is_refused_by_that_name() {
    let sandbox = with_record(rated(MEDIUM));
    import_kev(&sandbox, &["CVE-2024-0001"]);
    assert_eq!(exit(&sandbox, &["--fail-on", "known-exploited"]), 1);
}

#[test]
fn a_flaw_that_is_not_known_exploited_passes() {
    let sandbox = with_record(rated(CRITICAL));
    import_kev(&sandbox, &["CVE-2024-9999"]);
    assert_eq!(exit(&sandbox, &["--fail-on", "known-exploited"]), 0);
}

#[test]
fn without_the_catalogue_nobody_knows_what_is_exploited() {
    let answer = with_record(rated(MEDIUM)).check(&["--fail-on", "known-exploited"]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"warning: nobody can say whether the findings are known to be exploited: the KEV catalogue is not there or too old; run `mainstay db update` with a network, or `mainstay db import`");
}

#[test]
fn a_stale_catalogue_does_not_know_what_is_exploited_now() {
    let mut sandbox = with_record(rated(MEDIUM));
    import_kev(&sandbox, &["CVE-2024-9999"]);
    sandbox.set("MAINSTAY_NOW", "2026-06-01T00:00:00Z");
    sandbox.import(&[rated(MEDIUM).modified("2026-05-30T00:00:00Z")]);
    let answer = sandbox.check(&["--fail-on", "known-exploited", "--allow-unknown=stale-data"]);
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn a_kind_is_refused_by_its_name() {
    let malicious = Record::new("MAL-2024-1", "crates.io", "left");
    assert_eq!(exit(&with_record(malicious), &["--fail-on", "malicious"]), 1);
}

#[test]
fn another_kind_than_the_named_one_passes() {
    assert_eq!(exit(&with_record(rated(CRITICAL)), &["--fail-on", "malicious"]), 0);
}

#[test]
fn one_of_several_thresholds_is_enough() {
    let sandbox = with_record(rated(CRITICAL));
    assert_eq!(exit(&sandbox, &["--fail-on", "malicious,high"]), 1);
    assert_eq!(exit(&sandbox, &["--fail-on", "malicious", "--fail-on", "high"]), 1);
}

#[test]
fn a_threshold_that_nobody_knows_is_wrong_use() {
    let answer = Sandbox::clean().check(&["--fail-on", "hihg"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: --fail-on "hihg" is not known; choose any, low, medium, high, critical, known-exploited, malicious, vulnerability, confusion, archive, unsound, unmaintained, notice or drift"#);
}

#[test]
fn the_unknown_passes_when_it_is_allowed() {
    let sandbox = Sandbox::new();
    assert_eq!(exit(&sandbox, &["--allow-unknown"]), 0);
}

#[test]
fn an_allowed_unknown_is_still_in_the_verdict() {
    let answer = Sandbox::new().check(&["--allow-unknown"]);
    assert_eq!(answer.json()["verdict"], "unknown");
}

#[test]
fn an_unknown_passes_when_its_reason_is_allowed() {
    assert_eq!(exit(&Sandbox::new(), &["--allow-unknown=nothing-to-read"]), 0);
}

#[test]
fn an_unknown_of_another_reason_does_not_pass() {
    assert_eq!(exit(&Sandbox::new(), &["--allow-unknown=stale-data,no-data"]), 3);
}

#[test]
fn a_finding_does_not_pass_as_an_unknown() {
    assert_eq!(exit(&Sandbox::flawed(), &["--allow-unknown"]), 1);
}

#[test]
fn a_reason_that_nobody_knows_is_wrong_use() {
    let answer = Sandbox::clean().check(&["--allow-unknown=everything"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: --allow-unknown "everything" is not known; choose all, nothing-to-read, unreadable-file, unsupported-file, file-too-large, link-outside, broken-source, partial-source, no-data, stale-data, damaged-data, unchecked-package, unread-vex"#);
}

#[test]
fn a_flag_that_nobody_knows_is_wrong_use() {
    let answer: Answer = Sandbox::clean().check(&["--fail-onn", "high"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"
    error: unexpected argument '--fail-onn' found

      tip: a similar argument exists: '--fail-on'

    Usage: mainstay check --format <FORMAT> --fail-on <WHAT> [PATH]...

    For more information, try '--help'.
    ");
}

#[test]
fn a_clock_that_cannot_be_read_is_a_broken_environment() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("MAINSTAY_NOW", "noon");
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: MAINSTAY_NOW="noon" is no time such as 2026-01-31T12:00:00Z: failed to parse four digit integer as year: invalid digit, expected 0-9 but got n"#);
}
