//! Answers of browsers, broken at random: a passkey or a refusal, no panic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mainstay_testkit::mutation::{self, Seed};
use mainstay_webauthn::{
    Assertion, Challenge, Identified, Origin, Passkey, PublicKey, Refused, Registration,
    RelyingParty, RpId, UserHandle, assert as verify, register,
};
use serde_json::{Value, json};

/// The standard's test vectors: see the file.
const VECTORS: &str = include_str!("vectors/webauthn-3.txt");

/// The examples of verified users, and others that get past the first checks.
const EXAMPLES: [&str; 5] =
    ["packed-self-es256", "packed-es256", "packed-rs256", "tpm-es256", "none-es256"];

/// One example, ready to be asked again and again.
struct Example {
    name: &'static str,
    id: Vec<u8>,
    client_data: String,
    object: Vec<u8>,
    challenge: Challenge,
}

impl Example {
    fn named(name: &'static str) -> Self {
        let part = |member_name| member(name, "registration", member_name);
        let object = part("attestationObject");
        // The id of its credential is in the object; it has 32 bytes in all of these.
        let key = b"authData";
        let at = object.windows(key.len()).position(|part| part == key).unwrap() + key.len();
        let header = if object.get(at) == Some(&0x58) { 2 } else { 3 };
        let start = at + header + 55;
        Self {
            name,
            id: object.get(start..start + 32).unwrap().to_vec(),
            client_data: URL_SAFE_NO_PAD.encode(part("clientDataJSON")),
            object,
            challenge: Challenge::from_bytes(part("challenge").try_into().unwrap()),
        }
    }

    fn all() -> Vec<Self> {
        EXAMPLES.into_iter().map(Self::named).collect()
    }

    fn answer(&self, object: &[u8]) -> Vec<u8> {
        let response = json!({
            "clientDataJSON": self.client_data,
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "transports": ["usb", "internal"],
        });
        answer(&self.id, &response)
    }

    fn take(&self, party: &RelyingParty, json: &[u8]) -> Result<Passkey, Refused> {
        register(party, &self.challenge, &Registration::read(json)?)
    }
}

fn member(example: &str, ceremony: &str, name: &str) -> Vec<u8> {
    let start = format!("{example} {ceremony} {name} ");
    let value = VECTORS.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    let digits: Vec<u8> =
        value.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | digit)).collect()
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

/// The example that a seed is of.
fn example<'a>(examples: &'a [Example], seed: &Seed) -> &'a Example {
    examples.iter().find(|example| example.name == seed.name).unwrap()
}

/// What holds of every passkey that was taken.
fn is_kept_and_read_again(passkey: &Passkey) {
    assert_eq!(PublicKey::read(passkey.public_key.cose()).unwrap(), passkey.public_key);
}

#[test]
fn a_broken_attestation_object_is_refused_or_brings_a_key() {
    let (party, examples) = (party(), Example::all());
    let seed = |one: &Example| Seed { name: one.name.to_owned(), bytes: one.object.clone() };
    let seeds: Vec<Seed> = examples.iter().map(seed).collect();
    mutation::run("webauthn-objects", &seeds, |seed, input| {
        let example = example(&examples, seed);
        let taken = example.take(&party, &example.answer(input));
        if let Ok(passkey) = &taken {
            is_kept_and_read_again(passkey);
        }
        taken.is_ok()
    });
}

#[test]
fn a_broken_registration_is_refused_or_brings_a_key() {
    let (party, examples) = (party(), Example::all());
    let seed = |one: &Example| Seed { name: one.name.to_owned(), bytes: one.answer(&one.object) };
    let seeds: Vec<Seed> = examples.iter().map(seed).collect();
    mutation::run("webauthn-registrations", &seeds, |seed, input| {
        let taken = example(&examples, seed).take(&party, input);
        if let Ok(passkey) = &taken {
            is_kept_and_read_again(passkey);
        }
        taken.is_ok()
    });
}

#[test]
fn a_broken_assertion_is_refused_or_is_the_one_that_was_signed() {
    let name = "packed-es256";
    let (party, example) = (party(), Example::named(name));
    let passkey = example.take(&party, &example.answer(&example.object)).unwrap();
    let part = |member_name| member(name, "authentication", member_name);
    let response = json!({
        "clientDataJSON": URL_SAFE_NO_PAD.encode(part("clientDataJSON")),
        "authenticatorData": URL_SAFE_NO_PAD.encode(part("authenticatorData")),
        "signature": URL_SAFE_NO_PAD.encode(part("signature")),
        "userHandle": "eA",
    });
    let bytes = answer(passkey.id.as_bytes(), &response);
    let owner = UserHandle::from_bytes(b"x").unwrap();
    let asked = Challenge::from_bytes(part("challenge").try_into().unwrap());
    let check = |json: &[u8]| {
        let assertion = Assertion::read(json)?;
        verify(&party, &asked, &assertion, &passkey, Identified::Before(&owner))
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
