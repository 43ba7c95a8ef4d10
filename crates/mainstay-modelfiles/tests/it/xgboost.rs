//! `XGBoost`, as JSON and as UBJSON.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

/// A model of one tree, by its children, its features and its counts.
struct Tree {
    left: &'static str,
    right: &'static str,
    features: &'static str,
    nodes: &'static str,
    trees: &'static str,
    name: &'static str,
    sizes: &'static str,
}

const ORDINARY: Tree = Tree {
    left: "[1,-1,-1]",
    right: "[2,-1,-1]",
    features: "[0,0,0]",
    nodes: "3",
    trees: "1",
    name: "f0",
    sizes: "[1]",
};

impl Tree {
    fn json(&self) -> String {
        let Self { left, right, features, nodes, trees, name, sizes } = self;
        format!(
            r#"{{"learner":{{"attributes":{{"note":"hello"}},"feature_names":["{name}","b"],"gradient_booster":{{"model":{{"gbtree_model_param":{{"num_trees":"{trees}"}},"trees":[{{"categories":[4],"categories_segments":[0],"categories_sizes":{sizes},"left_children":{left},"parents":[2147483647,0,0],"right_children":{right},"split_conditions":[5.0E-1,1,2],"split_indices":{features},"tree_param":{{"num_nodes":"{nodes}"}}}}]}},"name":"gbtree"}},"learner_model_param":{{"num_feature":"2"}}}},"version":[3,0,0]}}"#
        )
    }
}

fn hostile() -> Vec<(&'static str, Tree)> {
    vec![
        ("outside", Tree { left: "[7,-1,-1]", ..ORDINARY }),
        ("negative", Tree { left: "[-2,-1,-1]", ..ORDINARY }),
        ("no-number", Tree { left: "[1.5,-1,-1]", ..ORDINARY }),
        ("circle", Tree { left: "[1,-1,0]", ..ORDINARY }),
        ("twice", Tree { right: "[1,-1,-1]", ..ORDINARY }),
        ("short", Tree { right: "[2]", ..ORDINARY }),
        ("nodes", Tree { nodes: "2000000000", ..ORDINARY }),
        ("overflow", Tree { nodes: "99999999999", ..ORDINARY }),
        ("trees", Tree { trees: "2", ..ORDINARY }),
        ("feature", Tree { features: "[2,0,0]", ..ORDINARY }),
        ("categories", Tree { sizes: "[2]", ..ORDINARY }),
    ]
}

/// The JSON of this module as UBJSON: every number a whole one of eight bytes, or a fraction.
fn ubjson(json: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = json;
    while let Some(sign) = rest.chars().next() {
        rest = &rest[1..];
        match sign {
            '"' => {
                let (text, behind) = rest.split_once('"').unwrap_or_default();
                let is_key = behind.starts_with(':');
                rest = behind;
                if !is_key {
                    bytes.push(b'S');
                }
                bytes.push(b'L');
                bytes.extend((text.len() as u64).to_be_bytes());
                bytes.extend(text.as_bytes());
            }
            '{' | '}' | '[' | ']' => bytes.push(sign as u8),
            '0'..='9' | '-' => {
                let length = rest.find([',', ']', '}']).unwrap_or_default();
                let number = format!("{sign}{}", &rest[..length]);
                rest = &rest[length..];
                if let Ok(whole) = number.parse::<i64>() {
                    bytes.push(b'L');
                    bytes.extend(whole.to_be_bytes());
                } else {
                    bytes.push(b'D');
                    bytes.extend(number.parse::<f64>().unwrap_or(f64::NAN).to_be_bytes());
                }
            }
            _ => {}
        }
    }
    bytes
}

fn typed_array(marker: u8, count: u64) -> Vec<u8> {
    let head = [b"{L\0\0\0\0\0\0\0\x07learner[$", &[marker, b'#', b'L'][..]].concat();
    [head, count.to_be_bytes().to_vec(), vec![0; 32], b"}".to_vec()].concat()
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let mut files = hostile();
    files.push(("ordinary", ORDINARY));
    let mut seeds = Vec::new();
    for (name, tree) in files {
        let json = tree.json();
        seeds.push(Seed { name: format!("{name}.ubj"), bytes: ubjson(&json) });
        seeds.push(Seed::new(&format!("{name}.json"), &json));
    }
    seeds.push(Seed { name: "typed.ubj".to_owned(), bytes: typed_array(b'd', 8) });
    seeds
}

fn both(tree: &Tree) -> [Examined; 2] {
    let json = tree.json();
    [examined("model.json", json.as_bytes()), examined("model.ubj", &ubjson(&json))]
}

#[test]
fn an_ordinary_model_is_clean_in_both_forms() {
    let [json, binary] = both(&ORDINARY);
    assert!(is_clean(&json), "{json:?}");
    assert!(is_clean(&binary), "{binary:?}");
    assert_eq!((json.format, binary.format), (Some("xgboost-json"), Some("xgboost-ubj")));
    assert_eq!(json.description.facts, binary.description.facts);
}

#[test]
fn every_broken_rule_is_alerted_in_both_forms() {
    for (name, tree) in hostile() {
        for found in both(&tree) {
            assert_eq!(codes(&found), ["model-malformed"], "{name}: {found:?}");
            assert_eq!(found.dangers[0].severity, Severity::High);
        }
    }
}

#[test]
fn markup_in_the_name_of_a_feature_is_warned_of() {
    for found in both(&Tree { name: "<img src=x>", ..ORDINARY }) {
        assert_eq!(codes(&found), ["model-odd-container"]);
    }
}

#[test]
fn a_typed_array_is_read_and_its_count_must_fit() {
    assert!(is_clean(&examined("a.ubj", &typed_array(b'd', 8))));
    for count in [9, 1 << 40, u64::MAX] {
        assert_eq!(codes(&examined("a.ubj", &typed_array(b'd', count))), ["model-malformed"]);
    }
    assert_eq!(codes(&examined("a.ubj", &typed_array(b'N', 3))), ["model-malformed"]);
}

#[test]
fn settings_without_a_model_have_no_trees() {
    let json = r#"{"learner":{"gradient_booster":{"gbtree_model_param":{"num_trees":"5"}},"learner_model_param":{}},"version":[3,0,0]}"#;
    let found = examined("config.json", json.as_bytes());
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn other_json_is_not_claimed() {
    for text in [r#"{"learner": "Ada", "course": 3}"#, r#"{"version": "1.0", "name": "x"}"#] {
        assert_ne!(examined("a.json", text.as_bytes()).format, Some("xgboost-json"));
    }
}
