//! `CatBoost`.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

fn word(number: u32) -> [u8; 4] {
    number.to_le_bytes()
}

/// A table of a version, of trees without fields, and of one entry.
fn core() -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(word(16)); // 0: the root
    bytes.extend([12, 0, 16, 0, 4, 0, 8, 0, 12, 0, 0, 0]); // 4: its fields
    bytes.extend(word(12)); // 16: the root
    bytes.extend(word(12)); // 20: version, to 32
    bytes.extend(word(36)); // 24: trees, to 60
    bytes.extend(word(36)); // 28: entries, to 64
    bytes.extend(word(18)); // 32
    bytes.extend(b"FlabuffersModel_v1\0\0");
    bytes.extend([4, 0, 4, 0]); // 56: the fields of the trees
    bytes.extend(word(4)); // 60: the trees
    bytes.extend(word(1)); // 64: one entry
    bytes.extend(word(12)); // 68: to 80
    bytes.extend([8, 0, 12, 0, 4, 0, 8, 0]); // 72: its fields
    bytes.extend(word(8)); // 80: the entry
    bytes.extend(word(8)); // 84: key, to 92
    bytes.extend(word(4)); // 88: value, to 92
    bytes.extend(word(1)); // 92
    bytes.extend(*b"a\0\0\0");
    bytes
}

fn model(core: &[u8]) -> Vec<u8> {
    let length = u32::try_from(core.len()).unwrap_or(0);
    [&b"CBM1"[..], &word(length), core].concat()
}

fn hostile() -> Vec<Vec<u8>> {
    let changed = |at: usize, number: u32| {
        let mut core = core();
        core.splice(at..at + 4, word(number));
        model(&core)
    };
    let mut files: Vec<Vec<u8>> =
        [0, 16, 20, 28, 32, 64, 68, 80, 92].iter().map(|at| changed(*at, 0x7FFF_FFF0)).collect();
    files.push([&b"CBM1"[..], &[0xFF; 4], &core()].concat());
    files
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let mut files = hostile();
    files.push(model(&core()));
    files.into_iter().map(|bytes| Seed { name: "model.cbm".to_owned(), bytes }).collect()
}

#[test]
fn an_ordinary_model_is_clean() {
    let found = examined("model.cbm", &model(&core()));
    assert!(is_clean(&found), "{found:?}");
    assert_eq!(found.description.facts[0].value, "a");
}

#[test]
fn an_offset_that_leads_outside_is_malformed() {
    for bytes in hostile() {
        assert_eq!(codes(&examined("model.cbm", &bytes)), ["model-malformed"]);
    }
}

#[test]
fn bytes_behind_the_model_are_warned_of() {
    let bytes = [model(&core()), vec![1; 9]].concat();
    assert_eq!(codes(&examined("model.cbm", &bytes)), ["model-odd-container"]);
}
