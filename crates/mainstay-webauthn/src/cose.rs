//! Public keys of credentials, as COSE keys, and the signatures that they check.
//!
//! Standard: sections 5.8.5 (which curve goes with which number, no compressed points) and 6.5.1
//! (a key names its algorithm and has no optional parameters); RFC 9053 sections 7.1 and 7.2 for
//! P-256 and Ed25519, RFC 8230 section 4 for RSA. Signatures are as section 6.5.5 says: DER for
//! ES256, 64 bytes for `EdDSA`, PKCS #1 v1.5 with SHA-256 for RS256.
//!
//! That a point lies on P-256 is checked by aws-lc when a key is read. A key that its owner made
//! weak on purpose, such as an Ed25519 point of small order, opens nothing but its owner's own
//! account, as a private key that they publish would.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};

use crate::CborError;
use crate::cbor::Cbor;

/// Bytes of a P-256 coordinate, and of an Ed25519 key.
const COORDINATE: usize = 32;
/// Bits of an RSA modulus. The upper bound bounds the work of a check.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// The smallest public exponent that FIPS 186-5, section A.1.1, allows.
const LEAST_EXPONENT: u64 = 65_537;
const MOST_EXPONENT: u64 = u32::MAX as u64;

/// A way to sign that is asked for and understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// `EdDSA` on Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

/// A public key, read and found right. Equal when its bytes are.
#[derive(Clone)]
pub struct PublicKey {
    cose: Box<[u8]>,
    algorithm: Algorithm,
    parsed: ParsedPublicKey,
}

/// Why bytes are no key that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No CBOR.
    #[error("the key is not CBOR as authenticators write it: {0}")]
    Cbor(#[from] CborError),
    /// No map, a member missing, of a wrong kind, or too much.
    #[error("the key has not the members that its kind of key has")]
    Members,
    /// An algorithm that was not asked for.
    #[error("the key is for the algorithm {0}, which was not asked for")]
    Algorithm(i128),
    /// A number that is no key of this kind: not on the curve, wrong length, zeros before it.
    #[error("the numbers of the key are no key of its kind")]
    Numbers,
    /// An RSA key too short, too long, or with an exponent that should not be.
    #[error("the RSA key has not 2048 to 4096 bits, or an unusual exponent")]
    RsaSize,
}

impl Algorithm {
    /// All, in the order in which they are asked for.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// Its number in the registry of COSE algorithms.
    pub fn number(self) -> i32 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }

    /// The algorithm that a number means.
    pub(crate) fn of_number(number: i128) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| i128::from(algorithm.number()) == number)
    }
}

impl PublicKey {
    /// The key that these bytes are: one COSE key and nothing after it.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(cose: &[u8]) -> Result<Self, KeyError> {
        Self::of(&Cbor::read(cose)?, cose)
    }

    /// The key at the start of these bytes, and what stands after it.
    pub(crate) fn read_first(bytes: &[u8]) -> Result<(Self, &[u8]), KeyError> {
        let (item, rest) = Cbor::read_first(bytes)?;
        let cose = bytes.get(..bytes.len() - rest.len()).ok_or(CborError::Short)?;
        Ok((Self::of(&item, cose)?, rest))
    }

    /// The bytes, to be kept and read again.
    pub fn cose(&self) -> &[u8] {
        &self.cose
    }

    /// How its signatures are made.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether a signature is one of this key over these bytes.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }

    fn of(item: &Cbor<'_>, cose: &[u8]) -> Result<Self, KeyError> {
        let Cbor::Map(members) = item else { return Err(KeyError::Members) };
        let number = integer(item, ALG)?;
        let algorithm = Algorithm::of_number(number).ok_or(KeyError::Algorithm(number))?;
        let (kind, count) = match algorithm {
            Algorithm::Es256 => (EC2, 5),
            Algorithm::EdDsa => (OKP, 4),
            Algorithm::Rs256 => (RSA, 4),
        };
        if integer(item, KTY)? != kind || members.len() != count {
            return Err(KeyError::Members);
        }
        let parsed = match algorithm {
            Algorithm::Es256 => p256(item),
            Algorithm::EdDsa => ed25519(item),
            Algorithm::Rs256 => rsa(item),
        }?;
        Ok(Self { cose: cose.into(), algorithm, parsed })
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.cose == other.cose
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, {} bytes)", self.algorithm, self.cose.len())
    }
}

fn p256(item: &Cbor<'_>) -> Result<ParsedPublicKey, KeyError> {
    let (x, y) = (bytes(item, X_OR_E)?, bytes(item, Y)?);
    if integer(item, CRV_OR_N)? != P256 {
        return Err(KeyError::Members);
    }
    if x.len() != COORDINATE || y.len() != COORDINATE {
        return Err(KeyError::Numbers);
    }
    let point = [&[UNCOMPRESSED], x, y].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).map_err(|_| KeyError::Numbers)
}

fn ed25519(item: &Cbor<'_>) -> Result<ParsedPublicKey, KeyError> {
    let x = bytes(item, X_OR_E)?;
    if integer(item, CRV_OR_N)? != CURVE_ED25519 {
        return Err(KeyError::Members);
    }
    if x.len() != COORDINATE {
        return Err(KeyError::Numbers);
    }
    ParsedPublicKey::new(&ED25519, x).map_err(|_| KeyError::Numbers)
}

fn rsa(item: &Cbor<'_>) -> Result<ParsedPublicKey, KeyError> {
    let (n, e) = (bytes(item, CRV_OR_N)?, bytes(item, X_OR_E)?);
    let (Some(&first), Some(&last)) = (n.first(), n.last()) else { return Err(KeyError::Numbers) };
    if first == 0 || last % 2 == 0 || e.first().is_none_or(|byte| *byte == 0) {
        return Err(KeyError::Numbers);
    }
    let bits = n.len() * 8 - first.leading_zeros() as usize;
    let exponent = (e.len() <= 8).then(|| e.iter().fold(0, |all, b| all << 8 | u64::from(*b)));
    let usual =
        exponent.is_some_and(|e| (LEAST_EXPONENT..=MOST_EXPONENT).contains(&e) && e % 2 == 1);
    if !MODULUS_BITS.contains(&bits) || !usual {
        return Err(KeyError::RsaSize);
    }
    let components = RsaPublicKeyComponents { n, e };
    let parsed = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
    parsed.map_err(|_| KeyError::Numbers)
}

fn integer(item: &Cbor<'_>, label: i128) -> Result<i128, KeyError> {
    item.labelled(label).and_then(Cbor::integer).ok_or(KeyError::Members)
}

fn bytes<'a>(item: &Cbor<'a>, label: i128) -> Result<&'a [u8], KeyError> {
    item.labelled(label).and_then(Cbor::bytes).ok_or(KeyError::Members)
}

// Labels of the members: RFC 9052 section 7.1, RFC 9053 section 7, RFC 8230 section 4.
const KTY: i128 = 1;
const ALG: i128 = 3;
const CRV_OR_N: i128 = -1;
const X_OR_E: i128 = -2;
const Y: i128 = -3;
// Kinds of keys, and curves.
const OKP: i128 = 1;
const EC2: i128 = 2;
const RSA: i128 = 3;
const P256: i128 = 1;
const CURVE_ED25519: i128 = 6;
/// The first byte of an uncompressed point: SEC 1, section 2.3.3.
const UNCOMPRESSED: u8 = 4;
