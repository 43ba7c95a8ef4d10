//! The JSON contract: one golden document, and the schemas in `docs/schemas` that every document
//! and every line must fit.

use jsonschema::Validator;
use serde_json::Value;

use super::of_everything;
use crate::sandbox::{Answer, Sandbox};

fn schema(text: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

fn document_schema() -> Validator {
    schema(include_str!("../../../../../docs/schemas/scan.schema.json"))
}

fn line_schema() -> Validator {
    schema(include_str!("../../../../../docs/schemas/scan-line.schema.json"))
}

#[track_caller]
fn assert_fits(schema: &Validator, value: &Value) {
    let errors: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0], "{value}");
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn empty() -> Sandbox {
    Sandbox::new()
}

/// `golden/scan.json` was written by Mainstay from [`of_everything`] and read by hand. A change of
/// it is a change of the contract: fields may be added, none may go or change its meaning within
/// version 1.
#[test]
fn the_document_is_as_the_contract_says() {
    let answer = of_everything().run(&["scan", "--format", "json"]);
    assert_eq!(answer.stdout, include_str!("../golden/scan.json"));
}

#[test]
fn a_document_with_something_of_everything_fits_the_schema() {
    assert_fits(&document_schema(), &of_everything().scan(&[]));
}

#[test]
fn a_clean_document_fits_the_schema() {
    assert_fits(&document_schema(), &Sandbox::clean().scan(&[]));
}

#[test]
fn a_document_about_nothing_fits_the_schema() {
    assert_fits(&document_schema(), &empty().scan(&[]));
}

#[test]
fn every_line_fits_the_schema_of_lines() {
    let schema = line_schema();
    for sandbox in [of_everything(), Sandbox::clean(), empty()] {
        let answer = sandbox.run(&["scan", "--format", "jsonl"]);
        for line in lines(&answer) {
            assert_fits(&schema, &line);
        }
    }
}

#[test]
fn the_first_line_is_the_summary() {
    let answer = of_everything().run(&["scan", "--format", "jsonl"]);
    let first = &lines(&answer)[0];
    assert_eq!(first["record"], "scan");
    assert_eq!(first["schema"], "mainstay.scan");
    assert_eq!(first["verdict"], "findings");
    assert_eq!(first["coverage"], "incomplete");
}

#[test]
fn the_lines_hold_what_the_document_holds() {
    let sandbox = of_everything();
    let document = sandbox.scan(&[]);
    let lines = lines(&sandbox.run(&["scan", "--format", "jsonl"]));
    let lists = [
        ("knowledge", "knowledge"),
        ("source", "sources"),
        ("package", "packages"),
        ("finding", "findings"),
        ("excepted", "excepted"),
        ("unknown", "unknowns"),
    ];
    for (record, list) in lists {
        let told: Vec<Value> = lines
            .iter()
            .filter(|line| line["record"] == record)
            .map(|line| {
                let mut line = line.clone();
                line.as_object_mut().unwrap().remove("record");
                line
            })
            .collect();
        assert_eq!(Value::from(told), document[list], "{list}");
    }
}

#[test]
fn the_same_scan_gives_the_same_bytes() {
    let sandbox = of_everything();
    let run = || sandbox.run(&["scan", "--format", "json"]).stdout;
    assert_eq!(run(), run());
}

#[test]
fn the_schema_refuses_a_verdict_that_is_none() {
    let mut document = Sandbox::clean().scan(&[]);
    document["verdict"] = "fine".into();
    assert!(!document_schema().is_valid(&document));
}
