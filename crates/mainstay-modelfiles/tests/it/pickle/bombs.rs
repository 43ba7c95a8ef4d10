//! Pickles that run nothing and take all memory or time, and those that loaders should refuse.

use mainstay_reading::DangerCode;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

/// Tuples of which each holds the last one three times.
fn tuples_of_tuples() -> Vec<u8> {
    let mut pickle = Pickle::of(2).raw(b")q\x00");
    for depth in 0..60_u8 {
        let get = [b'h', depth];
        pickle = pickle.raw(b"0").raw(&get).raw(&get).raw(&get).raw(&[0x87, b'q', depth + 1]);
    }
    pickle.stop()
}

fn endless_list() -> Vec<u8> {
    Pickle::of(2)
        .global("builtins", "list")
        .global("builtins", "range")
        .raw(b"\x8a\x06\x00\x00\x00\x00\x00\x01\x85R\x85R")
        .stop()
}

fn number_in_digits() -> Vec<u8> {
    [b"I".to_vec(), vec![b'9'; 200_000], b"\n.".to_vec()].concat()
}

fn cut_number() -> Vec<u8> {
    Pickle::of(2).raw(b"\x8b\xff\xff\xff\x7f\x01").unfinished()
}

fn far_memo() -> Vec<u8> {
    Pickle::of(2).raw(b"Nr\xff\xff\xff\x7f").stop()
}

fn unknown_protocol() -> Vec<u8> {
    Pickle::of(255).call("os", "system", &["echo inert"]).stop()
}

fn with_text_mark() -> Vec<u8> {
    Pickle::bare().raw(b"\xef\xbb\xbf").call("os", "system", &["echo inert"]).stop()
}

fn with_returns() -> Vec<u8> {
    Pickle::bare().raw(b"cos\r\nsystem\r\n(S'echo inert'\ntR").stop()
}

fn wide_array() -> Vec<u8> {
    Pickle::of(2).global("numpy", "zeros").raw(b"\x8a\x06\x00\x00\x00\x00\x00\x01\x85R").stop()
}

fn tensor_as_dict() -> Vec<u8> {
    Pickle::of(2).instance("torch._utils", "_rebuild_tensor_v2").raw(b"K\x00K\x01s").stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("tuples-of-tuples", tuples_of_tuples()),
        ("endless-list", endless_list()),
        ("cut-number", cut_number()),
        ("far-memo", far_memo()),
        ("unknown-protocol", unknown_protocol()),
        ("text-mark", with_text_mark()),
        ("returns", with_returns()),
        ("wide-array", wide_array()),
        ("tensor-as-dict", tensor_as_dict()),
    ]
}

#[test]
fn what_takes_all_memory_or_time_is_malformed() {
    let bombs = [
        tuples_of_tuples(),
        endless_list(),
        number_in_digits(),
        cut_number(),
        far_memo(),
        wide_array(),
    ];
    for bytes in bombs {
        assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-malformed"]);
    }
}

#[test]
fn ordinary_sharing_and_ordinary_sizes_are_clean() {
    let shared = Pickle::of(2).raw(b"](K\x01q\x00h\x00h\x00e").stop();
    assert!(is_clean(&examined("m.pkl", &shared)));
    let range = Pickle::of(2).global("builtins", "range").raw(b"K\x00Kd\x86R").stop();
    assert!(is_clean(&examined("m.pkl", &range)));
    let bytes = Pickle::of(2).global("builtins", "bytes").raw(b"K\x10\x85R").stop();
    assert!(is_clean(&examined("m.pkl", &bytes)));
}

#[test]
fn what_python_refuses_is_read_on_if_the_name_promises_a_pickle() {
    for bytes in [unknown_protocol(), with_text_mark(), with_returns()] {
        let found = examined("m.pkl", &bytes);
        assert!(
            found.dangers.iter().any(|danger| danger.code == DangerCode::RunsCode),
            "{found:?}"
        );
        assert_eq!(found.format, Some("pickle"));
    }
    let other = examined("notes.txt", &with_text_mark());
    assert_eq!(other.format, None);
}

#[test]
fn items_of_a_tensor_are_not_those_of_a_dict() {
    let found = examined("m.pkl", &tensor_as_dict());
    let advisories: Vec<_> = found.dangers.iter().filter_map(|danger| danger.advisory).collect();
    assert_eq!(advisories, ["CVE-2026-24747"]);
}
