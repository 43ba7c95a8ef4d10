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

/// The id under which a flaw is written: its CVE, where it has one.
fn flaw_key(flaw: &Flaw) -> &str {
    flaw.ids().find(|id| is_written_as_cve(id)).unwrap_or(&flaw.id)
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
fn csaf_takes_only_what_its_schema_takes_of_the_publisher() {
    let statements = openvex(STATEMENTS).statements;
    let error = |publication| write(&statements, VexFormat::Csaf, &publication).unwrap_err();
    let namespace = |text: &str| Publication { namespace: Some(text.to_owned()), ..publication() };
    for text in ["", "a.example", "https://", "https://a b.example"] {
        assert_eq!(error(namespace(text)), WriteError::BadNamespace(text.to_owned()));
    }
    for id in ["", " x", "x\ny"] {
        let publication = Publication { id: Some(id.to_owned()), ..publication() };
        assert_eq!(error(publication), WriteError::BadId(id.to_owned()));
    }
    let nobody = Publication { author: " ".to_owned(), ..publication() };
    assert_eq!(error(nobody), WriteError::NoPublisher);
}

#[test]
fn a_statement_on_two_cves_is_written_on_each_in_csaf() {
    let statements = r#"{"vulnerability": {"name": "GHSA-1", "aliases": ["CVE-2026-0001",
        "CVE-2026-0002"]}, "products": ["pkg:npm/a"], "status": "fixed"},
        {"vulnerability": {"name": "CVE-2026-0001"}, "products": ["pkg:npm/a"],
        "status": "affected", "timestamp": "2026-02-01T00:00:00Z"}"#;
    let said = again(statements, VexFormat::Csaf);
    let gists: Vec<_> = said.iter().map(|one| (&*one.flaw.id, one.claim.word())).collect();
    assert_eq!(gists, [("CVE-2026-0001", "affected"), ("CVE-2026-0002", "fixed")]);
}

#[test]
fn an_id_that_is_made_has_version_and_variant() {
    let id = uuid_of("x");
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert!(id.split('-').nth(2).unwrap().starts_with('8'), "{id}");
    assert!(id.split('-').nth(3).unwrap().starts_with(['8', '9', 'a', 'b']), "{id}");
}
