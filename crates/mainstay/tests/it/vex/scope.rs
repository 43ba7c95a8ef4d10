//! In which software a statement holds.

use serde_json::{Value, json};

use super::{PACKAGE, codes, count, document, flawed, scan, statement};
use crate::sandbox::{Sandbox, cargo_lock};

const ID: &str = "TEST-2024-0001";

/// A statement on `left` as a part of a product.
fn part_of(product: &str) -> Value {
    let mut said = statement(ID, product, "not_affected");
    said["products"][0]["subcomponents"] = json!([{"@id": PACKAGE}]);
    said
}

#[test]
fn a_statement_on_a_part_holds_in_the_project_that_is_the_product() {
    assert_eq!(count(&scan(&[part_of("pkg:cargo/app")]), "silenced"), 1);
}

#[test]
fn a_statement_on_a_part_of_another_product_does_not_hold() {
    let report = scan(&[part_of("pkg:oci/other"), part_of("https://a.example/x")]);
    assert_eq!(codes(&report), ["product-not-scanned", "unmatchable-product"]);
    assert_eq!(count(&report, "findings"), 1);
}

#[test]
fn the_user_can_say_which_product_is_scanned() {
    let sandbox = flawed();
    sandbox.write("statements.json", document(&[part_of("pkg:oci/other?tag=1")]));
    let vex = ["--vex", "statements.json", "--product"];
    let silenced =
        |product: &str| count(&sandbox.scan(&[&vex[..], &[product]].concat()), "silenced");
    assert_eq!(silenced("pkg:oci/other@sha256:00?tag=1"), 1);
    assert_eq!(silenced("pkg:oci/other?tag=2"), 0);
    sandbox.write("statements.json", document(&[part_of("https://a.example/x")]));
    assert_eq!(silenced("https://a.example/x"), 1);
}

#[test]
fn a_statement_on_one_version_of_the_project_needs_to_know_the_version() {
    let report = scan(&[part_of("pkg:cargo/app@0.1.0")]);
    assert_eq!(codes(&report), ["product-not-scanned"]);
    let why = report["without_effect"][0]["why"].as_str().unwrap();
    assert!(why.contains("which version is scanned is not known"), "{why}");
}

#[test]
fn a_statement_on_the_project_itself_holds_for_the_flaw_in_all_its_packages() {
    assert_eq!(count(&scan(&[statement(ID, "pkg:cargo/app", "not_affected")]), "silenced"), 1);
}

#[test]
fn a_project_that_is_stated_affected_is_a_finding() {
    let sandbox = Sandbox::clean();
    sandbox.write(
        "statements.json",
        document(&[statement("CVE-2026-7", "pkg:cargo/app", "affected")]),
    );
    let report = sandbox.scan(&["--vex", "statements.json"]);
    assert_eq!(report["findings"][0]["code"], "stated-affected");
    assert_eq!(report["findings"][0]["package"], Value::Null);
    assert_eq!(report["findings"][0]["locations"][0]["path"], "Cargo.lock");
}

#[test]
fn a_package_that_is_also_elsewhere_is_not_silenced() {
    let sandbox = flawed();
    let other = cargo_lock(&[("left", "1.0.0")]).replace("\"app\"", "\"other\"");
    sandbox.write("other/Cargo.lock", other);
    sandbox.write("statements.json", document(&[part_of("pkg:cargo/app")]));
    let report = sandbox.scan(&["--vex", "statements.json"]);
    assert_eq!(codes(&report), ["statement-not-everywhere"]);
    assert_eq!(report["findings"][0]["statements"][0]["standing"], "counts-in-part");
}
