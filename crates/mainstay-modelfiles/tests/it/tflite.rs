//! TensorFlow Lite.

#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::flat::Flat;
use super::wire;

const CUSTOM: u8 = 32;

fn builtin(code: u8) -> Flat {
    Flat::Table(vec![Flat::u8(code)])
}

fn custom(name: &str) -> Flat {
    Flat::Table(vec![Flat::u8(CUSTOM), Flat::text(name), Flat::None, Flat::u32(32)])
}

/// A tensor of float32 in a buffer.
fn tensor(shape: &[i32], buffer: u32) -> Flat {
    let shape = Flat::Numbers(shape.to_vec());
    Flat::Table(vec![shape, Flat::u8(0), Flat::u32(buffer), Flat::text("w")])
}

fn operator(code: u32, inputs: &[i32], options: &[u8]) -> Flat {
    let [inputs, outputs] = [inputs, &[0]].map(|it| Flat::Numbers(it.to_vec()));
    let options = Flat::Bytes(options.to_vec());
    Flat::Table(vec![Flat::u32(code), inputs, outputs, Flat::None, Flat::None, options])
}

fn data(bytes: &[u8]) -> Flat {
    Flat::Table(vec![Flat::Bytes(bytes.to_vec())])
}

/// A model of one graph.
fn model(codes: &[Flat], tensors: &[Flat], operators: &[Flat], buffers: &[Flat]) -> Vec<u8> {
    let graph = Flat::Table(vec![
        Flat::Tables(tensors.to_vec()),
        Flat::Numbers(vec![0]),
        Flat::Numbers(vec![0]),
        Flat::Tables(operators.to_vec()),
    ]);
    let metadata = Flat::Table(vec![Flat::text("min_runtime_version"), Flat::u32(0)]);
    Flat::Table(vec![
        Flat::u32(3),
        Flat::Tables(codes.to_vec()),
        Flat::Tables(vec![graph]),
        Flat::text("by hand"),
        Flat::Tables(buffers.to_vec()),
        Flat::None,
        Flat::Tables(vec![metadata]),
    ])
    .buffer(*b"TFL3", &[])
}

fn benign() -> Vec<u8> {
    let codes = [builtin(9), custom("TFLite_Detection_PostProcess"), custom("FlexErf")];
    let tensors = [tensor(&[1, 2], 1), tensor(&[-1, 2], 0)];
    let operators = [operator(0, &[0, -1], &[]), operator(2, &[1], b"\x12\x03Erf")];
    model(&codes, &tensors, &operators, &[data(&[]), data(&[0; 8])])
}

fn with_code(code: Flat, options: &[u8]) -> Vec<u8> {
    model(&[code], &[tensor(&[1], 0)], &[operator(0, &[0], options)], &[data(&[])])
}

fn with_tensor(tensor: Flat) -> Vec<u8> {
    model(&[builtin(9)], &[tensor], &[operator(0, &[0], &[])], &[data(&[]), data(&[0; 8])])
}

fn with_operator(operator: Flat) -> Vec<u8> {
    model(&[builtin(9)], &[tensor(&[1], 0)], &[operator], &[data(&[])])
}

/// The options of `FlexErf`, which name another operator.
fn hidden() -> Vec<u8> {
    let node = wire::message(&[wire::bytes(1, "n"), wire::bytes(2, "WriteFile")]);
    with_code(custom("FlexErf"), &node)
}

/// A thousand graphs whose offsets all lead to the last one, which has a thousand tensors.
fn meeting() -> Vec<u8> {
    let graph = |tensors: usize| Flat::Table(vec![Flat::Tables(vec![tensor(&[1], 0); tensors])]);
    let graphs = [vec![graph(0); 999], vec![graph(1000)]].concat();
    let model = [Flat::u32(3), Flat::None, Flat::Tables(graphs)];
    let mut bytes = Flat::Table(model.to_vec()).buffer(*b"TFL3", &[]);
    let number = |bytes: &[u8], at: usize| {
        let (_, rest) = bytes.split_at(at);
        u32::from_le_bytes(*rest.first_chunk().unwrap()) as usize
    };
    let root = number(&bytes, 0);
    let first = root + 8 + number(&bytes, root + 8) + 4;
    let last = first + 999 * 4;
    let target = last + number(&bytes, last);
    for slot in (first..last).step_by(4) {
        let offset = u32::try_from(target - slot).unwrap();
        bytes.splice(slot..slot + 4, offset.to_le_bytes());
    }
    bytes
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("benign.tflite", benign()),
        seed("custom.tflite", with_code(custom("Sparkle"), &[])),
        seed("flex.tflite", with_code(custom("FlexReadFile"), &[])),
        seed("hidden.tflite", hidden()),
        seed("short.tflite", with_tensor(tensor(&[1000], 1))),
        seed("index.tflite", with_operator(operator(0, &[7], &[]))),
    ]
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&examined("m.tflite", bytes))
}

#[test]
fn an_ordinary_model_is_clean_and_described() {
    let examined = examined("m.tflite", &benign());
    assert_eq!(examined.format, Some("tflite"));
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.description.tensors[0].bytes, Some(8));
}

#[test]
fn a_custom_operator_is_an_unknown_call() {
    assert_eq!(dangers(&with_code(custom("Sparkle"), &[])), ["model-unknown-call"]);
}

#[test]
fn an_operator_of_tensorflow_that_reads_files_touches_files() {
    assert_eq!(dangers(&with_code(custom("FlexReadFile"), &[])), ["model-touches-files"]);
}

#[test]
fn an_operator_of_tensorflow_that_calls_python_runs_code() {
    assert_eq!(dangers(&with_code(custom("FlexEagerPyFunc"), &[])), ["model-runs-code"]);
}

#[test]
fn options_that_name_another_operator_than_the_code_does_count() {
    assert_eq!(dangers(&hidden()), ["model-touches-files"]);
}

#[test]
fn a_tensor_that_is_larger_than_its_buffer_is_malformed() {
    assert_eq!(dangers(&with_tensor(tensor(&[1000], 1))), ["model-malformed"]);
}

#[test]
fn dimensions_that_overflow_are_malformed() {
    assert_eq!(dangers(&with_tensor(tensor(&[i32::MAX; 4], 0))), ["model-malformed"]);
}

#[test]
fn a_buffer_that_is_not_there_is_malformed() {
    assert_eq!(dangers(&with_tensor(tensor(&[1], 9))), ["model-malformed"]);
}

#[test]
fn a_buffer_behind_the_end_is_malformed() {
    let far = Flat::Table(vec![Flat::None, Flat::u64(1 << 40), Flat::u64(u64::MAX)]);
    let bytes = model(&[builtin(9)], &[tensor(&[1], 0)], &[], &[data(&[]), far]);
    assert_eq!(dangers(&bytes), ["model-malformed"]);
}

#[test]
fn a_tensor_that_is_not_there_is_malformed() {
    for index in [1, 7, -2, i32::MIN] {
        let bytes = with_operator(operator(0, &[index], &[]));
        assert_eq!(dangers(&bytes), ["model-malformed"], "{index}");
    }
}

#[test]
fn an_operator_code_that_is_not_there_is_malformed() {
    assert_eq!(dangers(&with_operator(operator(3, &[0], &[]))), ["model-malformed"]);
}

#[test]
fn a_model_that_is_cut_off_is_malformed() {
    let bytes = benign();
    for end in 8..bytes.len() - 30 {
        assert_eq!(dangers(&bytes[..end])[..1], ["model-malformed"], "{end}");
    }
}

#[test]
fn offsets_that_meet_end_in_a_gap_before_they_take_long() {
    let examined = examined("m.tflite", &meeting());
    assert_eq!((examined.dangers.len(), examined.gaps.len()), (0, 1));
}

#[test]
fn an_offset_behind_the_end_is_malformed() {
    let mut bytes = benign();
    bytes[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(dangers(&bytes), ["model-malformed"]);
}
