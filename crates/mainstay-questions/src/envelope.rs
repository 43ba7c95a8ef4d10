//! What is signed, and by whom: the envelope that a question or an answer travels in.
//!
//! Standard: DSSE v1 of secure-systems-lab (<https://github.com/secure-systems-lab/dsse>), the
//! JSON envelope and the pre-authentication encoding (PAE), with Ed25519. As the standard says,
//! fields of the envelope that are not known are ignored, for nobody signed them, and a key's id
//! only narrows which keys are tried. The content is not looked at before a signature holds.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use mainstay_store::{SigningKey, VerifyingKey, hexadecimal};
use serde::{Deserialize, Serialize};

use crate::QuestionError;
use crate::keys::Keyring;

/// What a signed question says that it is.
pub(crate) const QUESTION_TYPE: &str = "application/vnd.mainstay.question+json";
/// What a signed answer says that it is.
pub(crate) const ANSWER_TYPE: &str = "application/vnd.mainstay.answer+json";
/// The most bytes of an envelope.
pub const MAX_ENVELOPE_BYTES: usize = 8 << 20;
/// The most signatures of an envelope.
const MOST_SIGNATURES: usize = 16;

/// The SHA-256 of a signed content, as `sha256:` and hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadDigest(Box<str>);

impl PayloadDigest {
    /// Of these bytes.
    pub fn of(payload: &[u8]) -> Self {
        let hash = digest(&SHA256, payload);
        Self(format!("sha256:{}", hexadecimal(hash.as_ref())).into())
    }

    /// Reads a digest.
    ///
    /// # Errors
    /// It is not `sha256:` and 64 small hexadecimal digits.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, QuestionError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.strip_prefix("sha256:") {
            Some(hash) if hash.len() == 64 && hash.bytes().all(is_digit) => Ok(Self(text.into())),
            Some(_) | None => {
                Err(QuestionError::field(field, "no sha256: and 64 hexadecimal digits"))
            }
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PayloadDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A content whose signature holds.
pub(crate) struct Opened {
    pub(crate) payload: String,
    pub(crate) digest: PayloadDigest,
    /// The trusted keys that signed it: at least one.
    pub(crate) signers: Vec<VerifyingKey>,
}

/// Signs a content. The answer is an envelope, one line of JSON.
pub(crate) fn seal(media_type: &str, payload: &str, key: &SigningKey) -> String {
    let signed = pae(media_type, payload.as_bytes());
    let envelope = Written {
        payload: STANDARD.encode(payload),
        payload_type: media_type,
        signatures: [Signed {
            keyid: hexadecimal(&key.verifying().id()),
            sig: STANDARD.encode(key.sign(&signed)),
        }],
    };
    // A structure of texts is always written.
    let text = serde_json::to_string(&envelope).unwrap_or_default();
    format!("{text}\n")
}

/// Opens an envelope of this type, when a trusted key signed it.
pub(crate) fn open(
    media_type: &'static str,
    bytes: &[u8],
    trusted: &Keyring,
) -> Result<Opened, QuestionError> {
    if bytes.len() > MAX_ENVELOPE_BYTES {
        return Err(QuestionError::TooLarge { bytes: bytes.len(), most: MAX_ENVELOPE_BYTES });
    }
    if trusted.is_empty() {
        return Err(QuestionError::NoKey);
    }
    let envelope: Read = serde_json::from_slice(bytes)
        .map_err(|error| QuestionError::Envelope(error.to_string()))?;
    if envelope.payload_type != media_type {
        let found = envelope.payload_type.chars().take(100).collect();
        return Err(QuestionError::OtherType { found, wanted: media_type });
    }
    if envelope.signatures.len() > MOST_SIGNATURES {
        let problem = format!("more than {MOST_SIGNATURES} signatures");
        return Err(QuestionError::Envelope(problem));
    }
    let payload = decode(&envelope.payload)
        .ok_or_else(|| QuestionError::Envelope("the payload is no base64".to_owned()))?;
    let signed = pae(media_type, &payload);
    let mut signers: Vec<VerifyingKey> = Vec::new();
    for signature in &envelope.signatures {
        let Some(bytes) = decode(&signature.sig) else { continue };
        let named = signature.keyid.as_deref().unwrap_or_default();
        let may_be = |key: &&VerifyingKey| named.is_empty() || named == hexadecimal(&key.id());
        let by = trusted.keys().iter().filter(may_be).find(|key| key.verifies(&signed, &bytes));
        signers.extend(by.filter(|key| !signers.contains(key)).cloned());
    }
    if signers.is_empty() {
        return Err(QuestionError::Untrusted { named: ids(&envelope.signatures) });
    }
    let digest = PayloadDigest::of(&payload);
    let payload = String::from_utf8(payload).map_err(|_| QuestionError::NoText)?;
    Ok(Opened { payload, digest, signers })
}

/// What is signed: DSSE, "Signature Definition".
fn pae(media_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("DSSEv1 {} {media_type} {} ", media_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// The standard allows both alphabets.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

fn ids(signatures: &[Signature]) -> String {
    let short = |id: &str| id.chars().filter(char::is_ascii_graphic).take(16).collect::<String>();
    let named: Vec<String> = signatures
        .iter()
        .map(|one| one.keyid.as_deref().map_or_else(|| "no id".to_owned(), short))
        .collect();
    if named.is_empty() { "nobody".to_owned() } else { named.join(", ") }
}

#[derive(Serialize)]
struct Written<'w> {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: &'w str,
    signatures: [Signed; 1],
}

#[derive(Serialize)]
struct Signed {
    keyid: String,
    sig: String,
}

#[derive(Deserialize)]
struct Read {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    #[serde(default)]
    keyid: Option<String>,
    sig: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of DSSE's protocol, "Test Vectors".
    #[test]
    fn the_encoding_is_that_of_the_standards_example() {
        let encoded = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn a_digest_has_its_prefix_and_sixty_four_digits() {
        let digest = PayloadDigest::of(b"");
        // SHA-256 of nothing, FIPS 180-4 examples.
        let known = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.as_str(), known);
        assert!(PayloadDigest::parse("digest", known).is_ok());
        assert!(PayloadDigest::parse("digest", &known.to_uppercase()).is_err());
        assert!(PayloadDigest::parse("digest", "sha256:00").is_err());
    }
}
