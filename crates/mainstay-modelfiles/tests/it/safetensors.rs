//! safetensors.

use std::fmt::Write as _;

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

/// A file of a header and so many bytes of data.
pub fn safetensors(header: &str, data: usize) -> Vec<u8> {
    with_data(header, &vec![0; data])
}

fn with_data(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A zip archive of one stored member `a` that says `inert`.
pub fn small_zip() -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\x53\x67\x3e\x94\x05\0\0\0\x05\0\0\0",
        b"\x01\0\0\0ainert",
        b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\x53\x67\x3e\x94",
        b"\x05\0\0\0\x05\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a",
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        b"\x2f\0\0\0\x24\0\0\0\0\0",
    ];
    parts.concat()
}

const ORDINARY: &str = r#"{"__metadata__":{"format":"pt","license":"apache-2.0"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[],"data_offsets":[24,26]},"empty":{"dtype":"I64","shape":[0,5],"data_offsets":[26,26]}}   "#;

fn tensor(fields: &str) -> String {
    format!(r#"{{"a":{{{fields}}}}}"#)
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let mut seeds = vec![
        ("ordinary", safetensors(ORDINARY, 26)),
        ("empty", safetensors("{}", 0)),
        ("too-long", [&(200_000_000_u64).to_le_bytes()[..], ORDINARY.as_bytes()].concat()),
        ("overflow", [&u64::MAX.to_le_bytes()[..], ORDINARY.as_bytes()].concat()),
        ("polyglot", with_data(&bytes_tensor(small_zip().len()), &small_zip())),
        ("zip-tail", with_data(&bytes_tensor(4), &[&[0; 4][..], &small_zip()].concat())),
    ];
    for (name, header) in hostile_headers() {
        seeds.push((name, safetensors(&header, 8)));
    }
    let seed = |(name, bytes)| Seed { name: format!("{name}.safetensors"), bytes };
    seeds.into_iter().map(seed).collect()
}

fn bytes_tensor(length: usize) -> String {
    tensor(&format!(r#""dtype":"U8","shape":[{length}],"data_offsets":[0,{length}]"#))
}

/// Each breaks one rule, over eight bytes of data.
fn hostile_headers() -> Vec<(&'static str, String)> {
    let two = |second: &str| {
        format!(r#"{{"a":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}},{second}}}"#)
    };
    vec![
        ("space-first", format!(" {}", bytes_tensor(8))),
        ("twice", two(r#""a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#)),
        ("twice-escaped", two(r#""\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#)),
        ("field-twice", tensor(r#""dtype":"I8","dtype":"U8","shape":[8],"data_offsets":[0,8]"#)),
        ("unknown-type", tensor(r#""dtype":"object","shape":[8],"data_offsets":[0,8]"#)),
        (
            "shape-overflow",
            tensor(r#""dtype":"U8","shape":[4294967296,4294967297],"data_offsets":[0,8]"#),
        ),
        ("reversed", tensor(r#""dtype":"U8","shape":[8],"data_offsets":[8,0]"#)),
        (
            "overlap",
            two(
                r#""b":{"dtype":"F32","shape":[1],"data_offsets":[3,7]},"c":{"dtype":"U8","shape":[1],"data_offsets":[7,8]}"#,
            ),
        ),
        ("tail", bytes_tensor(6)),
        ("outside", bytes_tensor(9)),
        (
            "far-outside",
            tensor(
                r#""dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,18446744073709551615]"#,
            ),
        ),
        ("size", tensor(r#""dtype":"F32","shape":[8],"data_offsets":[0,8]"#)),
        ("negative", tensor(r#""dtype":"U8","shape":[-8],"data_offsets":[0,8]"#)),
        ("fraction", tensor(r#""dtype":"U8","shape":[8],"data_offsets":[0,8.0]"#)),
        ("lacking", tensor(r#""dtype":"U8","shape":[8]"#)),
        ("no-object", r#"{"a":[1,[2]]}"#.to_owned()),
        ("metadata-number", format!(r#"{{"__metadata__":{{"n":1}},{}"#, &bytes_tensor(8)[1..])),
        ("metadata-array", format!(r#"{{"__metadata__":[{{}}],{}"#, &bytes_tensor(8)[1..])),
        ("no-json", bytes_tensor(8).replace("U8\",", "U8\"")),
        ("deep", format!("{{\"a\":{}", "[".repeat(3000))),
        ("junk", format!("{}  cos", bytes_tensor(8))),
    ]
}

fn one(header: &str) -> Examined {
    examined("model.safetensors", &safetensors(header, 8))
}

#[test]
fn an_ordinary_file_is_clean_and_described() {
    let found = examined("model.safetensors", &safetensors(ORDINARY, 26));
    assert!(is_clean(&found), "{found:?}");
    assert_eq!(found.format, Some("safetensors"));
    assert_eq!(found.description.tensors_in_all, 3);
    assert_eq!(found.description.tensor_bytes, 26);
    assert_eq!(found.description.tensors[0].shape, [2, 3]);
    assert_eq!(found.description.licences, ["apache-2.0"]);
    assert!(is_clean(&examined("model.safetensors", &safetensors("{}", 0))));
}

#[test]
fn every_broken_rule_is_alerted() {
    for (name, header) in hostile_headers() {
        let found = one(&header);
        assert!(found.dangers.iter().any(|d| d.severity >= Severity::High), "{name}: {found:?}");
        assert_eq!(found.format, Some("safetensors"), "{name}");
    }
}

#[test]
fn a_header_that_leaves_the_file_is_malformed() {
    for length in [u64::MAX, 1 << 63, 200_000_000, 1000] {
        let bytes = [&length.to_le_bytes()[..], ORDINARY.as_bytes()].concat();
        let found = examined("model.safetensors", &bytes);
        assert!(codes(&found).contains(&"model-malformed"), "{length}: {found:?}");
    }
}

#[test]
fn a_name_that_stands_twice_is_an_odd_container_even_when_it_is_escaped() {
    for (name, header) in hostile_headers() {
        if name.starts_with("twice") || name == "field-twice" {
            assert_eq!(codes(&one(&header)), ["model-odd-container"], "{name}");
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_told_once() {
    let bytes = safetensors(ORDINARY, 25);
    let found = examined("model.safetensors", &bytes);
    assert_eq!(codes(&found), ["model-malformed"]);
    assert_eq!(
        found.dangers[0].place.offset.map(mainstay_reading::Offset::bytes),
        Some(bytes.len() as u64 - 25)
    );
}

#[test]
fn a_zip_in_the_last_tensor_is_an_odd_container() {
    let bytes = with_data(&bytes_tensor(small_zip().len()), &small_zip());
    assert!(codes(&examined("model.safetensors", &bytes)).contains(&"model-odd-container"));
}

#[test]
fn bytes_behind_the_last_tensor_are_an_odd_container() {
    let found = one(&bytes_tensor(6));
    assert_eq!(codes(&found), ["model-odd-container"]);
    assert!(found.dangers[0].place.offset.is_some());
}

#[test]
fn zero_bytes_that_align_a_tensor_are_a_warning_only() {
    let header = r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
    let found = one(header);
    assert_eq!(found.dangers.len(), 1);
    assert_eq!(found.dangers[0].severity, Severity::Medium);
}

#[test]
fn a_name_that_steers_a_terminal_is_warned_of() {
    let header = r#"{"a\u001b[2J":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}"#;
    assert_eq!(codes(&one(header)), ["model-odd-container"]);
    assert_eq!(one(header).dangers[0].severity, Severity::Medium);
}

#[test]
fn the_order_of_the_header_need_not_be_the_order_of_the_data() {
    let header = r#"{"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;
    assert!(is_clean(&one(header)));
}

#[test]
fn many_tensors_take_linear_time() {
    let mut header = String::from("{");
    for index in 0..100_000 {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            header,
            r#"{comma}"t{index}":{{"dtype":"U8","shape":[1],"data_offsets":[{index},{}]}}"#,
            index + 1
        );
    }
    header.push('}');
    let found = examined("model.safetensors", &safetensors(&header, 100_000));
    assert!(is_clean(&found));
    assert_eq!(found.description.tensors_in_all, 100_000);
}

#[test]
fn text_and_json_are_not_claimed() {
    for text in ["{\"a\": {\"dtype\": 1, \"data_offsets\": 2}}", "let a =[{\"dtype\":1}]"] {
        assert_eq!(examined("notes.txt", text.as_bytes()).format, None);
    }
}

#[test]
fn more_holes_than_are_looked_into_are_a_gap() {
    let with_holes = |count: usize| {
        let tensors: Vec<String> = (0..count)
            .map(|number| {
                let begin = number * 16;
                let end = begin + 8;
                format!(
                    r#""t{number}":{{"dtype":"U8","shape":[8],"data_offsets":[{begin},{end}]}}"#
                )
            })
            .collect();
        one_of(&format!("{{{}}}", tensors.join(",")), count * 16 - 8)
    };
    assert!(with_holes(10).gaps.is_empty());
    assert_eq!(with_holes(20).gaps.len(), 1);
}

fn one_of(header: &str, data: usize) -> Examined {
    examined("a.safetensors", &safetensors(header, data))
}
