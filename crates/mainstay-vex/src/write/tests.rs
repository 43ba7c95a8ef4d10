use super::*;
use crate::document::{Document, read};
use crate::product::Subject;

const STATEMENTS: &str = r#"
    {"vulnerability": {"name": "CVE-2026-0001", "aliases": ["GHSA-1"]},
     "timestamp": "2026-01-02T00:00:00Z", "products": ["pkg:npm/left@1.0.0"],
     "status": "not_affected", "justification": "component_not_present",
     "impact_statement": "It is not built in.",
     "status_notes": "Two looked.\nEvidence: https://a.example/e\nEvidence: a call graph\nExpires: 2027-01-01"},
    {"vulnerability": {"name": "CVE-2026-0001"}, "products": ["pkg:npm/left@2.0.0"],
     "status": "affected", "action_statement": "Take 3.0.0."},
    {"vulnerability": {"name": "OWN-7"}, "products": ["pkg:npm/left@1.0.0"], "status": "fixed"},
    {"vulnerability": {"name": "OWN-7"}, "timestamp": "2026-02-02T00:00:00Z",
     "products": ["pkg:npm/right"], "status": "under_investigation"}"#;

fn publication() -> Publication {
    Publication {
        author: "A Team".to_owned(),
        id: None,
        namespace: Some("https://a.example".to_owned()),
        time: "2026-03-01T00:00:00Z".parse().unwrap(),
        now: "2026-03-01T00:00:00Z".parse().unwrap(),
    }
}

fn openvex(statements: &str) -> Document {
    let text = format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "A Team",
            "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [{statements}]}}"#
    );
    let document = read(text.as_bytes(), VexFormat::OpenVex).unwrap();
    assert_eq!(document.remarks, []);
    document
}

fn written(statements: &str, format: VexFormat) -> String {
    write(&openvex(statements).statements, format, &publication()).unwrap()
}

fn again(statements: &str, format: VexFormat) -> Vec<Statement> {
    let text = written(statements, format);
    let document = read(text.as_bytes(), format).unwrap();
    assert_eq!(document.remarks, [], "{text}");
    assert_eq!(document.said_by.author.as_deref(), Some("A Team"));
    document.statements
}

/// What statements say, without where and when they say it.
fn gists(statements: &[Statement]) -> Vec<(String, String, String)> {
    let mut gists: Vec<_> = statements
        .iter()
        .map(|one| {
            let Statement { claim, evidence, expires, notes, .. } = one;
            let rest = format!("{claim:?} {evidence:?} {expires:?} {notes:?}");
            (flaw_key(&one.flaw).to_owned(), product_key(&one.product), rest)
        })
        .collect();
    gists.sort();
    gists
}

#[test]
fn what_is_written_says_the_same_when_it_is_read() {
    let before = gists(&openvex(STATEMENTS).statements);
    for format in VexFormat::WRITTEN {
        assert_eq!(gists(&again(STATEMENTS, format)), before, "{}", format.word());
    }
}

#[test]
fn a_part_of_a_product_stays_a_part() {
    let part = r#"{"vulnerability": {"name": "X-1"}, "status": "fixed", "products": [
        {"@id": "pkg:oci/app?tag=1", "subcomponents": [{"@id": "pkg:npm/left@1.0.0"}]}]}"#;
    for format in VexFormat::WRITTEN {
        let said = again(part, format);
        let [one] = &*said else { panic!("{said:?}") };
        let Subject::Part { whole, part } = &one.product.subject else { panic!("{one:?}") };
        assert_eq!((whole.label().as_str(), part.base()), ("pkg:oci/app?tag=1", "pkg:npm/left"));
    }
}

#[test]
fn a_range_of_versions_stays_one_where_the_format_has_ranges() {
    let csaf = r#"{"document": {"csaf_version": "2.0", "publisher": {"name": "A Team"},
        "tracking": {"current_release_date": "2026-01-01T00:00:00Z"}}, "product_tree": {"branches": [
        {"category": "product_version_range", "name": "vers:npm/>=1.0.0|<2.0.0", "product": {
            "name": "left", "product_id": "P",
            "product_identification_helper": {"purl": "pkg:npm/left"}}}]},
        "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"fixed": ["P"]}}]}"#;
    let statements = read(csaf.as_bytes(), VexFormat::Csaf).unwrap().statements;
    for format in [VexFormat::Csaf, VexFormat::CycloneDx] {
        let text = write(&statements, format, &publication()).unwrap();
        let again = read(text.as_bytes(), format).unwrap();
        assert_eq!(gists(&again.statements), gists(&statements), "{text}");
    }
    let error = write(&statements, VexFormat::OpenVex, &publication()).unwrap_err();
    assert!(matches!(error, WriteError::Range(_)), "{error}");
}

#[test]
fn only_the_newest_statement_on_a_flaw_in_a_product_is_written() {
    let two = r#"{"vulnerability": {"name": "X-1"}, "products": ["pkg:npm/a"], "status": "fixed",
        "timestamp": "2026-02-01T00:00:00Z"}, {"vulnerability": {"name": "X-1"},
        "products": ["pkg:npm/a"], "status": "under_investigation"}"#;
    for format in VexFormat::WRITTEN {
        let said = again(two, format);
        assert_eq!((said.len(), said[0].claim.word()), (1, "fixed"));
    }
}

#[test]
fn what_has_expired_is_not_written() {
    let expired = r#"{"vulnerability": {"name": "X-1"}, "products": ["pkg:npm/a"],
        "status": "fixed", "status_notes": "Expires: 2026-02-28"}"#;
    let statements = openvex(expired).statements;
    assert_eq!(write(&statements, VexFormat::Csaf, &publication()), Err(WriteError::Nothing));
}

#[test]
fn the_same_statements_give_the_same_bytes() {
    for format in VexFormat::WRITTEN {
        assert_eq!(written(STATEMENTS, format), written(STATEMENTS, format));
    }
}

#[test]
fn csaf_needs_an_address_of_its_publisher() {
    let bare = Publication { namespace: None, ..publication() };
    let error = write(&openvex(STATEMENTS).statements, VexFormat::Csaf, &bare).unwrap_err();
    assert_eq!(error, WriteError::NoNamespace);
}

#[test]
fn cyclonedx_describes_one_product() {
    let two = r#"{"vulnerability": {"name": "X-1"}, "status": "fixed", "products": [
        {"@id": "pkg:oci/a", "subcomponents": ["pkg:npm/x"]},
        {"@id": "pkg:oci/b", "subcomponents": ["pkg:npm/x"]}]}"#;
    let error = write(&openvex(two).statements, VexFormat::CycloneDx, &publication());
    assert!(matches!(error, Err(WriteError::SeveralProducts(_))), "{error:?}");
}

#[test]
fn csaf_keeps_the_mandatory_tests_that_apply() {
    let document: serde_json::Value =
        serde_json::from_str(&written(STATEMENTS, VexFormat::Csaf)).unwrap();
    let tracking = &document["document"]["tracking"];
    let history = tracking["revision_history"].as_array().unwrap();
    let numbers: Vec<_> = history.iter().map(|one| one["number"].as_str().unwrap()).collect();
    // 6.1.14 and 6.1.21: sorted, from 1, without a gap; 6.1.16: the last is the version.
    assert_eq!(numbers, ["1", "2", "3"]);
    assert!(history.is_sorted_by_key(|one| one["date"].as_str().unwrap().to_owned()));
    assert_eq!(tracking["version"], "3");
    let vulnerabilities = document["vulnerabilities"].as_array().unwrap();
    // 6.1.23: each CVE once.
    assert_eq!(vulnerabilities.len(), 2);
    for one in vulnerabilities {
        // 6.1.27.5 and 6.1.27.8: notes, and an id.
        assert!(one["notes"].is_array());
        assert!(one["cve"].is_string() || one["ids"].is_array());
        // 6.1.6: no product has two statuses.
        let lists = one["product_status"].as_object().unwrap().values();
        let mut ids: Vec<&str> = lists
            .flat_map(|list| list.as_array().unwrap())
            .map(|id| id.as_str().unwrap())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}

#[test]
fn an_id_that_is_made_has_version_and_variant() {
    let id = uuid_of("x");
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert!(id.split('-').nth(2).unwrap().starts_with('8'), "{id}");
    assert!(id.split('-').nth(3).unwrap().starts_with(['8', '9', 'a', 'b']), "{id}");
}
