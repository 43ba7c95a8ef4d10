//! Checksums as lockfiles write them.
//!
//! Three notations are read: hexadecimal with an algorithm name, Subresource Integrity
//! (`sha512-<base64>`, W3C SRI section 3.1, as npm uses it) and Go's `h1:<base64>` (SHA-256 of a
//! module's file list, `golang.org/x/mod/sumdb/dirhash`).

use std::fmt;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine as _};
use thiserror::Error;

/// A hash function, or Go's hash of a directory, which is a function of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DigestAlgorithm {
    /// MD5, 16 bytes. Old files carry it; it proves nothing.
    Md5,
    /// SHA-1, 20 bytes. Old files carry it; it proves little.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
    /// `BLAKE2b`, 64 bytes.
    Blake2b,
    /// Go's `h1`: SHA-256 over the sorted list of file hashes, 32 bytes.
    GoH1,
    /// Yarn's own: SHA-512 of the archive that it makes of a package, 64 bytes. Depends on yarn's
    /// settings, so it says nothing about the published file.
    YarnArchive,
}

impl DigestAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 8] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Blake2b,
        Self::GoH1,
        Self::YarnArchive,
    ];

    /// The name in lower case, as SRI and Python's hash lists write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Blake2b => "blake2b",
            Self::GoH1 => "h1",
            Self::YarnArchive => "yarn",
        }
    }

    /// The algorithm with this name; case and one hyphen (`SHA-256`) do not matter.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain =
            || name.bytes().filter(|byte| *byte != b'-').map(|byte| byte.to_ascii_lowercase());
        Self::ALL.into_iter().find(|algorithm| plain().eq(algorithm.name().bytes()))
    }

    /// The length of a digest in bytes.
    pub fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 | Self::GoH1 => 32,
            Self::Sha384 => 48,
            Self::Sha512 | Self::Blake2b | Self::YarnArchive => 64,
        }
    }
}

/// A checksum: an algorithm and exactly as many bytes as it gives.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: Box<[u8]>,
}

/// Why a text is no checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DigestError {
    /// The name before the value is not one that Mainstay knows.
    #[error("the checksum names no known algorithm")]
    UnknownAlgorithm,
    /// Not hexadecimal, or not base64.
    #[error("the checksum's value cannot be decoded")]
    Undecodable,
    /// The value decodes, to another number of bytes than the algorithm gives.
    #[error("the checksum has {found} bytes where {expected} are due")]
    WrongLength {
        /// Bytes that the algorithm gives.
        expected: usize,
        /// Bytes that are there.
        found: usize,
    },
}

impl Digest {
    /// Reads hexadecimal, in either case.
    pub fn from_hex(algorithm: DigestAlgorithm, hex: &str) -> Result<Self, DigestError> {
        let digits = hex.as_bytes();
        if !digits.len().is_multiple_of(2) {
            return Err(DigestError::Undecodable);
        }
        let mut bytes = Vec::with_capacity(digits.len() / 2);
        for pair in digits.as_chunks::<2>().0 {
            let [high, low] = pair.map(nibble);
            match (high, low) {
                (Some(high), Some(low)) => bytes.push(high << 4 | low),
                _ => return Err(DigestError::Undecodable),
            }
        }
        Self::new(algorithm, bytes.into())
    }

    /// Reads `algorithm:hex`, as Python's, Debian's and container tools write it.
    pub fn from_prefixed_hex(text: &str) -> Result<Self, DigestError> {
        let (name, hex) = text.split_once(':').ok_or(DigestError::UnknownAlgorithm)?;
        let algorithm = DigestAlgorithm::from_name(name).ok_or(DigestError::UnknownAlgorithm)?;
        Self::from_hex(algorithm, hex)
    }

    /// Reads one Subresource Integrity value: `sha512-<base64>`. Options after `?` are dropped,
    /// as the standard asks.
    pub fn from_sri(text: &str) -> Result<Self, DigestError> {
        let (name, value) = text.split_once('-').ok_or(DigestError::UnknownAlgorithm)?;
        let algorithm = DigestAlgorithm::from_name(name).ok_or(DigestError::UnknownAlgorithm)?;
        let value = value.split('?').next().unwrap_or(value);
        Self::from_base64(algorithm, value)
    }

    /// Reads base64 whose algorithm is known from elsewhere (`NuGet`'s `contentHash` is SHA-512).
    pub fn from_base64(algorithm: DigestAlgorithm, text: &str) -> Result<Self, DigestError> {
        // As many bytes as four characters each may give: enough for every digest, so that only
        // what is kept is allocated.
        let mut room = [0; LONGEST.div_ceil(3) * 3];
        match STANDARD.decode_slice(text, &mut room) {
            Ok(length) => Self::new(algorithm, room.get(..length).unwrap_or_default().into()),
            Err(DecodeSliceError::DecodeError(_)) => Err(DigestError::Undecodable),
            Err(DecodeSliceError::OutputSliceTooSmall) => {
                let bytes = STANDARD.decode(text).map_err(|_| DigestError::Undecodable)?;
                Self::new(algorithm, bytes.into())
            }
        }
    }

    /// Reads Go's `h1:<base64>`.
    pub fn from_go_sum(text: &str) -> Result<Self, DigestError> {
        let value = text.strip_prefix("h1:").ok_or(DigestError::UnknownAlgorithm)?;
        Self::from_base64(DigestAlgorithm::GoH1, value)
    }

    /// The algorithm.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The bytes, as many as [`DigestAlgorithm::length`] says.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn new(algorithm: DigestAlgorithm, bytes: Box<[u8]>) -> Result<Self, DigestError> {
        let expected = algorithm.length();
        if bytes.len() != expected {
            return Err(DigestError::WrongLength { expected, found: bytes.len() });
        }
        Ok(Self { algorithm, bytes })
    }
}

/// The bytes of the longest digest.
const LONGEST: usize = 64;

/// The value of a hexadecimal digit, in either case.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// The hexadecimal digit of a value below 16, in lower case.
fn digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

impl fmt::Display for Digest {
    /// `sha256:<lower-case hex>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.algorithm.name();
        f.write_str(name)?;
        f.write_str(":")?;
        // A report of a large lockfile writes some hundred thousand digits: a digest at a time,
        // not each through the formatter.
        let mut room = [0; 2 * LONGEST];
        for (digits, byte) in room.as_chunks_mut::<2>().0.iter_mut().zip(&self.bytes) {
            *digits = [digit(byte >> 4), digit(byte & 15)];
        }
        let written = room.get(..2 * self.bytes.len()).unwrap_or_default();
        f.write_str(std::str::from_utf8(written).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of the empty string (FIPS 180-4 example value).
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn hexadecimal_in_either_case_is_the_same_digest() {
        let lower = Digest::from_hex(DigestAlgorithm::Sha256, EMPTY).unwrap();
        let upper = Digest::from_hex(DigestAlgorithm::Sha256, &EMPTY.to_uppercase()).unwrap();
        assert_eq!(lower, upper);
    }

    #[test]
    fn the_same_bytes_read_from_sri_are_the_same_digest() {
        let sri = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(Digest::from_sri(sri), Digest::from_prefixed_hex(&format!("sha256:{EMPTY}")));
    }

    #[test]
    fn a_digest_of_every_algorithm_is_written_whole() {
        for algorithm in DigestAlgorithm::ALL {
            let hex: String =
                "0123456789abcdef".chars().cycle().take(2 * algorithm.length()).collect();
            let digest = Digest::from_hex(algorithm, &hex).unwrap();
            assert_eq!(digest.to_string(), format!("{}:{hex}", algorithm.name()));
        }
    }

    #[test]
    fn a_digest_of_the_wrong_length_is_refused() {
        assert_eq!(
            Digest::from_hex(DigestAlgorithm::Sha1, EMPTY),
            Err(DigestError::WrongLength { expected: 20, found: 32 })
        );
    }

    #[test]
    fn base64_of_the_wrong_length_is_refused_with_its_length() {
        let of = |bytes: usize| "AAAA".repeat(bytes / 3);
        for found in [63, 66, 300] {
            assert_eq!(
                Digest::from_base64(DigestAlgorithm::Sha512, &of(found)),
                Err(DigestError::WrongLength { expected: 64, found })
            );
        }
    }

    #[test]
    fn letters_beyond_f_are_refused() {
        assert_eq!(Digest::from_hex(DigestAlgorithm::Md5, "zz"), Err(DigestError::Undecodable));
    }

    #[test]
    fn a_sign_is_no_hexadecimal_digit() {
        assert_eq!(Digest::from_hex(DigestAlgorithm::Md5, "+1"), Err(DigestError::Undecodable));
    }

    #[test]
    fn a_go_hash_is_an_algorithm_of_its_own() {
        let digest =
            Digest::from_go_sum("h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").unwrap();
        assert_eq!(digest.algorithm(), DigestAlgorithm::GoH1);
    }
}
