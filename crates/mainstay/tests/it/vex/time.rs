//! Which of several statements counts.

use serde_json::json;

use super::{PACKAGE, codes, count, dated, document, flawed, scan, statement};

const ID: &str = "TEST-2024-0001";

#[test]
fn the_newest_statement_counts_whatever_the_order() {
    let old = dated(statement(ID, PACKAGE, "not_affected"), "2026-01-01T00:00:00Z");
    let new = dated(statement(ID, "pkg:cargo/left", "affected"), "2026-02-01T00:00:00Z");
    for statements in [[old.clone(), new.clone()], [new, old]] {
        let report = scan(&statements);
        assert_eq!(count(&report, "findings"), 1);
        assert_eq!(codes(&report), ["statement-overruled"]);
    }
}

#[test]
fn a_contradiction_is_shown_with_the_finding() {
    let old = dated(statement(ID, PACKAGE, "not_affected"), "2026-01-01T00:00:00Z");
    let new = dated(statement(ID, PACKAGE, "affected"), "2026-02-01T00:00:00Z");
    let report = scan(&[old, new]);
    let said = report["findings"][0]["statements"].as_array().unwrap();
    let standing: Vec<_> =
        said.iter().map(|one| (one["status"].as_str(), one["standing"].as_str())).collect();
    let expected = [(Some("affected"), Some("counts")), (Some("not_affected"), Some("overruled"))];
    assert_eq!(standing, expected);
}

#[test]
fn a_later_look_makes_a_statement_newer() {
    let mut first = dated(statement(ID, PACKAGE, "not_affected"), "2026-01-01T00:00:00Z");
    first["last_updated"] = json!("2026-02-20T00:00:00Z");
    let second = dated(statement(ID, PACKAGE, "affected"), "2026-02-01T00:00:00Z");
    assert_eq!(count(&scan(&[first, second]), "silenced"), 1);
}

#[test]
fn of_equal_dates_the_careful_statement_counts() {
    let time = "2026-01-01T00:00:00Z";
    let report = scan(&[
        dated(statement(ID, PACKAGE, "not_affected"), time),
        dated(statement(ID, PACKAGE, "under_investigation"), time),
    ]);
    assert_eq!(report["findings"][0]["statements"][0]["status"], "under_investigation");
}

#[test]
fn a_statement_without_a_date_is_older_than_one_with_a_date() {
    let sandbox = flawed();
    let text = document(&[statement(ID, PACKAGE, "not_affected")]);
    let undated = text.replace("\"timestamp\": \"2026-01-31T00:00:00Z\",", "");
    assert_ne!(text, undated);
    sandbox.write("undated.json", undated);
    let old = dated(statement(ID, PACKAGE, "affected"), "2001-01-01T00:00:00Z");
    sandbox.write("dated.json", document(&[old]));
    let report = sandbox.scan(&["--vex", "undated.json", "--vex", "dated.json"]);
    assert_eq!(count(&report, "findings"), 1);
    let report = sandbox.scan(&["--vex", "undated.json"]);
    assert_eq!(count(&report, "silenced"), 1);
}

#[test]
fn a_statement_dated_after_now_does_not_count() {
    let report = scan(&[dated(statement(ID, PACKAGE, "not_affected"), "2026-03-02T00:00:00Z")]);
    assert_eq!(codes(&report), ["statement-not-yet"]);
    assert_eq!(count(&report, "findings"), 1);
}

#[test]
fn a_statement_holds_through_its_last_day() {
    let until = |day: &str| {
        let mut said = statement(ID, PACKAGE, "not_affected");
        said["status_notes"] = json!(format!("Expires: {day}"));
        scan(&[said])
    };
    assert_eq!(count(&until("2026-03-01"), "silenced"), 1);
    assert_eq!(codes(&until("2026-02-28")), ["statement-expired"]);
    assert_eq!(codes(&until("one day")), ["statement-says-nothing"]);
}

#[test]
fn a_date_that_cannot_be_read_is_none_and_not_that_of_the_document() {
    let odd = dated(statement(ID, PACKAGE, "not_affected"), "soon");
    let old = dated(statement(ID, PACKAGE, "affected"), "2001-01-01T00:00:00Z");
    let report = scan(&[odd, old]);
    assert_eq!(count(&report, "findings"), 1);
    assert_eq!(codes(&report), ["statement-says-nothing", "statement-overruled"]);
}

/// A document of one author and version with one statement.
fn edition(author: &str, version: u64, status: &str) -> String {
    let text = document(&[statement(ID, PACKAGE, status)]);
    let text = text.replace("A Team", author);
    text.replace("\"version\": 1", &format!("\"version\": {version}"))
}

#[test]
fn the_own_word_of_what_is_scanned_does_not_overrule_what_the_user_names() {
    let sandbox = flawed();
    sandbox.write("named.json", edition("A Team", 1, "affected"));
    for (author, version) in [("Evil", 99), ("A Team", 99), ("A Team", 1)] {
        let newer = edition(author, version, "not_affected").replace("2026-01-31", "2026-02-28");
        sandbox.write("vex.json", newer);
        let report = sandbox.scan(&["--vex", "named.json"]);
        assert_eq!(count(&report, "silenced"), 0, "{author} {version}");
        assert_eq!(codes(&report), ["statement-overruled"], "{author} {version}");
    }
}

#[test]
fn a_document_of_another_author_is_no_later_version() {
    let sandbox = flawed();
    sandbox.write("a.json", edition("A Team", 1, "affected"));
    sandbox.write("b.json", edition("Evil", 99, "not_affected"));
    let named = ["--vex", "a.json", "--vex", "b.json"];
    assert_eq!(count(&sandbox.scan(&named), "silenced"), 0);
    sandbox.write("b.json", edition("A Team", 2, "not_affected"));
    assert_eq!(count(&sandbox.scan(&named), "silenced"), 1);
}
