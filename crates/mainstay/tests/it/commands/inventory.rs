//! `mainstay inventory` and `mainstay log`: an instance on one machine.

use mainstay_testkit::Record;
use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};

/// A CycloneDX document: the application asks for the first, each needs the next.
fn bom(purls: &[&str]) -> String {
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    let mut before = "app";
    for purl in purls {
        let (name, version) = purl.rsplit_once('@').unwrap();
        let name = name.rsplit_once('/').unwrap().1;
        components.push(json!({
            "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
        }));
        dependencies.push(json!({ "ref": before, "dependsOn": [purl] }));
        before = purl;
    }
    dependencies.push(json!({ "ref": before }));
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "app", "name": "app" } },
        "components": components, "dependencies": dependencies,
    })
    .to_string()
}

fn done(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    let answer = sandbox.run(arguments);
    assert_eq!((answer.exit, answer.stderr.as_str()), (0, ""), "{arguments:?}: {answer:?}");
    answer
}

fn submit(sandbox: &Sandbox, organisation: &str, asset: &str, purls: &[&str]) -> Answer {
    sandbox.write("bom.json", bom(purls));
    let command = ["inventory", "submit", "bom.json", "--release", "1.0"];
    done(sandbox, &[&command[..], &["--organisation", organisation, "--asset", asset]].concat())
}

/// A grid operator and a bank that use `left 1.0.0`, and a hospital that sent nothing.
fn world() -> Sandbox {
    let sandbox = Sandbox::new();
    for (id, sectors) in [
        ("grid", &["us-ci/energy"][..]),
        ("bank", &["us-ci/financial-services", "us-ci/energy"]),
        ("hospital", &["us-ci/healthcare-and-public-health"]),
    ] {
        let mut command = vec!["inventory", "organisation", id, "--name", id];
        for sector in sectors {
            command.extend(["--sector", sector]);
        }
        done(&sandbox, &command);
    }
    submit(&sandbox, "grid", "control", &["pkg:cargo/left@1.0.0"]);
    submit(&sandbox, "bank", "ledger", &["pkg:cargo/right@1.0.0", "pkg:cargo/left@1.0.0"]);
    sandbox
}

fn flaw() -> Record {
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left");
    record.0["aliases"] = json!(["CVE-2024-0001"]);
    record
}

const BY_PACKAGE: [&str; 4] = ["inventory", "affected", "--package", "pkg:cargo/left"];

#[test]
fn before_any_advisory_a_package_tells_who_is_affected_and_of_whom_nothing_is_known() {
    let sandbox = world();
    let answer = done(&sandbox, &[&BY_PACKAGE[..], &["--range", "vers:cargo/<1.5.0"]].concat());
    insta::assert_snapshot!(answer.stdout, @r"
    Organisations affected: 2, in versions of what they use: 2
      bank  bank
        ledger 1.0: pkg:cargo/left@1.0.0 (deep; SBOM of 2026-03-01)
      grid  grid
        control 1.0: pkg:cargo/left@1.0.0 (asked for directly; SBOM of 2026-03-01)

    By sector
      us-ci/energy: 2 of 2 members; 2 have an inventory here
      us-ci/financial-services: 1 of 1 members; 1 have an inventory here
      us-ci/healthcare-and-public-health: 0 of 1 members; 0 have an inventory here

    Not known
      organisations without a current SBOM here: 1. Ask them
    ");
}

#[test]
fn an_advisory_that_comes_later_opens_findings_in_what_was_sent_before() {
    let sandbox = world();
    sandbox.import(&[flaw()]);
    let told = done(&sandbox, &["inventory", "match"]).stdout;
    assert!(told.contains("2 findings opened"), "{told}");
    let affected =
        done(&sandbox, &["inventory", "affected", "--advisory", "cve-2024-0001", "--json"]);
    assert_eq!(affected.json()["organisations"], 2);
    assert_eq!(affected.json()["knowledge"][0]["ecosystem"], "crates.io");
    let shown = done(&sandbox, &["inventory", "show", "grid"]).stdout;
    let asset = shown.split_whitespace().find(|word| word.starts_with("ast_")).unwrap();
    let findings = done(&sandbox, &["inventory", "findings", asset]).stdout;
    assert!(findings.contains("TEST-2024-0001"), "{findings}");
    assert!(findings.contains("2.0.0 repairs it"), "{findings}");
}

#[test]
fn an_advisory_that_nobody_here_knows_is_not_answered_with_nobody() {
    let sandbox = world();
    let answer = done(&sandbox, &["inventory", "affected", "--advisory", "CVE-2099-1", "--json"]);
    let codes = answer.unknown_codes();
    assert!(codes.contains(&"unknown-advisory".to_owned()), "{codes:?}");
    assert!(codes.contains(&"unchecked-package".to_owned()), "{codes:?}");
    assert!(codes.contains(&"no-data".to_owned()), "{codes:?}");
}

#[test]
fn data_that_came_and_were_not_matched_are_told() {
    let sandbox = world();
    sandbox.import(&[flaw()]);
    let affected = ["inventory", "affected", "--advisory", "CVE-2024-0001", "--json"];
    let codes = done(&sandbox, &affected).unknown_codes();
    assert!(codes.contains(&"unmatched-data".to_owned()), "{codes:?}");
    done(&sandbox, &["inventory", "match"]);
    let codes = done(&sandbox, &affected).unknown_codes();
    assert!(!codes.contains(&"unmatched-data".to_owned()), "{codes:?}");
}

#[test]
fn a_file_above_the_limit_is_not_read() {
    let mut sandbox = world();
    sandbox.set("MAINSTAY_MAX_FILE_SIZE", "1KiB");
    sandbox.write("bom.json", "x".repeat(2000));
    let command = ["inventory", "submit", "bom.json", "--organisation", "grid", "--asset", "x"];
    let answer = sandbox.run(&command);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("the limit is 1024"), "{answer:?}");
}

#[test]
fn the_json_fits_its_schema() {
    let sandbox = world();
    let schema = include_str!("../../../../../docs/schemas/affected.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    for subject in [&["--package", "pkg:cargo/left"][..], &["--advisory", "CVE-2024-0001"]] {
        let command = [&["inventory", "affected", "--json"], subject].concat();
        let document: Value = done(&sandbox, &command).json();
        let errors: Vec<_> = schema.iter_errors(&document).map(|one| one.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn what_members_rest_on_is_told_with_what_is_not_known() {
    let sandbox = world();
    let told = done(&sandbox, &["inventory", "prevalence"]).stdout;
    for line in [
        "2 packages, used in 2 assets of 2 organisations",
        "pkg:cargo/left  help 0 to ",
        "organisations: 2 (0 systemically important), sectors: 2, assets: 2 (1 direct, 1 deep, 0",
        "organisations without a current SBOM here: 1",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let bank = ["inventory", "prevalence", "--sector", "us-ci/financial-services", "--csv"];
    let csv = done(&sandbox, &bank).stdout;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.contains("pkg:cargo/right,crates.io,1,0,2,1,1,0,0,1,"), "{csv}");
}

#[test]
fn the_json_of_the_prevalence_fits_its_schema() {
    let sandbox = world();
    let schema = include_str!("../../../../../docs/schemas/prevalence.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let document: Value = done(&sandbox, &["inventory", "prevalence", "--json"]).json();
    let errors: Vec<_> = schema.iter_errors(&document).map(|one| one.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let first = document["packages"][0]["package"].as_str();
    assert_eq!((document["found"].as_u64(), first), (Some(2), Some("pkg:cargo/left")));
}

#[test]
fn what_changed_between_two_sboms_is_told() {
    let sandbox = world();
    let id = |answer: &Answer| {
        answer.stdout.split_whitespace().find(|word| word.starts_with("sbom_")).unwrap().to_owned()
    };
    let one = id(&submit(&sandbox, "grid", "panel", &["pkg:cargo/left@1.0.0"]));
    let two =
        id(&submit(&sandbox, "grid", "panel", &["pkg:cargo/left@2.0.0", "pkg:cargo/new@1.0.0"]));
    let told = done(&sandbox, &["inventory", "changes", &one, &two]).stdout;
    assert_eq!(told, "crates.io left  1.0.0 -> 2.0.0\ncrates.io new  new: 1.0.0\n");
}

#[test]
fn wrong_input_is_named_and_exits_2() {
    let sandbox = world();
    sandbox.write("not.json", "hello");
    for (command, named) in [
        (&["inventory", "organisation", "a b", "--name", "x"][..], "is no id"),
        (&["inventory", "organisation", "a", "--name", "x", "--sector", "moon"], "\"moon\""),
        (&["inventory", "organisation", "a", "--name", "\u{1b}[2J"], "control characters"),
        (
            &["inventory", "show", "nobody"],
            "no organisation \"nobody\" here: `mainstay inventory organisations`",
        ),
        (&["inventory", "affected", "--package", "left"], "package:"),
        (&["inventory", "affected", "--package", "pkg:cargo/left", "--range", "<1"], "range:"),
        (&["inventory", "affected"], "--advisory"),
        (
            &["inventory", "submit", "not.json", "--organisation", "grid", "--asset", "x"],
            "not.json is not read",
        ),
        (&["inventory", "organisations", "--database", "mysql://me:secret@x/y"], "mysql"),
    ] {
        let answer = sandbox.run(command);
        assert_eq!((answer.exit, answer.stdout.as_str()), (2, ""), "{answer:?}");
        assert!(answer.stderr.contains(named), "{answer:?}");
        assert!(!answer.stderr.contains("secret"), "{answer:?}");
    }
}

#[test]
fn names_from_documents_do_nothing_to_the_terminal() {
    let sandbox = world();
    sandbox.write(
        "bom.json",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
            "components":[{"type":"library","name":"evil\u001b[2Jname","version":"1"}]}"#,
    );
    let command = ["inventory", "submit", "bom.json", "--organisation", "grid", "--asset", "x"];
    let answer = done(&sandbox, &command);
    assert!(answer.stdout.contains("not known"), "{}", answer.stdout);
    assert!(!answer.stdout.contains('\u{1b}'), "{}", answer.stdout);
}

#[test]
fn the_log_tells_every_change_and_verifies_against_a_kept_checkpoint() {
    let sandbox = world();
    let kept = done(&sandbox, &["log", "checkpoint"]).stdout;
    let key = done(&sandbox, &["log", "key"]).stdout;
    sandbox.write("kept.txt", &kept);
    submit(&sandbox, "grid", "panel", &["pkg:cargo/left@1.0.0"]);
    let shown = done(&sandbox, &["log", "show"]).stdout;
    for action in ["party.put", "asset.add", "sbom.add"] {
        assert!(shown.contains(action), "{shown}");
    }
    let command = ["log", "verify", "--checkpoint", "kept.txt", "--key", key.trim()];
    let answer = done(&sandbox, &command).stdout;
    assert!(answer.starts_with("Unchanged: "), "{answer}");
    assert!(answer.contains("The first 7 are those of the checkpoint"), "{answer}");
}

#[test]
fn a_log_that_was_made_anew_does_not_verify_and_exits_1() {
    let sandbox = world();
    let kept = done(&sandbox, &["log", "checkpoint"]).stdout;
    let key = done(&sandbox, &["log", "key"]).stdout;
    let another = Sandbox::new();
    another.write("kept.txt", &kept);
    done(&another, &["inventory", "organisation", "grid", "--name", "Another"]);
    let command = ["log", "verify", "--checkpoint", "kept.txt", "--key", key.trim()];
    let answer = another.run(&command);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.stdout.contains("entries were cut off"), "{answer:?}");
    let forged = kept.replacen('7', "9", 1);
    another.write("kept.txt", forged);
    let answer = another.run(&command);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("signature"), "{answer:?}");
}
