//! Answers of browsers, broken at random: a passkey or a refusal, no panic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mainstay_testkit::mutation::{self, Seed};
use mainstay_webauthn::{
    Assertion, Attestation, Challenge, Identified, Origin, Passkey, PublicKey, Refused,
    Registration, RelyingParty, RpId, UserHandle, assert as verify, register,
};
use serde_json::{Value, json};

/// The standard's test vectors: see the file.
const VECTORS: &str = include_str!("vectors/webauthn-3.txt");

/// The examples of verified users, and others that get past the first checks.
const EXAMPLES: [&str; 5] =
    ["packed-self-es256", "packed-es256", "packed-rs256", "tpm-es256", "none-es256"];

fn member(example: &str, ceremony: &str, name: &str) -> Vec<u8> {
    let start = format!("{example} {ceremony} {name} ");
    let value = VECTORS.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    let digits: Vec<u8> =
        value.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | digit)).collect()
}

fn challenge(example: &str, ceremony: &str) -> Challenge {
    Challenge::from_bytes(member(example, ceremony, "challenge").try_into().unwrap())
}

fn party() -> RelyingParty {
    let origins = vec![Origin::parse("https://example.org").unwrap()];
    RelyingParty::new(RpId::parse("example.org").unwrap(), "Example", origins).unwrap()
}

fn answer(id: &[u8], response: &Value) -> Vec<u8> {
    let id = URL_SAFE_NO_PAD.encode(id);
    let answer = json!({
        "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
        "response": response,
    });
    serde_json::to_vec(&answer).unwrap()
}

fn registration(example: &str, object: &[u8]) -> Vec<u8> {
    // The id of an example's credential is in its object; it has 32 bytes in all of these.
    let id = member(example, "registration", "attestationObject");
    let name = b"authData";
    let at = id.windows(name.len()).position(|part| part == name).unwrap() + name.len();
    let header = if id.get(at) == Some(&0x58) { 2 } else { 3 };
    let start = at + header + 55;
    let response = json!({
        "clientDataJSON": URL_SAFE_NO_PAD.encode(member(example, "registration", "clientDataJSON")),
        "attestationObject": URL_SAFE_NO_PAD.encode(object),
        "transports": ["usb", "internal"],
    });
    answer(id.get(start..start + 32).unwrap(), &response)
}

fn take(example: &str, json: &[u8]) -> Result<Passkey, Refused> {
    register(&party(), &challenge(example, "registration"), &Registration::read(json)?)
}

/// What holds of every passkey that was taken.
fn is_kept_and_read_again(passkey: &Passkey) {
    assert_eq!(PublicKey::read(passkey.public_key.cose()).unwrap(), passkey.public_key);
    let attestation = Attestation::parse(&passkey.attestation.to_string());
    assert_eq!(attestation.unwrap(), passkey.attestation);
}

#[test]
fn a_broken_attestation_object_is_refused_or_brings_a_key() {
    let seed = |name: &&str| {
        let bytes = member(name, "registration", "attestationObject");
        Seed { name: (*name).to_owned(), bytes }
    };
    let seeds: Vec<Seed> = EXAMPLES.iter().map(seed).collect();
    mutation::run("webauthn-objects", &seeds, |seed, input| {
        let taken = take(&seed.name, &registration(&seed.name, input));
        if let Ok(passkey) = &taken {
            is_kept_and_read_again(passkey);
        }
        taken.is_ok()
    });
}

#[test]
fn a_broken_registration_is_refused_or_brings_a_key() {
    let seed = |name: &&str| {
        let object = member(name, "registration", "attestationObject");
        Seed { name: (*name).to_owned(), bytes: registration(name, &object) }
    };
    let seeds: Vec<Seed> = EXAMPLES.iter().map(seed).collect();
    mutation::run("webauthn-registrations", &seeds, |seed, input| {
        let taken = take(&seed.name, input);
        if let Ok(passkey) = &taken {
            is_kept_and_read_again(passkey);
        }
        taken.is_ok()
    });
}

#[test]
fn a_broken_assertion_is_refused_or_is_the_one_that_was_signed() {
    let name = "packed-es256";
    let object = member(name, "registration", "attestationObject");
    let passkey = take(name, &registration(name, &object)).unwrap();
    let part = |member_name| member(name, "authentication", member_name);
    let response = json!({
        "clientDataJSON": URL_SAFE_NO_PAD.encode(part("clientDataJSON")),
        "authenticatorData": URL_SAFE_NO_PAD.encode(part("authenticatorData")),
        "signature": URL_SAFE_NO_PAD.encode(part("signature")),
        "userHandle": "eA",
    });
    let bytes = answer(passkey.id.as_bytes(), &response);
    let owner = UserHandle::from_bytes(b"x").unwrap();
    let asked = challenge(name, "authentication");
    let check = |json: &[u8]| {
        let assertion = Assertion::read(json)?;
        verify(&party(), &asked, &assertion, &passkey, Identified::Before(&owner))
    };
    assert!(check(&bytes).is_ok());
    let signed: Vec<Value> = ["clientDataJSON", "authenticatorData", "signature"]
        .iter()
        .map(|member| response.get(member).unwrap().clone())
        .collect();
    let seeds = [Seed { name: name.to_owned(), bytes }];
    mutation::run("webauthn-assertions", &seeds, |_, input| {
        let taken = check(input).is_ok();
        if taken {
            let value: Value = serde_json::from_slice(input).unwrap();
            let texts: Vec<Value> = ["clientDataJSON", "authenticatorData", "signature"]
                .iter()
                .map(|member| value.pointer(&format!("/response/{member}")).unwrap().clone())
                .collect();
            assert_eq!(texts, signed);
        }
        taken
    });
}
