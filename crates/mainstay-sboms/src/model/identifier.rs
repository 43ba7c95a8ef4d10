//! What identifies a component beyond its name, and what proves its content.

use mainstay_types::{Digest, DigestAlgorithm, DigestError, Purl, PurlError};

use crate::Text;

/// An identifier in some scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier<'a> {
    /// A package URL.
    Purl(Purl),
    /// A text where a package URL is due, and why it is none.
    BadPurl(Text<'a>, PurlError),
    /// A Common Platform Enumeration name, 2.2 (`cpe:/`) or 2.3 (`cpe:2.3:`).
    Cpe(Text<'a>),
    /// A software identification tag (ISO/IEC 19770-2).
    Swid(Box<Swid<'a>>),
    /// A Software Heritage identifier.
    Swhid(Text<'a>),
    /// A gitoid (`OmniBOR`).
    Gitoid(Text<'a>),
    /// Any other scheme, by name.
    Other(Box<(Text<'a>, Text<'a>)>),
}

/// A software identification tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swid<'a> {
    /// The tag's id.
    pub tag_id: Text<'a>,
    /// The name of the software.
    pub name: Option<Text<'a>>,
    /// Its version.
    pub version: Option<Text<'a>>,
    /// The version of the tag.
    pub tag_version: Option<u64>,
    /// Whether the tag is of a patch.
    pub is_patch: Option<bool>,
    /// Where the tag can be had.
    pub url: Option<Text<'a>>,
}

impl<'a> Identifier<'a> {
    /// Reads a package URL, and keeps a text that is none.
    pub fn purl(text: Text<'a>) -> Self {
        match Purl::parse(&text) {
            Ok(purl) => Self::Purl(purl),
            Err(error) => Self::BadPurl(text, error),
        }
    }

    /// The package URL, if this is one.
    pub fn as_purl(&self) -> Option<&Purl> {
        if let Self::Purl(purl) = self { Some(purl) } else { None }
    }
}

/// A checksum as a document writes it: algorithm and hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hash<'a> {
    /// The algorithm.
    pub algorithm: HashAlgorithm<'a>,
    /// The digits.
    pub value: Text<'a>,
}

/// The algorithms of both standards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum HashAlgorithm<'a> {
    Md2,
    Md4,
    Md5,
    Md6,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Blake2b256,
    Blake2b384,
    Blake2b512,
    Blake3,
    Streebog256,
    Streebog512,
    Adler32,
    /// Any other, by name.
    Other(Text<'a>),
}

/// The algorithms, with their names in CycloneDX and in SPDX 2. SPDX 3 has the latter in lower
/// case with `_` for `-`.
const NAMES: [(HashAlgorithm<'static>, &str, &str); 20] = [
    (HashAlgorithm::Md2, "MD2", "MD2"),
    (HashAlgorithm::Md4, "MD4", "MD4"),
    (HashAlgorithm::Md5, "MD5", "MD5"),
    (HashAlgorithm::Md6, "MD6", "MD6"),
    (HashAlgorithm::Sha1, "SHA-1", "SHA1"),
    (HashAlgorithm::Sha224, "SHA-224", "SHA224"),
    (HashAlgorithm::Sha256, "SHA-256", "SHA256"),
    (HashAlgorithm::Sha384, "SHA-384", "SHA384"),
    (HashAlgorithm::Sha512, "SHA-512", "SHA512"),
    (HashAlgorithm::Sha3_224, "SHA3-224", "SHA3-224"),
    (HashAlgorithm::Sha3_256, "SHA3-256", "SHA3-256"),
    (HashAlgorithm::Sha3_384, "SHA3-384", "SHA3-384"),
    (HashAlgorithm::Sha3_512, "SHA3-512", "SHA3-512"),
    (HashAlgorithm::Blake2b256, "BLAKE2b-256", "BLAKE2b-256"),
    (HashAlgorithm::Blake2b384, "BLAKE2b-384", "BLAKE2b-384"),
    (HashAlgorithm::Blake2b512, "BLAKE2b-512", "BLAKE2b-512"),
    (HashAlgorithm::Blake3, "BLAKE3", "BLAKE3"),
    (HashAlgorithm::Streebog256, "Streebog-256", "Streebog-256"),
    (HashAlgorithm::Streebog512, "Streebog-512", "Streebog-512"),
    (HashAlgorithm::Adler32, "ADLER32", "ADLER32"),
];

impl<'a> HashAlgorithm<'a> {
    /// The algorithm with this name. Case, hyphens and underscores do not matter.
    pub fn from_name(name: Text<'a>) -> Self {
        let letters = |text: &str| -> Vec<u8> {
            let bytes = text.bytes().filter(|byte| !matches!(byte, b'-' | b'_'));
            bytes.map(|byte| byte.to_ascii_lowercase()).collect()
        };
        let wanted = letters(&name);
        let known = NAMES.iter().find(|(_, written, _)| letters(written) == wanted);
        known.map_or_else(|| Self::Other(name), |(algorithm, _, _)| algorithm.clone())
    }

    /// The name in CycloneDX.
    pub fn cyclonedx_name(&self) -> &str {
        if let Self::Other(name) = self {
            return name;
        }
        NAMES.iter().find(|row| row.0 == *self).map_or("", |row| row.1)
    }

    /// The name in SPDX 2.
    pub fn spdx_name(&self) -> &str {
        if let Self::Other(name) = self {
            return name;
        }
        NAMES.iter().find(|row| row.0 == *self).map_or("", |row| row.2)
    }
}

impl Hash<'_> {
    /// The checksum as a value. `None` for an algorithm that Mainstay does not compare.
    pub fn digest(&self) -> Option<Result<Digest, DigestError>> {
        let known = COMPARED.iter().find(|(ours, _)| *ours == self.algorithm);
        let algorithm = if let HashAlgorithm::Other(name) = &self.algorithm {
            DigestAlgorithm::from_name(name)
        } else {
            known.map(|(_, algorithm)| *algorithm)
        }?;
        Some(Digest::from_hex(algorithm, &self.value))
    }
}

/// The algorithms whose checksums Mainstay compares.
const COMPARED: [(HashAlgorithm<'static>, DigestAlgorithm); 6] = [
    (HashAlgorithm::Md5, DigestAlgorithm::Md5),
    (HashAlgorithm::Sha1, DigestAlgorithm::Sha1),
    (HashAlgorithm::Sha256, DigestAlgorithm::Sha256),
    (HashAlgorithm::Sha384, DigestAlgorithm::Sha384),
    (HashAlgorithm::Sha512, DigestAlgorithm::Sha512),
    (HashAlgorithm::Blake2b512, DigestAlgorithm::Blake2b),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_standards_names_of_an_algorithm_are_one() {
        for name in ["SHA-256", "SHA256", "sha256"] {
            assert_eq!(HashAlgorithm::from_name(name.into()), HashAlgorithm::Sha256);
        }
        assert_eq!(HashAlgorithm::from_name("blake2b_256".into()), HashAlgorithm::Blake2b256);
    }

    #[test]
    fn an_unknown_algorithm_keeps_its_name() {
        assert_eq!(HashAlgorithm::from_name("crystals".into()).spdx_name(), "crystals");
    }
}
