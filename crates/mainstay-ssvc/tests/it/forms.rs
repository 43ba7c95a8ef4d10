//! The abbreviated form and JSON.

use mainstay_ssvc::Facts;
use serde_json::{Value, json};

use crate::{assess, inputs, moment, table};

#[test]
fn the_abbreviated_form_is_sorted_and_ends_with_the_moment() {
    let said = [
        ("ssvc:E:1.1.0", "A"),
        ("ssvc:U:1.0.1", "E"),
        ("ssvc:TI:1.0.0", "T"),
        ("ssvc:PSI:2.0.1", "M"),
    ];
    let vector = assess("Supplier", &inputs(&said)).vector();
    assert_eq!(vector, "SSVCv2/E:A/Ps:M/T:T/U:E/2026-11-28T20:00:00Z/");
}

#[test]
fn the_abbreviated_form_lists_every_value_that_is_possible() {
    let vector = assess("Supplier", &inputs(&[("ssvc:E:1.1.0", "P|A")])).vector();
    assert_eq!(vector, "SSVCv2/E:PA/Ps:MS/T:PT/U:LESe/2026-11-28T20:00:00Z/");
}

#[test]
fn a_selection_list_has_the_keys_of_the_published_schema() {
    let assessment = assess("CISA BOD 26-04", &inputs(&[("cisa:KEV:1.0.0", "Y")]));
    let list = serde_json::to_value(assessment.selection_list()).unwrap();
    assert_eq!(list["schemaVersion"], "2.0.0");
    assert_eq!(list["timestamp"], "2026-11-28T20:00:00Z");
    assert_eq!(list["target_ids"], json!(["CVE-2026-0001"]));
    assert_eq!(
        list["selections"][1],
        json!({
            "namespace": "cisa", "key": "KEV", "version": "1.0.0", "name": "In KEV",
            "values": [{ "key": "Y", "name": "Yes" }],
        })
    );
    assert_eq!(list["selections"][0]["values"].as_array().unwrap().len(), 2);
}

#[test]
fn a_selection_list_about_nothing_named_has_no_targets() {
    let assessment = table("Deployer").assess(&inputs(&[]), &[""], moment()).unwrap();
    let list = serde_json::to_value(assessment.selection_list()).unwrap();
    assert_eq!(list.get("target_ids"), None);
}

#[test]
fn our_own_json_says_what_is_unknown_and_leaves_the_outcome_open() {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let facts = Facts { cvss: Some(vector), ..Facts::UNKNOWN };
    let assessment = assess("CISA Coordinator", &facts.inputs());
    let document = serde_json::to_value(assessment.json()).unwrap();
    assert_eq!(document["outcome"], Value::Null);
    assert_eq!(document["table"]["version"], "2.0.3");
    let states: Vec<_> = document["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| (input["state"].as_str().unwrap(), input["basis"].as_str()))
        .collect();
    assert_eq!(
        states,
        [
            ("unknown", None),
            ("known", Some("derived")),
            ("known", Some("derived")),
            ("unknown", None)
        ]
    );
}
