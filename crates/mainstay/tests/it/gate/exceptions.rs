//! Exceptions in `mainstay.toml`: findings that somebody has looked at and accepted.

use serde_json::{Value, json};

use super::{CRITICAL, rated, with_record};
use crate::sandbox::Sandbox;

fn exception(id: &str, package: &str, expires: &str) -> String {
    format!(
        "[[exception]]\nid = \"{id}\"\npackage = \"{package}\"\nreason = \"not reachable\"\n\
         owner = \"security@project.example\"\nexpires = \"{expires}\"\n"
    )
}

/// A flawed project with this `mainstay.toml`.
fn with_settings(text: &str) -> Sandbox {
    let sandbox = with_record(rated(CRITICAL));
    sandbox.write("mainstay.toml", text);
    sandbox
}

fn warnings(report: &Value) -> Vec<&str> {
    report["warnings"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

#[test]
fn an_accepted_finding_is_no_finding() {
    let answer = with_settings(&exception("TEST-2024-0001", "left", "2026-12-31")).check(&[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.json()["findings"], json!([]));
}

#[test]
fn an_accepted_finding_is_reported_with_who_accepted_it_and_why() {
    let report = with_settings(&exception("TEST-2024-0001", "left", "2026-12-31")).scan(&[]);
    let excepted = &report["excepted"][0];
    assert_eq!(excepted["finding"]["advisory"]["id"], "TEST-2024-0001");
    assert_eq!(excepted["reason"], "not reachable");
    assert_eq!(excepted["owner"], "security@project.example");
    assert_eq!(excepted["expires"], "2026-12-31");
    assert_eq!(excepted["written"], "mainstay.toml:1");
}

#[test]
fn a_finding_may_be_accepted_by_its_alias() {
    let sandbox = with_settings(&exception("CVE-2024-0001", "left", "2026-12-31"));
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn an_exception_holds_on_its_last_day() {
    let sandbox = with_settings(&exception("TEST-2024-0001", "left", "2026-03-01"));
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn an_expired_exception_no_longer_applies() {
    let answer = with_settings(&exception("TEST-2024-0001", "left", "2026-02-28")).check(&[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn an_expired_exception_is_a_warning() {
    let report = with_settings(&exception("TEST-2024-0001", "left", "2026-02-28")).scan(&[]);
    insta::assert_snapshot!(warnings(&report).join("\n"), @"mainstay.toml:1: the exception for TEST-2024-0001 expired on 2026-02-28 and no longer applies; security@project.example should look at it again, or it should go");
}

#[test]
fn an_exception_that_matches_nothing_is_a_warning() {
    let report = with_settings(&exception("TEST-1999-0001", "left", "2026-12-31")).scan(&[]);
    insta::assert_snapshot!(warnings(&report).join("\n"), @"mainstay.toml:1: the exception for TEST-1999-0001 matches no finding; it can go");
}

#[test]
fn an_exception_for_another_package_does_not_apply() {
    let answer = with_settings(&exception("TEST-2024-0001", "right", "2026-12-31")).check(&[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn an_exception_of_one_project_does_not_hold_for_another() {
    let sandbox = with_record(rated(CRITICAL));
    for name in ["accepted", "open"] {
        sandbox
            .write(&format!("{name}/Cargo.lock"), crate::sandbox::cargo_lock(&[("left", "1.0.0")]));
    }
    sandbox.write("accepted/mainstay.toml", exception("TEST-2024-0001", "left", "2026-12-31"));
    assert_eq!(sandbox.check(&["accepted"]).exit, 0);
    assert_eq!(sandbox.check(&["accepted", "open"]).exit, 1);
}

#[test]
fn an_exception_does_not_accept_the_unknown() {
    let sandbox = with_settings(&exception("TEST-2024-0001", "left", "2026-12-31"));
    sandbox.write("web/package-lock.json", "");
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn software_of_somebody_else_cannot_accept_its_own_flaws() {
    let sandbox = with_settings(&exception("TEST-2024-0001", "left", "2026-12-31"));
    assert_eq!(sandbox.check(&["--no-project-settings"]).exit, 1);
}

#[test]
fn an_exception_without_an_end_is_refused() {
    let text =
        exception("TEST-2024-0001", "left", "2026-12-31").replace("expires = \"2026-12-31\"\n", "");
    let answer = with_settings(&text).check(&[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: mainstay.toml:1: missing field `expires`");
}

#[test]
fn an_exception_without_a_reason_is_refused() {
    let text = exception("TEST-2024-0001", "left", "2026-12-31").replace("not reachable", " ");
    let answer = with_settings(&text).check(&[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: mainstay.toml:1: the exception's "reason" is empty; say it, or take the exception out"#);
}
