//! GGML and its kin.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn tensor(shape: &[u32], kind: u32, data: usize, align_from: Option<usize>) -> Vec<u8> {
    let dimensions = u32::try_from(shape.len()).unwrap_or(u32::MAX);
    let mut bytes = [words(&[dimensions, 1, kind]), words(shape), b"a".to_vec()].concat();
    if let Some(from) = align_from {
        bytes.resize((from + bytes.len()).next_multiple_of(32) - from, 0);
    }
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// Parameters of `LLaMA` with two tokens; `words` come before them.
fn llama(magic: [u8; 4], before: &[u32], has_scores: bool) -> Vec<u8> {
    let mut bytes = [magic.to_vec(), words(before), words(&[2, 8, 1, 1, 1, 1, 0])].concat();
    for token in [&b"<s>"[..], b"a"] {
        bytes.extend(words(&[u32::try_from(token.len()).unwrap_or(0)]));
        bytes.extend_from_slice(token);
        bytes.resize(bytes.len() + if has_scores { 4 } else { 0 }, 0);
    }
    bytes
}

fn ggjt() -> Vec<u8> {
    let mut bytes = llama(*b"tjgg", &[3], true);
    let from = bytes.len();
    bytes.extend(tensor(&[32, 2], 2, 36, Some(from)));
    bytes
}

fn whisper() -> Vec<u8> {
    let mut bytes = [b"lmgg".to_vec(), words(&[1, 4, 4, 1, 1, 4, 4, 1, 1, 2, 1])].concat();
    bytes.extend(words(&[2, 3, 0, 0, 0, 0, 0, 0, 1, 1]));
    bytes.push(b'x');
    bytes.extend(tensor(&[4], 1, 8, None));
    bytes
}

fn ordinary() -> Vec<(&'static str, Vec<u8>)> {
    let old = [llama(*b"lmgg", &[], false), tensor(&[32], 2, 20, None)].concat();
    let scored = [llama(*b"fmgg", &[1], true), tensor(&[3, 2], 0, 24, None)].concat();
    vec![("ggjt", ggjt()), ("whisper", whisper()), ("ggml", old), ("ggmf", scored)]
}

fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let mut cut = ggjt();
    cut.truncate(cut.len() - 1);
    let mut many_dimensions = llama(*b"fmgg", &[1], true);
    many_dimensions.extend(tensor(&[1; 9], 0, 4, None));
    let mut overflow = llama(*b"fmgg", &[1], true);
    overflow.extend(tensor(&[u32::MAX; 4], 0, 4, None));
    let mut unknown = llama(*b"fmgg", &[1], true);
    unknown.extend(tensor(&[1], 999, 4, None));
    let vocabulary = [b"tjgg".to_vec(), words(&[3, u32::MAX, 8, 1, 1, 1, 1, 0])].concat();
    let oldest = [b"lmgg".to_vec(), words(&[u32::MAX; 9])].concat();
    let mut token = llama(*b"tjgg", &[3], true);
    token.splice(36..40, [0xFF; 4]);
    vec![
        ("cut", cut),
        ("dimensions", many_dimensions),
        ("overflow", overflow),
        ("type", unknown),
        ("vocabulary", vocabulary),
        ("oldest", oldest),
        ("token", token),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let all = [ordinary(), broken()].concat();
    let seed = |(name, bytes)| Seed { name: format!("{name}.bin"), bytes };
    all.into_iter().map(seed).collect()
}

#[test]
fn ordinary_files_of_every_magic_are_clean() {
    for (name, bytes) in ordinary() {
        let found = examined("ggml-model.bin", &bytes);
        assert!(is_clean(&found), "{name}: {found:?}");
        assert_eq!(found.format, Some("ggml"));
        assert_eq!(found.description.tensors_in_all, 1, "{name}");
    }
}

#[test]
fn every_broken_rule_is_alerted() {
    for (name, bytes) in broken() {
        assert_eq!(codes(&examined("a.bin", &bytes)), ["model-malformed"], "{name}");
    }
}

#[test]
fn a_layout_that_nobody_knows_is_a_gap() {
    let bytes = [b"lmgg".to_vec(), words(&[3, 1, 1, 1]), vec![7; 100]].concat();
    let found = examined("a.bin", &bytes);
    assert!(found.dangers.is_empty(), "{found:?}");
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn a_saved_session_is_a_gap() {
    assert_eq!(examined("a.bin", b"nsgg\x01\0\0\0").gaps.len(), 1);
}
