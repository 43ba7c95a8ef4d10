//! Pointers of Git LFS.

use mainstay_testkit::mutation::Seed;

use super::everything::examined;

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    vec![Seed::new("model.safetensors", POINTER)]
}

#[test]
fn a_pointer_in_place_of_weights_is_a_gap_and_no_danger() {
    let found = examined("model.safetensors", POINTER.as_bytes());
    assert_eq!(found.format, Some("lfs-pointer"));
    assert!(found.dangers.is_empty(), "{found:?}");
    assert!(found.gaps[0].reason.contains("12345 bytes"), "{found:?}");
    assert!(found.gaps[0].advice.contains("git lfs pull"));
    assert_eq!(found.description.facts.len(), 2);
}

#[test]
fn a_text_about_pointers_is_not_one() {
    let text = format!("{POINTER}{}", "is how a pointer begins. ".repeat(60));
    assert_eq!(examined("notes.txt", text.as_bytes()).format, None);
}
