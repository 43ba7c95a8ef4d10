//! `mainstay fix` through the binary. What resolvers answer is tested in `mainstay-repair`; here
//! none is on the PATH, so that nothing is asked of the machine.

use serde_json::Value;

use crate::sandbox::{Answer, Sandbox, cargo_lock};

/// Fixes without any program on the PATH.
fn fix(mut sandbox: Sandbox, arguments: &[&str]) -> Answer {
    let nothing = sandbox.beside("nothing");
    std::fs::create_dir(&nothing).unwrap();
    sandbox.set("PATH", nothing.to_str().unwrap());
    sandbox.run(&[&["fix"], arguments].concat())
}

#[test]
fn without_a_resolver_the_findings_stay_and_the_reason_is_told() {
    let answer = fix(Sandbox::flawed(), &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    insta::assert_snapshot!(answer.stdout, @"
    Cargo.lock (cargo-lock)
      not tried: cargo is not installed, or not on the PATH
        to do: install it, and run this again
      stays  unknown  TEST-2024-0001  left 1.0.0: A made-up flaw in left

    Plan: 0 findings would go, 1 stay
    ");
}

#[test]
fn with_nothing_to_fix_and_everything_known_it_is_done() {
    let answer = fix(Sandbox::clean(), &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.stdout, "Plan: 0 findings would go, 0 stay\n");
}

#[test]
fn nothing_found_without_data_is_not_done() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    let answer = fix(sandbox, &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert!(answer.stderr.contains("not everything is known"), "{}", answer.stderr);
}

#[test]
fn the_json_fits_its_schema() {
    let answer = fix(Sandbox::flawed(), &["--format", "json"]);
    let document: Value = serde_json::from_str(&answer.stdout).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../../../../../docs/schemas/fix.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(document["plans"][0]["stays"][0]["id"], "TEST-2024-0001");
}

#[test]
fn a_choice_that_names_nothing_there_leaves_nothing_to_plan() {
    let answer = fix(Sandbox::flawed(), &["--only", "CVE-2020-0001"]);
    assert_eq!((answer.exit, &*answer.stdout), (0, "Plan: 0 findings would go, 0 stay\n"));
}

#[test]
fn a_severity_that_nobody_knows_is_wrong_use() {
    let answer = fix(Sandbox::flawed(), &["--severity", "awful"]);
    assert_eq!((answer.exit, &*answer.stdout), (2, ""), "{answer:?}");
    assert!(answer.stderr.contains("choose low, medium, high or critical"), "{}", answer.stderr);
}

#[test]
fn a_cooldown_that_cannot_be_read_is_wrong_use() {
    let answer = fix(Sandbox::flawed(), &["--cooldown", "soon"]);
    assert_eq!((answer.exit, &*answer.stdout), (2, ""), "{answer:?}");
}
