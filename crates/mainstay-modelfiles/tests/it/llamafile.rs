//! llamafile.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined};
use super::safetensors::small_zip;

fn program() -> Vec<u8> {
    [&b"MZqFpD='\n\necho inert\n'\n"[..], &[0; 64], &small_zip()].concat()
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    vec![Seed { name: "model.llamafile".to_owned(), bytes: program() }]
}

#[test]
fn a_program_that_carries_its_model_is_alerted() {
    let found = examined("model.llamafile", &program());
    assert_eq!(found.format, Some("llamafile"));
    assert_eq!(codes(&found)[0], "model-carries-code");
}

#[test]
fn a_program_whose_archive_is_cut_off_also_has_a_gap() {
    let found = examined("model.llamafile", &program()[..80]);
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn an_ordinary_program_is_not_claimed() {
    assert_eq!(examined("setup.exe", b"MZ\x90\0\x03\0\0\0").format, None);
}
