//! Names of things: credentials, users, models of authenticators, ways to reach one.
//!
//! Standard: sections 4 (terms), 5.8.4 (transports), 6.5.1 (attested credential data), 14.6.1
//! (what a user handle must not hold).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ValueError;

/// Bytes that the id of a credential may have: section 7.1 step 24.
pub(crate) const LONGEST_CREDENTIAL_ID: usize = 1023;
const LONGEST_USER_HANDLE: usize = 64;
const LONGEST_TRANSPORT: usize = 32;

/// What an authenticator calls one of its credentials. 1 to 1023 bytes, no secret. Displays as
/// base64url.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(Box<[u8]>);

/// What the server calls one of its users towards authenticators. 1 to 64 bytes. It says nothing
/// of the person: no name, no mail address, only a number that means nothing elsewhere.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserHandle(Box<[u8]>);

/// The model of an authenticator, as it says itself. Nobody vouches for it, for attestation is
/// not asked; it is good for a name in a list. All zero when it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Aaguid(pub [u8; 16]);

/// A way to reach an authenticator: `usb`, `nfc`, `ble`, `smart-card`, `hybrid`, `internal`, or
/// one that is newer than this program (the standard asks to keep those).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Transport(Box<str>);

impl CredentialId {
    /// The id that these bytes are.
    ///
    /// # Errors
    /// [`ValueError::CredentialId`] when there are none, or more than 1023.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ValueError> {
        match bytes.len() {
            1..=LONGEST_CREDENTIAL_ID => Ok(Self(bytes.into())),
            length => Err(ValueError::CredentialId(length)),
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Base64url without padding.
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64url())
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({self})")
    }
}

impl UserHandle {
    /// The handle that these bytes are.
    ///
    /// # Errors
    /// [`ValueError::UserHandle`] when there are none, or more than 64.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ValueError> {
        match bytes.len() {
            1..=LONGEST_USER_HANDLE => Ok(Self(bytes.into())),
            length => Err(ValueError::UserHandle(length)),
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for UserHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserHandle({})", URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Display for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl Transport {
    /// The transport that this text names.
    ///
    /// # Errors
    /// [`ValueError::Transport`].
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let right = (1..=LONGEST_TRANSPORT).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if right { Ok(Self(text.into())) } else { Err(ValueError::Transport) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
