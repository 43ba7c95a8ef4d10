//! npy.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

/// An array of a header and its elements.
pub fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
    let length = header.len();
    if version == 1 {
        bytes.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
    } else {
        bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}      \n")
}

/// A pickle of protocol 0 that would print a word.
const PRINTS: &[u8] = b"cos\nsystem\n(S'echo inert'\ntR.";

fn ordinary() -> Vec<(&'static str, Vec<u8>)> {
    let wide = "[('a', '<f8'), (('the title', 'O'), '<i4', (2,)), ('', '|V4')]";
    vec![
        ("floats", npy(1, &header("'<f4'", "(2, 3)"), &[0; 24])),
        ("scalar", npy(1, &header("'|b1'", "()"), &[1])),
        ("none", npy(1, &header("'<U5'", "(0,)"), &[])),
        ("python-2", npy(1, &header("'<f8'", "(1L,)"), &[0; 8])),
        ("fields", npy(2, &header(wide, "(2,)"), &[0; 40])),
        ("letters", npy(3, &header("[('é', '<c16')]", "(1,)"), &[0; 16])),
        ("time", npy(1, &header("'<M8[ns]'", "(1,)"), &[0; 8])),
        ("two", npy(1, &header("'|u1'", "(2,)"), &npy_after(&[0; 2]))),
        ("after-objects", npy(1, &header("'|O'", "(1,)"), &npy_after(NUMBERS))),
    ]
}

/// A pickle that is a list of one number.
const NUMBERS: &[u8] = b"\x80\x03]K\x01a.";

/// Elements, and another array behind them.
fn npy_after(data: &[u8]) -> Vec<u8> {
    [data, &npy(1, &header("'|u1'", "(1,)"), &[0])].concat()
}

fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let one = header("'|u1'", "(1,)");
    vec![
        ("version", npy(9, &one, &[0])),
        ("call", npy(1, "__import__('os').system('echo inert')\n", &[0])),
        ("dictionary-call", npy(1, &header("'|u1'", "(abs(1),)"), &[0])),
        ("list", npy(1, "[1]", &[0])),
        ("key", npy(1, &one.replace("False,", "False, 'more': 1,"), &[0])),
        ("key-twice", npy(1, &one.replace("False,", "False, 'descr': '|u1',"), &[0])),
        ("lacking", npy(1, "{'descr': '|u1', 'shape': (1,)}", &[0])),
        ("negative", npy(1, &header("'|u1'", "(-1,)"), &[0])),
        ("overflow", npy(1, &header("'<f8'", "(4294967296, 4294967296)"), &[0])),
        (
            "field-overflow",
            npy(1, &header("[('a', '<f8', (4294967296, 4294967296))]", "(1,)"), &[0]),
        ),
        ("short", npy(1, &header("'<f8'", "(3,)"), &[0; 23])),
        ("far", npy(1, &header("'<f8'", "(1000000000,)"), &[0; 23])),
        ("long-header", npy(2, &one, &[0]).into_iter().take(20).collect()),
        ("deep", npy(2, &format!("{}1", "[".repeat(100_000)), &[0])),
    ]
}

fn with_objects() -> Vec<(&'static str, Vec<u8>)> {
    let spellings = [
        ("object", "'|O'"),
        ("object-8", "'O8'"),
        ("object-escaped", "'\\x7c\\x4f'"),
        ("object-joined", "'|' 'O'"),
        ("object-field", "[('a', '<f8'), ('b', [('c', '|O', (2,))])]"),
        ("object-subarray", "('|O', (2,))"),
        ("object-list", "'f8,O'"),
        ("object-names", "{'names': ['a'], 'formats': ['O']}"),
    ];
    let file = |(name, descr): (&'static str, &str)| (name, npy(1, &header(descr, "(1,)"), PRINTS));
    spellings.into_iter().map(file).collect()
}

/// Files whose last array runs code, behind others.
fn hidden_behind() -> Vec<(&'static str, Vec<u8>)> {
    let hostile = npy(1, &header("'|O'", "(1,)"), PRINTS);
    let behind = |first: &[u8]| [first, &hostile].concat();
    vec![
        ("behind-numbers", behind(&npy(1, &header("'|u1'", "(1,)"), &[0]))),
        ("behind-objects", behind(&npy(1, &header("'|O'", "(1,)"), NUMBERS))),
        ("behind-a-hole", behind(&npy(1, &header("'|O'", "(1,)"), &[NUMBERS, &[9; 20]].concat()))),
        ("behind-an-unknown-type", behind(&npy(1, &header("'<x9'", "(1,)"), &[0; 9]))),
        ("behind-a-broken-one", behind(&npy(9, "", &[0]))),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let all = [ordinary(), broken(), with_objects(), hidden_behind()].concat();
    let seed = |(name, bytes)| Seed { name: format!("{name}.npy"), bytes };
    all.into_iter().filter(|(name, _)| *name != "deep").map(seed).collect()
}

fn look(bytes: &[u8]) -> Examined {
    examined("a.npy", bytes)
}

#[test]
fn ordinary_arrays_are_clean() {
    for (name, bytes) in ordinary() {
        let found = look(&bytes);
        assert!(is_clean(&found), "{name}: {found:?}");
        assert_eq!(found.format, Some("npy"));
    }
}

#[test]
fn every_broken_rule_is_alerted() {
    for (name, bytes) in broken() {
        let found = look(&bytes);
        assert_eq!(codes(&found), ["model-malformed"], "{name}");
        assert_eq!(found.dangers[0].severity, Severity::High, "{name}");
    }
}

#[test]
fn an_array_of_objects_is_never_clean_when_its_pickle_runs_code() {
    for (name, bytes) in with_objects() {
        assert!(!is_clean(&look(&bytes)), "{name}");
    }
}

#[test]
fn a_field_may_have_the_name_of_the_object_type() {
    let bytes = npy(1, &header("[('O', '<f8')]", "(1,)"), &[0; 8]);
    assert!(is_clean(&look(&bytes)));
}

#[test]
fn a_type_of_nobody_is_a_warning() {
    let found = look(&npy(1, &header("'<x9'", "(1,)"), &[0; 9]));
    assert_eq!(found.dangers[0].severity, Severity::Medium);
}

#[test]
fn bytes_behind_the_elements_are_warned_of() {
    let found = look(&npy(1, &header("'|u1'", "(1,)"), &[0, 7, 7]));
    assert_eq!(codes(&found), ["model-odd-container"]);
    assert_eq!(found.dangers[0].severity, Severity::Medium);
}

#[test]
fn the_second_array_of_a_file_is_read_too() {
    let bytes = npy(1, &header("'|u1'", "(1,)"), &[&[0][..], &npy(9, "", &[])].concat());
    assert_eq!(codes(&look(&bytes)), ["model-malformed"]);
}

#[test]
fn an_array_behind_others_is_read() {
    for (name, bytes) in hidden_behind() {
        assert!(codes(&look(&bytes)).contains(&"model-runs-code"), "{name}");
    }
}

#[test]
fn a_pickle_behind_the_pickle_of_an_array_is_read() {
    let bytes = npy(1, &header("'|O'", "(1,)"), &[NUMBERS, PRINTS].concat());
    assert!(codes(&look(&bytes)).contains(&"model-runs-code"));
}

#[test]
fn more_arrays_of_objects_than_are_read_are_a_gap() {
    let one = npy(1, &header("'|O'", "(1,)"), NUMBERS);
    let found = look(&one.repeat(1_500));
    assert!(found.dangers.is_empty());
    assert_eq!(found.gaps.len(), 1);
}
