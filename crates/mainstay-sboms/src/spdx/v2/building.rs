//! The model of a document of SPDX 2, under construction: record by record, then as a whole.

use std::borrow::Cow;

use mainstay_reading::json::Text as Raw;
use mainstay_reading::{Gap, Place as GapPlace, ReadError};

use super::version::version;
use super::{own_fields, raw};
use crate::line_cursor::LineCursor;
use crate::model::keep::Keep;
use crate::properties::{self, remark};
use crate::spdx::elements::{ASK, Element, Elements};
use crate::spdx::words::{self, External, NO_ASSERTION, NONE, Way, said};
use crate::{
    Acknowledgement, Annotation, Component, ComponentId, ComponentKind, CustomLicence, Encoding,
    End, ExternalDocument, Hash, HashAlgorithm, Licence, LicenceText, Party, PartyKind, Reference,
    ReferenceKind, Relationship, RelationshipKind, Sbom, Spec, Text,
};

/// The document's own name among its elements.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// No more faults of one kind than this are told one by one.
const MOST_TOLD: usize = 20;

/// A document under construction.
pub(super) struct Building<'t> {
    /// The facts about the document itself, filled by the reader of the syntax.
    pub(super) document: raw::Document<'t>,
    sbom: Sbom<'t>,
    elements: Elements<'t>,
    place: LineCursor<'t>,
    keep: Keep,
    /// Names that were defined twice, and elements without one.
    faults: usize,
}

impl<'t> Building<'t> {
    /// Nothing yet.
    pub(super) fn new(text: &'t str, encoding: Encoding, keep: Keep) -> Self {
        Self {
            document: raw::Document::default(),
            sbom: Sbom::new(Spec::Spdx2_3, encoding),
            elements: Elements::default(),
            place: LineCursor::new(text),
            keep,
            faults: 0,
        }
    }

    /// Notes a part that the model does not hold.
    pub(super) fn leave_out(&mut self, what: &str) {
        self.sbom.leave_out(what, None);
    }

    /// Notes something that cannot be read.
    pub(super) fn gap(&mut self, line: Option<u32>, reason: String) {
        self.faults += 1;
        if self.faults <= MOST_TOLD {
            let place = GapPlace { line, ..GapPlace::default() };
            self.sbom.gaps.push(Gap { place, reason, advice: ASK.to_owned() });
        }
    }

    /// Takes in a package.
    pub(super) fn package(&mut self, raw: raw::Package<'t>) {
        let purpose = text(raw.primary_package_purpose);
        let known = purpose.as_deref().map(words::purpose);
        let kind = match known {
            None => ComponentKind::Library,
            Some(kind) => kind.unwrap_or(ComponentKind::Other),
        };
        let mut component = Component::new(kind, text(raw.name).unwrap_or_default());
        if kind == ComponentKind::Other {
            component.details_mut().kind_as_written = purpose;
        }
        component.version = said(text(raw.version_info));
        component.hashes = hashes(raw.checksums);
        licence(&mut component.licences, raw.license_concluded, Acknowledgement::Concluded);
        licence(&mut component.licences, raw.license_declared, Acknowledgement::Declared);
        found_licences(&mut component.licences, raw.license_info_from_files);
        for external in raw.external_refs.unwrap_or_default() {
            external_ref(&mut component, external);
        }
        address(&mut component, raw.download_location, ReferenceKind::Distribution);
        address(&mut component, raw.homepage, ReferenceKind::Website);
        supplied(&mut component, raw.supplier, raw.originator);
        let dates = [raw.release_date, raw.built_date, raw.valid_until_date].map(text);
        if dates.iter().any(Option::is_some) {
            let details = component.details_mut();
            [details.released, details.built, details.valid_until] = dates;
        }
        let code = raw.package_verification_code.unwrap_or_default();
        let has_code = code.value.is_some();
        describe(
            &mut component,
            Described {
                copyright: raw.copyright_text,
                summary: raw.summary,
                description: raw.description,
                comment: raw.comment,
                file_name: raw.package_file_name,
                source_info: raw.source_info,
                verification_code: code.value,
                attributions: raw.attribution_texts,
            },
        );
        // A field that is absent means true (clause 7.8); only the code shows that it is.
        if raw.files_analyzed == Some(true) || (has_code && raw.files_analyzed.is_none()) {
            component.details_mut().files_analyzed = Some(true);
        }
        for excluded in code.excluded.unwrap_or_default() {
            own_fields::keep(&mut component, own_fields::EXCLUDED_FILE, excluded.0);
        }
        if let Some(comments) = said(text(raw.license_comments)) {
            own_fields::keep(&mut component, own_fields::LICENCE_COMMENTS, comments);
        }
        let id = self.component(raw.id, component);
        for file in raw.has_files.unwrap_or_default() {
            let to = self.elements.end(file.0, None);
            self.edge(End::Component(id), RelationshipKind::Contains, to);
        }
        self.remarks(id, raw.annotations);
    }

    /// Takes in a file, and gives its component.
    pub(super) fn file(&mut self, raw: raw::File<'t>) {
        self.file_in(raw, None);
    }

    /// Takes in a file that stands below a package and so belongs to it.
    pub(super) fn file_in(&mut self, raw: raw::File<'t>, package: Option<ComponentId>) {
        let mut component =
            Component::new(ComponentKind::File, text(raw.file_name).unwrap_or_default());
        component.hashes = hashes(raw.checksums);
        licence(&mut component.licences, raw.license_concluded, Acknowledgement::Concluded);
        found_licences(&mut component.licences, raw.license_info_in_files);
        if let Some(types) = raw.file_types.filter(|types| !types.is_empty()) {
            component.details_mut().file_types = types.into_iter().map(|one| one.0).collect();
        }
        describe(
            &mut component,
            Described {
                copyright: raw.copyright_text,
                comment: raw.comment,
                attributions: raw.attribution_texts,
                ..Described::default()
            },
        );
        for (name, value) in [
            (own_fields::LICENCE_COMMENTS, said(text(raw.license_comments))),
            (own_fields::NOTICE, said(text(raw.notice_text))),
        ] {
            if let Some(value) = value {
                own_fields::keep(&mut component, name, value);
            }
        }
        for contributor in raw.file_contributors.unwrap_or_default() {
            own_fields::keep(&mut component, own_fields::CONTRIBUTOR, contributor.0);
        }
        if raw.file_dependencies.is_some_and(|list| !list.is_empty()) {
            self.leave_out("files.fileDependencies");
        }
        let id = self.component(raw.id, component);
        if let Some(package) = package {
            self.edge(End::Component(package), RelationshipKind::Contains, End::Component(id));
        }
        self.remarks(id, raw.annotations);
    }

    /// Counts a snippet. The model does not hold it, but relationships may name it.
    pub(super) fn snippet(&mut self, raw: raw::Snippet<'t>) {
        self.leave_out("snippets");
        if let Some(id) = text(raw.id) {
            self.elements.define(id, Element::LeftOut);
        }
    }

    fn component(&mut self, name: Option<Raw<'t>>, mut component: Component<'t>) -> ComponentId {
        let id = ComponentId::at(self.sbom.components.len());
        let called = component.label();
        let called = if called.is_empty() { "an element" } else { &called };
        match text(name) {
            None => {
                self.gap(None, format!("{called} has no SPDXID, so that nothing can refer to it"));
            }
            Some(name) => {
                component.line = self.place.of(&name);
                if self.elements.define(name.clone(), Element::Component(id)) {
                    component.reference = name;
                } else {
                    self.gap(
                        component.line,
                        format!("{called} has the SPDXID {name}, which another element has too"),
                    );
                }
            }
        }
        if component.name.is_empty() {
            self.gap(
                component.line,
                format!(
                    "{} has no name",
                    match &*component.reference {
                        "" => "an element",
                        name => name,
                    }
                ),
            );
        }
        self.keep.reduce(&mut component);
        give_no_more_room(&mut component.identifiers);
        give_no_more_room(&mut component.hashes);
        give_no_more_room(&mut component.licences);
        give_no_more_room(&mut component.references);
        self.sbom.add(component)
    }

    /// The component that was taken in last.
    pub(super) fn last(&self) -> Option<ComponentId> {
        self.sbom.components.len().checked_sub(1).map(ComponentId::at)
    }

    /// Takes in a relationship.
    pub(super) fn relationship(&mut self, raw: raw::Relationship<'t>) {
        let (from, word, to) =
            match (raw.spdx_element_id, raw.relationship_type, raw.related_spdx_element) {
                (Some(from), Some(word), Some(to)) => (from.0, word.0, to.0),
                (from, ..) => {
                    let line = from.and_then(|from| self.place.of(&from.0));
                    self.gap(line, "a relationship lacks an end or its type".to_owned());
                    return;
                }
            };
        if said(text(raw.comment)).is_some() {
            self.leave_out("relationships.comment");
        }
        let (kind, way) = words::relationship(&word);
        let (from, to) = (self.end(from), self.end(to));
        let (from, to) = match way {
            Way::Forth => (from, to),
            Way::Back => (to, from),
        };
        self.edge(from, kind, to);
    }

    fn end(&mut self, name: Text<'t>) -> End {
        match name.trim() {
            NONE => End::Nothing,
            NO_ASSERTION => End::NoAssertion,
            _ => {
                let line = self.place.of(&name);
                self.elements.end(name, line)
            }
        }
    }

    fn edge(&mut self, from: End, kind: RelationshipKind<'t>, to: End) {
        self.sbom.relationships.push(Relationship { from, kind, to });
    }

    /// Takes in a remark. Without a subject it is about the document.
    pub(super) fn annotation(&mut self, mut raw: raw::Annotation<'t>) {
        let subject = match raw.subject.take() {
            None => End::Document,
            Some(name) => self.end(name.0),
        };
        self.remark(subject, raw);
    }

    fn remarks(&mut self, id: ComponentId, remarks: Option<Vec<raw::Annotation<'t>>>) {
        for raw in remarks.unwrap_or_default() {
            self.remark(End::Component(id), raw);
        }
    }

    fn remark(&mut self, subject: End, raw: raw::Annotation<'t>) {
        self.sbom.annotations.push(Annotation {
            subjects: vec![subject],
            annotator: text(raw.annotator).as_ref().map(words::party),
            timestamp: text(raw.annotation_date),
            kind: text(raw.annotation_type),
            text: text(raw.comment).unwrap_or_default(),
        });
    }

    /// Takes in a licence that the document spells out.
    pub(super) fn licence(&mut self, raw: raw::Licence<'t>) {
        self.sbom.custom_licences.push(CustomLicence {
            id: text(raw.license_id).unwrap_or_default(),
            name: said(text(raw.name)),
            text: text(raw.extracted_text).unwrap_or_default(),
            urls: raw.see_alsos.unwrap_or_default().into_iter().map(|url| url.0).collect(),
            comment: text(raw.comment),
        });
    }

    /// The finished model.
    pub(super) fn finish(mut self) -> Result<Sbom<'t>, ReadError> {
        self.sbom.document.spec = version(self.document.version.as_deref())?;
        if let Some(more) = self.faults.checked_sub(MOST_TOLD).filter(|more| *more > 0) {
            self.sbom.gaps.push(Gap {
                place: GapPlace::default(),
                reason: format!("{more} more faults of this kind are in the document"),
                advice: ASK.to_owned(),
            });
        }
        let id = text(self.document.id.take()).unwrap_or(Cow::Borrowed(DOCUMENT));
        self.elements.define(id, Element::Document);
        self.elements.define(Cow::Borrowed(DOCUMENT), Element::Document);
        for name in std::mem::take(&mut self.document.describes) {
            let line = self.place.of(&name.0);
            let to = self.elements.end(name.0, line);
            self.edge(End::Document, RelationshipKind::Describes, to);
        }
        self.facts();
        self.elements.settle(&mut self.sbom, |name| name.starts_with("DocumentRef-"));
        remark::take(&mut self.sbom);
        properties::read_back(&mut self.sbom);
        Ok(self.sbom)
    }
}

impl Building<'_> {
    /// The facts about the document itself.
    fn facts(&mut self) {
        let raw = std::mem::take(&mut self.document);
        let document = &mut self.sbom.document;
        document.identity = said(text(raw.namespace));
        document.name = text(raw.name);
        document.created = said(text(raw.creation.created));
        document.comment = joined(text(raw.comment), text(raw.creation.comment));
        document.licence_list = said(text(raw.creation.license_list_version));
        if let Some(licence) = said(text(raw.data_licence)) {
            let licence = Licence::new(LicenceText::Expression(licence), Acknowledgement::Declared);
            document.licences.push(licence);
        }
        for creator in raw.creation.creators.unwrap_or_default() {
            let party = words::party(&creator.0);
            match party.kind {
                PartyKind::Tool => document.tools.push(words::tool(&party.name)),
                PartyKind::Person
                | PartyKind::Organisation
                | PartyKind::Unknown
                | PartyKind::NoAssertion => document.authors.push(party),
            }
        }
        for external in raw.external {
            let reference = text(external.external_document_id).unwrap_or_default();
            let identity = text(external.spdx_document).unwrap_or_default();
            self.sbom.gaps.push(Gap {
                place: GapPlace::default(),
                reason: format!(
                    "the document refers to another one, {identity}, which is not read"
                ),
                advice: "scan that document too".to_owned(),
            });
            let hash = external.checksum.map(hash);
            let documents = &mut self.sbom.document.documents;
            documents.push(ExternalDocument { reference, identity, hash });
        }
    }
}

/// Two remarks as one.
fn joined<'t>(one: Option<Text<'t>>, two: Option<Text<'t>>) -> Option<Text<'t>> {
    match (said(one), said(two)) {
        (Some(one), Some(two)) => Some(Cow::Owned(format!("{one}\n{two}"))),
        (one, two) => one.or(two),
    }
}

fn text(raw: Option<Raw<'_>>) -> Option<Text<'_>> {
    raw.map(|raw| raw.0)
}

fn hashes(raw: Option<Vec<raw::Checksum<'_>>>) -> Vec<Hash<'_>> {
    raw.unwrap_or_default().into_iter().map(hash).collect()
}

fn hash(raw: raw::Checksum<'_>) -> Hash<'_> {
    Hash {
        algorithm: HashAlgorithm::from_name(text(raw.algorithm).unwrap_or_default()),
        value: text(raw.checksum_value).unwrap_or_default(),
    }
}

/// A licence, unless nobody says. A field that is absent means the same (clause 7.13.1).
fn licence<'t>(licences: &mut Vec<Licence<'t>>, raw: Option<Raw<'t>>, whose: Acknowledgement) {
    let Some(written) = said(text(raw)) else { return };
    let meaning = match written.trim() {
        NONE => LicenceText::None,
        _ => LicenceText::Expression(written),
    };
    licences.push(Licence::new(meaning, whose));
}

fn found_licences<'t>(licences: &mut Vec<Licence<'t>>, raw: Option<Vec<Raw<'t>>>) {
    for found in raw.unwrap_or_default() {
        licence(licences, Some(found), Acknowledgement::FoundInFiles);
    }
}

fn external_ref<'t>(component: &mut Component<'t>, raw: raw::ExternalRef<'t>) {
    let category = text(raw.reference_category).unwrap_or_default();
    let written_type = text(raw.reference_type).unwrap_or_default();
    let locator = text(raw.reference_locator).unwrap_or_default();
    match words::external(&category, &written_type, locator, text(raw.comment)) {
        External::Identifier(identifier) => {
            // A package URL, and the same in the words of a package manager.
            if !component.identifiers.contains(&identifier) {
                component.identifiers.push(identifier);
            }
        }
        External::Reference(reference) => component.references.push(reference),
    }
}

fn address<'t>(component: &mut Component<'t>, raw: Option<Raw<'t>>, kind: ReferenceKind<'t>) {
    if let Some(url) = said(text(raw)).filter(|url| url.trim() != NONE) {
        component.references.push(Reference { kind, url, comment: None, hashes: Vec::new() });
    }
}

fn supplied<'t>(
    component: &mut Component<'t>,
    supplier: Option<Raw<'t>>,
    originator: Option<Raw<'t>>,
) {
    let party = |raw| said(text(raw)).as_ref().map(words::party);
    let (supplier, originator): (Option<Party<'t>>, Option<Party<'t>>) =
        (party(supplier), party(originator));
    if supplier.is_some() || originator.is_some() {
        let details = component.details_mut();
        (details.supplier, details.originator) = (supplier, originator);
    }
}

/// What people wrote about a component.
#[derive(Default)]
struct Described<'t> {
    copyright: Option<Raw<'t>>,
    summary: Option<Raw<'t>>,
    description: Option<Raw<'t>>,
    comment: Option<Raw<'t>>,
    file_name: Option<Raw<'t>>,
    source_info: Option<Raw<'t>>,
    verification_code: Option<Raw<'t>>,
    attributions: Option<Vec<Raw<'t>>>,
}

fn describe<'t>(component: &mut Component<'t>, raw: Described<'t>) {
    let attributions: Vec<Text<'t>> =
        raw.attributions.unwrap_or_default().into_iter().map(|one| one.0).collect();
    let texts = [
        raw.copyright,
        raw.summary,
        raw.description,
        raw.comment,
        raw.file_name,
        raw.source_info,
        raw.verification_code,
    ]
    .map(|raw| said(text(raw)));
    // Most components have none of these, and need no room for them.
    if texts.iter().all(Option::is_none) && attributions.is_empty() {
        return;
    }
    let details = component.details_mut();
    [
        details.copyright,
        details.summary,
        details.description,
        details.comment,
        details.file_name,
        details.source_info,
        details.verification_code,
    ] = texts;
    details.attributions = attributions;
}

/// Moves a list to where it just fits: most have one entry, and room for four. To shrink one where
/// it lies would leave holes in memory that nothing else fits into.
fn give_no_more_room<T>(list: &mut Vec<T>) {
    if list.len() < list.capacity() {
        let mut exact = Vec::with_capacity(list.len());
        exact.append(list);
        *list = exact;
    }
}
