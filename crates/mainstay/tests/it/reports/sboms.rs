//! A scan as an SBOM, and that SBOM scanned again.

use serde_json::Value;

use crate::sandbox::Sandbox;

const LOCK: &str = r#"{
  "name": "shop", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": { "name": "shop", "version": "1.0.0", "dependencies": { "a": "1", "lodash": "4" },
          "devDependencies": { "tool": "git+https://git.example/tool.git" } },
    "node_modules/a": { "version": "1.0.0", "dependencies": { "@s/b": "2" },
      "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==" },
    "node_modules/@s/b": { "version": "2.0.0", "optional": true },
    "node_modules/lodash": { "version": "4.17.20" },
    "node_modules/tool": { "version": "0.1.0", "dev": true,
      "resolved": "git+https://git.example/tool.git#0123456789012345678901234567890123456789" }
  }
}"#;

/// What makes two scans the same: packages and findings without their places.
fn essence(report: &str) -> (Vec<Value>, Vec<Value>) {
    let document: Value = serde_json::from_str(report).unwrap();
    let list = |key: &str, fields: &[&str]| -> Vec<Value> {
        let mut list: Vec<Value> = document[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| fields.iter().map(|field| one[*field].clone()).collect())
            .collect();
        list.sort_by_key(ToString::to_string);
        list
    };
    let packages = list("packages", &["purl", "scope", "direct", "checksums", "status", "origin"]);
    (packages, list("findings", &["code", "severity", "title", "via", "package"]))
}

#[test]
fn an_sbom_of_a_project_gives_the_same_packages_and_findings() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/package-lock.json", LOCK);
    let first = sandbox.run(&["scan", "--format", "json", "shop"]);
    let written = sandbox.run(&["scan", "--format", "cyclonedx", "shop"]);
    sandbox.write("received/shop.cdx.json", &written.stdout);
    let second = sandbox.run(&["scan", "--format", "json", "received"]);
    let (packages, findings) = essence(&first.stdout);
    assert_eq!((packages.len(), findings.is_empty()), (4, false));
    assert_eq!(essence(&second.stdout), (packages, findings));
    assert_eq!(second.json()["sources"][0]["status"], "read");
}

#[test]
fn every_format_gives_the_packages_back() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/package-lock.json", LOCK);
    let first = sandbox.run(&["scan", "--format", "json", "shop"]);
    let (packages, _) = essence(&first.stdout);
    for (format, file) in [
        ("cyclonedx-1.7", "shop.cdx.json"),
        ("spdx", "shop.spdx.json"),
        ("spdx-3.0", "shop3.spdx.json"),
    ] {
        let written = sandbox.run(&["scan", "--format", format, "shop"]);
        assert_eq!(written.exit, 0, "{written:?}");
        sandbox.write(file, &written.stdout);
        let second = sandbox.run(&["scan", "--format", "json", file]);
        // Scope and origin too, which SPDX has no fields for.
        assert_eq!(essence(&second.stdout).0, packages, "{format}");
        assert_eq!(second.json()["sources"][0]["status"], "read", "{format}");
    }
}

#[test]
fn an_sbom_that_is_only_made_asks_nobody_and_says_nothing_of_flaws() {
    let sandbox = Sandbox::flawed();
    let made = sandbox.run(&["sbom", "make"]);
    assert_eq!((made.exit, &*made.stderr), (0, ""), "{made:?}");
    let document = made.json();
    assert_eq!(document["components"].as_array().unwrap().len(), 1);
    for word in ["vulnerabilities", "mainstay:verdict", "mainstay:unchecked"] {
        assert!(!made.stdout.contains(word), "{word}");
    }
}

#[test]
fn an_sbom_that_is_made_of_what_was_not_read_whole_says_so() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/package.json", r#"{"dependencies": {"a": "^1"}}"#);
    let made = sandbox.run(&["sbom", "make", "--format", "spdx", "shop"]);
    assert_eq!(made.exit, 3, "{made:?}");
    assert!(made.stderr.contains("could not be read, or not whole"), "{}", made.stderr);
    assert!(made.stdout.contains("not known (partial-source)"), "{}", made.stdout);
}

#[test]
fn an_sbom_repeats_byte_for_byte_with_a_source_date() {
    let mut sandbox = Sandbox::new();
    sandbox.write("shop/package-lock.json", LOCK);
    sandbox.set("SOURCE_DATE_EPOCH", "1700000000");
    let write = |sandbox: &Sandbox| sandbox.run(&["scan", "--format", "cyclonedx", "shop"]).stdout;
    let first = write(&sandbox);
    sandbox.set("MAINSTAY_NOW", "2026-03-01T18:00:00Z");
    assert_eq!(write(&sandbox), first);
    assert!(first.contains("2023-11-14T22:13:20Z"));
}

#[test]
fn a_source_date_that_is_none_is_told() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("SOURCE_DATE_EPOCH", "yesterday");
    let answer = sandbox.run(&["scan", "--format", "cyclonedx"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.stderr.contains("SOURCE_DATE_EPOCH=\"yesterday\""), "{}", answer.stderr);
}

#[test]
fn a_partial_source_makes_an_incomplete_sbom() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/package.json", r#"{"dependencies": {"a": "^1"}}"#);
    let document = sandbox.run(&["scan", "--format", "cyclonedx", "shop"]).json();
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
    let told = document["annotations"].to_string();
    assert!(told.contains("not known (partial-source)"), "{told}");
}

#[test]
fn a_named_file_is_an_sbom_by_its_content() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "from-supplier",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
            {"type": "library", "name": "lodash", "purl": "pkg:npm/lodash@4.17.20"}]}"#,
    );
    let answer = sandbox.run(&["scan", "from-supplier"]);
    assert!(answer.stdout.contains("lodash 4.17.20"), "{}", answer.stdout);
}
