//! One component as a package or a file.

use std::collections::HashSet;

use super::records::{Annotation, Checksum, ExternalRef, File, Package, VerificationCode};
use crate::spdx::expressions::Expressions;
use crate::spdx::held::{
    OTHER_PURPOSES_2, Place, address, download, full_name, is_checksum, is_locator,
};
use crate::spdx::identity::moment;
use crate::spdx::v2::own_fields;
use crate::spdx::words::NO_ASSERTION;
use crate::{Acknowledgement, Component, ComponentKind, Hash, Identifier, ReferenceKind};

const CONCLUDED: &[Acknowledgement] = &[Acknowledgement::Concluded];
const DECLARED: &[Acknowledgement] = &[Acknowledgement::Declared, Acknowledgement::Unstated];

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
        license_comments: own_fields::one(component, own_fields::LICENCE_COMMENTS),
        notice_text: own_fields::one(component, own_fields::NOTICE),
        file_contributors: own_fields::all(component, own_fields::CONTRIBUTOR),
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
    let is_held = Place::Package2.holds_code(details);
    let code = details.verification_code.as_deref().filter(|_| is_held);
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
        package_verification_code: code.map(|code| VerificationCode {
            package_verification_code_value: code.to_owned(),
            package_verification_code_excluded_files: own_fields::all(
                component,
                own_fields::EXCLUDED_FILE,
            ),
        }),
        checksums: checksums(component),
        homepage: address(component, &ReferenceKind::Website).map(str::to_owned),
        source_info: text(details.source_info.as_deref()),
        license_concluded: expressions.stated(component, CONCLUDED),
        license_info_from_files: match code {
            Some(_) => found(component, expressions),
            None => Vec::new(),
        },
        license_declared: expressions.stated(component, DECLARED),
        license_comments: own_fields::one(component, own_fields::LICENCE_COMMENTS),
        copyright_text: details.copyright.as_deref().unwrap_or(NO_ASSERTION).to_owned(),
        summary: text(details.summary.as_deref()),
        description: text(details.description.as_deref()),
        comment: text(details.comment.as_deref()),
        external_refs: external_refs(component),
        attribution_texts: details.attributions.iter().map(ToString::to_string).collect(),
        primary_package_purpose: purpose(component),
        release_date: details.released.as_deref().and_then(moment),
        built_date: details.built.as_deref().and_then(moment),
        valid_until_date: details.valid_until.as_deref().and_then(moment),
        annotations,
    }
}

fn name(component: &Component<'_>) -> String {
    match full_name(component) {
        name if name.is_empty() => NO_ASSERTION.to_owned(),
        name => name,
    }
}

fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn found(component: &Component<'_>, expressions: &mut Expressions) -> Vec<String> {
    let (mut found, mut met) = (Vec::new(), HashSet::new());
    for licence in &component.licences {
        if licence.acknowledgement == Acknowledgement::FoundInFiles {
            let text = expressions.one(licence).unwrap_or_else(|| NO_ASSERTION.to_owned());
            if met.insert(text.clone()) {
                found.push(text);
            }
        }
    }
    found
}

fn checksums(component: &Component<'_>) -> Vec<Checksum> {
    component.hashes.iter().filter(|hash| is_checksum(hash)).map(checksum).collect()
}

/// A checksum in the standard's words.
pub(super) fn checksum(hash: &Hash<'_>) -> Checksum {
    Checksum {
        algorithm: hash.algorithm.spdx_name().to_owned(),
        checksum_value: hash.value.to_lowercase(),
    }
}

fn purpose(component: &Component<'_>) -> Option<&'static str> {
    let written = component.details().kind_as_written.as_deref();
    if component.kind == ComponentKind::Other
        && let Some(word) = OTHER_PURPOSES_2.into_iter().find(|word| Some(*word) == written)
    {
        return Some(word);
    }
    Some(match component.kind {
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
