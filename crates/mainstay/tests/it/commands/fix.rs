//! `mainstay fix` through the binary. What resolvers answer is tested in `mainstay-repair`; here
//! none is on the PATH, so that nothing is asked of the machine.

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox, cargo_lock};

/// Fixes without any program on the PATH.
fn fix(mut sandbox: Sandbox, arguments: &[&str]) -> Answer {
    let nothing = sandbox.beside("nothing");
    std::fs::create_dir(&nothing).unwrap();
    sandbox.set("PATH", nothing.to_str().unwrap());
    sandbox.run(&[&["fix"], arguments].concat())
}

fn assert_fits(document: &Value) {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../../docs/schemas/fix.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
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
    let document = answer.json();
    assert_fits(&document);
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

/// A document of a team that says this of `left 1.0.0`.
fn says(status: &str, more: Value) -> String {
    let mut statement = json!({
        "vulnerability": {"name": "TEST-2024-0001"}, "products": ["pkg:cargo/left@1.0.0"],
        "status": status,
    });
    if let (Some(statement), Value::Object(more)) = (statement.as_object_mut(), more) {
        statement.extend(more);
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://a.example/vex/1",
        "author": "A Team", "timestamp": "2026-01-31T00:00:00Z", "version": 1,
        "statements": [statement],
    });
    document.to_string()
}

fn never_called() -> String {
    says("not_affected", json!({"justification": "vulnerable_code_not_in_execute_path"}))
}

#[test]
fn what_a_statement_silences_is_left_alone_and_said() {
    let sandbox = Sandbox::flawed();
    sandbox.write("said/one.json", never_called());
    let answer = fix(sandbox, &["--vex", "said"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    insta::assert_snapshot!(answer.stdout, @"
    Left alone because of a VEX statement
      TEST-2024-0001 left 1.0.0 (Cargo.lock)
        VEX: not affected: vulnerable_code_not_in_execute_path (A Team, 2026-01-31, said/one.json:1)

    VEX
      said/one.json  1 statement, A Team

    Plan: 0 findings would go, 0 stay, 1 left alone
    ");
}

#[test]
fn a_document_beside_the_target_is_heard_unless_it_is_not_to_be() {
    let sandbox = Sandbox::flawed();
    sandbox.write("vex.json", never_called());
    assert_eq!(sandbox.run(&["fix"]).exit, 0);
    for flag in ["--no-vex", "--no-project-settings"] {
        let again = Sandbox::flawed();
        again.write("vex.json", never_called());
        assert_eq!(fix(again, &[flag]).exit, 1, "{flag}");
    }
}

#[test]
fn the_json_names_what_is_left_alone_and_fits_its_schema() {
    let sandbox = Sandbox::flawed();
    sandbox.write("vex.json", never_called());
    let document = fix(sandbox, &["--format", "json"]).json();
    assert_fits(&document);
    assert_eq!(document["left_alone"][0]["finding"]["id"], "TEST-2024-0001");
    assert_eq!(document["left_alone"][0]["paths"], json!(["Cargo.lock"]));
    assert_eq!(document["left_alone"][0]["by"]["author"], "A Team");
}

#[test]
fn what_was_not_chosen_is_not_left_alone() {
    let sandbox = Sandbox::flawed();
    sandbox.write("vex.json", never_called());
    let document = fix(sandbox, &["--only", "right", "--format", "json"]).json();
    assert_eq!(document["left_alone"], json!([]));
}

#[test]
fn a_statement_without_effect_is_told() {
    let sandbox = Sandbox::flawed();
    sandbox.write("vex.json", never_called().replace("left@1.0.0", "left@9.0.0"));
    let answer = fix(sandbox, &["--format", "json"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let document = answer.json();
    assert_fits(&document);
    assert_eq!(document["without_effect"][0]["code"], "product-not-scanned");
}

#[test]
fn a_diff_tells_beside_it_what_is_left_alone() {
    let sandbox = Sandbox::flawed();
    sandbox.write("vex.json", never_called());
    let answer = fix(sandbox, &["--format", "diff"]);
    assert_eq!(answer.stdout, "");
    assert!(answer.stderr.contains("1 findings were left alone"), "{}", answer.stderr);
}

#[test]
fn a_statement_that_cannot_be_read_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("vex.json", "{");
    let answer = fix(sandbox, &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn what_a_statement_raises_stays_to_be_fixed() {
    let sandbox = Sandbox::clean();
    let said = says("affected", json!({"action_statement": "Take 3.0.0."}));
    sandbox.write("vex.json", said.replace("left@1.0.0", "left"));
    let answer = fix(sandbox, &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.stdout.contains("stays  unknown  TEST-2024-0001  left 2.0.0"), "{answer:?}");
}

#[test]
fn a_statement_on_one_product_leaves_the_other_one_to_be_fixed() {
    let sandbox = Sandbox::flawed();
    sandbox.write("b/Cargo.lock", cargo_lock(&[("left", "1.0.0")]).replace("\"app\"", "\"other\""));
    let part = json!([{"@id": "pkg:cargo/app", "subcomponents": ["pkg:cargo/left@1.0.0"]}]);
    let said = never_called().replace("[\"pkg:cargo/left@1.0.0\"]", &part.to_string());
    sandbox.write("vex.json", said);
    let document = fix(sandbox, &["--format", "json"]).json();
    assert_eq!(document["left_alone"][0]["paths"], json!(["Cargo.lock"]));
    let plans = document["plans"].as_array().unwrap();
    assert_eq!((plans.len(), &plans[0]["path"]), (1, &json!("b/Cargo.lock")));
}
