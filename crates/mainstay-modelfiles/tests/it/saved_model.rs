//! TensorFlow graphs.

use mainstay_modelfiles::{Examined, SNIFFED, role_of};
use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::wire::{bytes, entry, message, nested, number};

/// A node with inputs and attributes.
fn node(name: &str, operator: &str, inputs: &[&str], attributes: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut fields = vec![bytes(1, name), bytes(2, operator)];
    fields.extend(inputs.iter().map(|input| bytes(3, input)));
    fields.extend(attributes.iter().map(|(key, value)| entry(5, key, value)));
    message(&fields)
}

fn plain(operator: &str) -> Vec<u8> {
    node("n", operator, &[], &[])
}

/// A constant text.
fn text(name: &str, value: &str) -> Vec<u8> {
    let tensor = message(&[number(1, 7), bytes(2, ""), bytes(8, value)]);
    node(name, "Const", &[], &[("value", bytes(8, tensor))])
}

/// A constant of float32.
fn floats(dimensions: &[u64], content: &[u8]) -> Vec<u8> {
    let shape: Vec<Vec<u8>> =
        dimensions.iter().map(|length| bytes(2, number(1, *length))).collect();
    let tensor = message(&[number(1, 1), bytes(2, message(&shape)), bytes(4, content)]);
    node("w", "Const", &[], &[("value", bytes(8, tensor))])
}

/// A `GraphDef`; the functions are names with nodes.
fn graph(nodes: &[Vec<u8>], functions: &[(&str, &[Vec<u8>])]) -> Vec<u8> {
    let mut fields: Vec<Vec<u8>> = nodes.iter().map(|node| bytes(1, node)).collect();
    let functions: Vec<Vec<u8>> = functions
        .iter()
        .map(|(name, nodes)| {
            let signature = bytes(1, message(&[bytes(1, name), bytes(2, bytes(1, "x"))]));
            let nodes = nodes.iter().map(|node| bytes(3, node));
            bytes(1, message(&[vec![signature], nodes.collect()].concat()))
        })
        .collect();
    fields.push(bytes(2, message(&functions)));
    fields.push(bytes(4, number(1, 1994)));
    message(&fields)
}

/// A `MetaGraphDef` of a graph, and further fields.
fn meta_graph(graph: &[u8], further: &[Vec<u8>]) -> Vec<u8> {
    let operators = bytes(2, bytes(1, bytes(1, "Add")));
    let info = message(&[operators, bytes(4, "serve"), bytes(5, "2.16.1")]);
    message(&[&[bytes(1, info), bytes(2, graph)][..], further].concat())
}

fn saved_model(meta_graph: &[u8]) -> Vec<u8> {
    message(&[number(1, 1), bytes(2, meta_graph)])
}

fn with_node(node: Vec<u8>) -> Vec<u8> {
    saved_model(&meta_graph(&graph(&[plain("Placeholder"), node], &[]), &[]))
}

fn benign() -> Vec<u8> {
    let calls = node("c", "StatefulPartitionedCall", &[], &[("f", bytes(10, bytes(1, "run")))]);
    let nodes = [
        plain("Placeholder"),
        calls,
        plain("run"),
        floats(&[2], &[0; 8]),
        text("save/Const", "model"),
        node("save", "SaveV2", &["save/Const"], &[]),
        node("p", "PrintV2", &[], &[("output_stream", bytes(2, "stderr"))]),
    ];
    let graph = graph(&nodes, &[("run", &[plain("MatMul"), plain("RestoreV2")])]);
    let asset = bytes(6, message(&[bytes(1, bytes(1, "a")), bytes(2, "vocabulary.txt")]));
    let layer = r#"{"class_name": "Dense", "config": {"activation": "relu", "name": "lambda"}}"#;
    let user = bytes(4, message(&[bytes(1, "_tf_keras_layer"), bytes(3, layer)]));
    saved_model(&meta_graph(&graph, &[asset, bytes(7, bytes(1, user))]))
}

fn in_a_function() -> Vec<u8> {
    let functions: [(&str, &[Vec<u8>]); 1] = [("run", &[plain("WriteFile")])];
    saved_model(&meta_graph(&graph(&[plain("run")], &functions), &[]))
}

fn lambda(class: &str, function: &str) -> String {
    let layer = format!(
        r#"{{"class_name": "{class}", "config": {{"name": "l", "function": {function}}}}}"#
    );
    format!(r#"{{"class_name": "Sequential", "config": {{"layers": [{layer}]}}}}"#)
}

fn keras_metadata(json: &str) -> Vec<u8> {
    let identifier = bytes(4, "_tf_keras_sequential");
    bytes(1, message(&[number(2, 0), bytes(3, "root"), identifier, bytes(5, json)]))
}

fn saving_to(path: &str) -> Vec<u8> {
    let nodes = [text("path", path), node("save", "SaveV2", &["path:output:0"], &[])];
    let functions: [(&str, &[Vec<u8>]); 1] = [("f", &nodes)];
    saved_model(&meta_graph(&graph(&[plain("f")], &functions), &[]))
}

fn printing_to(stream: &str) -> Vec<u8> {
    with_node(node("p", "PrintV2", &[], &[("output_stream", bytes(2, stream))]))
}

fn debugging_to(address: &str) -> Vec<u8> {
    let list = bytes(1, bytes(2, address));
    with_node(node("d", "DebugIdentity", &[], &[("debug_urls", list)]))
}

const BYTECODE: &str = r#"["4wEAAAAAAAAA\n", null, null]"#;

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("saved_model.pb", benign()),
        seed("function.pb", in_a_function()),
        seed("python.pb", with_node(plain("EagerPyFunc"))),
        seed("unknown.pb", with_node(plain("Sparkle"))),
        seed("save.pb", saving_to("/etc/cron.d/inert")),
        seed("print.pb", printing_to("file:///tmp/inert")),
        seed("debug.pb", debugging_to("grpc://debugger.example:1")),
        seed("frozen.pb", graph(&[plain("Placeholder"), floats(&[9], &[0; 8])], &[])),
        seed("model.meta", meta_graph(&graph(&[plain("ReadFile")], &[]), &[])),
        seed("keras_metadata.pb", keras_metadata(&lambda("Lambda", BYTECODE))),
        seed("fingerprint.pb", fingerprint()),
    ]
}

fn fingerprint() -> Vec<u8> {
    let hashes = (1..=5).map(|field| number(field, u64::MAX - u64::from(field)));
    message(&[hashes.collect(), vec![bytes(6, number(1, 1))]].concat())
}

fn of(bytes: &[u8]) -> Examined {
    examined("saved_model.pb", bytes)
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&of(bytes))
}

#[test]
fn an_ordinary_saved_model_is_clean_and_described() {
    let examined = of(&benign());
    assert_eq!(examined.format, Some("tensorflow"));
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.description.tensors.len(), 2);
}

#[test]
fn a_python_function_runs_code() {
    for operator in ["PyFunc", "PyFuncStateless", "EagerPyFunc"] {
        assert_eq!(dangers(&with_node(plain(operator))), ["model-runs-code"], "{operator}");
    }
}

#[test]
fn reading_and_writing_files_touches_files() {
    for operator in ["ReadFile", "WriteFile", "MatchingFiles", "TextLineDataset", "LoadDataset"] {
        assert_eq!(dangers(&with_node(plain(operator))), ["model-touches-files"], "{operator}");
    }
}

#[test]
fn a_data_service_uses_the_network() {
    for operator in ["DataServiceDatasetV4", "RegisterDatasetV2", "RpcCall"] {
        assert_eq!(dangers(&with_node(plain(operator))), ["model-uses-network"], "{operator}");
    }
}

#[test]
fn a_node_in_a_function_counts() {
    assert_eq!(dangers(&in_a_function()), ["model-touches-files"]);
}

#[test]
fn an_operator_of_no_release_is_an_unknown_call() {
    assert_eq!(dangers(&with_node(plain("Sparkle"))), ["model-unknown-call"]);
}

#[test]
fn an_operator_of_no_release_that_names_a_shell_runs_code() {
    assert_eq!(dangers(&with_node(plain("ShellExecute"))), ["model-runs-code"]);
}

#[test]
fn a_function_with_the_name_of_an_operator_hides_nothing() {
    let functions: [(&str, &[Vec<u8>]); 1] = [("ReadFile", &[plain("NoOp")])];
    let bytes = saved_model(&meta_graph(&graph(&[plain("ReadFile")], &functions), &[]));
    assert_eq!(dangers(&bytes), ["model-touches-files"]);
}

#[test]
fn printing_into_a_file_touches_files() {
    assert_eq!(dangers(&printing_to("file:///etc/inert")), ["model-touches-files"]);
}

#[test]
fn a_debugger_at_an_address_uses_the_network() {
    assert_eq!(dangers(&debugging_to("grpc://debugger.example:1")), ["model-uses-network"]);
    assert_eq!(dangers(&debugging_to("file:///tmp/inert")), ["model-touches-files"]);
}

#[test]
fn a_checkpoint_that_is_saved_to_a_fixed_path_touches_files() {
    for path in ["/tmp/inert", "../../inert"] {
        assert_eq!(dangers(&saving_to(path)), ["model-touches-files"], "{path}");
    }
    assert_eq!(dangers(&saving_to("model")), [""; 0]);
}

#[test]
fn a_constant_that_is_the_path_of_a_secret_touches_files() {
    for path in ["/etc/passwd", "/proc/self/environ", "/srv/somebody/.ssh/id_rsa"] {
        assert_eq!(dangers(&with_node(text("file", path))), ["model-touches-files"], "{path}");
    }
    assert_eq!(dangers(&with_node(text("file", "/srv/somebody/vocabulary.txt"))), [""; 0]);
}

#[test]
fn an_asset_above_the_folder_touches_files() {
    let asset = bytes(6, bytes(2, "../../../etc/passwd"));
    let bytes = saved_model(&meta_graph(&graph(&[plain("NoOp")], &[]), &[asset]));
    assert_eq!(dangers(&bytes), ["model-touches-files"]);
}

#[test]
fn a_lambda_layer_in_the_objects_runs_code() {
    let json = lambda("Lambda", BYTECODE);
    let user = bytes(4, message(&[bytes(1, "_tf_keras_sequential"), bytes(3, json)]));
    let bytes = meta_graph(&graph(&[plain("NoOp")], &[]), &[bytes(7, bytes(1, user))]);
    assert_eq!(dangers(&saved_model(&bytes)), ["model-runs-code"]);
}

#[test]
fn a_lambda_layer_in_the_metadata_of_keras_runs_code() {
    let examined = of(&keras_metadata(&lambda("Lambda", BYTECODE)));
    assert_eq!(codes(&examined), ["model-runs-code"]);
    assert_eq!(examined.dangers[0].advisory, Some("CVE-2024-3660"));
}

#[test]
fn a_lambda_layer_written_in_escapes_runs_code() {
    assert_eq!(dangers(&keras_metadata(&lambda(r"\u004cambda", BYTECODE))), ["model-runs-code"]);
}

#[test]
fn a_lambda_layer_of_a_named_function_is_an_unknown_call() {
    let bytes = keras_metadata(&lambda("Lambda", r#""my_function""#));
    assert_eq!(dangers(&bytes), ["model-unknown-call"]);
}

#[test]
fn metadata_nested_without_end_is_a_gap() {
    let json = format!("\"Lambda\"{}", "[".repeat(10_000));
    assert_eq!(of(&keras_metadata(&json)).gaps.len(), 1);
}

#[test]
fn a_frozen_graph_and_a_meta_graph_are_graphs_too() {
    let frozen = graph(&[plain("Placeholder"), plain("ReadFile")], &[]);
    assert_eq!(dangers(&frozen), ["model-touches-files"]);
    let examined = examined("model.meta", &meta_graph(&frozen, &[]));
    assert_eq!(codes(&examined), ["model-touches-files"]);
}

#[test]
fn a_constant_with_other_values_than_it_declares_is_malformed() {
    assert_eq!(dangers(&with_node(floats(&[9], &[0; 8]))), ["model-malformed"]);
    assert_eq!(dangers(&with_node(floats(&[1 << 40, 1 << 40], &[]))), ["model-malformed"]);
    assert_eq!(dangers(&with_node(floats(&[u64::MAX], &[]))), ["model-malformed"]);
}

#[test]
fn a_large_saved_model_is_told_by_its_beginning() {
    let bytes = with_node(floats(&[25_000], &vec![0; 100_000]));
    assert!(role_of("m", &bytes[..SNIFFED], bytes.len() as u64).is_some());
}

#[test]
fn a_graph_that_is_cut_off_is_malformed() {
    let bytes = benign();
    assert_eq!(dangers(&bytes[..bytes.len() - 20]), ["model-malformed"]);
}

#[test]
fn a_graph_in_a_graph_without_end_is_no_trouble() {
    let deep = nested(Vec::new(), 10_000, |inner| bytes(2, inner));
    let bytes = [graph(&[plain("NoOp")], &[]), deep].concat();
    of(&bytes);
}

#[test]
fn what_lies_beside_a_saved_model_is_clean() {
    for (name, bytes) in [("fingerprint.pb", fingerprint()), ("tfhub_module.pb", vec![8, 3])] {
        assert!(is_clean(&examined(name, &bytes)), "{name}");
    }
}
