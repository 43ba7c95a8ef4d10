use super::*;
use crate::product::Subject;
use mainstay_types::Purl;

const TREE: &str = r#""branches": [{"category": "vendor", "name": "V", "branches": [
    {"category": "product_name", "name": "left", "branches": [
        {"category": "product_version", "name": "1.0.0", "product": {"name": "left 1.0.0",
            "product_id": "P1", "product_identification_helper": {"purl": "pkg:npm/left@1.0.0"}}},
        {"category": "product_version", "name": "2.0.0", "product": {"name": "left 2.0.0",
            "product_id": "P2", "product_identification_helper": {"purl": "pkg:npm/left"}}},
        {"category": "product_version_range", "name": "vers:npm/>=3.0.0|<4.0.0", "product": {
            "name": "left 3", "product_id": "P3",
            "product_identification_helper": {"purl": "pkg:npm/left"}}},
        {"category": "product_version_range", "name": "before 0.5", "product": {
            "name": "left < 0.5", "product_id": "P4",
            "product_identification_helper": {"purl": "pkg:npm/left"}}}]}]}],
    "full_product_names": [
        {"name": "App", "product_id": "APP",
         "product_identification_helper": {"purl": "pkg:oci/app"}},
        {"name": "Platform", "product_id": "OS",
         "product_identification_helper": {"cpe": "cpe:/o:v:os:9"}},
        {"name": "tool", "product_id": "TOOL",
         "product_identification_helper": {"purl": "pkg:rpm/v/tool@1-2.el9?arch=noarch"}}],
    "relationships": [
        {"category": "default_component_of", "product_reference": "P1",
         "relates_to_product_reference": "APP",
         "full_product_name": {"name": "left in App", "product_id": "APP:P1"}},
        {"category": "default_component_of", "product_reference": "TOOL",
         "relates_to_product_reference": "OS",
         "full_product_name": {"name": "tool in Platform", "product_id": "OS:TOOL"}}],
    "product_groups": [{"group_id": "G", "product_ids": ["P2", "APP:P1"]}]"#;

fn document(vulnerability: &str) -> Document {
    read(&text_of(vulnerability)).unwrap()
}

fn text_of(vulnerability: &str) -> String {
    format!(
        r#"{{"document": {{"category": "csaf_vex", "csaf_version": "2.0",
            "publisher": {{"name": "V", "category": "vendor", "namespace": "https://v.example"}},
            "tracking": {{"id": "V-1", "version": "2",
                "current_release_date": "2026-01-02T00:00:00Z"}}}},
        "product_tree": {{{TREE}}},
        "vulnerabilities": [{{"cve": "CVE-2026-1", {vulnerability}}}]}}"#
    )
}

#[test]
fn a_draft_states_nothing_and_says_so() {
    let text = text_of(r#""product_status": {"fixed": ["P1"]}"#);
    let draft = text.replace("\"id\": \"V-1\"", "\"status\": \"draft\", \"id\": \"V-1\"");
    let document = read(&draft).unwrap();
    assert_eq!((document.statements.len(), document.remarks.len()), (0, 1));
    assert_eq!(read(&text).unwrap().statements.len(), 1);
}

fn subject(id: &str) -> Subject {
    let document = document(&format!(r#""product_status": {{"fixed": ["{id}"]}}"#));
    document.statements.into_iter().next().unwrap().product.subject
}

fn is_meant(id: &str, package: &str) -> bool {
    match subject(id) {
        Subject::Package(pattern) => pattern.matches(&Purl::parse(package).unwrap()),
        Subject::Part { .. } | Subject::Whole(_) | Subject::Unmatchable(_) => false,
    }
}

#[test]
fn a_statement_has_publisher_document_flaw_and_date() {
    let document = document(
        r#""ids": [{"system_name": "V", "text": "V-7"}, {"system_name": "B", "text": "77"}],
           "product_status": {"fixed": ["P1"]}"#,
    );
    let [statement] = &*document.statements else { panic!("{document:?}") };
    assert_eq!(statement.said_by.author.as_deref(), Some("V"));
    assert_eq!(statement.said_by.document, "V-1");
    // The bare number of a tracker is no id of a flaw.
    assert_eq!(statement.flaw.ids().collect::<Vec<_>>(), ["CVE-2026-1", "V-7"]);
    assert_eq!(statement.time().unwrap().to_string(), "2026-01-02T00:00:00Z");
}

#[test]
fn a_leaf_is_the_package_that_its_url_names() {
    assert!(is_meant("P1", "pkg:npm/left@1.0.0"));
    assert!(!is_meant("P1", "pkg:npm/left@1.0.1"));
}

#[test]
fn the_version_of_the_branch_completes_a_url_without_one() {
    assert!(is_meant("P2", "pkg:npm/left@2.0.0"));
    assert!(!is_meant("P2", "pkg:npm/left@1.0.0"));
}

#[test]
fn a_range_of_versions_is_the_versions_within_it() {
    assert!(is_meant("P3", "pkg:npm/left@3.9.0"));
    assert!(!is_meant("P3", "pkg:npm/left@4.0.0"));
}

#[test]
fn a_range_in_plain_words_cannot_be_matched() {
    let Subject::Unmatchable(why) = subject("P4") else { panic!("it was matched") };
    assert!(why.contains("before 0.5"), "{why}");
}

#[test]
fn a_component_of_a_product_is_a_part_of_it() {
    let Subject::Part { whole, part } = subject("APP:P1") else { panic!("it is no part") };
    assert_eq!((whole.label().as_str(), part.base()), ("pkg:oci/app", "pkg:npm/left"));
}

#[test]
fn a_build_of_a_distribution_is_itself_on_its_platform() {
    assert!(is_meant("OS:TOOL", "pkg:rpm/v/tool@1-2.el9?arch=noarch&epoch=0"));
}

#[test]
fn a_product_that_has_only_a_cpe_cannot_be_matched() {
    let Subject::Unmatchable(why) = subject("OS") else { panic!("it was matched") };
    assert_eq!(&*why, "the product has a CPE and no package URL");
}

#[test]
fn a_product_that_nobody_defines_cannot_be_matched() {
    assert!(matches!(subject("NOBODY"), Subject::Unmatchable(_)));
}

#[test]
fn a_flag_is_the_reason_also_by_group() {
    let document = document(
        r#""product_status": {"known_not_affected": ["P1", "P2", "APP:P1"]},
           "flags": [{"label": "component_not_present", "group_ids": ["G"]}]"#,
    );
    let about: Vec<&str> = document.statements.iter().map(|one| &*one.product.written).collect();
    assert_eq!(about, ["left 2.0.0", "left in App"]);
    assert_eq!(document.remarks[0].about, "CVE-2026-1 in left 1.0.0");
    assert_eq!(document.remarks[0].why, NO_REASON);
}

#[test]
fn an_impact_in_the_threats_is_a_reason_in_words() {
    let document = document(
        r#""product_status": {"known_not_affected": ["P1"]},
           "threats": [{"category": "impact", "details": "Never called.", "product_ids": ["P1"]}]"#,
    );
    let reason = document.statements[0].claim.reason().unwrap();
    assert_eq!(reason.impact(), Some("Never called."));
}

#[test]
fn remediations_are_the_action() {
    let document = document(
        r#""product_status": {"known_affected": ["P1"]}, "remediations": [
            {"category": "vendor_fix", "details": "Take 2.0.0.", "url": "https://v.example/2",
             "product_ids": ["P1"]},
            {"category": "workaround", "details": "Turn it off.", "product_ids": ["P1"]},
            {"category": "workaround", "details": "Other.", "product_ids": ["P2"]}]"#,
    );
    let action = document.statements[0].claim.action();
    assert_eq!(action, Some("Take 2.0.0. (https://v.example/2); Turn it off."));
}

#[test]
fn a_product_that_is_defined_twice_is_nobodys() {
    let text = r#"{"document": {"csaf_version": "2.0"}, "product_tree": {"full_product_names": [
        {"name": "a", "product_id": "P", "product_identification_helper": {"purl": "pkg:npm/a"}},
        {"name": "b", "product_id": "P", "product_identification_helper": {"purl": "pkg:npm/b"}}]},
        "vulnerabilities": [{"cve": "CVE-2026-1", "product_status": {"fixed": ["P"]}}]}"#;
    let document = read(text).unwrap();
    assert!(matches!(document.statements[0].product.subject, Subject::Unmatchable(_)));
}

#[test]
fn groups_that_are_named_again_and_again_are_refused() {
    let ids = vec!["\"P1\""; 10_000].join(",");
    let flags = vec![r#"{"label": "component_not_present", "group_ids": ["G"]}"#; 1_000].join(",");
    let text = format!(
        r#"{{"document": {{"csaf_version": "2.0"}},
            "product_tree": {{"product_groups": [{{"group_id": "G", "product_ids": [{ids}]}}]}},
            "vulnerabilities": [{{"cve": "CVE-2026-1", "flags": [{flags}]}}]}}"#
    );
    assert_eq!(read(&text).unwrap_err().kind, ReadErrorKind::TooDeep);
}

#[test]
fn another_version_of_the_standard_is_refused() {
    let error = read(r#"{"document": {"csaf_version": "3.0"}}"#).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::UnknownVersion);
}
