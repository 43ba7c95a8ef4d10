//! Passkeys, as the faces see them, and the ways in that an account has.

use jiff::Timestamp;
use mainstay_webauthn::{Aaguid, Backup};

use crate::Secret;

/// What a browser is asked to do with a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRequest {
    /// The options for the browser: the value of `publicKey` in its JSON form.
    pub options: serde_json::Value,
    /// What the browser brings back with its answer, in a cookie or a form. It counts once, for
    /// five minutes.
    pub secret: Secret,
}

/// A passkey, as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The id, which is no secret.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was used last.
    pub seen_at: Option<Timestamp>,
    /// Whether it is on one device only. That device lost, so is the passkey.
    pub backup: Backup,
    /// The model of its authenticator, as that says itself. Nobody vouches for it.
    pub aaguid: Aaguid,
}

/// Somebody who has just got a passkey, and perhaps an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The secret of the session, for a cookie.
    pub session: Secret,
    /// Recovery codes, to be shown once.
    pub recovery_codes: Vec<String>,
}

/// How somebody can prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaysIn {
    /// There is a password.
    pub password: bool,
    /// Codes by time are asked for after the password.
    pub codes_by_time: bool,
    /// So many passkeys.
    pub passkeys: i64,
    /// So many recovery codes were not used.
    pub recovery_codes: i64,
}

impl WaysIn {
    /// Whether more than a password is asked for: who has codes by time or a passkey wants that.
    pub fn has_second_factor(self) -> bool {
        self.codes_by_time || self.passkeys > 0
    }
}
