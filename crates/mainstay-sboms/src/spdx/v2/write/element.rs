//! One component as a package or a file.

use super::records::{Annotation, Checksum, ExternalRef, File, Package, VerificationCode};
use crate::spdx::expressions::Expressions;
use crate::spdx::identity::moment;
use crate::spdx::words::{NO_ASSERTION, NONE};
use crate::{
    Acknowledgement, Component, ComponentKind, Hash, HashAlgorithm, Identifier, ReferenceKind,
};

const CONCLUDED: &[Acknowledgement] = &[Acknowledgement::Concluded];
const DECLARED: &[Acknowledgement] = &[Acknowledgement::Declared, Acknowledgement::Unstated];

/// A file of the standard has a SHA-1 (clause 8.4). A component of kind file without one is
/// written as a package whose purpose is a file.
pub(super) fn is_file(component: &Component<'_>) -> bool {
    component.kind == ComponentKind::File
        && component.hashes.iter().any(|hash| hash.algorithm == HashAlgorithm::Sha1)
}

/// A component as a file.
pub(super) fn file(
    component: &Component<'_>,
    id: String,
    expressions: &mut Expressions,
    annotations: Vec<Annotation>,
) -> File {
    let details = component.details();
    File {
        id,
        file_name: component.name.to_string(),
        file_types: details.file_types.iter().map(ToString::to_string).collect(),
        checksums: checksums(component),
        license_concluded: expressions.stated(component, CONCLUDED),
        license_info_in_files: found(component, expressions),
        copyright_text: details.copyright.as_deref().unwrap_or(NO_ASSERTION).to_owned(),
        comment: text(details.comment.as_deref()),
        attribution_texts: details.attributions.iter().map(ToString::to_string).collect(),
        annotations,
    }
}

/// A component as a package.
pub(super) fn package(
    component: &Component<'_>,
    id: String,
    expressions: &mut Expressions,
    annotations: Vec<Annotation>,
) -> Package {
    let details = component.details();
    let code =
        details.verification_code.as_deref().filter(|_| details.files_analyzed == Some(true));
    Package {
        id,
        name: name(component),
        version_info: text(component.version.as_deref()),
        package_file_name: text(details.file_name.as_deref()),
        supplier: details.supplier.as_ref().and_then(super::party),
        originator: details
            .originator
            .as_ref()
            .or(details.manufacturer.as_ref())
            .or(details.authors.first())
            .and_then(super::party),
        download_location: download(component).unwrap_or(NO_ASSERTION).to_owned(),
        files_analyzed: code.is_some(),
        package_verification_code: code
            .map(|code| VerificationCode { package_verification_code_value: code.to_owned() }),
        checksums: checksums(component),
        homepage: address(component, &ReferenceKind::Website).map(str::to_owned),
        source_info: text(details.source_info.as_deref()),
        license_concluded: expressions.stated(component, CONCLUDED),
        license_info_from_files: match code {
            Some(_) => found(component, expressions),
            None => Vec::new(),
        },
        license_declared: expressions.stated(component, DECLARED),
        copyright_text: details.copyright.as_deref().unwrap_or(NO_ASSERTION).to_owned(),
        summary: text(details.summary.as_deref()),
        description: text(details.description.as_deref()),
        comment: text(details.comment.as_deref()),
        external_refs: external_refs(component),
        attribution_texts: details.attributions.iter().map(ToString::to_string).collect(),
        primary_package_purpose: purpose(component.kind),
        release_date: details.released.as_deref().and_then(moment),
        built_date: details.built.as_deref().and_then(moment),
        valid_until_date: details.valid_until.as_deref().and_then(moment),
        annotations,
    }
}

/// The name with its group, as the ecosystem of the package writes it.
fn name(component: &Component<'_>) -> String {
    let group = component.group.as_deref().filter(|group| !group.is_empty());
    let is_maven = component.purl().is_some_and(|purl| purl.package_type() == "maven");
    match group {
        None if component.name.is_empty() => NO_ASSERTION.to_owned(),
        None => component.name.to_string(),
        Some(group) if is_maven => format!("{group}:{}", component.name),
        Some(group) => format!("{group}/{}", component.name),
    }
}

fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn found(component: &Component<'_>, expressions: &mut Expressions) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for licence in &component.licences {
        if licence.acknowledgement == Acknowledgement::FoundInFiles {
            let one =
                Component { licences: vec![licence.clone()], ..Component::new(component.kind, "") };
            let text = expressions.stated(&one, &[Acknowledgement::FoundInFiles]);
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}

fn checksums(component: &Component<'_>) -> Vec<Checksum> {
    component.hashes.iter().filter(|hash| has_place(hash)).map(checksum).collect()
}

/// A checksum in the standard's words.
pub(super) fn checksum(hash: &Hash<'_>) -> Checksum {
    Checksum {
        algorithm: hash.algorithm.spdx_name().to_owned(),
        checksum_value: hash.value.to_lowercase(),
    }
}

/// Whether the standard knows the algorithm (clause 7.10), and the digits are of its length.
fn has_place(hash: &Hash<'_>) -> bool {
    !matches!(hash.digest(), Some(Err(_)))
        && !hash.value.is_empty()
        && hash.value.bytes().all(|b| b.is_ascii_hexdigit())
        && !matches!(
            hash.algorithm,
            HashAlgorithm::Other(_) | HashAlgorithm::Streebog256 | HashAlgorithm::Streebog512
        )
}

fn purpose(kind: ComponentKind) -> Option<&'static str> {
    Some(match kind {
        ComponentKind::Library => return None,
        ComponentKind::Application => "APPLICATION",
        ComponentKind::Framework => "FRAMEWORK",
        ComponentKind::Container => "CONTAINER",
        ComponentKind::OperatingSystem => "OPERATING_SYSTEM",
        ComponentKind::Device => "DEVICE",
        ComponentKind::Firmware => "FIRMWARE",
        ComponentKind::File => "FILE",
        ComponentKind::Source => "SOURCE",
        ComponentKind::Archive => "ARCHIVE",
        ComponentKind::Installer => "INSTALL",
        ComponentKind::Platform
        | ComponentKind::DeviceDriver
        | ComponentKind::Snippet
        | ComponentKind::Model
        | ComponentKind::Data
        | ComponentKind::CryptographicAsset
        | ComponentKind::Service
        | ComponentKind::Other => "OTHER",
    })
}

/// The first address of a kind that is one.
fn address<'c>(component: &'c Component<'_>, kind: &ReferenceKind<'_>) -> Option<&'c str> {
    let all = component.references.iter();
    all.filter(|one| one.kind == *kind).map(|one| &*one.url).find(|url| is_address(url))
}

fn download<'c>(component: &'c Component<'_>) -> Option<&'c str> {
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

fn external_refs(component: &Component<'_>) -> Vec<ExternalRef> {
    let mut refs = Vec::new();
    for identifier in &component.identifiers {
        refs.extend(identifier_ref(identifier));
    }
    let (download, homepage) = (download(component), address(component, &ReferenceKind::Website));
    for reference in &component.references {
        let url = &*reference.url;
        if Some(url) == download || Some(url) == homepage || !is_locator(url) {
            continue;
        }
        let (category, kind) = reference_words(&reference.kind);
        refs.push(ExternalRef {
            reference_category: category,
            reference_type: kind,
            reference_locator: url.to_owned(),
            comment: text(reference.comment.as_deref()),
        });
    }
    refs
}

fn is_locator(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_whitespace)
}

fn identifier_ref(identifier: &Identifier<'_>) -> Option<ExternalRef> {
    let (category, kind, locator) = match identifier {
        Identifier::Purl(purl) => ("PACKAGE-MANAGER", "purl", purl.to_string()),
        Identifier::Cpe(cpe) if cpe.starts_with("cpe:2.3:") => {
            ("SECURITY", "cpe23Type", cpe.to_string())
        }
        Identifier::Cpe(cpe) => ("SECURITY", "cpe22Type", cpe.to_string()),
        Identifier::Swid(swid) => ("SECURITY", "swid", format!("swid:{}", swid.tag_id)),
        Identifier::Swhid(id) => ("PERSISTENT-ID", "swh", id.to_string()),
        Identifier::Gitoid(id) => ("PERSISTENT-ID", "gitoid", id.to_string()),
        // A text that is no package URL must not be written as one.
        Identifier::BadPurl(..) | Identifier::Other(_) => return None,
    };
    is_locator(&locator).then(|| ExternalRef {
        reference_category: category,
        reference_type: kind.to_owned(),
        reference_locator: locator,
        comment: None,
    })
}

fn reference_words(kind: &ReferenceKind<'_>) -> (&'static str, String) {
    let other = |word: &str| ("OTHER", word.to_owned());
    match kind {
        ReferenceKind::Advisories => ("SECURITY", "advisory".to_owned()),
        ReferenceKind::SecurityContact => ("SECURITY", "url".to_owned()),
        ReferenceKind::Vcs => other("vcs"),
        ReferenceKind::Distribution => other("distribution"),
        ReferenceKind::SourceDistribution => other("source-distribution"),
        ReferenceKind::Website => other("website"),
        ReferenceKind::IssueTracker => other("issue-tracker"),
        ReferenceKind::Bom => other("bom"),
        ReferenceKind::Documentation => other("documentation"),
        ReferenceKind::Licence => other("license"),
        ReferenceKind::ReleaseNotes => other("release-notes"),
        ReferenceKind::ExploitabilityStatement => other("exploitability-statement"),
        ReferenceKind::Other(word) => match word.split_once(' ') {
            Some(("SECURITY", kind)) => ("SECURITY", no_space(kind)),
            Some(("PERSISTENT-ID" | "PERSISTENT_ID", kind)) => ("PERSISTENT-ID", no_space(kind)),
            Some(("PACKAGE-MANAGER" | "PACKAGE_MANAGER", kind)) => {
                ("PACKAGE-MANAGER", no_space(kind))
            }
            Some(("OTHER", kind)) => ("OTHER", no_space(kind)),
            Some(_) | None => ("OTHER", no_space(word)),
        },
    }
}

fn no_space(word: &str) -> String {
    word.trim().replace(char::is_whitespace, "-")
}

/// What a component says that no field of the standard takes, a sentence each.
pub(super) fn without_place(component: &Component<'_>) -> Vec<String> {
    let hashes = component
        .hashes
        .iter()
        .filter(|hash| !has_place(hash))
        .map(|hash| format!("checksum {}: {}", hash.algorithm.spdx_name(), hash.value));
    let identifiers = component.identifiers.iter().filter_map(|identifier| match identifier {
        Identifier::BadPurl(text, error) => {
            Some(format!("a text where a package URL is due: {text} ({error})"))
        }
        Identifier::Other(pair) => Some(format!("identifier {}: {}", pair.0, pair.1)),
        Identifier::Purl(_)
        | Identifier::Cpe(_)
        | Identifier::Swid(_)
        | Identifier::Swhid(_)
        | Identifier::Gitoid(_) => None,
    });
    let addresses =
        component.references.iter().filter(|one| !is_locator(&one.url) && *one.url != *NONE);
    let addresses = addresses.map(|one| format!("address: {}", one.url));
    let kind = component.details().kind_as_written.iter().map(|kind| format!("kind: {kind}"));
    hashes.chain(identifiers).chain(addresses).chain(kind).collect()
}
