//! What a browser answers, read from JSON.
//!
//! Standard: sections 5.1.8 (`RegistrationResponseJSON`, `AuthenticationResponseJSON`: what
//! `PublicKeyCredential.toJSON` gives) and 5.2. Members that are copies of others
//! (`authenticatorData` and `publicKey` of a registration) and the outputs of client extensions
//! are read over: only what is signed or attested counts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer};

use crate::{CredentialId, Refused, Transport, UserHandle};

/// Bytes of JSON that an answer may have. An answer with an RSA key and no attestation has less
/// than 4 KiB.
pub const LONGEST_ANSWER: usize = 64 * 1024;
/// Transports that an answer may name.
const TRANSPORTS: usize = 16;

/// A browser's answer to [`creation_options`](crate::creation_options), not checked yet.
#[derive(Clone, Debug)]
pub struct Registration {
    pub(crate) id: CredentialId,
    pub(crate) client_data: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) transports: Vec<Transport>,
}

/// A browser's answer to [`request_options`](crate::request_options), not checked yet.
#[derive(Clone, Debug)]
pub struct Assertion {
    id: CredentialId,
    user_handle: Option<UserHandle>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Registration {
    /// The answer in this JSON.
    ///
    /// # Errors
    /// [`Refused::Answer`], [`Refused::CredentialName`].
    pub fn read(json: &[u8]) -> Result<Self, Refused> {
        let credential: Credential<Attested> = read(json)?;
        let id = credential.id()?;
        let Attested { client_data, attestation_object, transports } = credential.response;
        if transports.len() > TRANSPORTS {
            return Err(Refused::Answer(format!("more than {TRANSPORTS} transports")));
        }
        let parsed = transports.iter().map(|text| Transport::parse(text));
        let mut transports = parsed
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Refused::Answer(error.to_string()))?;
        transports.sort();
        transports.dedup();
        Ok(Self {
            id,
            client_data: client_data.0,
            attestation_object: attestation_object.0,
            transports,
        })
    }

    /// The credential that it says it brings. To look up whether it is known already.
    pub fn credential_id(&self) -> &CredentialId {
        &self.id
    }
}

impl Assertion {
    /// The answer in this JSON.
    ///
    /// # Errors
    /// [`Refused::Answer`], [`Refused::CredentialName`].
    pub fn read(json: &[u8]) -> Result<Self, Refused> {
        let credential: Credential<Asserted> = read(json)?;
        let id = credential.id()?;
        let response = credential.response;
        let user_handle = response.user_handle.map(|handle| UserHandle::from_bytes(&handle.0));
        Ok(Self {
            id,
            user_handle: user_handle
                .transpose()
                .map_err(|error| Refused::Answer(error.to_string()))?,
            client_data: response.client_data.0,
            authenticator_data: response.authenticator_data.0,
            signature: response.signature.0,
        })
    }

    /// The credential that it says it is by. To look up the passkey; not proved yet.
    pub fn credential_id(&self) -> &CredentialId {
        &self.id
    }

    /// The user whom it says it is of; not proved yet, and not signed.
    pub fn user_handle(&self) -> Option<&UserHandle> {
        self.user_handle.as_ref()
    }
}

/// `PublicKeyCredential`: what both answers have.
#[derive(Deserialize)]
struct Credential<R> {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: Base64Url,
    #[serde(rename = "type")]
    kind: String,
    response: R,
    #[serde(rename = "clientExtensionResults", default)]
    _extensions: serde_json::Map<String, serde_json::Value>,
}

/// `AuthenticatorAttestationResponse`.
#[derive(Deserialize)]
struct Attested {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64Url,
    #[serde(rename = "attestationObject")]
    attestation_object: Base64Url,
    #[serde(default)]
    transports: Vec<String>,
}

/// `AuthenticatorAssertionResponse`.
#[derive(Deserialize)]
struct Asserted {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64Url,
    #[serde(rename = "authenticatorData")]
    authenticator_data: Base64Url,
    signature: Base64Url,
    // Null where an older browser writes what the authenticator did not give.
    #[serde(rename = "userHandle")]
    user_handle: Option<Base64Url>,
}

struct Base64Url(Vec<u8>);

impl<R> Credential<R> {
    fn id(&self) -> Result<CredentialId, Refused> {
        if self.kind != "public-key" {
            return Err(Refused::Answer("its type is not public-key".to_owned()));
        }
        let id = CredentialId::from_bytes(&self.raw_id.0).map_err(|_| Refused::CredentialName)?;
        if id.to_base64url() == self.id { Ok(id) } else { Err(Refused::CredentialName) }
    }
}

impl<'de> Deserialize<'de> for Base64Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map(Self).map_err(|_| serde::de::Error::custom("not base64url without padding"))
    }
}

fn read<'a, R: Deserialize<'a>>(json: &'a [u8]) -> Result<Credential<R>, Refused> {
    if json.len() > LONGEST_ANSWER {
        return Err(Refused::Answer(format!("it is longer than {LONGEST_ANSWER} bytes")));
    }
    serde_json::from_slice(json).map_err(|error| Refused::Answer(told(&error)))
}

/// What serde says, without what the text says: place and kind of the fault only.
pub(crate) fn told(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Eof => "JSON that ends too early",
        serde_json::error::Category::Data => {
            "a member is missing, stands twice or is no such value"
        }
        serde_json::error::Category::Io => "not read",
    };
    format!("{kind}, line {} column {}", error.line(), error.column())
}
