use super::*;
use crate::product::base;

fn document(statements: &str) -> Document {
    let text = format!(
        "{{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"@id\": \"https://h.example/1\",\n\
         \"author\": \"A Team\", \"timestamp\": \"2026-01-02T03:04:05Z\", \"version\": 3,\n\
         \"statements\": [{statements}]}}"
    );
    read(&text).unwrap()
}

fn one_of(statement: &str) -> Statement {
    let document = document(statement);
    assert_eq!(document.remarks, []);
    assert_eq!(document.statements.len(), 1);
    document.statements.into_iter().next().unwrap()
}

fn remark(statement: &str) -> String {
    let document = document(statement);
    assert!(document.statements.is_empty());
    document.remarks.into_iter().map(|remark| remark.why).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_statement_has_author_flaw_product_and_reason() {
    let statement = one_of(
        r#"{"vulnerability": {"name": "CVE-2026-1", "aliases": ["GHSA-1"]},
            "products": [{"@id": "pkg:npm/left@1.0.0"}],
            "status": "not_affected", "justification": "vulnerable_code_not_present",
            "impact_statement": "We build without it."}"#,
    );
    assert_eq!(statement.said_by.author.as_deref(), Some("A Team"));
    assert_eq!(statement.said_by.version.as_deref(), Some("3"));
    assert_eq!(statement.flaw.ids().collect::<Vec<_>>(), ["CVE-2026-1", "GHSA-1"]);
    assert_eq!(statement.line, Some(3));
    let reason = statement.claim.reason().unwrap();
    assert_eq!(reason.justification(), Some(Justification::VulnerableCodeNotPresent));
    assert_eq!(reason.impact(), Some("We build without it."));
}

#[test]
fn a_statement_without_a_date_has_the_date_of_its_document() {
    let statement = one_of(
        r#"{"vulnerability": {"name": "X-1"}, "products": ["pkg:npm/a"], "status": "fixed"}"#,
    );
    assert_eq!(statement.time().unwrap().to_string(), "2026-01-02T03:04:05Z");
}

#[test]
fn a_statement_that_was_updated_is_as_new_as_that() {
    let statement = one_of(
        r#"{"vulnerability": {"name": "X-1"}, "products": ["pkg:npm/a"], "status": "fixed",
            "timestamp": "2026-01-03T00:00:00Z", "last_updated": "2026-02-01T00:00:00+02:00"}"#,
    );
    assert_eq!(statement.time().unwrap().to_string(), "2026-01-31T22:00:00Z");
}

#[test]
fn each_subcomponent_of_each_product_is_a_part_of_it() {
    let document = document(
        r#"{"vulnerability": {"name": "X-1"}, "status": "fixed", "products": [
            {"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/a"}, {"@id": "pkg:npm/b"}]},
            {"@id": "https://h.example/x", "subcomponents": [{"@id": "pkg:npm/a"}]}]}"#,
    );
    let parts: Vec<String> = document
        .statements
        .iter()
        .map(|statement| match &statement.product.subject {
            Subject::Part { whole, part } => format!("{} in {}", base(part.purl()), whole.label()),
            Subject::Package(_) | Subject::Whole(_) | Subject::Unmatchable(_) => String::new(),
        })
        .collect();
    let expected = ["pkg:npm/a in pkg:oci/app", "pkg:npm/b in pkg:oci/app"];
    assert_eq!(parts[..2], expected);
    assert_eq!(parts[2], "pkg:npm/a in https://h.example/x");
}

#[test]
fn the_identifier_counts_before_the_id() {
    let statement = one_of(
        r#"{"vulnerability": {"name": "X-1"}, "status": "fixed", "products": [
            {"@id": "https://h.example/x", "identifiers": {"purl": "pkg:npm/a@1"}}]}"#,
    );
    assert!(matches!(&statement.product.subject, Subject::Package(a) if a.base() == "pkg:npm/a"));
}

#[test]
fn a_product_without_a_package_url_is_kept_and_cannot_be_matched() {
    let statement = one_of(
        r#"{"vulnerability": {"name": "X-1"}, "status": "fixed", "products": [
            {"identifiers": {"cpe23": "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*"}}]}"#,
    );
    let Subject::Unmatchable(why) = &statement.product.subject else { panic!("{statement:?}") };
    assert_eq!(&**why, "the product has a CPE and no package URL");
    assert_eq!(&*statement.product.written, "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*");
}

#[test]
fn a_draft_writes_plain_texts() {
    let text = r#"{"@context": "https://openvex.dev/ns", "@id": "x", "author": "A",
        "timestamp": "2023-01-01T00:00:00Z", "version": "1", "statements": [{
        "vulnerability": "CVE-2023-1", "products": ["pkg:oci/app"],
        "subcomponents": ["pkg:npm/a@1.0.0"], "status": "affected",
        "action_statement": "Update."}]}"#;
    let document = read(text).unwrap();
    let [statement] = &*document.statements else { panic!("{document:?}") };
    assert!(matches!(statement.product.subject, Subject::Part { .. }));
    assert_eq!(statement.claim.action(), Some("Update."));
}

#[test]
fn not_affected_without_a_reason_says_nothing() {
    let why = remark(
        r#"{"vulnerability": {"name": "X-1"}, "products": ["pkg:npm/a"], "status": "not_affected"}"#,
    );
    assert_eq!(why, NO_REASON);
}

#[test]
fn a_justification_of_nobodys_is_no_reason() {
    let why = remark(
        r#"{"vulnerability": {"name": "X-1"}, "products": ["pkg:npm/a"],
            "status": "not_affected", "justification": "we_are_lucky"}"#,
    );
    assert_eq!(why, "its justification \"we_are_lucky\" is none of the standard's");
}

#[test]
fn a_statement_without_flaw_status_or_product_says_nothing() {
    assert_eq!(
        remark(r#"{"products": ["pkg:npm/a"], "status": "fixed"}"#),
        "it names no vulnerability"
    );
    assert_eq!(
        remark(r#"{"vulnerability": "X-1", "products": ["pkg:npm/a"]}"#),
        "it has no status"
    );
    assert_eq!(remark(r#"{"vulnerability": "X-1", "status": "fixed"}"#), "it names no product");
    let odd = remark(r#"{"vulnerability": "X-1", "products": ["pkg:npm/a"], "status": "perhaps"}"#);
    assert_eq!(odd, "its status \"perhaps\" is none of the standard's");
}

#[test]
fn a_date_that_cannot_be_read_counts_as_none_and_is_told() {
    let document = document(
        r#"{"vulnerability": "X-1", "products": ["pkg:npm/a"], "status": "fixed",
            "timestamp": "yesterday"}"#,
    );
    assert_eq!(document.statements.len(), 1);
    assert!(document.remarks[0].why.contains("yesterday"), "{:?}", document.remarks);
}

#[test]
fn evidence_and_the_last_day_stand_in_the_notes() {
    let statement = one_of(
        r#"{"vulnerability": "X-1", "products": ["pkg:npm/a"], "status": "fixed",
            "status_notes": "Seen.\nEvidence: https://h.example/e\nExpires: 2026-02-01"}"#,
    );
    assert_eq!(*statement.evidence, ["https://h.example/e"]);
    assert_eq!(statement.notes.as_deref(), Some("Seen."));
    assert!(!statement.is_expired("2026-02-01T23:00:00Z".parse().unwrap()));
    assert!(statement.is_expired("2026-02-02T00:00:00Z".parse().unwrap()));
}

#[test]
fn a_version_of_the_standard_that_is_not_known_is_refused() {
    for context in ["https://openvex.dev/ns/v9.0.0", "https://other.example/ns"] {
        let text = format!(r#"{{"@context": "{context}", "statements": []}}"#);
        assert_eq!(read(&text).unwrap_err().kind, ReadErrorKind::UnknownVersion);
    }
}
