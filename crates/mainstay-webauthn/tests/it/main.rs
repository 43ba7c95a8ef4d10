//! Registrations and assertions: what is taken, what is refused and at which step.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test prepares must be there"
)]

mod answers;
mod attested;
mod ceremonies;
mod keys;
mod mutated;
mod options;
mod values;
mod vectors;
mod written;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mainstay_webauthn::authenticator::SoftAuthenticator;
use mainstay_webauthn::{
    Assertion, Challenge, Origin, Passkey, Refused, Registration, RelyingParty, RpId, User,
    UserHandle, creation_options, register, request_options,
};
use serde_json::Value;

const PAGE: &str = "https://mainstay.example";

fn party() -> RelyingParty {
    let origins = vec![
        Origin::parse(PAGE).unwrap(),
        Origin::parse("https://eu.mainstay.example:8443").unwrap(),
    ];
    RelyingParty::new(RpId::parse("mainstay.example").unwrap(), "Mainstay", origins).unwrap()
}

fn handle() -> UserHandle {
    UserHandle::from_bytes(b"user-1").unwrap()
}

fn user() -> User {
    User::new(handle(), "ada@mainstay.example", "Ada").unwrap()
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

/// The bytes of a member of an answer's response.
fn member(answer: &Value, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(answer["response"][name].as_str().unwrap()).unwrap()
}

/// An answer with other bytes for a member of its response.
fn with_member(answer: &Value, name: &str, bytes: &[u8]) -> Value {
    let mut answer = answer.clone();
    answer["response"][name] = URL_SAFE_NO_PAD.encode(bytes).into();
    answer
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
