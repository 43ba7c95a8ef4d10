use super::write;
use crate::cyclonedx::{OutputVersion, write_json};
use crate::spdx::read_v3 as read;
use crate::{
    AnalysisState, DocumentText, End, Justification, Property, Sbom, Vulnerability, properties,
};

const WHOLE: &str = include_str!("../../../tests/fixtures/spdx/security.spdx3.json");

/// What is said, by id and target, without lines and names of the document's own.
fn gists(sbom: &Sbom<'_>) -> Vec<String> {
    let name = |end: End| match end {
        End::Component(id) => sbom.component(id).unwrap().name.to_string(),
        End::External(id) => sbom.external(id).unwrap().to_owned(),
        End::Document | End::Nothing | End::NoAssertion => format!("{end:?}"),
    };
    let mut gists: Vec<String> = sbom
        .vulnerabilities
        .iter()
        .flat_map(|one| {
            one.affects.iter().map(move |affected| {
                let product = affected.product.map(name);
                let target = name(affected.target);
                let Vulnerability { id, analysis, properties, recommendation, .. } = one;
                format!("{id} {target} {product:?} {analysis:?} {recommendation:?} {properties:?}")
            })
        })
        .collect();
    gists.sort();
    gists
}

fn of<'s>(sbom: &'s Sbom<'_>, state: AnalysisState) -> &'s Vulnerability<'s> {
    let has = |one: &&Vulnerability<'_>| {
        one.analysis.as_ref().is_some_and(|analysis| analysis.state == Some(state))
    };
    sbom.vulnerabilities.iter().find(has).unwrap()
}

fn property<'s>(one: &'s Vulnerability<'_>, name: &str) -> Option<&'s str> {
    one.properties.iter().find(|one: &&Property<'_>| one.name == name).map(|one| &*one.value)
}

#[test]
fn a_statement_has_its_reason_author_and_dates() {
    let sbom = read(WHOLE).unwrap();
    assert!(sbom.gaps.is_empty(), "{:?}", sbom.gaps);
    let one = of(&sbom, AnalysisState::NotAffected);
    assert_eq!((&*one.id, &*one.aliases[0].0), ("CVE-2026-0001", "OWN-1"));
    let analysis = one.analysis.as_ref().unwrap();
    assert_eq!(analysis.justification, Some(Justification::CodeNotReachable));
    assert_eq!(analysis.detail.as_deref(), Some("It is never called."));
    assert_eq!(analysis.first_issued.as_deref(), Some("2026-01-05T00:00:00Z"));
    assert_eq!(analysis.last_updated.as_deref(), Some("2026-01-06T00:00:00Z"));
    assert_eq!(property(one, properties::VEX_AUTHOR), Some("A Team"));
    let word = "vulnerable_code_not_in_execute_path";
    assert_eq!(property(one, properties::VEX_JUSTIFICATION), Some(word));
    assert_eq!(one.advisories, ["https://a.example/own-1"]);
}

#[test]
fn a_statement_without_author_and_date_has_those_of_its_creation() {
    let sbom = read(WHOLE).unwrap();
    let one = of(&sbom, AnalysisState::Exploitable);
    assert_eq!(property(one, properties::VEX_AUTHOR), Some("Jo"));
    let issued = one.analysis.as_ref().unwrap().first_issued.as_deref();
    assert_eq!(issued, Some("2026-01-02T03:04:05Z"));
    assert_eq!(one.recommendation.as_deref(), Some("Take 3.0.0."));
}

#[test]
fn the_assessed_element_is_the_target_and_another_product_is_kept() {
    let sbom = read(WHOLE).unwrap();
    let one = of(&sbom, AnalysisState::Resolved);
    assert_eq!(one.affects[0].product, None);
    let one = of(&sbom, AnalysisState::InTriage);
    let Some(End::External(id)) = one.affects[0].product else { panic!("{one:?}") };
    assert_eq!(sbom.external(id), Some("https://elsewhere.example/product"));
}

#[test]
fn a_mere_link_to_a_vulnerability_is_no_statement() {
    let sbom = read(WHOLE).unwrap();
    let silent: Vec<_> = sbom.vulnerabilities.iter().filter(|one| one.analysis.is_none()).collect();
    assert_eq!((silent.len(), &*silent[0].id), (1, "OWN-2"));
}

#[test]
fn a_score_is_a_rating() {
    let sbom = read(WHOLE).unwrap();
    let rated: Vec<_> = sbom.vulnerabilities.iter().flat_map(|one| &one.ratings).collect();
    assert_eq!(rated.len(), 1);
    assert_eq!(rated[0].severity.as_deref(), Some("high"));
    assert_eq!(rated[0].method.as_deref(), Some("CVSSv31"));
}

#[test]
fn what_is_said_is_written_and_read_again() {
    let first = read(WHOLE).unwrap();
    let text = write(&first).unwrap();
    let second = read(&text).unwrap();
    assert_eq!(gists(&second), gists(&first));
    assert_eq!(second.relationships, first.relationships);
    assert!(text.contains("\"security\""));
}

#[test]
fn a_withdrawn_statement_is_kept_as_withdrawn() {
    let text = WHOLE.replace(
        "\"security_actionStatement\": \"Take 3.0.0.\"",
        "\"security_actionStatement\": \"x\", \"security_withdrawnTime\": \"2026-02-01T00:00:00Z\"",
    );
    let sbom = read(&text).unwrap();
    let one = of(&sbom, AnalysisState::Exploitable);
    assert_eq!(property(one, properties::VEX_WITHDRAWN), Some("2026-02-01T00:00:00Z"));
}

#[test]
fn cyclonedx_says_of_another_product_only_that_it_cannot_say_it() {
    let sbom = read(WHOLE).unwrap();
    let text = write_json(&sbom, OutputVersion::V1_6).unwrap();
    let document = DocumentText::of(text.as_bytes()).unwrap();
    let again = document.sbom().unwrap();
    let unsaid: Vec<_> = again
        .vulnerabilities
        .iter()
        .filter_map(|one| property(one, properties::VEX_UNSAID))
        .collect();
    assert_eq!(unsaid, ["in_triage as a part of https://elsewhere.example/product"]);
    let triage = |one: &Vulnerability<'_>| {
        one.analysis.as_ref().is_some_and(|one| one.state == Some(AnalysisState::InTriage))
    };
    assert!(!again.vulnerabilities.iter().any(triage));
}

#[test]
fn not_affected_without_a_reason_is_not_written_as_a_statement() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "library", "name": "a", "bom-ref": "a", "version": "1"}], "vulnerabilities": [
        {"id": "X-1", "analysis": {"state": "not_affected"}, "affects": [{"ref": "a"}]}]}"#;
    let document = DocumentText::of(text.as_bytes()).unwrap();
    let written = write(&document.sbom().unwrap()).unwrap();
    assert!(!written.contains("doesNotAffect"), "{written}");
    assert!(written.contains("hasAssociatedVulnerability"), "{written}");
    assert!(written.contains("\\\"not affected\\\" has no reason"), "{written}");
}

#[test]
fn a_score_of_a_vulnerability_that_is_not_there_is_counted() {
    let text = WHOLE.replace(
        "\"relationshipType\": \"hasAssessmentFor\", \"from\": \"https://sbom.example/v1\"",
        "\"relationshipType\": \"hasAssessmentFor\", \"from\": \"https://sbom.example/v9\"",
    );
    let sbom = read(&text).unwrap();
    let left: Vec<_> = sbom.left_out.iter().map(|one| &*one.what).collect();
    assert!(left.contains(&"scores of what is no vulnerability here"), "{left:?}");
}

#[test]
fn the_second_statement_on_a_vulnerability_has_bounded_names() {
    let long = "L".repeat(100_000);
    let text = WHOLE.replace("\"OWN-1\"", &format!("\"{long}\""));
    let sbom = read(&text).unwrap();
    let aliases = sbom.vulnerabilities.iter().filter(|one| one.id == "CVE-2026-0001");
    let lengths: Vec<usize> = aliases.map(|one| one.aliases.len()).collect();
    assert_eq!(lengths, [1, 0]);
}

#[test]
fn the_words_of_a_statement_are_not_repeated_without_end() {
    let names: Vec<String> = (0..200).map(|at| format!("c{at}")).collect();
    let components: Vec<String> = names
        .iter()
        .map(|name| format!(r#"{{"type": "library", "name": "{name}", "bom-ref": "{name}"}}"#))
        .collect();
    let affects: Vec<String> = names.iter().map(|name| format!(r#"{{"ref": "{name}"}}"#)).collect();
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{}],
        "vulnerabilities": [{{"id": "X-1", "affects": [{}], "analysis":
        {{"state": "not_affected", "detail": "{}"}}}}]}}"#,
        components.join(","),
        affects.join(","),
        "long".repeat(100_000)
    );
    let document = DocumentText::of(text.as_bytes()).unwrap();
    let written = write(&document.sbom().unwrap()).unwrap();
    assert!(written.len() < 40_000_000, "{}", written.len());
    assert!(written.contains("its words are too many to be said of each thing"));
}

#[test]
fn what_has_no_place_in_the_profile_is_told() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "library", "name": "a", "bom-ref": "a", "version": "1"}], "vulnerabilities": [
        {"id": "X-1", "cwes": [79], "ratings": [{"severity": "high", "method": "OWASP"}],
        "analysis": {"state": "in_triage", "response": ["will_not_fix"]},
        "affects": [{"ref": "a"}]}]}"#;
    let document = DocumentText::of(text.as_bytes()).unwrap();
    let written = write(&document.sbom().unwrap()).unwrap();
    let told = "vulnerability X-1; severity: high; method: OWASP; weakness: CWE-79; \
                response: will_not_fix";
    assert!(written.contains(told), "{written}");
    assert!(written.contains("underInvestigationFor"), "{written}");
}

#[test]
fn what_is_said_of_other_versions_is_no_statement() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "library", "name": "a", "bom-ref": "a", "version": "1"}], "vulnerabilities": [
        {"id": "X-1", "analysis": {"state": "resolved"}, "affects": [{"ref": "a",
        "versions": [{"version": "2", "status": "affected"}]}]}]}"#;
    let document = DocumentText::of(text.as_bytes()).unwrap();
    let written = write(&document.sbom().unwrap()).unwrap();
    assert!(!written.contains("fixedIn"), "{written}");
    assert!(written.contains("it is about other versions than its own"), "{written}");
}
