//! Answers with changed bytes: never a panic, and never taken when what was signed has changed.

use std::sync::LazyLock;

use mainstay_webauthn::authenticator::{SoftAuthenticator, Statement};
use mainstay_webauthn::{
    Algorithm, Assertion, Attestation, Challenge, Identified, Passkey, PublicKey, Registration,
    assert as verify, request_options,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::{PAGE, bytes_of, checked, handle, made, member, party, with_member};

struct World {
    registered: (Challenge, Value),
    used: (Challenge, Value),
    passkey: Passkey,
}

/// One passkey of each algorithm, made with self attestation and used once.
static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let world = |algorithm| {
        let mut device = SoftAuthenticator::new(algorithm).with_statement(Statement::SelfSigned);
        let registered = made(&mut device);
        let passkey = checked(&registered.0, &registered.1).unwrap();
        let challenge = Challenge::random().unwrap();
        let answer = device.get(&request_options(&party(), &[], &challenge), PAGE).unwrap();
        World { registered, used: (challenge, answer), passkey }
    };
    Algorithm::ALL.into_iter().map(world).collect()
});

fn is_taken(world: &World, answer: &Value) -> bool {
    let Ok(assertion) = Assertion::read(&bytes_of(answer)) else { return false };
    let owner = Identified::Before(&handle());
    verify(&party(), &world.used.0, &assertion, &world.passkey, owner).is_ok()
}

/// A change of bytes: at a place (taken modulo the length) a part goes and others come.
#[derive(Clone, Debug)]
struct Change {
    at: usize,
    gone: usize,
    new: Vec<u8>,
}

impl Change {
    fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let at = self.at % (bytes.len() + 1);
        let end = (at + self.gone).min(bytes.len());
        [&bytes[..at], &self.new, &bytes[end..]].concat()
    }
}

fn change() -> impl Strategy<Value = Change> {
    let new = proptest::collection::vec(any::<u8>(), 0..4);
    (any::<usize>(), 0_usize..4, new).prop_map(|(at, gone, new)| Change { at, gone, new })
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    proptest::collection::vec(change(), 1..4)
}

fn applied(changes: &[Change], bytes: &[u8]) -> Vec<u8> {
    changes.iter().fold(bytes.to_vec(), |bytes, change| change.apply(&bytes))
}

#[test]
fn an_answer_that_is_not_changed_is_taken() {
    for world in WORLDS.iter() {
        assert!(is_taken(world, &world.used.1));
    }
}

#[test]
fn every_flipped_bit_of_what_an_assertion_signs_is_noticed() {
    for world in WORLDS.iter() {
        for name in ["authenticatorData", "clientDataJSON", "signature"] {
            let right = member(&world.used.1, name);
            for bit in 0..right.len() * 8 {
                let mut wrong = right.clone();
                wrong[bit / 8] ^= 1 << (bit % 8);
                let answer = with_member(&world.used.1, name, &wrong);
                assert!(!is_taken(world, &answer), "{name}, bit {bit}");
            }
        }
    }
}

proptest! {
    #[test]
    fn a_changed_assertion_is_refused(
        which in 0_usize..3,
        name in prop_oneof!["authenticatorData", "clientDataJSON", "signature"],
        changes in changes(),
    ) {
        let world = &WORLDS[which];
        let right = member(&world.used.1, &name);
        let wrong = applied(&changes, &right);
        prop_assume!(wrong != right);
        prop_assert!(!is_taken(world, &with_member(&world.used.1, &name, &wrong)));
    }

    #[test]
    fn a_changed_registration_is_refused_or_proves_nothing(
        which in 0_usize..3,
        changes in changes(),
    ) {
        let (challenge, answer) = &WORLDS[which].registered;
        let right = member(answer, "attestationObject");
        let wrong = applied(&changes, &right);
        prop_assume!(wrong != right);
        // Where it is still taken, the signature was not there to be checked (another format),
        // or what it signs is as it was.
        if let Ok(passkey) = checked(challenge, &with_member(answer, "attestationObject", &wrong)) {
            let same = passkey.public_key == WORLDS[which].passkey.public_key
                && passkey.id == WORLDS[which].passkey.id
                && passkey.backup == WORLDS[which].passkey.backup
                && passkey.sign_count == 0;
            prop_assert!(same || matches!(passkey.attestation, Attestation::NotVerified(_)));
        }
    }

    #[test]
    fn changed_client_data_of_a_registration_are_refused(
        which in 0_usize..3,
        changes in changes(),
    ) {
        let (challenge, answer) = &WORLDS[which].registered;
        let right = member(answer, "clientDataJSON");
        let wrong = applied(&changes, &right);
        prop_assume!(wrong != right);
        let answer = with_member(answer, "clientDataJSON", &wrong);
        prop_assert!(checked(challenge, &answer).is_err());
    }

    #[test]
    fn json_with_changed_bytes_is_read_or_refused(
        which in 0_usize..3,
        changes in changes(),
    ) {
        let world = &WORLDS[which];
        let _ = Registration::read(&applied(&changes, &bytes_of(&world.registered.1)));
        let _ = Assertion::read(&applied(&changes, &bytes_of(&world.used.1)));
    }

    #[test]
    fn bytes_that_mean_nothing_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let world = &WORLDS[0];
        prop_assert!(PublicKey::read(&bytes).is_err());
        prop_assert!(Registration::read(&bytes).is_err());
        prop_assert!(Assertion::read(&bytes).is_err());
        let (challenge, answer) = &world.registered;
        prop_assert!(checked(challenge, &with_member(answer, "attestationObject", &bytes)).is_err());
        let answer = with_member(&world.used.1, "authenticatorData", &bytes);
        prop_assert!(!is_taken(world, &answer));
    }
}
