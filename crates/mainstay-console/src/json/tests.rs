use std::collections::BTreeMap;
use std::io;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::{CleanJson, JsonError};
use crate::clean_json;

fn indented(value: &impl Serialize) -> Result<String, JsonError> {
    let mut all = Vec::new();
    let mut json = CleanJson::indented(&mut all);
    json.value(value)?;
    json.finish()?;
    Ok(String::from_utf8(all).unwrap())
}

fn on_one_line(value: &impl Serialize) -> String {
    let mut all = Vec::new();
    let mut json = CleanJson::lines(&mut all);
    json.value(value).unwrap();
    json.finish().unwrap();
    String::from_utf8(all).unwrap()
}

/// Holds both layouts to what `serde_json` writes.
fn is_as_expected(value: &impl Serialize) {
    let expected = clean_json(serde_json::to_string_pretty(value).unwrap());
    assert_eq!(indented(value).unwrap(), expected + "\n");
    let expected = clean_json(serde_json::to_string(value).unwrap());
    assert_eq!(on_one_line(value), expected + "\n");
}

#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<u32>,
    empty: [u8; 0],
    pair: (i64, f64),
    #[serde(flatten)]
    more: BTreeMap<&'a str, Kind>,
}

#[derive(Serialize)]
enum Kind {
    Unit,
    New(char),
    Pair(u8, bool),
    Named { value: Option<f32>, nothing: () },
}

#[test]
fn every_kind_of_value_has_the_form_of_serde_json() {
    is_as_expected(&Record {
        name: "a \"quoted\" \\ name",
        absent: None,
        empty: [],
        pair: (-7, 0.1),
        more: BTreeMap::from([
            ("unit", Kind::Unit),
            ("new", Kind::New('\u{9b}')),
            ("pair", Kind::Pair(255, true)),
            ("named", Kind::Named { value: Some(1.5), nothing: () }),
        ]),
    });
    is_as_expected(&f64::NAN);
    is_as_expected(&u128::MAX);
}

#[test]
fn what_acts_on_a_terminal_is_an_escape() {
    let value = json!({"\u{1b}[31m": ["\u{9b}\u{e0001}é\u{7f}"]});
    let expected = "{\"\\u001b[31m\":[\"\\u009b\\udb40\\udc01é\\u007f\"]}\n";
    assert_eq!(on_one_line(&value), expected);
}

#[test]
fn a_key_that_is_no_text_is_refused() {
    let refused = indented(&BTreeMap::from([(1, 2)])).unwrap_err();
    assert_eq!(refused.to_string(), "JSON has no form for this: a key that is no text");
}

#[test]
fn a_document_of_many_pieces_is_whole() {
    is_as_expected(&vec![json!({"name": "\u{202e}é", "versions": ["1.0", "2.0"]}); 20_000]);
}

#[test]
fn a_deep_document_is_indented_to_its_depth() {
    let deep = (0..60).fold(json!("inmost"), |inner, _| json!([inner]));
    is_as_expected(&deep);
}

/// Takes so many bytes, and no more.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_while_the_document_is_written() {
    let written = CleanJson::lines(Full(100_000)).value(&vec!["text"; 100_000]);
    let is_full =
        |error| matches!(error, JsonError::Io(why) if why.kind() == io::ErrorKind::StorageFull);
    assert!(written.is_err_and(is_full));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_what_serde_json_writes_made_clean(value in any_json()) {
        is_as_expected(&value);
    }
}
