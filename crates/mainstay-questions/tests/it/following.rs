//! What must not be taken for absent: other ids, hidden names, what no reader finds.

use mainstay_questions::{Examination, FlawFacts, Standing, Subject, Weight, examine};
use mainstay_testkit::Record;
use serde_json::json;

use crate::world::World;

fn bears(examination: &Examination) -> Vec<&str> {
    let bearing = examination.not_known.iter().filter(|one| one.weight == Weight::Bears);
    bearing.map(|one| one.code).collect()
}

fn aliased(id: &str, package: &str, aliases: &[&str]) -> Record {
    let mut record = Record::new(id, "crates.io", package);
    if let Some(fields) = record.0.as_object_mut() {
        fields.insert("aliases".to_owned(), json!(aliases));
    }
    record
}

/// A CycloneDX SBOM that names one package.
fn sbom(purl: &str) -> String {
    let component = json!({ "type": "library", "name": "x", "version": "1", "purl": purl });
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [component],
    })
    .to_string()
}

#[test]
fn a_flaw_is_found_over_an_id_that_two_records_share() {
    let world = World::new(&[("left", "1.0.0")]);
    world.know(&[
        aliased("TEST-A", "right", &["CVE-2024-1"]),
        aliased("TEST-B", "left", &["cve-2024-1"]),
    ]);
    let seen = world.examine(&Subject::flaw("TEST-A").unwrap());
    assert_eq!(seen.standing, Standing::Affected);
}

#[test]
fn ids_are_followed_as_far_as_they_lead() {
    let world = World::new(&[("left", "1.0.0")]);
    world.know(&[
        aliased("TEST-A", "right", &["X-1"]),
        aliased("TEST-B", "right", &["X-1", "X-2"]),
        aliased("TEST-C", "left", &["X-2"]),
    ]);
    let seen = world.examine(&Subject::flaw("TEST-A").unwrap());
    assert_eq!(seen.standing, Standing::Affected);
}

#[test]
fn another_flaw_of_a_distributions_record_is_another_flaw() {
    let world = World::new(&[("left", "1.0.0")]);
    let mut collected = Record::new("DSA-1", "crates.io", "right");
    collected.0["upstream"] = json!(["CVE-2024-1", "CVE-2024-2"]);
    world.know(&[collected, aliased("TEST-B", "left", &["CVE-2024-2"])]);
    let seen = world.examine(&Subject::flaw("CVE-2024-1").unwrap());
    assert!(matches!(seen.standing, Standing::NotAffected(_)), "{:?}", seen.standing);
    let asked_for_all = world.examine(&Subject::flaw("DSA-1").unwrap());
    assert_eq!(asked_for_all.standing, Standing::Affected);
}

#[test]
fn a_record_that_was_taken_back_is_found_in_any_case() {
    let world = World::new(&[("left", "1.0.0")]);
    let record = Record::new("GHSA-jfh8-c2jp-5v3q", "crates.io", "left");
    world.know(&[record.withdrawn("2025-02-01T00:00:00Z")]);
    let seen = world.examine(&Subject::flaw("ghsa-JFH8-c2jp-5v3q").unwrap());
    assert!(bears(&seen).contains(&"withdrawn-advisory"), "{:?}", seen.not_known);
}

#[test]
fn a_package_whose_source_nobody_tells_may_be_what_is_asked_for() {
    let world = World::new(&[]);
    world.write("bom.cdx.json", &sbom("pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12"));
    let asked = |package| world.examine(&Subject::package(package, None).unwrap());
    let seen = asked("pkg:deb/debian/openssl");
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert!(bears(&seen).contains(&"unknown-name"), "{:?}", seen.not_known);
    // Another ecosystem is another name.
    assert!(!bears(&asked("pkg:cargo/openssl")).contains(&"unknown-name"));
}

#[test]
fn a_package_with_a_known_source_is_none_that_is_asked_for() {
    let world = World::new(&[]);
    let purl = "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl";
    world.write("bom.cdx.json", &sbom(purl));
    let seen = world.examine(&Subject::package("pkg:deb/debian/bash", None).unwrap());
    assert!(!bears(&seen).contains(&"unknown-name"), "{:?}", seen.not_known);
}

#[test]
fn a_swift_identity_may_be_what_a_flaw_is_in() {
    let world = World::new(&[]);
    world.write(
        "Package.resolved",
        &json!({
            "pins": [{
                "identity": "apple.swift-nio", "kind": "registry", "location": "",
                "state": { "version": "2.0.0" },
            }],
            "version": 2,
        })
        .to_string(),
    );
    world.know(&[Record::new("TEST-1", "SwiftURL", "https://github.com/apple/swift-nio")]);
    let seen = world.examine(&Subject::flaw("TEST-1").unwrap());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert!(bears(&seen).contains(&"unknown-name"), "{:?}", seen.not_known);
}

#[test]
fn a_package_that_no_reader_knows_is_said() {
    let world = World::new(&[("right", "1.0.0")]);
    let record = Record::new("TEST-1", "crates.io", "left").and("Ecosystem of Tomorrow", "left");
    let seen = world.know(&[record]).examine(&Subject::flaw("TEST-1").unwrap());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert_eq!(bears(&seen), ["unsearchable-package"]);
}

#[test]
fn a_repository_beside_a_package_is_told_and_changes_nothing() {
    let world = World::new(&[("right", "1.0.0")]);
    let mut record = Record::new("TEST-1", "crates.io", "left");
    let repository = json!({
        "ranges": [{
            "type": "GIT", "repo": "https://git.example/left", "events": [{ "introduced": "0" }],
        }],
    });
    record.0["affected"].as_array_mut().unwrap().push(repository);
    let seen = world.know(&[record]).examine(&Subject::flaw("TEST-1").unwrap());
    assert!(matches!(seen.standing, Standing::NotAffected(_)), "{:?}", seen.standing);
    assert_eq!(seen.not_known[0].code, "unsearchable-package");
    assert!(seen.not_known[0].subjects[0].contains("git.example"), "{:?}", seen.not_known);
}

#[test]
fn a_silenced_finding_without_a_package_keeps_its_reason() {
    let world = World::new(&[("left", "1.0.0")]);
    let statement = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://vex.example/1",
        "author": "us", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": { "name": "TEST-1" },
            "products": [{ "@id": "pkg:cargo/left@1.0.0" }],
            "status": "not_affected", "justification": "inline_mitigations_already_exist",
        }],
    });
    world.write("left.openvex.json", &statement.to_string());
    world.know(&[Record::new("TEST-1", "crates.io", "left")]);
    let (subject, mut scan) = (Subject::flaw("TEST-1").unwrap(), world.scanned());
    assert_eq!(scan.stated.silenced.len(), 1);
    for silenced in &mut scan.stated.silenced {
        silenced.finding.package = None;
    }
    scan.packages.clear();
    let facts = FlawFacts { records: ["TEST-1".to_owned()].into(), ..FlawFacts::default() };
    let seen = examine(&subject, &scan, &facts, &[]);
    let Standing::NotAffected(reason) = &seen.standing else { panic!("{:?}", seen.standing) };
    assert_eq!(reason.texts(), (Some("inline_mitigations_already_exist"), None));
}
