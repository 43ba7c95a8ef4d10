//! Which files are read.

use serde_json::Value;

use super::{PACKAGE, count, document, flawed, statement};
use crate::sandbox::Sandbox;

const ID: &str = "TEST-2024-0001";

fn silencing() -> String {
    document(&[statement(ID, PACKAGE, "not_affected")])
}

fn silenced(sandbox: &Sandbox, arguments: &[&str]) -> usize {
    count(&sandbox.scan(arguments), "silenced")
}

#[test]
fn a_document_beside_what_is_scanned_is_read_and_said_to_be_its_own_word() {
    for name in ["vex.json", "app.openvex.json", "x.vex.json", ".vex/any.json", ".openvex/a.json"] {
        let sandbox = flawed();
        sandbox.write(name, silencing());
        let report = sandbox.scan(&[]);
        assert_eq!(report["silenced"][0]["by"]["provenance"], "beside", "{name}");
        assert_eq!(report["files_of_no_known_format"], 0, "{name}");
    }
}

#[test]
fn a_document_deeper_inside_is_not_read_by_itself() {
    let sandbox = flawed();
    sandbox.write("third-party/vex.json", silencing());
    assert_eq!(silenced(&sandbox, &[]), 0);
}

#[test]
fn the_word_of_what_is_scanned_can_be_ignored() {
    let sandbox = flawed();
    sandbox.write("vex.json", silencing());
    for flag in ["--no-vex", "--no-project-settings"] {
        assert_eq!(silenced(&sandbox, &[flag]), 0, "{flag}");
        assert_eq!(sandbox.check(&[flag]).exit, 1, "{flag}");
    }
    assert_eq!(silenced(&sandbox, &["--no-vex", "--vex", "vex.json"]), 1);
}

#[test]
fn a_folder_is_read_with_the_folders_below_it() {
    let sandbox = flawed();
    sandbox.write("statements/pkg/cargo/left/a.json", silencing());
    sandbox.write("statements/index.json", "{\"pages\": 1}");
    let report = sandbox.scan(&["--vex", "statements"]);
    assert_eq!(report["vex"].as_array().unwrap().len(), 1);
    assert_eq!(count(&report, "silenced"), 1);
}

#[test]
fn a_document_that_cannot_be_read_is_unknown() {
    for (name, text) in [
        ("broken.json", "{\"@context\": "),
        ("other.json", "{\"a\": 1}"),
        ("new.json", "{\"@context\": \"https://openvex.dev/ns/v7.0.0\", \"statements\": []}"),
    ] {
        let sandbox = Sandbox::clean();
        sandbox.write(name, text);
        let answer = sandbox.check(&["--vex", name]);
        assert_eq!((answer.exit, answer.unknown_codes()), (3, vec!["unread-vex".to_owned()]));
        assert_eq!(sandbox.check(&["--vex", name, "--allow-unknown=unread-vex"]).exit, 0);
    }
}

#[test]
fn a_broken_document_beside_what_is_scanned_is_unknown_too() {
    let sandbox = Sandbox::clean();
    sandbox.write("vex.json", "{");
    assert_eq!(sandbox.check(&[]).unknown_codes(), ["unread-vex"]);
    assert_eq!(sandbox.check(&["--no-vex"]).exit, 0);
}

#[test]
fn a_document_that_is_not_there_is_wrong_use() {
    let answer = Sandbox::clean().run(&["scan", "--vex", "nowhere.json"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.stderr.contains("there is no nowhere.json"), "{answer:?}");
}

#[test]
fn a_folder_without_a_document_is_a_warning() {
    let sandbox = Sandbox::clean();
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    let report = sandbox.scan(&["--vex", "empty"]);
    assert_eq!(report["warnings"][0], "there is no VEX document in empty");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_what_is_scanned_is_not_followed() {
    let sandbox = flawed();
    std::fs::write(sandbox.beside("outside.json"), silencing()).unwrap();
    std::os::unix::fs::symlink(sandbox.beside("outside.json"), sandbox.path("vex.json")).unwrap();
    let answer = sandbox.check(&[]);
    assert_eq!(answer.json()["silenced"], Value::Array(Vec::new()));
    assert_eq!(answer.unknown_codes(), ["unread-vex"]);
}

#[test]
fn csaf_and_cyclonedx_are_read_as_well() {
    let csaf = r#"{"document": {"category": "csaf_vex", "csaf_version": "2.0",
        "publisher": {"name": "A Vendor"}, "tracking": {"id": "V-1", "version": "1",
        "current_release_date": "2026-01-01T00:00:00Z"}},
        "product_tree": {"full_product_names": [{"name": "left", "product_id": "P",
            "product_identification_helper": {"purl": "pkg:cargo/left"}}]},
        "vulnerabilities": [{"cve": "CVE-2024-0001", "product_status": {"known_not_affected": ["P"]},
            "flags": [{"label": "component_not_present", "product_ids": ["P"]}]}]}"#;
    let cyclonedx = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "vulnerabilities": [{"id": "CVE-2024-0001", "affects": [{"ref": "pkg:cargo/left@1.0.0"}],
            "analysis": {"state": "not_affected", "justification": "code_not_reachable"}}]}"#;
    for (format, text) in [("csaf", csaf), ("cyclonedx", cyclonedx)] {
        let sandbox = flawed();
        sandbox.write("statements.json", text);
        let report = sandbox.scan(&["--vex", "statements.json"]);
        assert_eq!(report["silenced"][0]["by"]["format"], format);
    }
}

#[test]
fn a_file_with_the_name_of_a_document_that_is_none_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("vex.json", r#"[{"@context": "https://openvex.dev/ns/v0.2.0"}]"#);
    assert_eq!(sandbox.check(&[]).unknown_codes(), ["unread-vex"]);
    assert_eq!(sandbox.check(&["--no-vex"]).exit, 0);
}

#[test]
fn every_file_of_a_folder_of_documents_is_looked_at() {
    for name in [".vex/a.openvex", ".vex/b.txt", ".openvex/deep/er/c.json"] {
        let sandbox = flawed();
        sandbox.write(name, silencing());
        assert_eq!(silenced(&sandbox, &[]), 1, "{name}");
    }
    let sandbox = Sandbox::clean();
    sandbox.write(".vex/README.md", "# Our statements\n");
    let answer = sandbox.run(&["check"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.stdout.contains(".vex/README.md"), "{answer:?}");
    sandbox.write(".vex/broken.json", "{");
    assert_eq!(sandbox.check(&[]).unknown_codes(), ["unread-vex"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_of_documents_is_unknown() {
    let sandbox = flawed();
    sandbox.write("statements/a.json", silencing());
    std::os::unix::fs::symlink("statements", sandbox.path(".openvex")).unwrap();
    let answer = sandbox.check(&[]);
    assert_eq!(answer.json()["silenced"], Value::Array(Vec::new()));
    assert_eq!(answer.unknown_codes(), ["unread-vex"]);
}

#[test]
fn statements_of_a_scanned_sbom_that_all_say_nothing_are_listed() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "bom.json",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [{"type": "library", "bom-ref": "l", "name": "left", "version": "1.0.0",
        "purl": "pkg:cargo/left@1.0.0"}],
        "vulnerabilities": [{"id": "X-1", "affects": [{"ref": "l"}],
        "analysis": {"state": "not_affected"}}]}"#,
    );
    let report = sandbox.scan(&[]);
    assert_eq!(super::codes(&report), ["statement-says-nothing"]);
    assert_eq!(report["vex"][0]["provenance"], "inside");
}
