//! Unknown is never clean: whatever goes wrong on the way to an answer takes the verdict "clean"
//! away, and the report says what it was.

mod archives;
mod damage;
mod data;
mod distributions;
mod images;
mod models;
mod programs;
mod sources;
mod strangers;

use crate::sandbox::Sandbox;

/// Nothing wrong was found, and something is not known, for just these reasons: `check` refuses,
/// `scan` reports it and exits 0.
#[track_caller]
fn assert_unknown(sandbox: &Sandbox, codes: &[&str]) {
    assert_unknown_with(sandbox, &[], codes);
}

#[track_caller]
fn assert_unknown_with(sandbox: &Sandbox, arguments: &[&str], codes: &[&str]) {
    let answer = sandbox.check(arguments);
    assert_eq!(answer.exit, 3, "{answer:?}");
    let report = answer.json();
    assert_eq!(report["verdict"], "unknown", "{answer:?}");
    assert_eq!(report["coverage"], "incomplete", "{answer:?}");
    assert_eq!(answer.unknown_codes(), codes, "{answer:?}");
    assert_eq!(sandbox.scan(arguments)["verdict"], "unknown");
}

#[test]
fn whole_sources_and_fresh_data_without_a_hit_are_clean() {
    let sandbox = Sandbox::clean();
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let report = answer.json();
    assert_eq!(report["verdict"], "clean");
    assert_eq!(report["coverage"], "complete");
    assert_eq!(report["packages"][0]["status"], "checked");
}

#[test]
fn a_clean_check_is_silent_on_standard_error() {
    assert_eq!(Sandbox::clean().check(&[]).stderr, "");
}

#[test]
fn a_finding_is_refused_and_coverage_stays_a_fact_of_its_own() {
    let answer = Sandbox::flawed().check(&[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let report = answer.json();
    assert_eq!(report["verdict"], "findings");
    assert_eq!(report["coverage"], "complete");
}

#[test]
fn a_finding_comes_before_the_unknown_and_does_not_hide_it() {
    let sandbox = Sandbox::flawed();
    sandbox.write("broken/Cargo.lock", "version = 4\n[[package]]\nname = \"le");
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let report = answer.json();
    assert_eq!(report["verdict"], "findings");
    assert_eq!(report["coverage"], "incomplete");
    assert_eq!(answer.unknown_codes(), ["broken-source"]);
}

#[test]
fn a_scan_exits_0_whatever_it_found() {
    let report = Sandbox::flawed().scan(&[]);
    assert_eq!(report["verdict"], "findings");
}
