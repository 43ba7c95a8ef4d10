//! Options as an authenticator reads them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::AuthenticatorError;
use crate::{CredentialId, UserHandle};

/// What creation options ask for.
pub(super) struct CreationWish {
    pub(super) party: String,
    pub(super) user: UserHandle,
    pub(super) challenge: String,
    pub(super) algorithms: Vec<i64>,
    pub(super) exclude: Vec<CredentialId>,
}

/// What request options ask for.
pub(super) struct RequestWish {
    pub(super) party: String,
    pub(super) challenge: String,
    allow: Vec<CredentialId>,
}

impl CreationWish {
    pub(super) fn read(options: &Value) -> Result<Self, AuthenticatorError> {
        let user = bytes(text(options, "/user/id", "user.id")?, "user.id")?;
        let parameters = list(options, "/pubKeyCredParams", "pubKeyCredParams")?;
        Ok(Self {
            party: text(options, "/rp/id", "rp.id")?.to_owned(),
            user: UserHandle::from_bytes(&user).map_err(|_| Self::wrong("user.id"))?,
            challenge: text(options, "/challenge", "challenge")?.to_owned(),
            algorithms: parameters.iter().filter_map(|one| one.pointer("/alg")?.as_i64()).collect(),
            exclude: ids(options, "/excludeCredentials", "excludeCredentials")?,
        })
    }

    fn wrong(member: &'static str) -> AuthenticatorError {
        AuthenticatorError::Options(member)
    }
}

impl RequestWish {
    pub(super) fn read(options: &Value) -> Result<Self, AuthenticatorError> {
        Ok(Self {
            party: text(options, "/rpId", "rpId")?.to_owned(),
            challenge: text(options, "/challenge", "challenge")?.to_owned(),
            allow: ids(options, "/allowCredentials", "allowCredentials")?,
        })
    }

    /// Whether this credential may answer: every one where none is named.
    pub(super) fn allows(&self, id: &CredentialId) -> bool {
        self.allow.is_empty() || self.allow.contains(id)
    }
}

fn text<'a>(
    options: &'a Value,
    place: &str,
    member: &'static str,
) -> Result<&'a str, AuthenticatorError> {
    let value = options.pointer(place).and_then(Value::as_str);
    value.ok_or(AuthenticatorError::Options(member))
}

fn list<'a>(
    options: &'a Value,
    place: &str,
    member: &'static str,
) -> Result<&'a [Value], AuthenticatorError> {
    let value = options.pointer(place).and_then(Value::as_array);
    value.map(Vec::as_slice).ok_or(AuthenticatorError::Options(member))
}

fn ids(
    options: &Value,
    place: &str,
    member: &'static str,
) -> Result<Vec<CredentialId>, AuthenticatorError> {
    let wrong = AuthenticatorError::Options(member);
    list(options, place, member)?
        .iter()
        .map(|one| {
            let id = bytes(text(one, "/id", member)?, member)?;
            CredentialId::from_bytes(&id).map_err(|_| wrong.clone())
        })
        .collect()
}

fn bytes(text: &str, member: &'static str) -> Result<Vec<u8>, AuthenticatorError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| AuthenticatorError::Options(member))
}
