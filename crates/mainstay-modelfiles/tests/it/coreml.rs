//! Core ML.

use mainstay_modelfiles::{SNIFFED, role_of};
use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::wire::{bytes, entry, message, nested, number};

/// A model of a kind.
fn model(kind: u32, content: impl AsRef<[u8]>) -> Vec<u8> {
    let feature = |name: &str| message(&[bytes(1, name), bytes(3, bytes(5, number(2, 65568)))]);
    let metadata = message(&[bytes(1, "by hand"), bytes(4, "MIT")]);
    let description =
        [bytes(1, feature("x")), bytes(10, feature("y")), bytes(100, metadata)].concat();
    message(&[number(1, 5), bytes(2, description), bytes(kind, content)])
}

fn layer(kind: u32, content: impl AsRef<[u8]>) -> Vec<u8> {
    bytes(1, message(&[bytes(1, "l"), bytes(2, "x"), bytes(3, "y"), bytes(kind, content)]))
}

fn custom_layer() -> Vec<u8> {
    layer(500, message(&[bytes(10, "Sparkle"), bytes(40, "by hand")]))
}

/// A program of one operation, whose attribute is read from a file.
fn program(path: &str) -> Vec<u8> {
    let value = message(&[bytes(5, message(&[bytes(1, path), number(2, 64)]))]);
    let operation = bytes(3, message(&[bytes(1, "const"), entry(5, "val", value)]));
    let function = bytes(2, "CoreML5");
    let function = [function, entry(3, "CoreML5", operation)].concat();
    model(502, message(&[number(1, 1), entry(2, "main", function)]))
}

fn linked(name: &str, search: &str) -> Vec<u8> {
    let file = message(&[bytes(1, bytes(1, name)), bytes(2, bytes(1, search))]);
    model(556, bytes(1, file))
}

fn pipeline() -> Vec<u8> {
    model(202, message(&[bytes(1, model(500, custom_layer())), bytes(2, "first")]))
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("benign.mlmodel", model(500, layer(140, ""))),
        seed("layer.mlmodel", model(500, custom_layer())),
        seed("model.mlmodel", model(555, bytes(10, "Sparkle"))),
        seed("pipeline.mlmodel", pipeline()),
        seed("program.mlmodel", program("@model_path/weights/weight.bin")),
        seed("above.mlmodel", program("@model_path/../../etc/passwd")),
        seed("linked.mlmodel", linked("other.mlmodelc", "/tmp:/usr")),
    ]
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&examined("m.mlmodel", bytes))
}

#[test]
fn an_ordinary_network_is_clean_and_described() {
    let examined = examined("m.mlmodel", &model(500, layer(140, "")));
    assert_eq!(examined.format, Some("coreml"));
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.description.licences, ["MIT"]);
}

#[test]
fn an_ordinary_program_is_clean() {
    assert_eq!(dangers(&program("@model_path/weights/weight.bin")), [""; 0]);
}

#[test]
fn a_custom_layer_is_an_unknown_call() {
    assert_eq!(dangers(&model(403, custom_layer())), ["model-unknown-call"]);
}

#[test]
fn a_custom_model_is_an_unknown_call() {
    assert_eq!(dangers(&model(555, bytes(10, "Sparkle"))), ["model-unknown-call"]);
}

#[test]
fn a_custom_layer_in_a_branch_and_a_loop_counts() {
    for (kind, field) in [(605, 1), (605, 2), (615, 3), (615, 4)] {
        let network = model(500, layer(kind, bytes(field, custom_layer())));
        assert_eq!(dangers(&network), ["model-unknown-call"], "{kind}");
    }
}

#[test]
fn a_model_in_a_pipeline_counts() {
    assert_eq!(dangers(&pipeline()), ["model-unknown-call"]);
    let inner = bytes(1, model(555, bytes(10, "Sparkle")));
    assert_eq!(dangers(&model(200, bytes(1, inner))), ["model-unknown-call"]);
}

#[test]
fn weights_above_the_folder_touch_files() {
    for path in ["@model_path/../../etc/passwd", "@model_path/..", "/etc/passwd"] {
        assert_eq!(dangers(&program(path)), ["model-touches-files"], "{path}");
    }
}

#[test]
fn a_link_to_a_model_elsewhere_touches_files() {
    assert_eq!(dangers(&linked("../other", "")), ["model-touches-files"]);
    assert_eq!(dangers(&linked("other", ".:/tmp")), ["model-touches-files"]);
    assert_eq!(dangers(&linked("other", ".")), [""; 0]);
}

#[test]
fn pipelines_nested_without_end_are_malformed() {
    let deep = nested(model(500, layer(140, "")), 200, |inner| model(202, bytes(1, inner)));
    assert_eq!(dangers(&deep), ["model-malformed"]);
}

#[test]
fn a_model_that_is_cut_off_is_malformed() {
    let bytes = pipeline();
    assert_eq!(dangers(&bytes[..bytes.len() - 5])[..1], ["model-malformed"]);
}

#[test]
fn a_large_model_is_told_by_its_beginning() {
    let bytes = model(500, layer(140, vec![0; 100_000]));
    assert!(role_of("m", &bytes[..SNIFFED], bytes.len() as u64).is_some());
}
