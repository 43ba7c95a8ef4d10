//! Programs in place of models, and files that are broken in place of the format of their name.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

fn elf() -> Vec<u8> {
    let mut bytes = b"\x7FELF\x02\x01\x01".to_vec();
    bytes.resize(200, 0);
    bytes
}

fn windows() -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(0x3C, 0);
    bytes.extend([0x80, 0, 0, 0]);
    bytes.resize(0x80, 0);
    bytes.extend(b"PE\0\0");
    bytes.resize(200, 0);
    bytes
}

/// Every fixture of this module.
pub fn seeds() -> Vec<Seed> {
    let files = [
        ("model.pt", elf()),
        ("model.onnx", windows()),
        ("saved_model.pb", b"\x08\x01\x12\xFF\xFF\x7Fx".to_vec()),
        ("model.safetensors", b"\x03\0\0\0\0\0\0\0[1]".to_vec()),
    ];
    files.map(|(name, bytes)| Seed { name: name.to_owned(), bytes }).to_vec()
}

#[test]
fn a_program_in_place_of_a_model_carries_code() {
    for (name, bytes) in [
        ("pytorch_model.bin", elf()),
        ("model.safetensors", windows()),
        ("model.ckpt", b"#!/bin/sh\necho inert\n".to_vec()),
    ] {
        let codes = codes(&examined(name, &bytes));
        assert!(codes.contains(&"model-carries-code"), "{name}: {codes:?}");
    }
}

#[test]
fn a_program_of_another_name_is_no_model() {
    for name in ["tool", "tool.exe", "firmware.bin", "libx.so", "run.sh"] {
        assert_eq!(examined(name, &elf()).format, None, "{name}");
    }
}

#[test]
fn bytes_that_are_nothing_are_malformed_where_the_name_promises_one_format() {
    for (name, bytes) in [
        ("model.safetensors", &b""[..]),
        ("model.safetensors", b"seven b"),
        ("model.safetensors", b"\x03\0\0\0\0\0\0\0[1]"),
        ("model.gguf", b"GGUF\xFF\xFF\xFF\x7F\0\0\0\0"),
        ("model.gguf", b"no such thing"),
        ("model.onnx", b"\x08\x08\x3A\xFF\xFF\x7Fx"),
        ("saved_model.pb", b"\x08\x01\x12\xFF\xFF\x7Fx"),
        ("flax_model.msgpack", &[0x91; 1000]),
    ] {
        let codes = codes(&examined(name, bytes));
        assert!(codes.contains(&"model-malformed"), "{name} {bytes:?}: {codes:?}");
    }
}

#[test]
fn bytes_of_which_a_reader_says_nothing_are_unknown() {
    for name in ["model.onnx", "saved_model.pb", "model.h5"] {
        let examined = examined(name, b"");
        assert!(!is_clean(&examined), "{name}");
    }
}
