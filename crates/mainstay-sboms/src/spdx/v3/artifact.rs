//! Packages, files, models and data sets.

use super::fields::{objects, own_word, text, texts, word};
use super::reading::{Reading, Role};
use crate::cyclonedx::value::Fields;
use crate::model::keep::Keep;
use crate::spdx::elements::Element;
use crate::spdx::locator;
use crate::{
    Component, ComponentId, ComponentKind, Hash, HashAlgorithm, Identifier, Reference,
    ReferenceKind, Swid, Text,
};

impl<'t> Reading<'t> {
    /// Takes in an artifact of this class.
    pub(super) fn artifact(&mut self, class: &str, id: Text<'t>, mut fields: Fields<'t>) {
        let fields = &mut fields;
        let purpose = text(fields, "software_primaryPurpose").map(word);
        let kind = kind(class, purpose.as_deref());
        let mut component = Component::new(kind, text(fields, "name").unwrap_or_default());
        if kind == ComponentKind::Other {
            component.details_mut().kind_as_written = purpose;
        }
        component.version = text(fields, "software_packageVersion");
        identifiers(&mut component, fields);
        proofs(&mut component, fields);
        references(&mut component, fields);
        described(&mut component, fields);
        if matches!(class, "ai_AIPackage" | "dataset_DatasetPackage") {
            component.details_mut().model_card = super::model_card::of(fields).map(Box::new);
        }
        let position = ComponentId::at(self.sbom.components.len());
        for (field, role) in [("suppliedBy", Role::Supplier), ("originatedBy", Role::Originator)] {
            for name in self.names(fields, field) {
                if self.keep == Keep::Everything {
                    self.supplied.push((position, role, name));
                }
            }
        }
        self.names(fields, "creationInfo");
        for rest in fields.rest() {
            self.sbom.leave_out(&format!("{class}.{rest}"), None);
        }
        self.define(id, position, component);
    }

    fn define(&mut self, id: Text<'t>, position: ComponentId, mut component: Component<'t>) {
        component.line = self.place.of(&id);
        let line = component.line;
        let label = component.label();
        let label = if label.is_empty() { "an element" } else { &label };
        if id.is_empty() {
            self.gap(line, format!("{label} has no spdxId, so that nothing can refer to it"));
        } else if self.elements.define(id.clone(), Element::Component(position)) {
            component.reference = id;
        } else {
            self.gap(line, format!("{label} has the spdxId {id}, which another element has too"));
        }
        if component.name.is_empty() {
            self.gap(line, format!("{} has no name", component.reference));
        }
        self.keep.reduce(&mut component);
        self.sbom.add(component);
    }
}

fn kind(class: &str, purpose: Option<&str>) -> ComponentKind {
    match (class, purpose) {
        ("software_File", _) => ComponentKind::File,
        ("ai_AIPackage", _) | (_, Some("model")) => ComponentKind::Model,
        ("dataset_DatasetPackage", _) | (_, Some("data" | "configuration")) => ComponentKind::Data,
        (_, None | Some("library" | "module")) => ComponentKind::Library,
        (_, Some("application" | "executable")) => ComponentKind::Application,
        (_, Some("archive")) => ComponentKind::Archive,
        (_, Some("container" | "filesystemImage" | "diskImage")) => ComponentKind::Container,
        (_, Some("device")) => ComponentKind::Device,
        (_, Some("deviceDriver")) => ComponentKind::DeviceDriver,
        (_, Some("firmware")) => ComponentKind::Firmware,
        (_, Some("framework")) => ComponentKind::Framework,
        (_, Some("install")) => ComponentKind::Installer,
        (_, Some("operatingSystem")) => ComponentKind::OperatingSystem,
        (_, Some("platform")) => ComponentKind::Platform,
        (_, Some("source")) => ComponentKind::Source,
        (_, Some(_)) => ComponentKind::Other,
    }
}

fn identifiers<'t>(component: &mut Component<'t>, fields: &mut Fields<'t>) {
    let list = &mut component.identifiers;
    list.extend(text(fields, "software_packageUrl").map(Identifier::purl));
    for mut external in objects(fields, "externalIdentifier") {
        let kind = text(&mut external, "externalIdentifierType").map(word).unwrap_or_default();
        let Some(value) = text(&mut external, "identifier") else { continue };
        let identifier = match &*kind {
            "packageUrl" => Identifier::purl(value),
            "cpe22" | "cpe23" => Identifier::Cpe(value),
            "swid" => Identifier::Swid(Box::new(Swid { tag_id: value, ..Swid::default() })),
            "swhid" => Identifier::Swhid(value),
            "gitoid" => Identifier::Gitoid(value),
            _ => Identifier::Other(Box::new((kind, value))),
        };
        if !list.contains(&identifier) {
            list.push(identifier);
        }
    }
    for mut content in objects(fields, "software_contentIdentifier") {
        let kind = text(&mut content, "software_contentIdentifierType").map(word);
        let Some(value) = text(&mut content, "software_contentIdentifierValue") else { continue };
        list.push(match kind.as_deref() {
            Some("swhid") => Identifier::Swhid(value),
            _ => Identifier::Gitoid(value),
        });
    }
}

/// Checksums, and the code over a package's files.
fn proofs<'t>(component: &mut Component<'t>, fields: &mut Fields<'t>) {
    for mut proof in objects(fields, "verifiedUsing") {
        let class = text(&mut proof, "type").map(super::fields::short).unwrap_or_default();
        let read = hash(&mut proof);
        if class == "PackageVerificationCode" {
            component.details_mut().verification_code = Some(read.value);
        } else {
            component.hashes.push(read);
        }
    }
}

/// A checksum.
pub(super) fn hash<'t>(fields: &mut Fields<'t>) -> Hash<'t> {
    let algorithm = text(fields, "algorithm").map(word).unwrap_or_default();
    Hash {
        algorithm: HashAlgorithm::from_name(algorithm),
        value: text(fields, "hashValue").unwrap_or_default(),
    }
}

fn references<'t>(component: &mut Component<'t>, fields: &mut Fields<'t>) {
    let Component { references: list, identifiers, .. } = component;
    let mut add = |kind, url, comment| {
        list.push(Reference { kind, url, comment, hashes: Vec::new() });
    };
    for (field, kind) in [
        ("software_downloadLocation", ReferenceKind::Distribution),
        ("software_homePage", ReferenceKind::Website),
    ] {
        let said = crate::spdx::words::said(text(fields, field));
        if let Some(url) = said.filter(|url| &**url != crate::spdx::words::NONE) {
            add(kind, url, None);
        }
    }
    for mut external in objects(fields, "externalRef") {
        let written = text(&mut external, "externalRefType").map(word).unwrap_or_default();
        // The remark is about all addresses, and stands with the first.
        let mut comment = text(&mut external, "comment");
        for url in texts(&mut external, "locator") {
            if let Some(purl) = locator::purl(&written, &url).map(Identifier::Purl) {
                if !identifiers.contains(&purl) {
                    identifiers.push(purl);
                }
                continue;
            }
            add(reference_kind(&written), url, comment.take());
        }
    }
}

fn reference_kind<'t>(written: &Text<'t>) -> ReferenceKind<'t> {
    match &**written {
        "vcs" => ReferenceKind::Vcs,
        "binaryArtifact" | "altDownloadLocation" => ReferenceKind::Distribution,
        "sourceArtifact" => ReferenceKind::SourceDistribution,
        "altWebPage" => ReferenceKind::Website,
        "issueTracker" => ReferenceKind::IssueTracker,
        "securityAdvisory" => ReferenceKind::Advisories,
        "documentation" => ReferenceKind::Documentation,
        "license" => ReferenceKind::Licence,
        "releaseNotes" => ReferenceKind::ReleaseNotes,
        "vulnerabilityExploitabilityAssessment" => ReferenceKind::ExploitabilityStatement,
        _ => ReferenceKind::Other(own_word(written)),
    }
}

fn described<'t>(component: &mut Component<'t>, fields: &mut Fields<'t>) {
    let said = |text| crate::spdx::words::said(text);
    let texts_of = [
        "software_copyrightText",
        "summary",
        "description",
        "comment",
        "contentType",
        "software_sourceInfo",
        "releaseTime",
        "builtTime",
        "validUntilTime",
    ]
    .map(|field| said(text(fields, field)));
    let attributions = texts(fields, "software_attributionText");
    if texts_of.iter().all(Option::is_none) && attributions.is_empty() {
        return;
    }
    let details = component.details_mut();
    [
        details.copyright,
        details.summary,
        details.description,
        details.comment,
        details.media_type,
        details.source_info,
        details.released,
        details.built,
        details.valid_until,
    ] = texts_of;
    details.attributions = attributions;
}
