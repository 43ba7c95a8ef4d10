//! Private keys of a software authenticator, and their public halves as COSE keys.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};

use super::AuthenticatorError;
use super::encode::Item;
use crate::Algorithm;

/// A key pair. Debug output does not show it.
#[derive(Clone)]
pub(super) enum PrivateKey {
    P256(Arc<EcdsaKeyPair>),
    Ed25519(Arc<Ed25519KeyPair>),
    Rsa(Arc<RsaKeyPair>),
}

impl PrivateKey {
    /// A new one. RSA keys have 2048 bits.
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self, AuthenticatorError> {
        let key = match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
                .map(|key| Self::P256(Arc::new(key))),
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(|key| Self::Ed25519(Arc::new(key))),
            Algorithm::Rs256 => {
                RsaKeyPair::generate(KeySize::Rsa2048).map(|key| Self::Rsa(Arc::new(key)))
            }
        };
        key.map_err(|_| AuthenticatorError::Cryptography)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
        let random = SystemRandom::new();
        let signature = match self {
            Self::P256(key) => key.sign(&random, message).map(|made| made.as_ref().to_vec()),
            Self::Ed25519(key) => key.try_sign(message).map(|made| made.as_ref().to_vec()),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
        };
        signature.map_err(|_| AuthenticatorError::Cryptography)
    }

    /// The public half: RFC 9053 section 7, RFC 8230 section 4.
    pub(super) fn cose(&self) -> Vec<u8> {
        let integer = Item::Integer;
        let pairs = match self {
            Self::P256(key) => {
                // An uncompressed point: one byte, then the two coordinates.
                let point = key.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at_checked(32).unwrap_or_default();
                vec![
                    (integer(1), integer(2)),
                    (integer(3), integer(-7)),
                    (integer(-1), integer(1)),
                    (integer(-2), Item::Bytes(x.to_vec())),
                    (integer(-3), Item::Bytes(y.to_vec())),
                ]
            }
            Self::Ed25519(key) => vec![
                (integer(1), integer(1)),
                (integer(3), integer(-8)),
                (integer(-1), integer(6)),
                (integer(-2), Item::Bytes(key.public_key().as_ref().to_vec())),
            ],
            Self::Rsa(key) => {
                let (modulus, exponent) = integers(key.public_key().as_ref()).unwrap_or_default();
                vec![
                    (integer(1), integer(3)),
                    (integer(3), integer(-257)),
                    (integer(-1), Item::Bytes(modulus)),
                    (integer(-2), Item::Bytes(exponent)),
                ]
            }
        };
        Item::Map(pairs).encoded()
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

/// The two integers of an `RSAPublicKey` in DER (RFC 8017, appendix A.1.1), as aws-lc writes it.
fn integers(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (content, _) = element(der, 0x30)?;
    let (modulus, rest) = element(content, 0x02)?;
    let (exponent, _) = element(rest, 0x02)?;
    // A zero before keeps an integer from being negative; COSE writes none.
    let bare = |number: &[u8]| number.strip_prefix(&[0]).unwrap_or(number).to_vec();
    Some((bare(modulus), bare(exponent)))
}

/// The content of the first element of DER, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&byte, rest) = rest.split_first()?;
            (usize::from(byte), rest)
        }
        0x82 => {
            let (bytes, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*bytes)), rest)
        }
        _ => return None,
    };
    if found == tag { rest.split_at_checked(length) } else { None }
}
