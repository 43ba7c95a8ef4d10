use super::*;

fn document(head: &str, vulnerability: &str) -> Document {
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, {head}
            "vulnerabilities": [{{"id": "CVE-2026-1", {vulnerability}}}]}}"#
    );
    read(text.as_bytes()).unwrap()
}

fn statement(head: &str, vulnerability: &str) -> Statement {
    let document = document(head, vulnerability);
    assert_eq!(document.remarks, []);
    document.statements.into_iter().next().unwrap()
}

const APP: &str = r#""metadata": {"timestamp": "2026-01-02T00:00:00Z",
    "supplier": {"name": "A Firm"},
    "component": {"type": "application", "name": "app", "version": "2", "bom-ref": "app"}},
    "components": [{"type": "library", "name": "left", "version": "1.0.0", "bom-ref": "left",
        "purl": "pkg:npm/left@1.0.0"}],"#;

#[test]
fn each_state_has_its_claim() {
    for (state, word) in [
        ("exploitable", "affected"),
        ("resolved", "fixed"),
        ("resolved_with_pedigree", "fixed"),
        ("in_triage", "under_investigation"),
        ("false_positive", "not_affected"),
    ] {
        let analysis =
            format!(r#""analysis": {{"state": "{state}"}}, "affects": [{{"ref": "left"}}]"#);
        assert_eq!(statement(APP, &analysis).claim.word(), word, "{state}");
    }
}

#[test]
fn a_component_of_an_sbom_is_a_part_of_what_it_describes() {
    let said = statement(APP, r#""analysis": {"state": "resolved"}, "affects": [{"ref": "left"}]"#);
    let Subject::Part { whole, part } = &said.product.subject else { panic!("{said:?}") };
    assert_eq!((whole.label().as_str(), part.purl().as_str()), ("app 2", "pkg:npm/left@1.0.0"));
    assert_eq!(said.said_by.author.as_deref(), Some("A Firm"));
    assert_eq!(said.time().unwrap().to_string(), "2026-01-02T00:00:00Z");
}

#[test]
fn a_reference_that_is_a_package_url_means_the_package() {
    let said = statement(
        "",
        r#""analysis": {"state": "not_affected", "justification": "code_not_reachable",
            "lastUpdated": "2026-02-01T00:00:00Z"}, "affects": [{"ref": "pkg:npm/left@1.0.0"}]"#,
    );
    assert!(matches!(&said.product.subject, Subject::Package(one) if one.base() == "pkg:npm/left"));
    let reason = said.claim.reason().and_then(Reason::justification);
    assert_eq!(reason, Some(Justification::VulnerableCodeNotInExecutePath));
    assert_eq!(said.time().unwrap().to_string(), "2026-02-01T00:00:00Z");
}

#[test]
fn a_link_into_another_sbom_holds_in_what_that_describes() {
    let said = statement(
        "",
        r#""analysis": {"state": "in_triage"}, "affects": [{"ref":
            "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:maven/g/a@1?type=jar"}]"#,
    );
    let Subject::Part { whole, part } = &said.product.subject else { panic!("{said:?}") };
    let serial = "the SBOM urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";
    assert_eq!((whole.label().as_str(), part.base()), (serial, "pkg:maven/g/a"));
}

#[test]
fn not_affected_without_a_reason_says_nothing() {
    let document =
        document(APP, r#""analysis": {"state": "not_affected"}, "affects": [{"ref": "left"}]"#);
    assert_eq!((document.statements.len(), &*document.remarks[0].why), (0, NO_REASON));
}

#[test]
fn a_vulnerability_without_an_analysis_says_nothing() {
    let document = document(APP, r#""affects": [{"ref": "left"}]"#);
    assert_eq!(document.remarks[0].why, "it is listed, and there is no analysis of it");
}

#[test]
fn each_listed_version_is_a_statement_of_its_own() {
    let document = document(
        APP,
        r#""analysis": {"state": "exploitable"}, "affects": [{"ref": "left", "versions": [
            {"version": "1.0.0", "status": "affected"}, {"version": "2.0.0", "status": "unaffected"},
            {"range": "vers:npm/>=3.0.0|<4.0.0", "status": "unknown"}]}]"#,
    );
    let claims: Vec<_> = document.statements.iter().map(|one| one.claim.word()).collect();
    assert_eq!(claims, ["affected", "not_affected", "under_investigation"]);
    let Subject::Part { part, .. } = &document.statements[2].product.subject else { panic!() };
    assert!(part.matches(&Purl::parse("pkg:npm/left@3.1.0").unwrap()));
}

#[test]
fn a_range_without_an_order_cannot_be_matched() {
    let said = statement(
        APP,
        r#""analysis": {"state": "exploitable"}, "affects": [{"ref": "app", "versions": [
            {"range": "vers:generic/>=2.9|<=4.1"}]}]"#,
    );
    assert!(matches!(said.product.subject, Subject::Unmatchable(_)), "{said:?}");
}
