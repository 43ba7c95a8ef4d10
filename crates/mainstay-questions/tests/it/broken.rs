//! No changed byte survives: an envelope that was touched is refused, or says the very same.

use std::sync::LazyLock;

use mainstay_questions::{Keyring, Question, SignedQuestion};
use proptest::prelude::*;

use crate::world::{key, question, ring};

/// An envelope, the key that opens it, and what it says.
static SIGNED: LazyLock<(String, Keyring, String)> = LazyLock::new(|| {
    let (cert, asking) = (key("cert"), question());
    (asking.seal(&cert), ring(&[&cert]), asking.payload())
});

proptest! {
    #[test]
    fn no_changed_byte_survives(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (envelope, trusted, payload) = &*SIGNED;
        let mut bytes = envelope.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(opened) = SignedQuestion::open(&bytes, trusted) {
            prop_assert_eq!(&opened.question.payload(), payload);
        }
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(SignedQuestion::open(&bytes, &SIGNED.1).is_err());
    }

    #[test]
    fn any_text_in_a_field_comes_back_or_is_refused(text in ".{0,300}") {
        let mut changed: serde_json::Value = serde_json::from_str(&SIGNED.2).unwrap();
        for field in ["id", "asked_by", "purpose", "marking", "asked_at", "deadline"] {
            changed[field] = text.clone().into();
            if let Ok(read) = Question::parse(&changed.to_string()) {
                let again: serde_json::Value = serde_json::from_str(&read.payload()).unwrap();
                prop_assert!(again["asked_by"].is_string());
            }
        }
    }
}
