//! The small parts that stand in many places.

use serde::Serialize;

use super::OutputVersion;
use super::formats::{iri, mail};
use crate::cyclonedx::words;
use crate::properties::component::HASH;
use crate::{
    ExternalDocument, Hash, HashAlgorithm, Party, PartyKind, Property, Reference, ReferenceKind,
    Swid, Text,
};

#[derive(Serialize)]
pub(super) struct PropertyOut<'c> {
    name: Text<'c>,
    value: Text<'c>,
}

impl<'c> PropertyOut<'c> {
    pub(super) fn new(name: impl Into<Text<'c>>, value: impl Into<Text<'c>>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    pub(super) fn all(properties: &'c [Property<'_>]) -> impl Iterator<Item = Self> {
        properties.iter().map(|one| Self::new(&*one.name, &*one.value))
    }
}

#[derive(Serialize)]
pub(super) struct HashOut<'c> {
    alg: &'c str,
    content: &'c str,
}

/// The hashes that the standard can say, and the others as properties.
pub(super) fn hashes<'c>(
    version: OutputVersion,
    hashes: &'c [Hash<'_>],
) -> (Vec<HashOut<'c>>, Vec<PropertyOut<'c>>) {
    let mut said = Vec::new();
    let mut others = Vec::new();
    for hash in hashes {
        let alg = hash.algorithm.cyclonedx_name();
        if has_algorithm(version, &hash.algorithm) && is_hexadecimal(&hash.value) {
            said.push(HashOut { alg, content: &hash.value });
        } else {
            others.push(PropertyOut::new(format!("{HASH}{alg}"), &*hash.value));
        }
    }
    (said, others)
}

fn has_algorithm(version: OutputVersion, algorithm: &HashAlgorithm<'_>) -> bool {
    match algorithm {
        HashAlgorithm::Md5
        | HashAlgorithm::Sha1
        | HashAlgorithm::Sha256
        | HashAlgorithm::Sha384
        | HashAlgorithm::Sha512
        | HashAlgorithm::Sha3_256
        | HashAlgorithm::Sha3_384
        | HashAlgorithm::Sha3_512
        | HashAlgorithm::Blake2b256
        | HashAlgorithm::Blake2b384
        | HashAlgorithm::Blake2b512
        | HashAlgorithm::Blake3 => true,
        HashAlgorithm::Streebog256 | HashAlgorithm::Streebog512 => version >= OutputVersion::V1_7,
        HashAlgorithm::Md2
        | HashAlgorithm::Md4
        | HashAlgorithm::Md6
        | HashAlgorithm::Sha224
        | HashAlgorithm::Sha3_224
        | HashAlgorithm::Adler32
        | HashAlgorithm::Other(_) => false,
    }
}

/// The lengths that the standard takes.
fn is_hexadecimal(value: &str) -> bool {
    matches!(value.len(), 32 | 40 | 64 | 96 | 128) && value.bytes().all(|b| b.is_ascii_hexdigit())
}

/// An organisation.
#[derive(Serialize)]
pub(super) struct EntityOut<'c> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'c str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    url: Vec<Text<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contact: Vec<ContactOut<'c>>,
}

/// A person.
#[derive(Serialize)]
pub(super) struct ContactOut<'c> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'c str>,
}

/// Whether an organisation is read back as what it was.
pub(super) fn holds_entity(party: &Party<'_>) -> bool {
    party.kind == PartyKind::Organisation
        && party.emails.is_empty()
        && party.phone.is_none()
        && party.urls.iter().all(|url| iri(url) == *url)
        && party.contacts.iter().all(holds_person)
}

/// Whether a person is read back as what it was.
pub(super) fn holds_person(party: &Party<'_>) -> bool {
    party.kind == PartyKind::Person
        && party.urls.is_empty()
        && party.contacts.is_empty()
        && party.emails.len() <= 1
        && party.emails.iter().all(|text| mail(text).is_some())
}

impl<'c> EntityOut<'c> {
    /// `None` when nobody says who it is.
    pub(super) fn of(party: &'c Party<'_>) -> Option<Self> {
        if party.kind == PartyKind::NoAssertion {
            return None;
        }
        let mut contact: Vec<_> = party.contacts.iter().map(ContactOut::of).collect();
        if !party.emails.is_empty() || party.phone.is_some() {
            contact.insert(0, ContactOut { name: "", ..ContactOut::of(party) });
        }
        Some(Self {
            name: &party.name,
            url: party.urls.iter().map(|url| iri(url)).collect(),
            contact,
        })
    }
}

impl<'c> ContactOut<'c> {
    pub(super) fn of(party: &'c Party<'_>) -> Self {
        let email = party.emails.iter().find_map(|email| mail(email));
        Self { name: &party.name, email, phone: party.phone.as_deref() }
    }

    pub(super) fn all(parties: &'c [Party<'_>]) -> Vec<Self> {
        let said = parties.iter().filter(|party| party.kind != PartyKind::NoAssertion);
        said.map(Self::of).collect()
    }
}

#[derive(Serialize)]
pub(super) struct ReferenceOut<'c> {
    #[serde(rename = "type")]
    kind: &'c str,
    url: Text<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Text<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<HashOut<'c>>,
}

impl<'c> ReferenceOut<'c> {
    pub(super) fn of(version: OutputVersion, one: &'c Reference<'_>) -> Self {
        let comment = one.comment.as_deref();
        let (kind, comment) = match (&one.kind, comment) {
            (ReferenceKind::Other(word), comment) if words::is_reference(word) => {
                (&**word, comment.map(Text::Borrowed))
            }
            // The word is another standard's, and would be lost.
            (ReferenceKind::Other(word), None) => ("other", Some(Text::Borrowed(&**word))),
            (ReferenceKind::Other(word), Some(comment)) => {
                ("other", Some(Text::Owned(format!("{word}: {comment}"))))
            }
            (known, comment) => {
                (words::reference_word(known).unwrap_or("other"), comment.map(Text::Borrowed))
            }
        };
        Self { kind, url: iri(&one.url), comment, hashes: hashes(version, &one.hashes).0 }
    }

    /// Whether what is written is read back as it was.
    pub(super) fn holds(version: OutputVersion, one: &Reference<'_>) -> bool {
        let is_kind = words::is_known(&one.kind);
        is_kind && iri(&one.url) == one.url && hashes(version, &one.hashes).1.is_empty()
    }

    /// The way to another document.
    pub(super) fn to_document(one: &'c ExternalDocument<'_>) -> Self {
        let comment = (!one.reference.is_empty()).then(|| Text::Borrowed(&*one.reference));
        let hash = one.hash.as_slice();
        let hashes = hashes(OutputVersion::V1_6, hash).0;
        Self { kind: "bom", url: iri(&one.identity), comment, hashes }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SwidOut<'c> {
    tag_id: &'c str,
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag_version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'c str>,
}

impl<'c> SwidOut<'c> {
    pub(super) fn of(one: &'c Swid<'_>, component: &'c str) -> Self {
        Self {
            tag_id: &one.tag_id,
            name: one.name.as_deref().unwrap_or(component),
            version: one.version.as_deref(),
            tag_version: one.tag_version,
            patch: one.is_patch,
            url: one.url.as_deref(),
        }
    }
}
