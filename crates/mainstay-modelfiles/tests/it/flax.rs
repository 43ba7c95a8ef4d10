//! Flax msgpack.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

fn text(text: &str) -> Vec<u8> {
    [&[0xA0 | u8::try_from(text.len()).unwrap_or(0)], text.as_bytes()].concat()
}

fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0x80 | u8::try_from(pairs.len()).unwrap_or(0)];
    for (key, value) in pairs {
        bytes.extend(text(key));
        bytes.extend(value);
    }
    bytes
}

/// An extension with a length of a byte.
fn extension(number: u8, content: &[u8]) -> Vec<u8> {
    [&[0xC7, u8::try_from(content.len()).unwrap_or(0), number], content].concat()
}

fn array(shape: &[u8], dtype: &str, data: usize) -> Vec<u8> {
    let count = 0x90 | u8::try_from(shape.len()).unwrap_or(0);
    let data = [&[0xC4, u8::try_from(data).unwrap_or(0)][..], &vec![0; data]].concat();
    extension(1, &[&[0x93, count], shape, &text(dtype), &data].concat())
}

fn ordinary() -> Vec<u8> {
    let scalar =
        extension(3, &[&[0x93, 0x90][..], &text("float32"), &[0xC4, 4, 0, 0, 0, 0]].concat());
    map(&[
        (
            "params",
            map(&[("kernel", array(&[2, 3], "float32", 24)), ("bias", array(&[3], "bfloat16", 6))]),
        ),
        ("step", vec![7]),
        ("scale", scalar),
        ("complex", extension(2, &[0x92, 1, 2])),
        ("list", vec![0x92, 1, 0xC0]),
    ])
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let one = |value: Vec<u8>| map(&[("a", array(&[1], "int8", 1)), ("b", value)]);
    vec![
        ("object", one(array(&[1], "object", 8))),
        ("size", one(array(&[3], "float32", 8))),
        ("overflow", one(array(&[127; 15], "float64", 8))),
        ("no-array", one(extension(1, b"\x92\x01\x02"))),
        ("map-length", one(vec![0xDF, 0xFF, 0xFF, 0xFF, 0xFF])),
        ("text-length", one(vec![0xDB, 0xFF, 0xFF, 0xFF, 0xFF])),
        ("deep", one(vec![0x91; 5000])),
        ("unused", one(vec![0xC1])),
        ("twice", map(&[("a", array(&[1], "int8", 1)), ("a", array(&[1], "int8", 1))])),
        ("tail", [ordinary(), b"cos\nsystem\n".to_vec()].concat()),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let mut files = hostile();
    files.push(("ordinary", ordinary()));
    files.push(("extension", map(&[("a", extension(42, b"x"))])));
    let seed = |(name, bytes)| Seed { name: format!("{name}.msgpack"), bytes };
    files.into_iter().map(seed).collect()
}

fn look(bytes: &[u8]) -> Examined {
    examined("flax_model.msgpack", bytes)
}

#[test]
fn ordinary_parameters_are_clean_and_described() {
    let found = look(&ordinary());
    assert!(is_clean(&found), "{found:?}");
    assert_eq!(found.description.tensors_in_all, 3);
    assert_eq!(found.description.tensors[0].name, "params.kernel");
}

#[test]
fn parameters_are_known_by_their_structure_whatever_their_name() {
    assert_eq!(examined("weights.bin", &ordinary()).format, Some("flax-msgpack"));
    assert_eq!(examined("x", &map(&[("a", text("b"))])).format, None);
}

#[test]
fn every_broken_rule_is_alerted() {
    for (name, bytes) in hostile() {
        let found = look(&bytes);
        assert_eq!(found.format, Some("flax-msgpack"), "{name}");
        assert!(found.dangers.iter().any(|d| d.severity >= Severity::High), "{name}: {found:?}");
    }
}

#[test]
fn an_extension_of_nobody_is_an_unknown_call() {
    let found = look(&map(&[("a", array(&[1], "int8", 1)), ("b", extension(42, b"x"))]));
    assert_eq!(codes(&found), ["model-unknown-call"]);
}

#[test]
fn the_same_key_in_two_maps_is_ordinary() {
    let layer = || map(&[("kernel", array(&[1], "int8", 1))]);
    assert!(is_clean(&look(&map(&[("a", layer()), ("b", layer())]))));
}
