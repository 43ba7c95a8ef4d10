//! A damaged index gives the right answer or an error, never another answer and never a crash.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use mainstay_matching::{Index, IndexError, Subject};
use mainstay_types::{Ecosystem, PackageName};
use proptest::prelude::*;

use crate::support::{Built, build, range, record};

#[test]
fn a_file_that_is_no_index_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    for bytes in [vec![], b"{}".to_vec(), vec![b'x'; 10_000]] {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(Index::open(&path), Err(IndexError::NotAnIndex { .. })));
    }
}

#[test]
fn a_missing_file_is_an_error_of_reading() {
    assert!(matches!(Index::open(Path::new("no/such/file")), Err(IndexError::Io { .. })));
}

#[test]
fn an_index_of_a_later_format_asks_for_a_newer_mainstay() {
    let index = sample();
    let mut bytes = fs::read(&index.path).unwrap();
    bytes[8] = 99;
    fs::write(&index.path, bytes).unwrap();
    let error = Index::open(&index.path).unwrap_err();
    assert!(error.to_string().contains("from a newer Mainstay"), "{error}");
}

#[test]
fn a_file_cut_off_anywhere_is_not_opened() {
    let index = sample();
    let bytes = fs::read(&index.path).unwrap();
    let other = index.path.with_extension("cut");
    for len in (0..bytes.len()).step_by(509).chain([4095, 4096, 8191, 8192, bytes.len() - 1]) {
        fs::write(&other, &bytes[..len]).unwrap();
        assert!(Index::open(&other).is_err(), "{len} bytes");
    }
}

#[test]
fn a_file_with_something_behind_it_is_not_opened() {
    let index = sample();
    let mut bytes = fs::read(&index.path).unwrap();
    bytes.extend([0; 4096]);
    let other = index.path.with_extension("long");
    fs::write(&other, bytes).unwrap();
    assert!(Index::open(&other).is_err());
}

#[test]
fn an_undamaged_index_passes_the_check_of_all_pages() {
    sample().verify().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_changed_byte_gives_the_right_answer_or_an_error(
        place in any::<prop::sample::Index>(),
        // Most of a small file is padding: every other change goes where something stands.
        filled in any::<bool>(),
        change in 1..=255_u8,
    ) {
        let index = &*SAMPLE;
        let right = answers(index).unwrap();
        let mut bytes = fs::read(&index.path).unwrap();
        let at = if filled {
            let filled: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
            filled[place.index(filled.len())]
        } else {
            place.index(bytes.len())
        };
        bytes[at] ^= change;
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("changed.index");
        fs::write(&other, bytes).unwrap();
        if let Ok(changed) = Index::open(&other) {
            prop_assert!(changed.verify().is_err(), "byte {at}");
            let changed = Index::open(&other).unwrap();
            if let Ok(answers) = answers(&changed) {
                prop_assert_eq!(answers, right, "byte {}", at);
            }
        }
    }
}

/// Never dropped, so its folder stays: one small file in the system's temporary folder.
static SAMPLE: LazyLock<Built> = LazyLock::new(sample);

fn sample() -> Built {
    let fixed =
        range(r#"{"introduced":"1.0"},{"fixed":"2.0"},{"introduced":"3.0"},{"fixed":"3.5"}"#);
    let whole = range(r#"{"introduced":"0"}"#);
    let records = [
        record("X-1", "PyPI", "a", &fixed),
        record("X-2", "PyPI", "a", r#""versions":["1.1","1.1.post1"]"#),
        record("MAL-3", "PyPI", "b", &whole),
        record("X-4", "PyPI", "c", r#""ranges":[{"type":"GIT","events":[{"introduced":"aa11"}]}]"#),
    ];
    build(Ecosystem::PyPi, &records)
}

fn answers(index: &Index) -> Result<String, IndexError> {
    let mut all = vec![format!("{:?} {}", index.facts(), index.ecosystem())];
    for name in ["a", "b", "c", "d"] {
        let name = PackageName::parse(Ecosystem::PyPi, name).unwrap();
        let subjects = ["1.1", "1.1.0", "2.0", "3.1"].map(Subject::Version);
        for subject in subjects.into_iter().chain([Subject::Commit("aa11")]) {
            all.push(format!("{:?}", index.look_up(&name, None, subject)?));
        }
    }
    for id in ["X-1", "X-2", "MAL-3", "X-4", "X-5"] {
        all.push(format!("{:?}", index.advisory(id)?));
    }
    Ok(all.join("\n"))
}
