//! One element after the other, by its class.

use std::collections::HashMap;

use mainstay_reading::{Gap, Place as GapPlace, ReadError, ReadErrorKind};

use super::fields::{objects, short, text, texts, values};
use super::licences::Licences;
use super::prefixes::{Prefixes, most};
use super::security::Security;
use crate::cyclonedx::value::{Fields, Value};
use crate::line_cursor::LineCursor;
use crate::model::keep::Keep;
use crate::spdx::elements::{ASK, Element, Elements};
use crate::spdx::v2::beginning;
use crate::{
    Aggregate, Annotation, ComponentId, Encoding, Party, PartyKind, Sbom, Spec, Text, Tool,
};

/// A document under construction.
pub(super) struct Reading<'t> {
    pub(super) sbom: Sbom<'t>,
    pub(super) elements: Elements<'t>,
    pub(super) prefixes: Prefixes<'t>,
    pub(super) place: LineCursor<'t>,
    pub(super) keep: Keep,
    /// The length of the document, in bytes.
    pub(super) length: usize,
    /// How many bytes copies of parties may still take, and whether they would take more.
    pub(super) room: usize,
    pub(super) is_exceeded: bool,
    /// People, organisations and programs.
    pub(super) parties: HashMap<Text<'t>, Party<'t>>,
    pub(super) tools: HashMap<Text<'t>, Tool<'t>>,
    pub(super) licences: Licences<'t>,
    pub(super) creations: HashMap<Text<'t>, Creation<'t>>,
    /// The document elements, and the collections that are SBOMs.
    pub(super) documents: Vec<Collection<'t>>,
    pub(super) boms: Vec<Collection<'t>>,
    /// Elements that the document says are described elsewhere.
    pub(super) imports: Vec<Import<'t>>,
    /// Components, and who supplies them by name.
    pub(super) supplied: Vec<(ComponentId, Role, Text<'t>)>,
    /// Remarks, by position, and the name of their creation info.
    pub(super) remarked: Vec<(usize, Text<'t>)>,
    /// Claims of completeness: whose parts or needs.
    pub(super) claims: Vec<(crate::End, Aggregate, Claim)>,
    /// Vulnerabilities, and what is said about them.
    pub(super) security: Security<'t>,
    /// Objects that stand where a name is due, still to be taken in.
    inline: Vec<Fields<'t>>,
    unnamed: usize,
    faults: usize,
}

/// Who made a part of the document, and when.
#[derive(Default)]
pub(super) struct Creation<'t> {
    pub(super) version: Option<Text<'t>>,
    pub(super) created: Option<Text<'t>>,
    pub(super) by: Vec<Text<'t>>,
    pub(super) using: Vec<Text<'t>>,
    pub(super) comment: Option<Text<'t>>,
}

/// A document element, or an SBOM in it.
#[derive(Default)]
pub(super) struct Collection<'t> {
    pub(super) id: Text<'t>,
    pub(super) name: Option<Text<'t>>,
    pub(super) comment: Option<Text<'t>>,
    pub(super) creation: Option<Text<'t>>,
    pub(super) roots: Vec<Text<'t>>,
    pub(super) profiles: Vec<Text<'t>>,
    pub(super) data_licence: Option<Text<'t>>,
    pub(super) types: Vec<Text<'t>>,
}

/// An element of another document.
pub(super) struct Import<'t> {
    pub(super) id: Text<'t>,
    pub(super) hint: Option<Text<'t>>,
    pub(super) hash: Option<crate::Hash<'t>>,
}

/// How a party has to do with a component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Supplier,
    Originator,
}

/// What a claim of completeness is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Parts,
    Needs,
}

/// No more faults than this are told one by one.
const MOST_TOLD: usize = 20;

/// So much of a document's own word is told.
const LONGEST_TOLD: usize = 60;

/// The classes of the standard (3.0.1, annex "RDF model") that the model does not hold. They are no
/// packages.
const UNHELD: [&str; 26] = [
    "build_Build",
    "DictionaryEntry",
    "ExternalIdentifier",
    "ExternalMap",
    "ExternalRef",
    "Hash",
    "IntegrityMethod",
    "PackageVerificationCode",
    "PositiveIntegerRange",
    "ai_EnergyConsumption",
    "ai_EnergyConsumptionDescription",
    "extension_CdxPropertiesExtension",
    "extension_CdxPropertyEntry",
    "security_CvssV2VulnAssessmentRelationship",
    "security_CvssV3VulnAssessmentRelationship",
    "security_CvssV4VulnAssessmentRelationship",
    "security_EpssVulnAssessmentRelationship",
    "security_ExploitCatalogVulnAssessmentRelationship",
    "security_SsvcVulnAssessmentRelationship",
    "security_VexAffectedVulnAssessmentRelationship",
    "security_VexFixedVulnAssessmentRelationship",
    "security_VexNotAffectedVulnAssessmentRelationship",
    "security_VexUnderInvestigationVulnAssessmentRelationship",
    "security_Vulnerability",
    "software_ContentIdentifier",
    "software_Snippet",
];

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str, prefixes: Prefixes<'t>, keep: Keep) -> Self {
        Self {
            sbom: Sbom::new(Spec::Spdx3_0, Encoding::Json),
            elements: Elements::default(),
            prefixes,
            place: LineCursor::new(text),
            keep,
            length: text.len(),
            room: most(text.len()),
            is_exceeded: false,
            parties: HashMap::new(),
            tools: HashMap::new(),
            licences: Licences::default(),
            creations: HashMap::new(),
            documents: Vec::new(),
            boms: Vec::new(),
            imports: Vec::new(),
            supplied: Vec::new(),
            remarked: Vec::new(),
            claims: Vec::new(),
            security: Security::default(),
            inline: Vec::new(),
            unnamed: 0,
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

    /// Takes in one element, and those inside it.
    pub(super) fn element(&mut self, fields: Fields<'t>) {
        self.one(fields);
        while let Some(inner) = self.inline.pop() {
            self.one(inner);
        }
    }

    fn one(&mut self, mut fields: Fields<'t>) {
        let class = text(&mut fields, "type").or_else(|| text(&mut fields, "@type"));
        let class = class.map(short).unwrap_or_default();
        let id = self.id(&mut fields);
        match &*class {
            "software_Package" | "ai_AIPackage" | "dataset_DatasetPackage" | "software_File" => {
                self.artifact(&class, id, fields);
            }
            "Relationship" | "LifecycleScopedRelationship" => self.relationship(id, fields),
            "Person" => self.party(PartyKind::Person, id, fields),
            "Organization" => self.party(PartyKind::Organisation, id, fields),
            "SoftwareAgent" => self.party(PartyKind::Tool, id, fields),
            "Agent" => self.party(PartyKind::Unknown, id, fields),
            "Tool" => {
                let name = text(&mut fields, "name").unwrap_or_default();
                self.known(&id);
                self.tools.insert(id, crate::spdx::words::tool(&name));
            }
            "CreationInfo" => self.creation(id, fields),
            "SpdxDocument" => self.document(id, fields),
            "software_Sbom" | "Bom" | "Bundle" => {
                let bom = self.collection(id, &mut fields, "software_sbomType");
                self.boms.push(bom);
            }
            "Annotation" => self.annotation(&id, fields),
            other if super::security::has(other) => {
                let other = other.to_owned();
                self.security(&other, id, fields);
            }
            other if Licences::has(other) => {
                self.known(&id);
                let inner = self.licences.take(other, id, fields, &self.prefixes);
                self.inline.extend(inner);
            }
            "IndividualElement" | "NamespaceMap" => self.known(&id),
            "" => {
                let line = self.place.of(&id);
                self.gap(line, "an element has no type".to_owned());
            }
            other if UNHELD.contains(&other) => {
                self.known(&id);
                let other = other.to_owned();
                self.leave_out(&other);
            }
            // It may be a package whose type is misspelt, or of a version to come.
            other => {
                self.known(&id);
                let line = self.place.of(&id);
                let other: String = other.chars().take(LONGEST_TOLD).collect();
                let reason = format!("an element is of the type {other}, which the standard lacks");
                self.gap(line, reason);
            }
        }
    }

    fn id(&mut self, fields: &mut Fields<'t>) -> Text<'t> {
        let id = text(fields, "spdxId").or_else(|| text(fields, "@id"));
        match id {
            Some(id) => self.prefixes.expand(id),
            None => Text::Borrowed(""),
        }
    }

    /// Defines a name that is no component.
    fn known(&mut self, id: &Text<'t>) {
        if !id.is_empty() {
            self.elements.define(id.clone(), Element::LeftOut);
        }
    }

    /// The names in a field. An object in their place is an element itself.
    pub(super) fn names(&mut self, fields: &mut Fields<'t>, field: &str) -> Vec<Text<'t>> {
        let mut names = Vec::new();
        for value in values(fields, field) {
            match value {
                Value::Text(name) => names.push(self.prefixes.expand(name)),
                Value::Object(inner) => names.push(self.inner(inner)),
                Value::Null | Value::Bool(_) | Value::List(_) => {}
            }
        }
        names
    }

    /// The first name in a field.
    pub(super) fn name(&mut self, fields: &mut Fields<'t>, field: &str) -> Option<Text<'t>> {
        self.names(fields, field).into_iter().next()
    }

    /// Puts an object aside that is an element, and gives its name.
    fn inner(&mut self, mut fields: Fields<'t>) -> Text<'t> {
        let id = match self.id(&mut fields) {
            id if id.is_empty() => {
                self.unnamed += 1;
                Text::Owned(format!("_:unnamed-{}", self.unnamed))
            }
            id => id,
        };
        super::fields::name_it(&mut fields, id.clone());
        self.inline.push(fields);
        id
    }

    fn party(&mut self, kind: PartyKind, id: Text<'t>, mut fields: Fields<'t>) {
        let mut party = Party::named(kind, text(&mut fields, "name").unwrap_or_default());
        for mut identifier in objects(&mut fields, "externalIdentifier") {
            let kind = text(&mut identifier, "externalIdentifierType").unwrap_or_default();
            let Some(value) = text(&mut identifier, "identifier") else { continue };
            match &*super::fields::word(kind) {
                "email" => party.emails.push(value),
                "urlScheme" => party.urls.push(value),
                _ => {}
            }
        }
        self.known(&id);
        self.parties.insert(id, party);
    }

    fn creation(&mut self, id: Text<'t>, mut fields: Fields<'t>) {
        let creation = Creation {
            version: text(&mut fields, "specVersion"),
            created: text(&mut fields, "created"),
            by: self.names(&mut fields, "createdBy"),
            using: self.names(&mut fields, "createdUsing"),
            comment: text(&mut fields, "comment"),
        };
        self.creations.insert(id, creation);
    }

    fn document(&mut self, id: Text<'t>, mut fields: Fields<'t>) {
        for mut import in objects(&mut fields, "import") {
            let Some(id) = text(&mut import, "externalSpdxId") else { continue };
            let id = self.prefixes.expand(id);
            let mut hashes = objects(&mut import, "verifiedUsing");
            let hash = (!hashes.is_empty()).then(|| super::artifact::hash(&mut hashes.remove(0)));
            self.imports.push(Import { id, hint: text(&mut import, "locationHint"), hash });
        }
        let document = self.collection(id, &mut fields, "");
        self.documents.push(document);
    }

    fn collection(&mut self, id: Text<'t>, fields: &mut Fields<'t>, types: &str) -> Collection<'t> {
        if !id.is_empty() {
            self.elements.define(id.clone(), Element::Document);
        }
        let words = |texts: Vec<Text<'t>>| texts.into_iter().map(super::fields::word).collect();
        Collection {
            id,
            name: text(fields, "name"),
            comment: text(fields, "comment"),
            creation: self.name(fields, "creationInfo"),
            roots: self.names(fields, "rootElement"),
            profiles: words(texts(fields, "profileConformance")),
            data_licence: self.name(fields, "dataLicense"),
            types: words(texts(fields, types)),
        }
    }

    fn annotation(&mut self, id: &Text<'t>, mut fields: Fields<'t>) {
        self.known(id);
        let subject = self.name(&mut fields, "subject").unwrap_or_default();
        let subject = self.elements.end(subject, None);
        if let Some(creation) = self.name(&mut fields, "creationInfo") {
            self.remarked.push((self.sbom.annotations.len(), creation));
        }
        self.sbom.annotations.push(Annotation {
            subjects: vec![subject],
            annotator: None,
            timestamp: None,
            kind: text(&mut fields, "annotationType").map(super::fields::word),
            text: text(&mut fields, "statement")
                .or_else(|| text(&mut fields, "comment"))
                .unwrap_or_default(),
        });
    }

    /// Whether the version of the specification is one that is read.
    pub(super) fn check_version(version: &str) -> Result<(), ReadError> {
        match version.trim() {
            "3.0" | "3.0.0" | "3.0.1" => Ok(()),
            other => Err(ReadError::new(
                ReadErrorKind::UnknownVersion,
                format!(
                    "the document is of SPDX {}; versions 2.2, 2.3 and 3.0 are read",
                    beginning(other)
                ),
            )),
        }
    }

    /// Tells how many more faults there were.
    pub(super) fn more_faults(&mut self) {
        if let Some(more) = self.faults.checked_sub(MOST_TOLD).filter(|more| *more > 0) {
            self.sbom.gaps.push(Gap {
                place: GapPlace::default(),
                reason: format!("{more} more faults of this kind are in the document"),
                advice: ASK.to_owned(),
            });
        }
    }
}
