//! Attestation objects and statements, for a relying party that asked for none.
//!
//! Standard: sections 6.5.4 (the object), 8.7 (`none`), 8.2 (`packed`, of which self attestation
//! is verified), 7.1 steps 21 to 24. A browser that follows section 5.1.3 passes on `none` or a
//! self attestation, nothing else. A statement of another kind is taken as no attestation, which
//! the note of step 24 allows: with `none` a registration proves no more, so a statement that
//! nobody looked at adds nothing and must not be believed. Decision 0041 says more.

use crate::cbor::Cbor;
use crate::{Attestation, PublicKey, Refused};

/// `attestationObject`, taken apart.
pub(crate) struct AttestationObject<'a> {
    format: &'a str,
    statement: Cbor<'a>,
    /// The authenticator data, as they were signed.
    pub(crate) authenticator_data: &'a [u8],
}

impl<'a> AttestationObject<'a> {
    /// The object in these bytes.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let object = Cbor::read(bytes).map_err(Refused::AttestationObject)?;
        let Cbor::Map(pairs) = &object else { return Err(Refused::AttestationMembers) };
        let format = object.member("fmt").and_then(Cbor::text);
        let data = object.member("authData").and_then(Cbor::bytes);
        match (format, object.member("attStmt"), data, pairs.len()) {
            (Some(format), Some(statement), Some(authenticator_data), 3) => {
                Ok(Self { format, statement: statement.clone(), authenticator_data })
            }
            _ => Err(Refused::AttestationMembers),
        }
    }

    /// What the statement proves. `hash` is SHA-256 of the client data.
    pub(crate) fn verify(&self, key: &PublicKey, hash: &[u8]) -> Result<Attestation, Refused> {
        match self.format {
            "none" if self.statement == Cbor::Map(Vec::new()) => Ok(Attestation::None),
            "none" => Err(Refused::AttestationStatement),
            "packed" if self.statement.member("x5c").is_none() => self.verify_self(key, hash),
            format => self.leave_unread(format),
        }
    }

    /// A compound attestation is a list of statements, all others are maps.
    fn leave_unread(&self, format: &str) -> Result<Attestation, Refused> {
        let shaped = matches!(self.statement, Cbor::Map(_) | Cbor::Array(_));
        if shaped && is_format(format) {
            Ok(Attestation::NotVerified(format.into()))
        } else {
            Err(Refused::AttestationStatement)
        }
    }

    fn verify_self(&self, key: &PublicKey, hash: &[u8]) -> Result<Attestation, Refused> {
        let Cbor::Map(pairs) = &self.statement else { return Err(Refused::AttestationStatement) };
        let algorithm = self.statement.member("alg").and_then(Cbor::integer);
        let signature = self.statement.member("sig").and_then(Cbor::bytes);
        let (Some(algorithm), Some(signature), 2) = (algorithm, signature, pairs.len()) else {
            return Err(Refused::AttestationStatement);
        };
        if algorithm != i128::from(key.algorithm().number()) {
            return Err(Refused::AttestationStatement);
        }
        if key.verifies(&[self.authenticator_data, hash].concat(), signature) {
            Ok(Attestation::SelfSigned)
        } else {
            Err(Refused::AttestationSignature)
        }
    }
}

/// Section 8.1: at most 32 octets of visible ASCII, without quotation mark and backslash.
fn is_format(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}
