//! What is written as CSAF keeps the mandatory tests of the standard: CSAF 2.0, section 6.1.
//!
//! Each test that can apply is a function of its own in `checks`. They are asked
//! about one document that was made to be difficult, and about many of random statements; and each
//! is shown to find what it looks for, in a broken copy, and in the examples of OASIS where they
//! are there.
//!
//! Tests 6.1.4, 5, 7 to 11, 15, 24, 25 and 28 are about groups, scores, weaknesses, translations,
//! involvements and checksums. None of these is written, and
//! `nothing_is_written_that_the_other_tests_are_about` holds that. Tests 6.1.27.1 to 3, 6 and 11
//! are for other profiles, except that a document has vulnerabilities.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]
#![expect(clippy::print_stderr, reason = "a test fails by panicking, and says what it leaves out")]

mod checks;

use mainstay_testkit::{shared_data, unzip};
use mainstay_vex::{Publication, VexFormat, read, write};
use serde_json::{Value, json};

use checks::{CHECKS, vulnerabilities};

/// Statements that meet in every way: parts, ranges, several CVEs, ids in other letters, reasons of
/// every sort, no reasons to act, dates within one second.
const DIFFICULT: &str = r#"
    {"vulnerability": {"name": "CVE-2026-0001", "aliases": ["GHSA-1"]},
     "timestamp": "2026-01-02T00:00:00.1Z", "products": [{"@id": "pkg:oci/app?tag=1",
        "subcomponents": ["pkg:npm/left@1.0.0"]}, {"@id": "https://a.example/product"}],
     "status": "not_affected", "justification": "component_not_present",
     "impact_statement": "It is not built in.", "status_notes": "Expires: 2027-01-01"},
    {"vulnerability": {"name": "GHSA-2", "aliases": ["CVE-2026-0001", "CVE-2026-0002"]},
     "timestamp": "2026-01-02T00:00:00.2Z", "products": ["pkg:npm/left@2.0.0", "pkg:npm/b"],
     "status": "not_affected", "justification": "vulnerable_code_not_present"},
    {"vulnerability": {"name": "cve-2026-0001"}, "products": ["pkg:npm/left@2.0.0"],
     "status": "affected", "timestamp": "2026-01-05T00:00:00Z"},
    {"vulnerability": {"name": "CVE-2026-0002"}, "products": ["pkg:npm/b"],
     "status": "not_affected", "impact_statement": "No.", "timestamp": "2026-01-06T00:00:00Z"},
    {"vulnerability": {"name": "OWN-7"}, "products": ["pkg:npm/left", "pkg:npm/left"],
     "status": "fixed", "timestamp": "2025-12-01T00:00:00Z"},
    {"vulnerability": {"name": "own-7"}, "products": ["pkg:npm/left"],
     "status": "under_investigation"},
    {"vulnerability": {"name": "-"}, "products": ["pkg:npm/right"],
     "status": "affected", "action_statement": "Update."}"#;

fn written(statements: &str) -> Value {
    let openvex = format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "A Team",
            "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [{statements}]}}"#
    );
    let mut all = read(openvex.as_bytes(), VexFormat::OpenVex).unwrap().statements;
    // OpenVEX has no ranges.
    let ranged = r#"{"document": {"category": "csaf_vex", "csaf_version": "2.0",
        "publisher": {"name": "A Team"}, "tracking": {"id": "r", "version": "1",
        "current_release_date": "2026-01-01T00:00:00Z"}}, "product_tree": {"branches": [
        {"category": "product_version_range", "name": "vers:npm/>=1.0.0|<2.0.0", "product": {
            "name": "left", "product_id": "P",
            "product_identification_helper": {"purl": "pkg:npm/left"}}}]},
        "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"fixed": ["P"]}}]}"#;
    all.extend(read(ranged.as_bytes(), VexFormat::Csaf).unwrap().statements);
    let publication = Publication {
        author: "A Team".to_owned(),
        id: None,
        namespace: Some("https://a.example".to_owned()),
        time: "2026-03-01T00:00:00Z".parse().unwrap(),
        now: "2026-03-01T00:00:00Z".parse().unwrap(),
    };
    let text = write(&all, VexFormat::Csaf, &publication).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Asks one test about the difficult document, and about a copy of it that a change breaks.
fn holds(number: &str, break_it: impl Fn(&mut Value)) {
    let (_, check) = CHECKS.into_iter().find(|(known, _)| *known == number).unwrap();
    let mut document = written(DIFFICULT);
    assert_eq!(check(&document), [""; 0], "{document:#}");
    break_it(&mut document);
    assert_ne!(check(&document), [""; 0], "the test does not see what is wrong");
}

/// The position of the vulnerability with a CVE.
fn of_cve(document: &Value, cve: &str) -> usize {
    vulnerabilities(document).iter().position(|one| one["cve"] == cve).unwrap()
}

#[test]
fn every_product_that_is_named_is_defined() {
    holds("6.1.1", |document| document["product_tree"]["full_product_names"] = json!([]));
}

#[test]
fn no_product_is_defined_twice() {
    holds("6.1.2", |document| {
        let all = document["product_tree"]["full_product_names"].as_array_mut().unwrap();
        all.push(all[0].clone());
    });
}

#[test]
fn no_product_is_a_part_of_itself() {
    holds("6.1.3", |document| {
        let one = &mut document["product_tree"]["relationships"][0];
        one["product_reference"] = one["full_product_name"]["product_id"].clone();
    });
}

#[test]
fn no_product_has_two_statuses_of_one_flaw() {
    holds("6.1.6", |document| {
        let status = &mut document["vulnerabilities"][0]["product_status"];
        status["under_investigation"] = status["known_not_affected"].clone();
    });
}

#[test]
fn the_language_is_one() {
    holds("6.1.12", |document| document["document"]["lang"] = json!("EZ_9"));
}

#[test]
fn package_urls_can_be_read() {
    holds("6.1.13", |document| {
        let one = &mut document["product_tree"]["relationships"][0]["full_product_name"];
        one["product_identification_helper"] = json!({"purl": "pkg:npm/@1"});
    });
}

/// The history of the document.
fn revisions(document: &mut Value) -> &mut Vec<Value> {
    document["document"]["tracking"]["revision_history"].as_array_mut().unwrap()
}

#[test]
fn the_numbers_of_the_history_rise_with_its_dates() {
    holds("6.1.14", |document| {
        let number = revisions(document)[0]["number"].take();
        revisions(document)[0]["number"] = revisions(document)[1]["number"].take();
        revisions(document)[1]["number"] = number;
    });
}

#[test]
fn the_version_is_that_of_the_newest_revision() {
    holds("6.1.16", |document| document["document"]["tracking"]["version"] = json!("1"));
}

#[test]
fn a_final_document_has_the_version_of_one() {
    holds("6.1.17", |document| document["document"]["tracking"]["version"] = json!("0"));
}

#[test]
fn a_final_document_has_no_revision_0() {
    holds("6.1.18", |document| revisions(document)[0]["number"] = json!("0"));
}

#[test]
fn no_revision_comes_before_a_release() {
    holds("6.1.19", |document| revisions(document)[0]["number"] = json!("1.0.0-rc"));
}

#[test]
fn a_final_document_is_no_candidate() {
    holds("6.1.20", |document| document["document"]["tracking"]["version"] = json!("4.0.0-rc"));
}

#[test]
fn the_history_counts_without_a_gap() {
    holds("6.1.21", |document| drop(revisions(document).remove(1)));
}

#[test]
fn no_revision_is_told_twice() {
    holds("6.1.22", |document| {
        let first = revisions(document)[0].clone();
        revisions(document).push(first);
    });
}

#[test]
fn each_cve_is_one_vulnerability() {
    holds("6.1.23", |document| {
        let two = of_cve(document, "CVE-2026-0002");
        document["vulnerabilities"][two]["cve"] = json!("CVE-2026-0001");
    });
}

#[test]
fn the_category_is_that_of_the_profile() {
    holds("6.1.26", |document| document["document"]["category"] = json!("CSAF VEX"));
}

#[test]
fn there_are_products_and_vulnerabilities() {
    holds("6.1.27.4", |document| drop(document["product_tree"].take()));
    holds("6.1.27.4", |document| drop(document["vulnerabilities"].take()));
}

#[test]
fn every_vulnerability_has_notes() {
    holds("6.1.27.5", |document| drop(document["vulnerabilities"][1]["notes"].take()));
}

#[test]
fn every_vulnerability_has_a_status_of_a_product() {
    holds("6.1.27.7", |document| drop(document["vulnerabilities"][1]["product_status"].take()));
}

#[test]
fn every_vulnerability_has_an_id() {
    holds("6.1.27.8", |document| {
        let one = &mut document["vulnerabilities"][0];
        drop((one["cve"].take(), one["ids"].take()));
    });
}

#[test]
fn every_product_that_is_not_affected_has_a_reason() {
    holds("6.1.27.9", |document| {
        let at = of_cve(document, "CVE-2026-0002");
        drop(document["vulnerabilities"][at]["threats"].take());
    });
    holds("6.1.27.9", |document| drop(document["vulnerabilities"][1]["flags"].take()));
}

#[test]
fn every_affected_product_has_an_action() {
    holds("6.1.27.10", |document| {
        let at = of_cve(document, "CVE-2026-0001");
        drop(document["vulnerabilities"][at]["remediations"].take());
    });
}

#[test]
fn remediations_and_flags_are_about_products() {
    for (number, list) in [("6.1.29", "remediations"), ("6.1.32", "flags")] {
        holds(number, |document| {
            let at = of_cve(document, "CVE-2026-0001");
            drop(document["vulnerabilities"][at][list][0]["product_ids"].take());
        });
    }
}

#[test]
fn versions_are_counted_in_one_way() {
    holds("6.1.30", |document| revisions(document)[0]["number"] = json!("1.0.0"));
}

#[test]
fn a_range_of_versions_is_called_one() {
    holds("6.1.31", |document| {
        let vendor = &mut document["product_tree"]["branches"][0];
        vendor["branches"][0]["branches"][0]["category"] = json!("product_version");
    });
}

#[test]
fn a_product_has_one_flag() {
    holds("6.1.33", |document| {
        let flags = document["vulnerabilities"][0]["flags"].as_array_mut().unwrap();
        let mut second = flags[0].clone();
        second["label"] = json!("inline_mitigations_already_exist");
        flags.push(second);
    });
}

#[test]
fn nothing_is_written_that_the_other_tests_are_about() {
    let document = written(DIFFICULT).to_string();
    for field in
        ["product_groups", "scores", "cwe", "source_lang", "translator", "involvements", "hashes"]
    {
        assert!(!document.contains(&format!("\"{field}\"")), "{field}");
    }
}

#[test]
fn whatever_is_said_the_document_keeps_every_test() {
    let ids =
        ["CVE-2026-0001", "cve-2026-0001", "CVE-2026-0002", "CVE-26-1", "GHSA-1", "OWN-7", "7"];
    let products = [
        r#""pkg:npm/a""#,
        r#""pkg:npm/a@1.0.0""#,
        r#"{"@id": "pkg:npm/a", "subcomponents": ["pkg:npm/a@1.0.0"]}"#,
        r#"{"@id": "An App", "subcomponents": ["pkg:npm/a"]}"#,
        r#""An App""#,
        r#""pkg:npm/""#,
    ];
    let claims = [
        r#""status": "not_affected", "justification": "component_not_present""#,
        r#""status": "not_affected", "justification": "vulnerable_code_not_present",
            "impact_statement": "No.""#,
        r#""status": "not_affected", "impact_statement": "Never called.""#,
        r#""status": "not_affected", "impact_statement": " ""#,
        r#""status": "affected""#,
        r#""status": "affected", "action_statement": " ""#,
        r#""status": "affected", "action_statement": "Update.""#,
        r#""status": "fixed", "status_notes": "Evidence: x""#,
        r#""status": "under_investigation""#,
    ];
    let times = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2025-06-01T00:00:00Z"];
    // Numbers that repeat: the high bits of a linear congruence.
    let mut state: u64 = 7;
    let mut below = |limit: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    for _ in 0..300 {
        let statements: Vec<String> = (0..=below(12))
            .map(|_| {
                let (id, one, two) = (ids[below(7)], ids[below(7)], ids[below(7)]);
                let aliases = [json!([]), json!([one]), json!([one, two])][below(3)].to_string();
                format!(
                    r#"{{"vulnerability": {{"name": "{id}", "aliases": {aliases}}},
                    "products": [{}], "timestamp": "{}", {}}}"#,
                    products[below(6)],
                    times[below(3)],
                    claims[below(9)]
                )
            })
            .collect();
        let statements = statements.join(",");
        let document = written(&statements);
        for (number, check) in CHECKS {
            assert_eq!(check(&document), [""; 0], "{number}: {statements}\n{document:#}");
        }
    }
}

/// What OASIS gives as examples that fail a test, and as such that pass it.
#[test]
fn the_examples_of_oasis_are_told_apart() {
    let Some(data) = shared_data() else {
        eprintln!("left out: the examples of OASIS are not there");
        return;
    };
    let files = unzip(&std::fs::read(data.join("csaf/oasis-tests.zip")).unwrap());
    let mut asked = 0;
    for (name, bytes) in &files {
        let Some((_, rest)) = name.split_once("/mandatory/oasis_csaf_tc-csaf_2_0-2021-") else {
            continue;
        };
        let parts: Vec<&str> = rest.trim_end_matches(".json").split('-').collect();
        let (number, example) = parts.split_at(parts.len() - 1);
        let number: Vec<&str> = number.iter().map(|one| one.trim_start_matches('0')).collect();
        let number = number.join(".");
        let found = CHECKS.into_iter().find(|(known, _)| *known == number);
        // Which names are too near to that of a profile is a question of the base profile.
        let Some((_, check)) = found.filter(|_| number != "6.1.26") else { continue };
        let document: Value = serde_json::from_slice(bytes).unwrap();
        // Examples below 10 fail.
        let fails = example[0].starts_with('0');
        assert_eq!(!check(&document).is_empty(), fails, "{name}: {:?}", check(&document));
        asked += 1;
    }
    assert!(asked >= 50, "{asked}");
}
