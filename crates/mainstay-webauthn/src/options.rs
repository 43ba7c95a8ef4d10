//! What a browser is asked: options for a new passkey, and for a sign-in.
//!
//! Standard: sections 5.1.9 and 5.1.10 (the JSON forms, for
//! `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON`), 5.4
//! and 5.5 (what the members mean). They are the value of `publicKey` in the argument of
//! `navigator.credentials.create` and `.get`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::{Algorithm, Challenge, Descriptor, RelyingParty, User};

/// How long a browser is asked to wait, and a challenge should be good for. It lies within the
/// range that section 15.1 recommends where the user is verified: 5 to 10 minutes.
pub const TIMEOUT: Duration = Duration::from_mins(5);

/// Options for a new passkey: discoverable, with user verification, without attestation, and not
/// on an authenticator that has one of `exclude` (the user's other passkeys).
pub fn creation_options(
    party: &RelyingParty,
    user: &User,
    exclude: &[Descriptor],
    challenge: &Challenge,
) -> Value {
    let algorithms: Vec<Value> = Algorithm::ALL
        .iter()
        .map(|algorithm| json!({"type": "public-key", "alg": algorithm.number()}))
        .collect();
    json!({
        "rp": {"id": party.id().as_str(), "name": party.name()},
        "user": {
            "id": URL_SAFE_NO_PAD.encode(user.handle().as_bytes()),
            "name": user.name(),
            "displayName": user.display(),
        },
        "challenge": challenge.to_base64url(),
        "pubKeyCredParams": algorithms,
        "timeout": milliseconds(),
        "excludeCredentials": descriptors(exclude),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required",
        },
        "attestation": "none",
    })
}

/// Options for a sign-in or a fresh proof, with user verification: by one of `allow`, or, when it
/// is empty, by any passkey that an authenticator has for this relying party.
pub fn request_options(party: &RelyingParty, allow: &[Descriptor], challenge: &Challenge) -> Value {
    json!({
        "rpId": party.id().as_str(),
        "challenge": challenge.to_base64url(),
        "timeout": milliseconds(),
        "allowCredentials": descriptors(allow),
        "userVerification": "required",
    })
}

fn milliseconds() -> u64 {
    u64::try_from(TIMEOUT.as_millis()).unwrap_or(u64::MAX)
}

fn descriptors(all: &[Descriptor]) -> Vec<Value> {
    all.iter()
        .map(|one| {
            let mut value = json!({"type": "public-key", "id": one.id.to_base64url()});
            if let (Some(members), false) = (value.as_object_mut(), one.transports.is_empty()) {
                let names: Vec<&str> =
                    one.transports.iter().map(crate::Transport::as_str).collect();
                members.insert("transports".to_owned(), json!(names));
            }
            value
        })
        .collect()
}
