//! Configurations of Keras.

use std::fmt::Write as _;

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

/// Marshalled code that names `os` and `system`; it is no whole function.
const CODE: &str = "4wEAAAAAAAAAAAAAAAACAAAAQwAAANoCb3PaBnN5c3RlbQ==";

/// A sequential model of Keras 3 with these layers.
pub fn keras_3(layers: &[String]) -> String {
    format!(
        r#"{{"module": "keras", "class_name": "Sequential", "config": {{"name": "s", "layers": [{}]}}, "registered_name": null}}"#,
        layers.join(", ")
    )
}

/// A layer of Keras 3.
pub fn layer(module: &str, class: &str, config: &str) -> String {
    format!(
        r#"{{"module": {module}, "class_name": "{class}", "config": {config}, "registered_name": null}}"#
    )
}

/// A sequential model of Keras 2 with these layers.
pub fn keras_2(layers: &[String]) -> String {
    format!(
        r#"{{"class_name": "Sequential", "config": {{"name": "s", "layers": [{}]}}, "keras_version": "2.4.0", "backend": "tensorflow"}}"#,
        layers.join(", ")
    )
}

/// A dense layer of Keras 3.
pub fn dense() -> String {
    let kernel = layer("\"keras.initializers\"", "GlorotUniform", r#"{"seed": null}"#);
    let config = format!(r#"{{"units": 3, "activation": "relu", "kernel_initializer": {kernel}}}"#);
    layer("\"keras.layers\"", "Dense", &config)
}

/// A Lambda layer of Keras 2.
pub fn lambda_2() -> String {
    format!(
        r#"{{"class_name": "Lambda", "config": {{"name": "l", "function": ["{CODE}", null, null], "function_type": "lambda", "module": "__main__"}}}}"#
    )
}

/// A Lambda layer of Keras 3.
fn lambda_3() -> String {
    let function = format!(
        r#"{{"class_name": "__lambda__", "config": {{"code": "{CODE}", "defaults": null, "closure": null}}}}"#
    );
    layer("\"keras.layers\"", "Lambda", &format!(r#"{{"function": {function}}}"#))
}

/// A Lambda layer of Keras 3 that calls a function by name.
fn calls(module: &str, name: &str) -> String {
    let function = format!(
        r#"{{"module": "{module}", "class_name": "function", "config": "{name}", "registered_name": "function"}}"#
    );
    let config = format!(r#"{{"function": {function}, "arguments": {{"origin": "x"}}}}"#);
    layer("\"keras.layers\"", "Lambda", &config)
}

fn judged(text: &str) -> Examined {
    examined("config.json", text.as_bytes())
}

fn codes_of(layers: &[String]) -> Vec<&'static str> {
    codes(&judged(&keras_3(layers)))
}

/// The codes and advisories of a model with one layer.
fn told(layer: String) -> Vec<(&'static str, Option<&'static str>)> {
    let found = judged(&keras_3(&[layer]));
    found.dangers.iter().map(|danger| (danger.code.code(), danger.advisory)).collect()
}

/// Every fixture of this module.
pub fn seeds() -> Vec<Seed> {
    let nested =
        layer("\"keras.layers\"", "TimeDistributed", &format!(r#"{{"layer": {}}}"#, lambda_3()));
    let vocabulary = layer("\"keras.layers\"", "StringLookup", r#"{"vocabulary": "/etc/passwd"}"#);
    let models = [
        ("plain", keras_3(&[dense()])),
        ("plain-2", keras_2(&[r#"{"class_name": "Dense", "config": {"units": 1}}"#.to_owned()])),
        ("lambda", keras_3(&[dense(), lambda_3()])),
        ("lambda-2", keras_2(&[lambda_2()])),
        ("nested", keras_3(&[nested])),
        ("module", keras_3(&[layer("\"os\"", "system", r#"{"command": "echo inert"}"#)])),
        ("function", keras_3(&[calls("keras.utils", "get_file")])),
        ("vocabulary", keras_3(&[vocabulary])),
        ("custom", keras_3(&[layer("null", "Mine", "{}")])),
        (
            "escapes",
            r#"{"class_name": "\u0053\ud83d\ude00", "config": [NaN, -1e5, true]}"#.to_owned(),
        ),
    ];
    models.iter().map(|(name, text)| Seed::new(&format!("{name}.json"), text)).collect()
}

#[test]
fn an_ordinary_model_is_clean() {
    let found = judged(&keras_3(&[dense(), dense()]));
    assert_eq!(found.format, Some("keras-json"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn an_ordinary_model_of_keras_2_is_clean() {
    let layers = [
        r#"{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4]}}"#.to_owned(),
        r#"{"class_name": "Dense", "config": {"units": 1, "kernel_initializer": {"class_name": "GlorotUniform", "config": {}}}}"#.to_owned(),
        r#"{"class_name": "TFOpLambda", "config": {"function": "math.multiply"}}"#.to_owned(),
    ];
    let found = judged(&keras_2(&layers));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_lambda_layer_runs_code() {
    assert_eq!(told(lambda_3()), [("model-runs-code", Some("CVE-2024-3660"))]);
}

#[test]
fn a_lambda_layer_of_keras_2_runs_code() {
    assert_eq!(codes(&judged(&keras_2(&[lambda_2()]))), ["model-runs-code"]);
}

#[test]
fn the_names_in_the_code_of_a_lambda_layer_are_shown() {
    let found = judged(&keras_3(&[lambda_3()]));
    let shown = found.dangers[0].shown.as_deref().unwrap();
    assert_eq!(shown, "Lambda(compiled Python code that names os, system)");
}

#[test]
fn a_lambda_layer_within_a_wrapper_runs_code() {
    let wrapped = (0..50).fold(lambda_3(), |inner, _| {
        layer("\"keras.layers\"", "TimeDistributed", &format!(r#"{{"layer": {inner}}}"#))
    });
    assert_eq!(codes_of(&[wrapped]), ["model-runs-code"]);
}

#[test]
fn a_lambda_layer_a_thousand_levels_down_runs_code() {
    let wrapped = (0..1000).fold(lambda_3(), |inner, _| format!(r#"{{"layer": [{inner}]}}"#));
    assert_eq!(codes_of(&[wrapped]), ["model-runs-code"]);
}

#[test]
fn a_class_of_another_module_runs_code() {
    for (module, class) in [
        ("os", "system"),
        ("subprocess", "Popen"),
        ("builtins", "exec"),
        ("importlib.util", "find_spec"),
        ("keras.src.utils.file_utils.os", "system"),
        ("keras.src.utils.file_utils", "os"),
    ] {
        let told = told(layer(&format!("\"{module}\""), class, "{}"));
        assert_eq!(told, [("model-runs-code", Some("CVE-2025-1550"))], "{module}");
    }
}

#[test]
fn a_function_of_another_module_runs_code() {
    assert_eq!(told(calls("os", "system")), [("model-runs-code", Some("CVE-2025-1550"))]);
}

#[test]
fn the_arguments_of_a_call_are_shown() {
    let found = judged(&keras_3(&[layer("\"os\"", "system", r#"{"command": "echo inert"}"#)]));
    let shown = found.dangers[0].shown.as_deref().unwrap();
    assert_eq!(shown, r#"os.system(**{"command": "echo inert"})"#);
}

#[test]
fn a_function_of_keras_that_downloads_files_uses_the_network() {
    for module in ["keras.utils", "keras.src.utils.file_utils", "tf_keras.utils"] {
        let told = told(calls(module, "get_file"));
        assert_eq!(told, [("model-uses-network", Some("CVE-2025-8747"))], "{module}");
    }
}

#[test]
fn a_dotted_name_is_taken_apart() {
    let told = told(calls("keras", "utils.get_file"));
    assert_eq!(told, [("model-uses-network", Some("CVE-2025-8747"))]);
}

#[test]
fn switching_the_safe_mode_off_changes_the_library() {
    let told = told(calls("keras.config", "enable_unsafe_deserialization"));
    assert_eq!(told, [("model-changes-library", Some("CVE-2025-9906"))]);
}

#[test]
fn loading_another_model_runs_code() {
    let told = told(calls("keras.models", "load_model"));
    assert_eq!(told, [("model-runs-code", Some("CVE-2025-9906"))]);
}

#[test]
fn a_function_of_keras_that_builds_no_model_is_told() {
    assert_eq!(
        told(calls("keras.src.utils.some_utils", "some_function")),
        [("model-unknown-call", None)]
    );
}

#[test]
fn an_operation_of_keras_in_a_lambda_layer_is_ordinary() {
    let found = judged(&keras_3(&[calls("keras.ops", "mean"), calls("builtins", "relu")]));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_pickled_torch_module_runs_code() {
    let config = r#"{"module": "gASVAAAA"}"#;
    let told = told(layer("\"keras.layers\"", "TorchModuleWrapper", config));
    assert_eq!(told, [("model-runs-code", Some("CVE-2025-49655"))]);
}

#[test]
fn a_vocabulary_that_is_a_path_touches_files() {
    for class in ["StringLookup", "IntegerLookup", "TextVectorization"] {
        let lookup = layer("\"keras.layers\"", class, r#"{"vocabulary": "/etc/passwd"}"#);
        assert_eq!(told(lookup), [("model-touches-files", Some("CVE-2025-12058"))], "{class}");
    }
}

#[test]
fn a_vocabulary_that_is_an_address_uses_the_network() {
    let config = r#"{"vocabulary": "http://vocabulary.example/v.txt"}"#;
    let told = told(layer("\"keras.layers\"", "StringLookup", config));
    assert_eq!(told, [("model-uses-network", Some("CVE-2025-12058"))]);
}

#[test]
fn a_vocabulary_that_is_a_list_is_ordinary() {
    let config = r#"{"vocabulary": ["[UNK]", "a", "b"], "oov_token": "[UNK]"}"#;
    assert!(told(layer("\"keras.layers\"", "StringLookup", config)).is_empty());
}

#[test]
fn another_saved_model_touches_files() {
    let layer = layer("\"keras.layers\"", "TFSMLayer", r#"{"filepath": "/tmp/model"}"#);
    assert_eq!(told(layer), [("model-touches-files", None)]);
}

#[test]
fn a_layer_of_a_hub_uses_the_network() {
    let hub =
        r#"{"class_name": "KerasLayer", "config": {"handle": "https://hub.example/model/1"}}"#;
    assert_eq!(codes(&judged(&keras_2(&[hub.to_owned()]))), ["model-uses-network"]);
}

#[test]
fn an_operation_that_writes_files_touches_files() {
    for (class, key, value) in [
        ("TFOpLambda", "function", "\"io.write_file\""),
        ("TensorFlowOpLayer", "node_def", r#"{"op": "WriteFile"}"#),
        ("TensorFlowOpLayer", "node_def", r#""name: \"w\"\nop: \"WriteFile\"""#),
    ] {
        let layer = format!(r#"{{"class_name": "{class}", "config": {{"{key}": {value}}}}}"#);
        assert_eq!(codes(&judged(&keras_2(&[layer]))), ["model-touches-files"], "{value}");
    }
}

#[test]
fn a_custom_class_is_unknown() {
    for layer in [
        layer("null", "Mine", "{}"),
        layer("\"my_project.layers\"", "Mine", "{}"),
        r#"{"module": null, "class_name": "Mine", "config": {}, "registered_name": "Custom>Mine"}"#
            .to_owned(),
        r#"{"class_name": "Mine", "config": {}}"#.to_owned(),
    ] {
        assert_eq!(told(layer), [("model-unknown-call", None)]);
    }
}

#[test]
fn a_model_of_the_makers_of_keras_is_ordinary() {
    let text = layer("\"keras_hub.src.models.bert.bert_backbone\"", "BertBackbone", "{}");
    let found = judged(&text);
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_key_that_is_there_twice_is_odd() {
    let text = r#"{"class_name": "Lambda", "class_name": "Dense", "config": {"units": 1}, "module": "keras.layers"}"#;
    assert_eq!(codes(&judged(text)), ["model-odd-container"]);
}

#[test]
fn a_configuration_that_is_cut_off_is_malformed_and_still_judged() {
    let whole = keras_3(&[layer("\"os\"", "system", "{}"), dense()]);
    let found = judged(&whole[..whole.len() - 10]);
    assert_eq!(codes(&found), ["model-malformed", "model-runs-code"]);
}

#[test]
fn code_outside_of_a_lambda_layer_is_carried() {
    let mine = layer("\"keras.layers\"", "Dense", &format!(r#"{{"note": "{CODE}"}}"#));
    assert_eq!(told(mine), [("model-carries-code", None)]);
}

#[test]
fn a_danger_names_the_byte_where_the_object_begins() {
    let text = keras_3(&[layer("\"os\"", "system", "{}")]);
    let at = text.find(r#"{"module": "os""#).unwrap() as u64;
    assert_eq!(
        judged(&text).dangers[0].place.offset.map(mainstay_reading::Offset::bytes),
        Some(at)
    );
}

#[test]
fn other_json_is_not_claimed() {
    for text in [
        r#"{"name": "left-pad", "version": "1.0.0", "scripts": {}}"#,
        r#"{"compilerOptions": {"strict": true}, "include": ["src"]}"#,
        r#"[{"class_name": "history"}]"#,
    ] {
        assert_eq!(examined("config.json", text.as_bytes()).format, None, "{text}");
    }
}

#[test]
fn a_vast_configuration_is_read_in_time_that_grows_with_it() {
    let mut vocabulary = String::from("\"w\"");
    for number in 0..200_000 {
        write!(vocabulary, ",\"w{number}\"").unwrap();
    }
    let lookup =
        layer("\"keras.layers\"", "StringLookup", &format!(r#"{{"vocabulary": [{vocabulary}]}}"#));
    let found = judged(&keras_3(&[lookup]));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn code_behind_a_thousand_values_is_told() {
    let list = format!(r#"[{}"{CODE}"]"#, "0, ".repeat(2_000));
    let config = format!(r#"{{"units": 1, "values": {list}}}"#);
    let found = judged(&keras_3(&[layer("\"keras.layers\"", "Dense", &config)]));
    assert_eq!(codes(&found), ["model-carries-code"]);
}
