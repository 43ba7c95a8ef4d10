//! Registrations and assertions: what is taken, what is refused and at which step.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test prepares must be there"
)]

mod ceremonies;
mod vectors;

use mainstay_webauthn::authenticator::SoftAuthenticator;
use mainstay_webauthn::{
    Assertion, Challenge, Origin, Passkey, Refused, Registration, RelyingParty, RpId, User,
    UserHandle, creation_options, register, request_options,
};
use serde_json::Value;

const PAGE: &str = "https://mainstay.example.org";

fn party() -> RelyingParty {
    let origins = vec![
        Origin::parse(PAGE).unwrap(),
        Origin::parse("https://eu.mainstay.example.org:8443").unwrap(),
    ];
    RelyingParty::new(RpId::parse("mainstay.example.org").unwrap(), "Mainstay", origins).unwrap()
}

fn handle() -> UserHandle {
    UserHandle::from_bytes(b"user-1").unwrap()
}

fn user() -> User {
    User::new(handle(), "ada@example.org", "Ada").unwrap()
}

fn bytes_of(answer: &Value) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap()
}

/// A registration as a browser answers it, with the challenge that was asked.
fn made(by: &mut SoftAuthenticator) -> (Challenge, Value) {
    let challenge = Challenge::random().unwrap();
    let options = creation_options(&party(), &user(), &[], &challenge);
    (challenge, by.create(&options, PAGE).unwrap())
}

fn checked(challenge: &Challenge, answer: &Value) -> Result<Passkey, Refused> {
    register(&party(), challenge, &Registration::read(&bytes_of(answer))?)
}

/// A passkey of this authenticator, taken by the server.
fn passkey(by: &mut SoftAuthenticator) -> Passkey {
    let (challenge, answer) = made(by);
    checked(&challenge, &answer).unwrap()
}

/// An assertion as a browser answers it, with the challenge that was asked.
fn used(by: &mut SoftAuthenticator) -> (Challenge, Assertion) {
    let challenge = Challenge::random().unwrap();
    let options = request_options(&party(), &[], &challenge);
    let answer = by.get(&options, PAGE).unwrap();
    (challenge, Assertion::read(&bytes_of(&answer)).unwrap())
}
