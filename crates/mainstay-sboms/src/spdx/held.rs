//! What SPDX has a field for: in which element a component is written, and what that holds of it.
//! The writers write what is held, and the rest is written as properties.
//!
//! Standard: SPDX specification 2.3, clauses 7 and 8; 3.0.1, `/Software/Package` and
//! `/Software/File`.

use super::identity::moment;
use crate::{
    Acknowledgement, Component, ComponentKind, Details, Hash, HashAlgorithm, Identifier, Licence,
    LicenceText, ModelCard, Party, PartyKind, Reference, ReferenceKind,
};

/// The element as which a component is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A package of SPDX 2.
    Package2,
    /// A file of SPDX 2.
    File2,
    /// A package of SPDX 3, or a model.
    Package3,
    /// A file of SPDX 3.
    File3,
}

impl Place {
    /// The element of SPDX 2. A file of the standard has a SHA-1 (clause 8.4). A component of kind
    /// file without one is written as a package whose purpose is a file.
    pub(crate) fn in_2(component: &Component<'_>) -> Self {
        let has_sum = component
            .hashes
            .iter()
            .any(|hash| hash.algorithm == HashAlgorithm::Sha1 && is_checksum(hash));
        if component.kind == ComponentKind::File && has_sum { Self::File2 } else { Self::Package2 }
    }

    /// The element of SPDX 3.
    pub(crate) fn in_3(component: &Component<'_>) -> Self {
        if component.kind == ComponentKind::File { Self::File3 } else { Self::Package3 }
    }

    pub(crate) fn is_package(self) -> bool {
        matches!(self, Self::Package2 | Self::Package3)
    }

    fn is_2(self) -> bool {
        matches!(self, Self::Package2 | Self::File2)
    }

    pub(crate) fn holds_moment(self, text: Option<&str>) -> bool {
        self != Self::File2 && text.is_some_and(|text| moment(text).is_some())
    }

    /// Whether the code over the files of a package stands for itself, with the word that they
    /// were looked at.
    pub(crate) fn holds_code(self, details: &Details<'_>) -> bool {
        match self {
            Self::Package2 => {
                details.verification_code.is_some() && details.files_analyzed == Some(true)
            }
            Self::Package3 => details.files_analyzed.is_none(),
            Self::File2 | Self::File3 => false,
        }
    }

    pub(crate) fn holds_party(self, party: &Party<'_>) -> bool {
        if party.phone.is_some() || !party.contacts.is_empty() {
            return false;
        }
        match self {
            Self::File2 => false,
            // `Kind: Name (mail)`.
            Self::Package2 => {
                let is_plain = !party.name.ends_with(')') && party.name.trim() == party.name;
                party.kind != PartyKind::Unknown
                    && party.urls.is_empty()
                    && party.emails.len() <= 1
                    && !party.name.is_empty()
                    && is_plain
            }
            Self::Package3 | Self::File3 => true,
        }
    }

    pub(crate) fn holds_identifier(self, identifier: &Identifier<'_>) -> bool {
        let is_held = match identifier {
            // A text that is no package URL must not be written as one.
            Identifier::BadPurl(..) | Identifier::Other(_) => false,
            Identifier::Swid(swid) => {
                swid.name.is_none()
                    && swid.version.is_none()
                    && swid.tag_version.is_none()
                    && swid.is_patch.is_none()
                    && swid.url.is_none()
                    && (!self.is_2() || is_locator(&swid.tag_id))
            }
            Identifier::Cpe(text) | Identifier::Swhid(text) | Identifier::Gitoid(text) => {
                !self.is_2() || is_locator(text)
            }
            Identifier::Purl(_) => true,
        };
        is_held && self != Self::File2
    }

    /// Whether an address is read back as it is.
    pub(crate) fn holds_reference(self, component: &Component<'_>, one: &Reference<'_>) -> bool {
        if !one.hashes.is_empty() {
            return false;
        }
        match self {
            Self::File2 => false,
            Self::Package2 => {
                if is_same(download(component), one) {
                    one.kind == ReferenceKind::Distribution && one.comment.is_none()
                } else if is_same(address(component, &ReferenceKind::Website), one) {
                    one.comment.is_none()
                } else {
                    is_locator(&one.url)
                }
            }
            Self::Package3 | Self::File3 => {
                let is_field = [ReferenceKind::Distribution, ReferenceKind::Website]
                    .iter()
                    .any(|kind| is_same(iri(component, kind), one));
                let is_kind = match &one.kind {
                    ReferenceKind::Other(word) => EXTERNAL_REFS.contains(&&**word),
                    ReferenceKind::Bom | ReferenceKind::SecurityContact => false,
                    ReferenceKind::Vcs
                    | ReferenceKind::Distribution
                    | ReferenceKind::SourceDistribution
                    | ReferenceKind::Website
                    | ReferenceKind::IssueTracker
                    | ReferenceKind::Advisories
                    | ReferenceKind::Documentation
                    | ReferenceKind::Licence
                    | ReferenceKind::ReleaseNotes
                    | ReferenceKind::ExploitabilityStatement => true,
                };
                is_kind && (one.comment.is_none() || !is_field || self == Self::File3)
            }
        }
    }

    /// Whether a licence is read back from the expression that is made of all of a kind.
    pub(crate) fn holds_licence(self, component: &Component<'_>, licence: &Licence<'_>) -> bool {
        if licence.url.is_some() || licence.full_text.is_some() {
            return false;
        }
        match licence.acknowledgement {
            Acknowledgement::FoundInFiles => match self {
                Self::File2 => true,
                Self::Package2 => self.holds_code(component.details()),
                Self::Package3 | Self::File3 => false,
            },
            Acknowledgement::Declared | Acknowledgement::Unstated => self != Self::File2,
            Acknowledgement::Concluded => {
                let mut concluded = component
                    .licences
                    .iter()
                    .filter(|one| one.acknowledgement == Acknowledgement::Concluded);
                // That nobody says is left out; among others it would be lost.
                licence.text != LicenceText::NoAssertion || concluded.nth(1).is_none()
            }
        }
    }

    /// Whether a kind is read back from the purpose that is written for it.
    pub(crate) fn holds_kind(self, component: &Component<'_>) -> bool {
        let written = component.details().kind_as_written.as_deref();
        match (self, component.kind) {
            (Self::File2 | Self::File3, kind) => kind == ComponentKind::File,
            (Self::Package2, ComponentKind::Other) => {
                written.is_some_and(|word| OTHER_PURPOSES_2.contains(&word))
            }
            (Self::Package2, kind) => !matches!(
                kind,
                ComponentKind::File
                    | ComponentKind::Platform
                    | ComponentKind::DeviceDriver
                    | ComponentKind::Snippet
                    | ComponentKind::Model
                    | ComponentKind::Data
                    | ComponentKind::CryptographicAsset
                    | ComponentKind::Service
            ),
            (Self::Package3, ComponentKind::Other) => {
                written.is_some_and(|word| OTHER_PURPOSES_3.contains(&word))
            }
            (Self::Package3, kind) => !matches!(
                kind,
                ComponentKind::File
                    | ComponentKind::Snippet
                    | ComponentKind::CryptographicAsset
                    | ComponentKind::Service
            ),
        }
    }

    /// Whether the AI profile says everything that is in a model's card.
    pub(crate) fn holds_card(self, component: &Component<'_>, card: &ModelCard<'_>) -> bool {
        let held = ModelCard {
            tasks: card.tasks.clone(),
            architectures: card.architectures.clone(),
            metrics: card.metrics.clone(),
            limitations: card.limitations.clone(),
            facts: card.facts.clone(),
            ..ModelCard::default()
        };
        self == Self::Package3
            && component.kind == ComponentKind::Model
            && *card == held
            && card.limitations.len() <= 1
            && card.metrics.iter().all(|one| one.slice.is_none())
            && card.facts.iter().all(|one| one.name.starts_with("ai_hyperparameter."))
    }
}

/// Purposes of SPDX 2.3 that the model has no kind for.
pub(crate) const OTHER_PURPOSES_2: [&str; 2] = ["FILE", "OTHER"];

/// Purposes of SPDX 3 that the model has no kind for.
pub(crate) const OTHER_PURPOSES_3: [&str; 10] = [
    "bom",
    "evidence",
    "file",
    "manifest",
    "other",
    "patch",
    "requirement",
    "specification",
    "test",
    "documentation",
];

/// The types of an external reference in SPDX 3 that the model keeps by name.
pub(crate) const EXTERNAL_REFS: [&str; 33] = [
    "bower",
    "buildMeta",
    "buildSystem",
    "certificationReport",
    "chat",
    "componentAnalysisReport",
    "cwe",
    "dynamicAnalysisReport",
    "eolNotice",
    "exportControlAssessment",
    "funding",
    "mailingList",
    "mavenCentral",
    "metrics",
    "npm",
    "nuget",
    "other",
    "privacyAssessment",
    "productMetadata",
    "purchaseOrder",
    "qualityAssessmentReport",
    "releaseHistory",
    "riskAssessment",
    "runtimeAnalysisReport",
    "secureSoftwareAttestation",
    "securityAdversaryModel",
    "securityFix",
    "securityOther",
    "securityPenTestReport",
    "securityPolicy",
    "securityThreatModel",
    "socialMedia",
    "staticAnalysisReport",
];

/// Whether a checksum is one by the standard's word: it knows the algorithm (clause 7.10 of SPDX
/// 2.3), and the digits are of its length.
pub(crate) fn is_checksum(hash: &Hash<'_>) -> bool {
    !matches!(hash.digest(), Some(Err(_)))
        && !hash.value.is_empty()
        && hash.value.bytes().all(|b| b.is_ascii_hexdigit())
        && !matches!(
            hash.algorithm,
            HashAlgorithm::Other(_) | HashAlgorithm::Streebog256 | HashAlgorithm::Streebog512
        )
}

fn is_same(url: Option<&str>, one: &Reference<'_>) -> bool {
    url == Some(&*one.url)
}

/// The first address of a kind that is one.
pub(crate) fn address<'c>(
    component: &'c Component<'_>,
    kind: &ReferenceKind<'_>,
) -> Option<&'c str> {
    let all = component.references.iter();
    all.filter(|one| one.kind == *kind).map(|one| &*one.url).find(|url| is_address(url))
}

/// Where a package is downloaded.
pub(crate) fn download<'c>(component: &'c Component<'_>) -> Option<&'c str> {
    address(component, &ReferenceKind::Distribution)
        .or_else(|| address(component, &ReferenceKind::SourceDistribution))
        .or_else(|| address(component, &ReferenceKind::Vcs))
}

/// What the field for an address takes: a scheme, `://` and no white space (clause 7.7).
fn is_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    !rest.is_empty()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && url.chars().all(|c| c.is_ascii_graphic())
}

/// What a locator of SPDX 2 may be.
pub(crate) fn is_locator(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_whitespace)
}

/// The first address of a kind that is an IRI.
pub(crate) fn iri<'c>(component: &'c Component<'_>, kind: &ReferenceKind<'_>) -> Option<&'c str> {
    let mut all = component.references.iter().filter(|one| one.kind == *kind);
    all.find(|one| is_iri(&one.url)).map(|one| &*one.url)
}

/// Whether a text is an absolute IRI, and no name of SPDX 2.
pub(crate) fn is_iri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme != "DocumentRef"
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
            && !text.starts_with("DocumentRef-")
            && text.chars().all(|c| c.is_ascii_graphic())
    })
}

/// The name with its group, as the ecosystem of the package writes it.
pub(crate) fn full_name(component: &Component<'_>) -> String {
    let group = component.group.as_deref().filter(|group| !group.is_empty());
    let is_maven = component.purl().is_some_and(|purl| purl.package_type() == "maven");
    match group {
        None => component.name.to_string(),
        Some(group) if is_maven => format!("{group}:{}", component.name),
        Some(group) => format!("{group}/{}", component.name),
    }
}
