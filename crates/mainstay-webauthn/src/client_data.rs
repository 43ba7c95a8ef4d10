//! Client data: what the browser says of the page that asked.
//!
//! Standard: section 5.8.1 (`CollectedClientData`); the checks are 7.1 steps 5 to 11 and 7.2
//! steps 8 to 14. A page in a frame of another origin is not taken: no page of ours asks for
//! passkeys there.

use serde::{Deserialize, Deserializer};

use crate::answer::told;
use crate::refused::Quoted;
use crate::{Ceremony, Challenge, Refused, RelyingParty};

/// Checks client data against what was asked.
pub(crate) fn check(
    bytes: &[u8],
    ceremony: Ceremony,
    party: &RelyingParty,
    challenge: &Challenge,
) -> Result<(), Refused> {
    // UTF-8 decode of the Encoding Standard: a mark at the start goes, what is broken is replaced.
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let data: CollectedClientData =
        serde_json::from_str(&text).map_err(|error| Refused::ClientData(told(&error)))?;
    if data.kind != kind_of(ceremony) {
        return Err(Refused::Type(Quoted::of(&data.kind)));
    }
    if !challenge.is(&data.challenge) {
        return Err(Refused::Challenge);
    }
    if !party.origins().iter().any(|origin| origin.as_str() == data.origin) {
        return Err(Refused::Origin(Quoted::of(&data.origin)));
    }
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(Refused::Framed);
    }
    Ok(())
}

/// The type that client data of a ceremony has.
pub(crate) fn kind_of(ceremony: Ceremony) -> &'static str {
    match ceremony {
        Ceremony::Registration => "webauthn.create",
        Ceremony::Authentication => "webauthn.get",
    }
}

#[derive(Deserialize)]
struct CollectedClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default, deserialize_with = "present")]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin", default, deserialize_with = "present")]
    top_origin: Option<String>,
}

/// A member that is there has a value: null is none.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
