//! Components, nested as in the model, and services.

use serde::Serialize;

use super::licences::{LicenceOut, licences};
use super::model_card::ModelCardOut;
use super::parts::{
    ContactOut, EntityOut, HashOut, PropertyOut, ReferenceOut, SwidOut, hashes, holds_entity,
};
use super::{Context, OutputVersion};
use crate::cyclonedx::component::ENDPOINT;
use crate::cyclonedx::words;
use crate::properties::ASKED;
use crate::properties::component::{
    ATTRIBUTION, BUILT, COMMENT, EXTERNAL, FILE_NAME, FILE_TYPE, FILES_ANALYZED, MANUFACTURER,
    MEDIA_TYPE, ORIGINATOR, REFERENCE, RELEASED, SOURCE_INFO, SUMMARY, SUPPLIER, TYPE,
    TYPE_WRITTEN, VALID_UNTIL, VERIFICATION_CODE, identifier_pair, kind_word, party_value,
    reference_value,
};
use crate::{
    Acknowledgement, Component, ComponentId, ComponentKind, Details, End, Identifier, PartyKind,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ComponentOut<'c> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "mime-type", skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'c str>,
    #[serde(rename = "bom-ref")]
    reference: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<EntityOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manufacturer: Option<EntityOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<ContactOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'c str>,
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_range: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_external: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<HashOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenceOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpe: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    omnibor_id: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    swhid: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    swid: Option<SwidOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<ReferenceOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Self>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_card: Option<ModelCardOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<PropertyOut<'c>>,
}

#[derive(Serialize)]
struct EvidenceOut<'c> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    occurrences: Vec<OccurrenceOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenceOut<'c>>,
}

#[derive(Serialize)]
struct OccurrenceOut<'c> {
    location: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

/// Deeper than this no component is nested; what is deeper stands beside its parent.
const MAX_DEPTH: usize = 24;

/// The main component, and all others in their nesting.
pub(super) fn tree<'c>(
    context: &'c Context<'c>,
) -> (Option<ComponentOut<'c>>, Vec<ComponentOut<'c>>) {
    let components = &context.sbom.components;
    let parents = parents(components);
    let mut parts: Vec<Option<ComponentOut<'c>>> = components
        .iter()
        .zip(&context.names)
        .enumerate()
        .map(|(at, (one, name))| {
            let is_component = one.kind != ComponentKind::Service;
            is_component.then(|| ComponentOut::of(context, ComponentId::at(at), one, name))
        })
        .collect();
    let mut main = None;
    let mut roots = Vec::new();
    // From the last to the first, each is finished before it goes into its parent.
    for at in (0..parts.len()).rev() {
        let Some(mut part) = parts.get_mut(at).and_then(Option::take) else { continue };
        part.components.reverse();
        let parent = parents.get(at).copied().flatten();
        let into = parent.and_then(|parent| parts.get_mut(parent)).and_then(Option::as_mut);
        match into {
            _ if context.main == Some(ComponentId::at(at)) => main = Some(part),
            Some(parent) => parent.components.push(part),
            None => roots.push(part),
        }
    }
    roots.reverse();
    (main, roots)
}

/// The position of each component's parent, which stands before it, at most [`MAX_DEPTH`] deep.
fn parents(components: &[Component<'_>]) -> Vec<Option<usize>> {
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(components.len());
    let mut depths: Vec<usize> = Vec::with_capacity(components.len());
    for (at, component) in components.iter().enumerate() {
        let parent = component.parent.map(ComponentId::position).filter(|parent| *parent < at);
        let depth = parent.and_then(|parent| depths.get(parent)).copied().unwrap_or(0);
        let (parent, depth) = match parent {
            Some(parent) if depth >= MAX_DEPTH => (parents.get(parent).copied().flatten(), depth),
            Some(parent) => (Some(parent), depth + 1),
            None => (None, 0),
        };
        parents.push(parent);
        depths.push(depth);
    }
    parents
}

impl<'c> ComponentOut<'c> {
    /// A component of which only kind, reference and name are known.
    pub(super) fn bare(kind: &'static str, reference: &'c str, name: &'c str) -> Self {
        Self {
            kind,
            mime_type: None,
            reference,
            supplier: None,
            manufacturer: None,
            authors: Vec::new(),
            publisher: None,
            group: None,
            name,
            version: None,
            version_range: None,
            is_external: None,
            description: None,
            scope: None,
            hashes: Vec::new(),
            licenses: Vec::new(),
            copyright: None,
            cpe: None,
            purl: None,
            omnibor_id: Vec::new(),
            swhid: Vec::new(),
            swid: None,
            modified: None,
            external_references: Vec::new(),
            components: Vec::new(),
            evidence: None,
            model_card: None,
            properties: Vec::new(),
        }
    }

    fn of(
        context: &'c Context<'c>,
        id: ComponentId,
        one: &'c Component<'c>,
        reference: &'c str,
    ) -> Self {
        let details = one.details();
        let version = context.version;
        let (kind, kind_lost) = kind(one.kind);
        let mut out = Self::bare(kind, reference, &one.name);
        out.mime_type = details.media_type.as_deref().filter(|text| is_media_type(text));
        out.group = one.group.as_deref();
        out.version = one.version.as_deref();
        out.scope = one.need.map(words::need_word);
        out.publisher = details.publisher.as_deref();
        out.copyright = details.copyright.as_deref();
        out.description = details.description.as_deref().or(details.summary.as_deref());
        out.modified = details.is_modified;
        out.parties(details);
        if version >= OutputVersion::V1_7 && one.version.is_none() {
            out.is_external = details.is_external;
            out.version_range =
                details.version_range.as_deref().filter(|_| details.is_external == Some(true));
        }
        let (said, other_hashes) = hashes(version, &one.hashes);
        out.hashes = said;
        let in_files = |found: bool| {
            one.licences.iter().filter(move |licence| {
                (licence.acknowledgement == Acknowledgement::FoundInFiles) == found
            })
        };
        let (said, other_licences) = licences(version, in_files(false));
        out.licenses = said;
        let (found, more_licences) = licences(version, in_files(true));
        let other_identifiers = out.identifiers(one);
        let references = one.references.iter();
        out.external_references = references.map(|one| ReferenceOut::of(version, one)).collect();
        let occurrences = details.occurrences.iter();
        let occurrences: Vec<_> = occurrences
            .map(|one| OccurrenceOut { location: &one.location, line: one.line })
            .collect();
        if !occurrences.is_empty() || !found.is_empty() {
            out.evidence = Some(EvidenceOut { occurrences, licenses: found });
        }
        let (card, card_facts) = ModelCardOut::of(context, one);
        out.model_card = card;
        let written = details.kind_as_written.as_deref();
        out.properties.extend(PropertyOut::all(&details.properties));
        out.properties.extend(kind_lost.map(|kind| PropertyOut::new(TYPE, kind)));
        out.properties.extend(written.map(|kind| PropertyOut::new(TYPE_WRITTEN, kind)));
        out.properties.extend(details_without_field(details, version, out.version_range.is_some()));
        out.properties.extend(parties_without_field(details));
        let references = one.references.iter();
        let unheld = references.filter(|one| !ReferenceOut::holds(version, one));
        out.properties.extend(unheld.map(|one| PropertyOut::new(REFERENCE, reference_value(one))));
        if details.media_type.is_some() && out.mime_type.is_none() {
            let media_type = details.media_type.as_deref();
            out.properties.extend(media_type.map(|text| PropertyOut::new(MEDIA_TYPE, text)));
        }
        out.properties.extend(other_hashes);
        out.properties.extend(other_licences);
        out.properties.extend(more_licences);
        out.properties.extend(other_identifiers);
        out.properties.extend(card_facts);
        out.properties.extend(super::graph::relations(context, End::Component(id)));
        out
    }

    /// Who made it and who hands it on.
    fn parties(&mut self, details: &'c Details<'_>) {
        self.supplier = details.supplier.as_ref().and_then(EntityOut::of);
        self.manufacturer = details.manufacturer.as_ref().and_then(EntityOut::of);
        self.authors = ContactOut::all(&details.authors);
        let Some(originator) = &details.originator else { return };
        match originator.kind {
            PartyKind::NoAssertion => {}
            PartyKind::Organisation if self.manufacturer.is_none() => {
                self.manufacturer = EntityOut::of(originator);
            }
            PartyKind::Person | PartyKind::Organisation | PartyKind::Tool | PartyKind::Unknown => {
                self.authors.push(ContactOut::of(originator));
            }
        }
    }

    /// Fills in the identifiers; gives those for which there is no field, or not a second one.
    fn identifiers(&mut self, one: &'c Component<'_>) -> Vec<PropertyOut<'c>> {
        let mut others = Vec::new();
        for identifier in &one.identifiers {
            match identifier {
                Identifier::Purl(purl) if self.purl.is_none() => self.purl = Some(purl.as_str()),
                Identifier::Cpe(cpe) if self.cpe.is_none() => self.cpe = Some(cpe),
                Identifier::Swid(swid) if self.swid.is_none() => {
                    self.swid = Some(SwidOut::of(swid, &one.name));
                }
                Identifier::Swhid(text) => self.swhid.push(text),
                Identifier::Gitoid(text) => self.omnibor_id.push(text),
                Identifier::Purl(_)
                | Identifier::BadPurl(..)
                | Identifier::Cpe(_)
                | Identifier::Swid(_)
                | Identifier::Other(_) => {
                    let (name, value) = identifier_pair(identifier);
                    others.push(PropertyOut::new(name, value));
                }
            }
        }
        others
    }
}

/// The standard's word for a kind; for a kind that it does not know, the nearest, and the kind's
/// own word. "Application" is what the standard asks for where no other can be told.
fn kind(kind: ComponentKind) -> (&'static str, Option<&'static str>) {
    if let Some(word) = words::kind_word(kind) {
        return (word, None);
    }
    let nearest = match kind {
        ComponentKind::Source | ComponentKind::Archive => "library",
        ComponentKind::Snippet => "file",
        ComponentKind::Installer
        | ComponentKind::Other
        | ComponentKind::Application
        | ComponentKind::Framework
        | ComponentKind::Library
        | ComponentKind::Container
        | ComponentKind::Platform
        | ComponentKind::OperatingSystem
        | ComponentKind::Device
        | ComponentKind::DeviceDriver
        | ComponentKind::Firmware
        | ComponentKind::File
        | ComponentKind::Model
        | ComponentKind::Data
        | ComponentKind::CryptographicAsset
        | ComponentKind::Service => "application",
    };
    (nearest, Some(kind_word(kind)))
}

/// The form that the schema asks of a MIME type.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
    };
    text.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}

/// People and organisations that are not read back from their fields as what they were.
fn parties_without_field<'c>(details: &'c Details<'_>) -> Vec<PropertyOut<'c>> {
    let supplier = details.supplier.iter().filter(|party| !holds_entity(party));
    let supplier = supplier.map(|party| (SUPPLIER, party));
    let manufacturer = details.manufacturer.iter().filter(|party| !holds_entity(party));
    let manufacturer = manufacturer.map(|party| (MANUFACTURER, party));
    // The originator stands among those who made it.
    let originator = details.originator.iter().map(|party| (ORIGINATOR, party));
    let all = supplier.chain(originator).chain(manufacturer);
    all.map(|(name, party)| PropertyOut::new(name, party_value(party))).collect()
}

/// What only SPDX has a field for.
fn details_without_field<'c>(
    details: &'c Details<'_>,
    version: OutputVersion,
    has_range: bool,
) -> Vec<PropertyOut<'c>> {
    let range = details.version_range.as_deref().filter(|_| !has_range);
    let external = details.is_external.filter(|_| version < OutputVersion::V1_7 || !has_range);
    let word = |truth: bool| if truth { "true" } else { "false" };
    let single = [
        (ASKED, range),
        (EXTERNAL, external.map(word)),
        (SUMMARY, details.summary.as_deref()),
        (COMMENT, details.comment.as_deref()),
        (FILE_NAME, details.file_name.as_deref()),
        (FILES_ANALYZED, details.files_analyzed.map(word)),
        (VERIFICATION_CODE, details.verification_code.as_deref()),
        (SOURCE_INFO, details.source_info.as_deref()),
        (RELEASED, details.released.as_deref()),
        (BUILT, details.built.as_deref()),
        (VALID_UNTIL, details.valid_until.as_deref()),
    ];
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let types = details.file_types.iter().map(|one| (FILE_TYPE, &**one));
    let attributions = details.attributions.iter().map(|one| (ATTRIBUTION, &**one));
    let all = single.chain(types).chain(attributions);
    all.map(|(name, value)| PropertyOut::new(name, value)).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceOut<'c> {
    #[serde(rename = "bom-ref")]
    reference: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<EntityOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'c str>,
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenceOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<ReferenceOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<PropertyOut<'c>>,
}

/// The services, in their nesting.
pub(super) fn services<'c>(context: &'c Context<'c>) -> Vec<ServiceOut<'c>> {
    let components = &context.sbom.components;
    let parents = parents(components);
    let mut parts: Vec<Option<ServiceOut<'c>>> = components
        .iter()
        .zip(&context.names)
        .map(|(one, name)| {
            (one.kind == ComponentKind::Service).then(|| ServiceOut::of(context, one, name))
        })
        .collect();
    let mut roots = Vec::new();
    // From the last to the first, each is finished before it goes into its parent.
    for at in (0..parts.len()).rev() {
        let Some(mut part) = parts.get_mut(at).and_then(Option::take) else { continue };
        part.services.reverse();
        let parent = parents.get(at).copied().flatten();
        match parent.and_then(|parent| parts.get_mut(parent)).and_then(Option::as_mut) {
            Some(parent) => parent.services.push(part),
            None => roots.push(part),
        }
    }
    roots.reverse();
    roots
}

impl<'c> ServiceOut<'c> {
    fn of(context: &'c Context<'c>, one: &'c Component<'c>, name: &'c str) -> Self {
        let details = one.details();
        let (endpoints, properties): (Vec<_>, Vec<_>) =
            details.properties.iter().partition(|property| property.name == ENDPOINT);
        let (licenses, others) = licences(context.version, one.licences.iter());
        let properties = properties.into_iter();
        let properties = properties.map(|one| PropertyOut::new(&*one.name, &*one.value));
        let references = one.references.iter();
        Self {
            reference: name,
            provider: details.supplier.as_ref().and_then(EntityOut::of),
            group: one.group.as_deref(),
            name: &one.name,
            version: one.version.as_deref(),
            description: details.description.as_deref(),
            endpoints: endpoints.into_iter().map(|one| &*one.value).collect(),
            licenses,
            external_references: references
                .map(|one| ReferenceOut::of(context.version, one))
                .collect(),
            services: Vec::new(),
            properties: properties.chain(others).collect(),
        }
    }
}
