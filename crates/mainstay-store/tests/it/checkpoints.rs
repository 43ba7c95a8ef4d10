//! Checkpoints and keys, as text that people keep.

use mainstay_store::log::{Head, LogFault};
use mainstay_store::{Checkpoint, SigningKey, VerifyingKey};
use proptest::prelude::*;

use crate::at;

fn key(name: &str) -> (tempfile::TempDir, SigningKey) {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::open_or_create(&folder.path().join("key"), name).unwrap();
    (folder, key)
}

fn head() -> Head {
    Head { size: 42, at: at(1), hash: "ab".repeat(32) }
}

#[test]
fn a_checkpoint_is_read_as_it_was_signed() {
    let (_folder, key) = key("isac.example");
    let checkpoint = Checkpoint::sign(&head(), at(2), &key);
    let text = checkpoint.to_string();
    assert!(text.starts_with("mainstay log isac.example\n42\n"), "{text}");
    assert_eq!(Checkpoint::read(&text, &key.verifying()).unwrap(), checkpoint);
    assert_eq!((checkpoint.size(), checkpoint.made_at()), (42, at(2)));
}

#[test]
fn no_byte_of_a_checkpoint_may_change() {
    let (_folder, key) = key("isac.example");
    let text = Checkpoint::sign(&head(), at(2), &key).to_string();
    let signed = text.find("\n\n").unwrap();
    for index in 0..=signed {
        let mut bytes = text.clone().into_bytes();
        bytes[index] ^= 1;
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(Checkpoint::read(&changed, &key.verifying()).is_err(), "byte {index}");
        }
    }
}

#[test]
fn a_checkpoint_of_another_key_of_the_same_name_is_refused() {
    let (_one, mine) = key("isac.example");
    let (_two, other) = key("isac.example");
    let text = Checkpoint::sign(&head(), at(2), &other).to_string();
    assert!(matches!(
        Checkpoint::read(&text, &mine.verifying()),
        Err(LogFault::Checkpoint(why)) if why.contains("signature")
    ));
}

#[test]
fn a_key_is_the_same_when_it_is_opened_again_and_nobody_else_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let first = SigningKey::open_or_create(&path, "a name + more").unwrap();
    let second = SigningKey::open_or_create(&path, "another").unwrap();
    assert_eq!(first.verifying(), second.verifying());
    assert_eq!(first.name(), "a-name---more");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    }
    let secret = std::fs::read_to_string(&path).unwrap();
    // PRIVATE+KEY+name+hash+secret; the secret is base64 and may hold a `+` itself.
    let secret = secret.trim().splitn(5, '+').nth(4).unwrap();
    assert!(secret.len() > 40, "a whole secret");
    assert!(!format!("{first:?}").contains(secret));
}

#[test]
fn a_key_file_with_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "my shopping list\n").unwrap();
    assert!(SigningKey::open_or_create(&path, "x").is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "my shopping list\n");
}

#[test]
fn a_verifying_key_is_read_as_it_is_shown() {
    let (_folder, key) = key("isac.example");
    let shown = key.verifying().to_string();
    assert_eq!(shown.parse::<VerifyingKey>().unwrap(), key.verifying());
    let renamed = shown.replace("isac", "evil");
    assert!(renamed.parse::<VerifyingKey>().is_err(), "the id covers the name");
}

proptest! {
    #[test]
    fn no_text_makes_the_readers_panic(text in "\\PC{0,200}", body in "(\\PC|\n){0,200}") {
        let (_folder, key) = key("x");
        let _ = text.parse::<VerifyingKey>();
        prop_assert!(Checkpoint::read(&body, &key.verifying()).is_err());
    }
}
