//! ONNX.

use mainstay_modelfiles::{SNIFFED, role_of};
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};
use super::wire::{bytes, entry, message, nested, number};

/// A node of an operator and a domain, with attributes.
fn node(operator: &str, domain: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut fields = vec![bytes(1, "x"), bytes(2, "y"), bytes(3, "n"), bytes(4, operator)];
    fields.extend(attributes.iter().map(|attribute| bytes(5, attribute)));
    if !domain.is_empty() {
        fields.push(bytes(7, domain));
    }
    message(&fields)
}

/// A tensor of float32 with raw values.
fn tensor(dimensions: &[u64], raw: &[u8]) -> Vec<u8> {
    let mut fields: Vec<Vec<u8>> = dimensions.iter().map(|size| number(1, *size)).collect();
    fields.extend([number(2, 1), bytes(8, "w"), bytes(9, raw)]);
    message(&fields)
}

/// A tensor of float32 whose values lie in another file.
fn external(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = vec![number(1, 2), number(2, 1), bytes(8, "w"), number(14, 1)];
    fields.extend(entries.iter().map(|(key, value)| entry(13, key, value)));
    message(&fields)
}

/// A graph of nodes and initializers.
fn graph(nodes: &[Vec<u8>], tensors: &[Vec<u8>]) -> Vec<u8> {
    let mut fields: Vec<Vec<u8>> = nodes.iter().map(|node| bytes(1, node)).collect();
    fields.push(bytes(2, "g"));
    fields.extend(tensors.iter().map(|tensor| bytes(5, tensor)));
    fields.push(bytes(11, message(&[bytes(1, "x"), bytes(2, bytes(1, number(1, 1)))])));
    message(&fields)
}

/// A model of a graph, and further fields.
fn model(graph: &[u8], further: &[Vec<u8>]) -> Vec<u8> {
    let start = [number(1, 8), bytes(2, "hand"), bytes(7, graph)];
    let sets = bytes(8, message(&[bytes(1, ""), number(2, 17)]));
    message(&[&start[..], &[sets], further].concat())
}

fn with_node(node: Vec<u8>) -> Vec<u8> {
    model(&graph(&[node], &[]), &[])
}

fn with_tensor(tensor: Vec<u8>) -> Vec<u8> {
    model(&graph(&[node("Relu", "", &[])], &[tensor]), &[])
}

fn with_location(location: &str) -> Vec<u8> {
    with_tensor(external(&[("location", location)]))
}

fn benign() -> Vec<u8> {
    let body = bytes(6, graph(&[node("Add", "", &[])], &[]));
    let branch = message(&[bytes(1, "then_branch"), body]);
    let nodes = [node("Relu", "", &[]), node("If", "ai.onnx", &[branch])];
    let tensors = [tensor(&[2, 1], &[0; 8]), external(&[("location", "model.onnx_data")])];
    model(&graph(&nodes, &tensors), &[entry(14, "license", "Apache-2.0")])
}

fn with_metadata(key: &str, value: &str) -> Vec<u8> {
    model(&graph(&[node("Relu", "", &[])], &[]), &[entry(14, key, value)])
}

/// Metadata of a model, and what is said of it.
const SETTINGS: [(&str, &str, &str, Severity); 7] = [
    ("ort_config", r#"{"custom_ops_library": "/tmp/x.so"}"#, "model-runs-code", Severity::Critical),
    (
        "ort_config",
        r#"{"session_options": {"session.custom_op": ["x.dll"]}}"#,
        "model-runs-code",
        Severity::Critical,
    ),
    ("custom_op_library", "./libevil.so", "model-runs-code", Severity::Medium),
    ("custom_op_library", "../libevil.so.1", "model-runs-code", Severity::Critical),
    (
        "ort_config",
        r#"{"session_options": {"enable_profiling": 1}}"#,
        "model-touches-files",
        Severity::Medium,
    ),
    (
        "ort_config",
        r#"{"session_options": {"new": "thing"}}"#,
        "model-unknown-call",
        Severity::Medium,
    ),
    ("ort_config", "no json", "model-unknown-call", Severity::Medium),
];

fn python() -> Vec<u8> {
    let text = |key: &str, value: &str| message(&[bytes(1, key), bytes(4, value)]);
    with_node(node("PyOp", "mine", &[text("module", "os"), text("compute", "system")]))
}

fn inside_a_loop() -> Vec<u8> {
    let body = bytes(6, graph(&[node("Relu", "evil.ops", &[])], &[]));
    with_node(node("Loop", "", &[message(&[bytes(1, "body"), body])]))
}

fn function(node: Vec<u8>) -> Vec<u8> {
    bytes(25, message(&[bytes(1, "F"), bytes(7, node), bytes(10, "own")]))
}

fn bomb() -> Vec<u8> {
    let innermost = graph(&[node("Relu", "", &[])], &[]);
    let deep = nested(innermost, 300, |inner| {
        graph(&[node("If", "", &[message(&[bytes(1, "b"), bytes(6, inner)])])], &[])
    });
    model(&deep, &[])
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("benign.onnx", benign()),
        seed("above.onnx", with_location("../../etc/passwd")),
        seed("address.onnx", with_location("https://weights.example/w")),
        seed("span.onnx", with_tensor(external(&[("location", "w"), ("offset", "-4")]))),
        seed("python.onnx", python()),
        seed("settings.onnx", with_metadata(SETTINGS[1].0, SETTINGS[1].1)),
        seed("loop.onnx", inside_a_loop()),
        seed(
            "function.onnx",
            model(&graph(&[node("F", "own", &[])], &[]), &[function(node("Relu", "", &[]))]),
        ),
        seed("short.onnx", with_tensor(tensor(&[1000, 1000], &[0; 8]))),
        seed("bomb.onnx", bomb()),
        seed("input_0.pb", tensor(&[2], &[0; 8])),
        seed("compiled.onnx", with_node(compiled(Some(0), "../../driver.bin"))),
        seed("embedded.onnx", with_node(compiled(Some(1), "\x7f compiled"))),
    ]
}

/// A node of ONNX Runtime that holds or names a compiled graph.
fn compiled(embedded: Option<u64>, context: &str) -> Vec<u8> {
    let mode = embedded.map(|mode| message(&[bytes(1, "embed_mode"), number(3, mode)]));
    let context = message(&[bytes(1, "ep_cache_context"), bytes(4, context)]);
    let source = message(&[bytes(1, "source"), bytes(4, "QNN")]);
    let attributes: Vec<Vec<u8>> = [context, source].into_iter().chain(mode).collect();
    node("EPContext", "com.microsoft", &attributes)
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&examined("m.onnx", bytes))
}

#[test]
fn an_ordinary_model_is_clean_and_described() {
    let examined = examined("m.onnx", &benign());
    assert_eq!(examined.format, Some("onnx"));
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.description.tensors.len(), 2);
    assert_eq!(examined.description.licences, ["Apache-2.0"]);
}

#[test]
fn weights_above_the_folder_are_read_from_the_machine() {
    let examined = examined("m.onnx", &with_location("data/../../../etc/passwd"));
    assert_eq!(codes(&examined), ["model-touches-files"]);
    assert_eq!(examined.dangers[0].advisory, Some("CVE-2024-27318"));
}

#[test]
fn absolute_weights_are_read_from_the_machine() {
    for location in ["/etc/passwd", r"C:\secret", r"\secret", "~/.ssh/id_rsa", ""] {
        assert_eq!(dangers(&with_location(location)), ["model-touches-files"], "{location}");
    }
}

#[test]
fn weights_at_an_address_use_the_network() {
    for location in ["https://weights.example/w", r"\\host\share\w"] {
        assert_eq!(dangers(&with_location(location)), ["model-uses-network"], "{location}");
    }
}

#[test]
fn the_last_location_of_a_tensor_counts() {
    let twice = external(&[("location", "w.bin"), ("location", "/etc/passwd")]);
    assert_eq!(dangers(&with_tensor(twice)), ["model-touches-files"]);
}

#[test]
fn a_location_in_an_attribute_counts() {
    let value = message(&[bytes(1, "value"), bytes(5, external(&[("location", "/etc/passwd")]))]);
    assert_eq!(dangers(&with_node(node("Constant", "", &[value]))), ["model-touches-files"]);
}

#[test]
fn an_address_in_memory_is_malformed() {
    let bytes = with_location("*/_ORT_MEM_ADDR_/*");
    assert_eq!(dangers(&bytes), ["model-malformed"]);
}

#[test]
fn a_span_in_another_file_that_is_negative_or_overflows_is_malformed() {
    for (offset, length) in [("-1", "8"), ("8", "-1"), ("9223372036854775807", "8"), ("x", "8")] {
        let entries = [("location", "w"), ("offset", offset), ("length", length)];
        assert_eq!(dangers(&with_tensor(external(&entries))), ["model-malformed"], "{offset}");
    }
}

#[test]
fn a_span_in_another_file_that_is_shorter_than_the_tensor_is_malformed() {
    let bytes = with_tensor(external(&[("location", "w"), ("offset", "0"), ("length", "4")]));
    assert_eq!(dangers(&bytes), ["model-malformed"]);
}

#[test]
fn a_python_operator_runs_code_and_is_shown_as_a_call() {
    let examined = examined("m.onnx", &python());
    assert_eq!(codes(&examined), ["model-runs-code"]);
    let shown = examined.dangers[0].shown.as_deref();
    assert_eq!(shown, Some(r#"mine.PyOp(module="os", compute="system")"#));
}

#[test]
fn a_foreign_domain_is_an_unknown_call_told_once() {
    let nodes = [node("A", "mine", &[]), node("A", "mine", &[]), node("B", "mine", &[])];
    let bytes = model(&graph(&nodes, &[]), &[]);
    assert_eq!(dangers(&bytes), ["model-unknown-call"; 2]);
}

#[test]
fn an_unheard_of_operator_of_the_default_domain_is_an_unknown_call() {
    assert_eq!(dangers(&with_node(node("Sparkle", "", &[]))), ["model-unknown-call"]);
}

#[test]
fn a_node_in_the_body_of_a_loop_counts() {
    assert_eq!(dangers(&inside_a_loop()), ["model-unknown-call"]);
}

#[test]
fn a_function_of_the_model_is_no_unknown_call() {
    let call = graph(&[node("F", "own", &[])], &[]);
    assert_eq!(dangers(&model(&call, &[function(node("Relu", "", &[]))])), [""; 0]);
}

#[test]
fn a_node_in_a_function_of_the_model_counts() {
    let call = graph(&[node("F", "own", &[])], &[]);
    assert_eq!(dangers(&model(&call, &[function(node("PyOp", "", &[]))])), ["model-runs-code"]);
}

#[test]
fn a_node_in_a_training_graph_counts() {
    let training = bytes(20, bytes(2, graph(&[node("PyOp", "", &[])], &[])));
    let bytes = model(&graph(&[node("Relu", "", &[])], &[]), &[training]);
    assert_eq!(dangers(&bytes), ["model-runs-code"]);
}

#[test]
fn a_tensor_with_fewer_values_than_it_declares_is_malformed() {
    assert_eq!(dangers(&with_tensor(tensor(&[1000, 1000], &[0; 8]))), ["model-malformed"]);
}

#[test]
fn a_tensor_of_ten_terabytes_is_malformed() {
    assert_eq!(dangers(&with_tensor(tensor(&[10_000_000_000_000], &[]))), ["model-malformed"]);
}

#[test]
fn dimensions_that_overflow_or_are_negative_are_malformed() {
    for dimensions in [[1 << 40, 1 << 40], [u64::MAX, 1]] {
        assert_eq!(dangers(&with_tensor(tensor(&dimensions, &[]))), ["model-malformed"]);
    }
}

#[test]
fn an_empty_tensor_is_clean() {
    assert_eq!(dangers(&with_tensor(tensor(&[0, 7], &[]))), [""; 0]);
}

#[test]
fn graphs_nested_without_end_are_malformed() {
    assert_eq!(dangers(&bomb()), ["model-malformed"]);
}

#[test]
fn a_model_that_is_cut_off_is_malformed() {
    let bytes = with_tensor(tensor(&[2], &[0; 8]));
    let examined = examined("m.onnx", &bytes[..bytes.len() - 30]);
    assert_eq!(codes(&examined), ["model-malformed"]);
}

#[test]
fn a_graph_before_the_version_is_a_model_too() {
    let graph = bytes(7, graph(&[node("PyOp", "", &[])], &[]));
    assert_eq!(dangers(&message(&[graph, number(1, 8)])), ["model-runs-code"]);
}

#[test]
fn a_field_of_another_type_does_not_hide_a_model() {
    let bytes = [number(2, 1), bytes(9, "raw"), python()].concat();
    assert_eq!(dangers(&bytes), ["model-runs-code"]);
}

#[test]
fn a_large_model_is_told_by_its_beginning() {
    let bytes = with_tensor(tensor(&[250_000], &vec![0; 1_000_000]));
    assert!(role_of("m", &bytes[..SNIFFED], bytes.len() as u64).is_some());
    assert!(is_clean(&examined("m", &bytes)));
}

#[test]
fn a_lone_tensor_is_clean() {
    let examined = examined("input_0.pb", &tensor(&[2], &[0; 8]));
    assert_eq!(examined.format, Some("onnx"));
    assert!(is_clean(&examined));
}

#[test]
fn a_compiled_graph_in_another_file_is_told_by_where_it_leads() {
    let found = |context: &str| {
        let found = examined("m.onnx", &with_node(compiled(Some(0), context)));
        let dangers = found.dangers.iter();
        dangers.map(|danger| (danger.code.code(), danger.severity)).collect::<Vec<_>>()
    };
    for context in ["../../driver.bin", "/tmp/driver.bin", ""] {
        assert_eq!(found(context), [("model-touches-files", Severity::High)], "{context}");
    }
    assert_eq!(found("driver.bin"), [("model-touches-files", Severity::Medium)]);
    assert_eq!(found("https://a.example/b"), [("model-uses-network", Severity::High)]);
}

#[test]
fn a_compiled_graph_that_is_embedded_is_clean() {
    for embedded in [None, Some(1)] {
        let found = examined("m.onnx", &with_node(compiled(embedded, "\x7f../ compiled")));
        assert!(is_clean(&found), "{found:?}");
    }
}

#[test]
fn a_danger_behind_very_many_others_is_told() {
    let names: Vec<String> = (0..2_000).map(|number| format!("Odd{number}")).collect();
    let mut nodes: Vec<Vec<u8>> = names.iter().map(|name| node(name, "mine", &[])).collect();
    nodes.push(node("PyOp", "mine", &[]));
    let found = examined("m.onnx", &model(&graph(&nodes, &[]), &[]));
    assert!(codes(&found).contains(&"model-runs-code"));
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn metadata_that_names_a_library_or_unknown_settings_is_told() {
    for (key, value, code, severity) in SETTINGS {
        let found = examined("m.onnx", &with_metadata(key, value));
        assert_eq!(codes(&found), [code], "{value}: {found:?}");
        assert_eq!(found.dangers[0].severity, severity, "{value}");
    }
}

#[test]
fn metadata_that_only_describes_or_tunes_a_model_is_clean() {
    for (key, value) in [
        ("ort_config", r#"{"session_options": {"inter_op_num_threads": 5, "execution_mode": 1}}"#),
        ("ort_config", r#"{"session_options": {"enable_profiling": 0}}"#),
        ("names", "{0: 'person', 1: 'bicycle'}"),
        ("description", "made with libtorch.so and care"),
        ("custom_ops", "none"),
        ("settings", r#"{"version": 1.5, "classes": ["a", "b"]}"#),
    ] {
        let found = examined("m.onnx", &with_metadata(key, value));
        assert!(is_clean(&found), "{value}: {found:?}");
    }
}

#[test]
fn settings_that_are_too_long_to_read_are_a_gap() {
    let found = examined("m.onnx", &with_metadata("ort_config", &"x".repeat((1 << 20) + 1)));
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}
