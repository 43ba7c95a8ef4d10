//! `PaddlePaddle` programs.

use mainstay_modelfiles::{SNIFFED, role_of};
use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::wire::{bytes, message, number};

/// An operator with a path.
fn operator(name: &str, path: &str) -> Vec<u8> {
    let attribute = message(&[bytes(1, "file_path"), number(2, 2), bytes(5, path)]);
    let input = message(&[bytes(1, "X"), bytes(2, "x")]);
    message(&[bytes(1, input), bytes(3, name), bytes(4, attribute)])
}

/// A program of one block; also inside a second one.
fn program(operators: &[Vec<u8>]) -> Vec<u8> {
    let tensor = message(&[number(1, 5), number(2, 3), number(2, 2)]);
    let kind = message(&[number(1, 7), bytes(3, bytes(1, tensor))]);
    let weight = message(&[bytes(1, "w"), bytes(2, kind), number(3, 1)]);
    let mut block = vec![number(1, 0), number(2, u64::MAX), bytes(3, weight)];
    block.extend(operators.iter().map(|operator| bytes(4, operator)));
    let first = [number(1, 0), number(2, 0), bytes(4, operator("relu", ""))].concat();
    message(&[bytes(1, first), bytes(1, message(&block)), bytes(4, number(1, 0))])
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("benign.pdmodel", program(&[operator("matmul_v2", "")])),
        seed("python.pdmodel", program(&[operator("py_func", "")])),
        seed("load.pdmodel", program(&[operator("load_combine", "/etc/passwd")])),
    ]
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&examined("m.pdmodel", bytes))
}

#[test]
fn an_ordinary_program_is_clean_and_described() {
    let examined = examined("m.pdmodel", &program(&[operator("conv2d", "")]));
    assert_eq!(examined.format, Some("paddle"));
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.description.tensors[0].bytes, Some(24));
}

#[test]
fn a_python_function_runs_code() {
    for name in ["py_func", "py_layer", "run_program", "my_python_op"] {
        assert_eq!(dangers(&program(&[operator(name, "")])), ["model-runs-code"], "{name}");
    }
}

#[test]
fn loading_and_saving_touches_files_and_shows_the_path() {
    for name in ["load", "save", "load_combine", "save_combine"] {
        let examined = examined("m.pdmodel", &program(&[operator(name, "/etc/passwd")]));
        assert_eq!(codes(&examined), ["model-touches-files"], "{name}");
        let shown = examined.dangers[0].shown.as_deref();
        assert!(shown.is_some_and(|shown| shown.contains("/etc/passwd")));
    }
}

#[test]
fn a_server_uses_the_network() {
    assert_eq!(dangers(&program(&[operator("listen_and_serv", "")])), ["model-uses-network"]);
}

#[test]
fn a_program_that_is_cut_off_is_malformed() {
    let bytes = program(&[operator("relu", "")]);
    assert_eq!(dangers(&bytes[..bytes.len() - 7]), ["model-malformed"]);
}

#[test]
fn a_large_program_is_told_by_its_beginning() {
    let bytes = program(&vec![operator("relu", ""); 1000]);
    assert!(role_of("m", &bytes[..SNIFFED], bytes.len() as u64).is_some());
}
