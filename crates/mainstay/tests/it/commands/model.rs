//! `mainstay model show`: what a file is, for a person and for a program.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A header with one tensor of two numbers, and the numbers.
fn safetensors() -> Vec<u8> {
    let header =
        br#"{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(&[0; 8]);
    bytes
}

#[test]
fn the_tensors_of_a_file_are_listed() {
    let sandbox = Sandbox::new();
    sandbox.write("w.safetensors", safetensors());
    let answer = sandbox.run(&["model", "show", "w.safetensors"]);
    assert_eq!(answer.exit, 0);
    assert!(answer.stdout.contains("w: F32 [2], 8 bytes"), "{}", answer.stdout);
    assert!(answer.stdout.contains("Nothing is wrong with it"), "{}", answer.stdout);
}

#[test]
fn the_json_is_of_its_schema() {
    let sandbox = Sandbox::new();
    sandbox.write("w.safetensors", safetensors());
    sandbox.write("p.pkl", b"cos\nsystem\n(S'echo inert'\ntR.");
    let schema = include_str!("../../../../../docs/schemas/model.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    for (file, format) in [("w.safetensors", "safetensors"), ("p.pkl", "pickle")] {
        let answer = sandbox.run(&["model", "show", "--format", "json", file]);
        let json: Value = serde_json::from_str(&answer.stdout).unwrap();
        let errors: Vec<_> = validator.iter_errors(&json).map(|one| one.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(json["format"], format);
    }
}

#[test]
fn what_a_pickle_calls_is_shown_as_python() {
    let sandbox = Sandbox::new();
    sandbox.write("p.pkl", b"cos\nsystem\n(S'echo inert'\ntR.");
    let answer = sandbox.run(&["model", "show", "p.pkl"]);
    assert!(answer.stdout.contains("os.system('echo inert')"), "{}", answer.stdout);
    assert!(answer.stdout.contains("Imports and calls"), "{}", answer.stdout);
}

#[test]
fn a_folder_is_no_file_to_show() {
    let sandbox = Sandbox::new();
    sandbox.write("folder/a.txt", "a");
    let answer = sandbox.run(&["model", "show", "folder"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.stderr.contains("is a folder"), "{}", answer.stderr);
}

#[test]
fn code_beside_weights_that_settings_have_run_too_is_told_once() {
    let sandbox = Sandbox::new();
    sandbox.write("model.safetensors", safetensors());
    sandbox.write("config.json", r#"{"architectures": ["X"], "model_type": "x"}"#);
    sandbox.write("handler.py", "import os\nos.system('echo inert')\n");
    let answer = sandbox.run(&["scan", "--offline", "--format", "json", "."]);
    let report = answer.json();
    let codes: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .filter(|code| *code == "model-runs-code")
        .collect();
    assert_eq!(codes.len(), 1, "{report}");
}
