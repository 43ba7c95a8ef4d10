//! The standard's own test vectors. The challenges, keys, credential ids, client data and
//! signatures are those of the file; what is expected of them is our policy: the user is
//! verified (flag UV), no frames, three algorithms.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mainstay_webauthn::{
    Aaguid, Asserted, Assertion, Attestation, Backup, Challenge, Counter, CredentialId, Identified,
    KeyError, Origin, Passkey, PublicKey, Refused, Registration, RelyingParty, RpId, UserHandle,
    assert as verify, register,
};
use serde_json::json;

const FILE: &str = include_str!("../vectors/webauthn-3.txt");

/// The members of one example, by ceremony and name.
struct Example(HashMap<(&'static str, &'static str), Vec<u8>>);

/// The credential that an example's authenticator data bring.
struct New {
    aaguid: [u8; 16],
    id: Vec<u8>,
    cose: Vec<u8>,
    flags: u8,
}

impl Example {
    fn named(name: &str) -> Self {
        let lines = FILE.lines().filter(|line| !line.starts_with('#'));
        let members = lines.filter_map(|line| {
            let parts: Vec<&str> = line.split(' ').collect();
            let [example, ceremony, member, value] = parts[..] else { return None };
            (example == name).then(|| ((ceremony, member), unhex(value)))
        });
        Self(members.collect())
    }

    fn member(&self, ceremony: &'static str, name: &'static str) -> &[u8] {
        &self.0[&(ceremony, name)]
    }

    fn challenge(&self, ceremony: &'static str) -> Challenge {
        Challenge::from_bytes(self.member(ceremony, "challenge").try_into().unwrap())
    }

    /// Attested credential data, cut out without any reader of the room.
    fn new_credential(&self) -> New {
        let object = self.member("registration", "attestationObject");
        let name = b"authData";
        let at = object.windows(name.len()).position(|part| part == name).unwrap() + name.len();
        let data = match object[at] {
            0x58 => &object[at + 2..],
            0x59 => &object[at + 3..],
            other => panic!("authData starts with {other:x}"),
        };
        let length = usize::from(u16::from_be_bytes(data[53..55].try_into().unwrap()));
        New {
            flags: data[32],
            aaguid: data[37..53].try_into().unwrap(),
            id: data[55..55 + length].to_vec(),
            cose: data[55 + length..].to_vec(),
        }
    }

    fn register(&self) -> Result<Passkey, Refused> {
        let id = URL_SAFE_NO_PAD.encode(self.new_credential().id);
        let part = |name| URL_SAFE_NO_PAD.encode(self.member("registration", name));
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": part("clientDataJSON"),
                "attestationObject": part("attestationObject"),
            },
        });
        let registration = Registration::read(&serde_json::to_vec(&answer).unwrap())?;
        register(&party(), &self.challenge("registration"), &registration)
    }

    /// The assertion, checked with the key of the registration, whether that is taken or not.
    fn assert(&self) -> Result<Asserted, Refused> {
        let new = self.new_credential();
        let id = URL_SAFE_NO_PAD.encode(&new.id);
        let part = |name| URL_SAFE_NO_PAD.encode(self.member("authentication", name));
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": part("clientDataJSON"),
                "authenticatorData": part("authenticatorData"),
                "signature": part("signature"),
            },
        });
        let assertion = Assertion::read(&serde_json::to_vec(&answer).unwrap())?;
        let passkey = Passkey {
            id: CredentialId::from_bytes(&new.id).unwrap(),
            public_key: PublicKey::read(&new.cose)?,
            sign_count: 0,
            aaguid: Aaguid(new.aaguid),
            transports: Vec::new(),
            backup: Backup::of_flags(new.flags & 8 != 0, new.flags & 16 != 0).unwrap(),
            attestation: Attestation::None,
        };
        let handle = UserHandle::from_bytes(b"x").unwrap();
        let challenge = self.challenge("authentication");
        verify(&party(), &challenge, &assertion, &passkey, Identified::Before(&handle))
    }
}

fn party() -> RelyingParty {
    let origins = vec![Origin::parse("https://example.org").unwrap()];
    RelyingParty::new(RpId::parse("example.org").unwrap(), "Example", origins).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

#[test]
fn registrations_of_verified_users_are_taken() {
    for (name, attestation) in [
        ("packed-self-es256", Attestation::SelfSigned),
        ("packed-es256", Attestation::NotVerified("packed".into())),
        ("packed-rs256", Attestation::NotVerified("packed".into())),
        ("tpm-es256", Attestation::NotVerified("tpm".into())),
        ("android-key-es256", Attestation::NotVerified("android-key".into())),
    ] {
        let example = Example::named(name);
        let (passkey, new) = (example.register().unwrap(), example.new_credential());
        assert_eq!(passkey.attestation, attestation, "{name}");
        assert_eq!(passkey.id.as_bytes(), new.id, "{name}");
        assert_eq!(passkey.public_key.cose(), new.cose, "{name}");
        assert_eq!(passkey.aaguid.0, new.aaguid, "{name}");
        assert_eq!(passkey.backup.is_eligible(), new.flags & 8 != 0, "{name}");
        assert_eq!(passkey.backup.is_backed_up(), new.flags & 16 != 0, "{name}");
    }
}

#[test]
fn registrations_of_users_who_were_not_verified_are_refused_for_that() {
    for name in [
        "none-es256",
        "none-es256-long-credential-id",
        "packed-eddsa",
        "apple-es256",
        "fido-u2f-es256",
    ] {
        let refused = Example::named(name).register().unwrap_err();
        assert_eq!(refused, Refused::UserVerification, "{name}");
    }
}

#[test]
fn registrations_in_frames_of_other_origins_are_refused_for_that() {
    for name in ["none-es256-crossOrigin", "none-es256-topOrigin"] {
        assert_eq!(Example::named(name).register().unwrap_err(), Refused::Framed, "{name}");
    }
}

#[test]
fn registrations_with_keys_that_were_not_asked_for_are_refused_for_that() {
    for (name, number) in [("packed-es384", -35), ("packed-ed448", -53)] {
        let refused = Example::named(name).register().unwrap_err();
        assert_eq!(refused, Refused::PublicKey(KeyError::Algorithm(number)), "{name}");
    }
    let key = PublicKey::read(&Example::named("packed-es512").new_credential().cose);
    assert_eq!(key.unwrap_err(), KeyError::Algorithm(-36));
}

#[test]
fn assertions_of_verified_users_are_taken() {
    for name in ["none-es256-long-credential-id", "packed-es256", "tpm-es256"] {
        let asserted = Example::named(name).assert().unwrap();
        assert_eq!(asserted.counter, Counter::Absent, "{name}");
    }
}

#[test]
fn assertions_of_users_who_were_not_verified_are_refused_for_that() {
    for name in [
        "none-es256",
        "packed-self-es256",
        "packed-rs256",
        "packed-eddsa",
        "android-key-es256",
        "apple-es256",
        "fido-u2f-es256",
    ] {
        let refused = Example::named(name).assert().unwrap_err();
        assert_eq!(refused, Refused::UserVerification, "{name}");
    }
}

#[test]
fn every_signature_by_a_key_that_is_asked_for_verifies() {
    for name in [
        "none-es256",
        "packed-self-es256",
        "none-es256-crossOrigin",
        "none-es256-topOrigin",
        "none-es256-long-credential-id",
        "packed-es256",
        "packed-rs256",
        "packed-eddsa",
        "tpm-es256",
        "android-key-es256",
        "apple-es256",
        "fido-u2f-es256",
    ] {
        let example = Example::named(name);
        let part = |member| example.member("authentication", member);
        let hash = digest(&SHA256, part("clientDataJSON"));
        let message = [part("authenticatorData"), hash.as_ref()].concat();
        let key = PublicKey::read(&example.new_credential().cose).unwrap();
        assert!(key.verifies(&message, part("signature")), "{name}");
        for at in 0..message.len() {
            let mut other = message.clone();
            other[at] ^= 1;
            assert!(!key.verifies(&other, part("signature")), "{name}, byte {at}");
        }
    }
}
