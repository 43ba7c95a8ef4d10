//! `ExecuTorch`.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::flat::Flat;

/// A program of one method, with its operators, delegates and segments.
fn tree(operators: &[&str], delegates: &[&str], segments: &[(u64, u64)]) -> Flat {
    let named = |names: &[&str]| {
        Flat::Tables(names.iter().map(|name| Flat::Table(vec![Flat::text(name)])).collect())
    };
    let plan = vec![
        Flat::text("forward"),
        Flat::None,
        Flat::None,
        Flat::None,
        Flat::None,
        Flat::None,
        named(operators),
        named(delegates),
    ];
    let segments = segments
        .iter()
        .map(|(offset, size)| Flat::Table(vec![Flat::u64(*offset), Flat::u64(*size)]));
    Flat::Table(vec![
        Flat::u32(0),
        Flat::Tables(vec![Flat::Table(plan)]),
        Flat::Tables(vec![Flat::Table(vec![Flat::Bytes(vec![0; 8])])]),
        Flat::None,
        Flat::Tables(segments.collect()),
    ])
}

/// With an extended header, and segments behind the program.
fn extended(tree: &Flat, data: u64) -> Vec<u8> {
    let header = |program: u64, segments: u64| {
        let numbers = [program, segments, data].map(u64::to_le_bytes).concat();
        [b"eh00".to_vec(), 32_u32.to_le_bytes().to_vec(), numbers].concat()
    };
    let program = tree.buffer(*b"ET12", &header(0, 0)).len() as u64;
    let mut bytes = tree.buffer(*b"ET12", &header(program, program));
    bytes.extend_from_slice(&[0; 64]);
    bytes
}

fn benign() -> Vec<u8> {
    let operators = ["aten::add", "quantized_decomposed::dequantize_per_tensor"];
    extended(&tree(&operators, &["XnnpackBackend"], &[(0, 32), (32, 32)]), 64)
}

fn plain(operators: &[&str], delegates: &[&str]) -> Vec<u8> {
    tree(operators, delegates, &[]).buffer(*b"ET12", &[])
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("benign.pte", benign()),
        seed("operator.pte", plain(&["mine::sparkle"], &[])),
        seed("delegate.pte", plain(&[], &["SparkleBackend"])),
        seed("segment.pte", extended(&tree(&[], &[], &[(32, 33)]), 64)),
    ]
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&examined("m.pte", bytes))
}

#[test]
fn an_ordinary_program_is_clean() {
    let examined = examined("m.pte", &benign());
    assert_eq!(examined.format, Some("executorch"));
    assert!(is_clean(&examined), "{examined:?}");
    assert!(is_clean(&super::everything::examined("m.pte", &plain(&["aten::mul"], &[]))));
}

#[test]
fn an_operator_of_another_namespace_is_an_unknown_call() {
    for name in ["mine::sparkle", "sparkle", "atenx::add"] {
        assert_eq!(dangers(&plain(&[name], &[])), ["model-unknown-call"], "{name}");
    }
}

#[test]
fn another_delegate_is_an_unknown_call() {
    assert_eq!(dangers(&plain(&[], &["SparkleBackend"])), ["model-unknown-call"]);
}

#[test]
fn a_segment_that_leaves_the_file_is_malformed() {
    for segment in [(32, 33), (u64::MAX, 1), (1, u64::MAX)] {
        let bytes = extended(&tree(&[], &[], &[segment]), 64);
        assert_eq!(dangers(&bytes), ["model-malformed"], "{segment:?}");
    }
}

#[test]
fn an_extended_header_that_leaves_the_file_is_malformed() {
    assert_eq!(dangers(&extended(&tree(&[], &[], &[]), 65)), ["model-malformed"]);
    assert_eq!(dangers(&extended(&tree(&[], &[], &[]), u64::MAX)), ["model-malformed"]);
}

#[test]
fn a_program_that_is_cut_off_is_malformed() {
    let bytes = benign();
    for end in 8..bytes.len() {
        assert_eq!(dangers(&bytes[..end])[..1], ["model-malformed"], "{end}");
    }
}
