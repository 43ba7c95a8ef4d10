//! Pickles behind bytes that are none.

use mainstay_modelfiles::{Role, role_of};
use mainstay_reading::DangerCode;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

fn evil() -> Vec<u8> {
    Pickle::of(4).call("os", "system", &["echo inert"]).stop()
}

const EVIL_0: &[u8] = b"csubprocess\nPopen\n(S'echo inert'\ntR.";

fn behind(prefix: &[u8], pickle: &[u8]) -> Vec<u8> {
    [prefix, pickle].concat()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("behind-zeros", behind(&[0; 64], &evil())),
        ("behind-letters", behind(b"GARBAGEGARBAGE", &evil())),
        ("behind-letters-0", behind(b"MAGICcc", EVIL_0)),
        ("behind-a-line-0", behind(b"a line\nMAGIC\n\x00", EVIL_0)),
        ("behind-a-pickle", behind(b"\x80\x02N.\x00\x01\x02\xff\xfe", &evil())),
        ("behind-a-number", behind(b"I1\n.\x00\x00\x00", EVIL_0)),
    ]
}

#[test]
fn a_pickle_behind_bytes_of_no_format_is_read() {
    for (name, bytes) in fixtures() {
        let found = examined("m.pkl", &bytes);
        let runs = found.dangers.iter().any(|danger| danger.code == DangerCode::RunsCode);
        assert!(runs, "{name}: {found:?}");
    }
}

#[test]
fn what_stands_before_a_pickle_is_unknown() {
    let found = examined(
        "m.pkl",
        &behind(&[0; 64], &Pickle::of(2).instance("collections", "OrderedDict").stop()),
    );
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
    assert!(found.gaps[0].reason.starts_with("64 bytes"), "{found:?}");
}

#[test]
fn a_name_under_which_pickles_are_kept_lets_look_for_one() {
    let bytes = behind(&[7; 40], &evil());
    let length = bytes.len() as u64;
    for name in ["weights.bin", "model.dat", "a.sav"] {
        assert_eq!(role_of(name, &bytes, length), Some(Role::Model), "{name}");
        assert!(codes(&examined(name, &bytes)).contains(&"model-runs-code"), "{name}");
    }
    assert_eq!(role_of("program", &bytes, length), None);
    assert_eq!(role_of("weights.bin", &[7; 400], 400), None);
}

#[test]
fn raw_bytes_behind_a_pickle_are_ordinary() {
    let numbers: Vec<u8> =
        (0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for rest in [numbers.as_slice(), b"\x80\x04\x95garbage", b"text\nclass\nname\n(more)\n"] {
        let found = examined("m.pkl", &behind(b"\x80\x02]q\x00(K\x01K\x02e.", rest));
        assert!(is_clean(&found), "{found:?}");
    }
}

/// A pickle that does something, and no harm.
fn decoy() -> Vec<u8> {
    Pickle::of(2).instance("collections", "OrderedDict").stop()
}

#[test]
fn a_harmless_pickle_behind_other_bytes_hides_no_later_one() {
    let gap = [0xff; 24];
    for first in [b"".as_slice(), b"\x80\x02N."] {
        let bytes = [first, &gap, &decoy(), &gap, &decoy(), &gap, &evil()].concat();
        let found = examined("m.pkl", &bytes);
        let runs = found.dangers.iter().any(|danger| danger.code == DangerCode::RunsCode);
        assert!(runs, "{found:?}");
    }
}

#[test]
fn harmless_pickles_behind_a_pickle_are_ordinary() {
    let found = examined("m.pkl", &[b"\x80\x02N.", &[0xff; 24][..], &decoy()].concat());
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn what_is_not_known_of_a_hidden_pickle_is_told_without_any_danger() {
    // The bytes that it has loaded are of no format.
    let inner = Pickle::of(4)
        .global("torch.storage", "_load_from_bytes")
        .bytes(b"of no format at all")
        .raw(b"\x85R")
        .stop();
    let found = examined("m.pkl", &[b"\x80\x02N.", &[0xff; 24][..], &inner].concat());
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn more_hidden_pickles_than_are_read_are_unknown() {
    let one = [&[0xff; 4][..], &decoy()].concat();
    let found = examined("m.pkl", &[b"\x80\x02N.", &*one.repeat(100)].concat());
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn a_search_has_an_end() {
    let found = examined("m.pkl", &behind(&[0], &b"\x80\x02".repeat(40_000)));
    assert!(!is_clean(&found));
}
