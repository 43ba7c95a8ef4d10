//! Architectures of Keras in YAML.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

const ORDINARY: &str = "\
backend: tensorflow
class_name: Sequential
config:
  layers:
  - class_name: Conv2D
    config:
      batch_input_shape: !!python/tuple
      - null
      - 8
      kernel_size: &id001 !!python/tuple [3, 3]
      strides: *id001
      name: conv
  name: sequential
keras_version: 2.4.0
";

const LAMBDA: &str = "\
class_name: Sequential
config:
- class_name: Lambda
  config:
    function: !!python/tuple
    - '4wEAAAAAAAAAAAAAAAACAAAAQwAAANoCb3PaBnN5c3RlbQ=='
    - null
    - null
    function_type: lambda
";

fn with_tag(tag: &str) -> String {
    format!("class_name: Sequential\nconfig:\n- {tag} ['echo inert']\nkeras_version: 2.4.0\n")
}

/// Every fixture of this module.
pub fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("ordinary.yaml", ORDINARY),
        Seed::new("lambda.yaml", LAMBDA),
        Seed::new("tag.yaml", &with_tag("!!python/object/apply:os.system")),
        Seed::new("verbatim.yaml", &with_tag("!<tag:yaml.org,2002:python/object/new:os.system>")),
        Seed::new("escape.yaml", &with_tag("!!python%2fobject/apply:os.system")),
    ]
}

fn codes_of(text: &str) -> Vec<&'static str> {
    codes(&examined("model.yaml", text.as_bytes()))
}

#[test]
fn an_ordinary_architecture_is_clean() {
    let found = examined("model.yaml", ORDINARY.as_bytes());
    assert_eq!(found.format, Some("keras-yaml"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_lambda_layer_runs_code() {
    assert_eq!(codes_of(LAMBDA), ["model-runs-code"]);
}

#[test]
fn a_tag_that_calls_a_function_runs_code() {
    for tag in [
        "!!python/object/apply:os.system",
        "!!python/object/new:os.system",
        "!!python/object:os.system",
        "!!python/name:os.system",
        "!<tag:yaml.org,2002:python/object/apply:os.system>",
        "!!python%2Fobject/apply:os.system",
    ] {
        assert!(codes_of(&with_tag(tag)).contains(&"model-runs-code"), "{tag}");
    }
}

#[test]
fn the_call_of_a_tag_is_shown_with_its_place_and_advisory() {
    let text = with_tag("!!python/object/apply:os.system");
    let danger = &examined("model.yaml", text.as_bytes()).dangers[0];
    assert_eq!(danger.shown.as_deref(), Some("os.system(...)"));
    assert_eq!(danger.advisory, Some("CVE-2021-37678"));
    assert_eq!(
        danger.place.offset.map(mainstay_reading::Offset::bytes),
        text.find('!').map(|at| at as u64)
    );
}

#[test]
fn a_directive_that_renames_tags_hides_calls() {
    let text = format!(
        "%TAG !e! tag:yaml.org,2002:python/\n---\n{}",
        with_tag("!e!object/apply:os.system")
    );
    assert!(codes_of(&text).contains(&"model-hides-call"));
}

#[test]
fn other_yaml_is_not_claimed() {
    for text in ["name: x\nversion: 1\n", "config:\n  a: 1\n", "backend: x\nservices: []\n"] {
        assert_eq!(examined("a.yaml", text.as_bytes()).format, None, "{text}");
    }
}

#[test]
fn an_architecture_that_is_no_yaml_is_a_gap() {
    let text = format!("{ORDINARY}more: [\n");
    let found = examined("model.yaml", text.as_bytes());
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn an_architecture_that_is_too_long_is_a_gap() {
    let text = format!("{ORDINARY}# {}\n", "x".repeat(9 << 20));
    let found = examined("model.yaml", text.as_bytes());
    assert!(!found.gaps.is_empty(), "{:?}", found.dangers);
}
