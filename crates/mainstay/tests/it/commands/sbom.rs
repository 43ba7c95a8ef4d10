//! `mainstay sbom`: convert, diff, merge, check.

use crate::sandbox::{Answer, Sandbox};

const FULL: &str = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "demo",
"dataLicense": "CC0-1.0", "documentNamespace": "https://sbom.example/demo",
"creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Person: Jo"]},
"packages": [{"SPDXID": "SPDXRef-left", "name": "left", "versionInfo": "1.0.0",
 "downloadLocation": "NOASSERTION", "supplier": "Person: Jo", "licenseDeclared": "MIT",
 "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/left@1.0.0"}]}],
"relationships": [
 {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-left"},
 {"spdxElementId": "SPDXRef-left", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NONE"}]}"#;

/// A project with `full.spdx.json`, and `later.spdx.json` in which the package moved.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("full.spdx.json", FULL);
    sandbox.write("later.spdx.json", FULL.replace("1.0.0", "1.1.0").replace("MIT", "ISC"));
    sandbox
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    sandbox.run(&[&["sbom"], arguments].concat())
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let answer = run(&sandbox(), &["diff", "full.spdx.json", "full.spdx.json"]);
    assert_eq!((answer.exit, &*answer.stderr), (0, ""));
    insta::assert_snapshot!(answer.stdout, @"
    No difference in components; the same in both: 1
    the graph, scopes and statements on flaws are not compared
    ");
}

#[test]
fn what_changed_is_told_and_ends_with_1() {
    let answer = run(&sandbox(), &["diff", "full.spdx.json", "later.spdx.json"]);
    assert_eq!(answer.exit, 1);
    insta::assert_snapshot!(answer.stdout, @"
    changed: 1
      ~ left 1.0.0 -> 1.1.0
          licence: MIT -> ISC
    They differ; the same in both: 0
    the graph, scopes and statements on flaws are not compared
    ");
}

#[test]
fn a_difference_is_json_too() {
    let answer =
        run(&sandbox(), &["diff", "--format", "json", "full.spdx.json", "later.spdx.json"]);
    let document = answer.json();
    assert_eq!(document["schema"], "mainstay.sbom-diff");
    assert_eq!(document["changed"][0]["version"]["after"], "1.1.0");
    assert_eq!(document["before"]["components"], 1);
}

#[test]
fn the_json_of_diff_and_check_fits_its_schema() {
    let sandbox = sandbox();
    sandbox.write("gap.spdx.json", FULL.replace("\"NONE\"", "\"SPDXRef-gone\""));
    sandbox.write("bare.spdx", "SPDXVersion: SPDX-2.3\nPackageName: left\n");
    let diff = include_str!("../../../../../docs/schemas/sbom-diff.schema.json");
    let check = include_str!("../../../../../docs/schemas/sbom-check.schema.json");
    let both: [(&str, &[&[&str]]); 2] = [
        (
            diff,
            &[
                &["diff", "gap.spdx.json", "later.spdx.json"],
                &["diff", "bare.spdx", "gap.spdx.json"],
            ],
        ),
        (check, &[&["check", "gap.spdx.json"], &["check", "bare.spdx"]]),
    ];
    for (schema, commands) in both {
        let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        for command in commands {
            let document = run(&sandbox, &[*command, &["--format", "json"]].concat()).json();
            assert!(schema.is_valid(&document), "{command:?}: {document}");
        }
    }
}

#[test]
fn the_same_document_with_a_gap_ends_with_3() {
    let sandbox = sandbox();
    sandbox.write("gap.spdx.json", FULL.replace("\"NONE\"", "\"SPDXRef-gone\""));
    let answer = run(&sandbox, &["diff", "gap.spdx.json", "gap.spdx.json"]);
    assert_eq!(answer.exit, 3);
    assert!(answer.stdout.contains("SPDXRef-gone"), "{}", answer.stdout);
}

const INCOMPLETE: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
"metadata": {"timestamp": "2026-01-01T00:00:00Z", "authors": [{"name": "Jo"}],
 "component": {"type": "application", "bom-ref": "m", "name": "app", "version": "1", "purl": "pkg:npm/app@1", "publisher": "Jo"}},
"components": [], "dependencies": [{"ref": "m"}],
"compositions": [{"aggregate": "incomplete"}]}"#;

#[test]
fn a_document_that_calls_itself_incomplete_ends_with_3() {
    let sandbox = sandbox();
    sandbox.write("a.cdx.json", INCOMPLETE);
    for arguments in
        [&["diff", "a.cdx.json", "a.cdx.json"][..], &["check", "--against", "ntia", "a.cdx.json"]]
    {
        let answer = run(&sandbox, arguments);
        assert_eq!(answer.exit, 3, "{answer:?}");
        assert!(answer.stdout.contains("says of itself: incomplete"), "{}", answer.stdout);
    }
}

#[test]
fn a_document_without_components_does_not_pass() {
    let sandbox = sandbox();
    sandbox.write(
        "empty.cdx.json",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [],
        "metadata": {"timestamp": "2026-01-01T00:00:00Z", "authors": [{"name": "Jo"}]}}"#,
    );
    let answer = run(&sandbox, &["check", "--against", "ntia", "empty.cdx.json"]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert!(answer.stdout.contains("nothing could be checked"), "{}", answer.stdout);
}

#[test]
fn what_moves_a_terminal_is_not_handed_on() {
    let sandbox = sandbox();
    let name = "ap\u{9b}31mp\u{202e}";
    sandbox.write("raw.spdx.json", FULL.replace("\"left\"", &format!("\"{name}\"")));
    for (command, files) in [("convert", &["raw.spdx.json"][..]), ("merge", &["raw.spdx.json"; 2])]
    {
        let answer = run(&sandbox, &[&[command, "--format", "cyclonedx"], files].concat());
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert!(!answer.stdout.contains(['\u{9b}', '\u{202e}']), "{}", answer.stdout);
    }
}

#[test]
fn what_a_document_leaves_open_stays_open_when_it_is_converted() {
    let sandbox = sandbox();
    sandbox.write("both.spdx.json", FULL.replace(
        r#""relationships": ["#,
        r#""relationships": [{"spdxElementId": "SPDXRef-left", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-left"},"#,
    ));
    for format in ["cyclonedx", "cyclonedx-1.7", "spdx", "spdx-3.0"] {
        let written = run(&sandbox, &["convert", "--format", format, "both.spdx.json"]);
        assert!(written.stderr.contains("1 thing is not known"), "{}", written.stderr);
        sandbox.write("again.sbom.json", &written.stdout);
        let answer = run(&sandbox, &["check", "--against", "ntia", "again.sbom.json"]);
        assert!(answer.stdout.contains("needs nothing, and that it needs"), "{}", answer.stdout);
    }
}

#[test]
fn a_document_with_every_element_passes() {
    let answer = run(&sandbox(), &["check", "--against", "ntia", "full.spdx.json"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.stdout.ends_with("Every element is there.\n"), "{}", answer.stdout);
}

#[test]
fn missing_elements_are_told_by_code_and_end_with_1() {
    let sandbox = sandbox();
    sandbox.write("bare.spdx", "SPDXVersion: SPDX-2.3\nPackageName: left\nSPDXID: SPDXRef-left\n");
    let answer = run(&sandbox, &["check", "--against", "ntia", "bare.spdx"]);
    assert_eq!(answer.exit, 1);
    insta::assert_snapshot!(answer.stdout, @"
    bare.spdx (SPDX 2.3); components: 1; against: ntia
    sbom-no-author  the document lacks an author  ntia
    sbom-no-timestamp  the document lacks the time at which it was made  ntia
    component-no-version  1 of 1 lack a version  ntia
        left  line 3
    component-no-supplier  1 of 1 lack a supplier or producer  ntia
        left  line 3
    component-no-identifier  1 of 1 lack an identifier beside its name  ntia
        left  line 3
    component-no-dependency  1 of 1 lack a relationship, or a word that there is none  ntia
        left  line 3
    not known: 1
        the document does not say of what it is an SBOM
    Missing: 6
    ");
    let answer = run(&sandbox, &["check", "--format", "json", "bare.spdx"]);
    let document = answer.json();
    assert_eq!(document["schema"], "mainstay.sbom-check");
    assert_eq!(document["findings"][0]["code"], "sbom-no-author");
    assert_eq!(document["findings"][5]["component"], "left");
}

#[test]
fn a_document_is_written_in_another_format_the_same_each_time() {
    let mut sandbox = sandbox();
    sandbox.set("SOURCE_DATE_EPOCH", "1767225600");
    for format in ["spdx", "spdx-3.0"] {
        let convert = ["convert", "--format", format, "full.spdx.json"];
        let (one, two) = (run(&sandbox, &convert), run(&sandbox, &convert));
        assert_eq!((one.exit, &one.stdout), (0, &two.stdout));
        assert!(one.stdout.contains("2026-01-01T00:00:00Z"), "{}", one.stdout);
        sandbox.write("again.json", &one.stdout);
        let answer = run(&sandbox, &["diff", "full.spdx.json", "again.json"]);
        assert_eq!(answer.exit, 0, "{answer:?}");
    }
}

#[test]
fn documents_are_merged_and_each_component_says_where_it_is_from() {
    let answer =
        run(&sandbox(), &["merge", "--format", "spdx", "full.spdx.json", "later.spdx.json"]);
    assert_eq!(answer.exit, 0);
    let document = answer.json();
    let packages = document["packages"].as_array().unwrap();
    let from: Vec<&str> = packages
        .iter()
        .map(|package| package["annotations"][0]["comment"].as_str().unwrap())
        .collect();
    assert_eq!(from, ["mainstay:from=full.spdx.json", "mainstay:from=later.spdx.json"]);
}

#[test]
fn what_is_no_sbom_is_wrong_use_with_its_reason() {
    let sandbox = sandbox();
    sandbox.write("x.json", "{}");
    let answer = run(&sandbox, &["check", "x.json"]);
    assert_eq!((answer.exit, &*answer.stdout), (2, ""));
    assert!(answer.stderr.contains("bad-shape"), "{}", answer.stderr);
    assert!(!answer.stderr.contains("package manager"), "{}", answer.stderr);
    let answer = run(&sandbox, &["check", "gone.json"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.stderr.contains("cannot read gone.json"), "{}", answer.stderr);
}

#[test]
fn help_names_the_four_commands() {
    let answer = run(&sandbox(), &["--help"]);
    for command in ["convert", "diff", "merge", "check"] {
        assert!(answer.stdout.contains(&format!("\n  {command} ")), "{}", answer.stdout);
    }
}
