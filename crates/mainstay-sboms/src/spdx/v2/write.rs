//! A model as a document of SPDX 2.3: as records, which `json` writes down.
//!
//! Standard: SPDX specification 2.3 and its JSON schema. What has no place in the standard is
//! said in annotations; what the document does not know is said in its comment and in annotations
//! on the document. The same model gives the same text.

mod element;
mod json;
mod records;
mod relationship;

use std::collections::HashMap;

use crate::properties::component::beside_spdx;
use crate::properties::document::beside_spdx_2;
use crate::properties::remark;
use crate::spdx::expressions::Expressions;
use crate::spdx::held::Place;
use crate::spdx::names::Names;
use crate::spdx::statement::Claims;
use crate::spdx::v2::own_fields;
use crate::spdx::{identity, statement};
use crate::{Annotation, Component, ComponentId, End, Party, PartyKind, Sbom};
use records::{Annotation as AnnotationRecord, Creation, Document, ExternalDocument, Extracted};

/// Writes a document in JSON.
pub(crate) fn write(sbom: &Sbom<'_>) -> Result<String, serde_json::Error> {
    let mut document = document(sbom);
    let text = json::write(&document)?;
    document.document_namespace = identity::of(sbom, &text);
    json::write(&document)
}

/// The time that a document without one is given: there must be one, and it must not be guessed.
pub(crate) const NO_TIME: &str = "1970-01-01T00:00:00Z";

fn document(sbom: &Sbom<'_>) -> Document {
    let names = Names::of(sbom);
    let mut expressions = Expressions::of(sbom);
    let mut packages = Vec::new();
    let mut files = Vec::new();
    let created = identity::created(sbom).unwrap_or_else(|| NO_TIME.to_owned());
    let tool = identity::tool(sbom);
    let claims = Claims::of(sbom);
    let related = relationship::all(sbom, &names, &claims);
    let remarks = Remarks {
        by_subject: Remarks::by_subject(sbom),
        claims: &claims,
        names: &names,
        edges: &related.edges,
        created: &created,
        tool: &tool,
    };
    for (id, component) in sbom.with_ids() {
        let own = remarks.on(id, component);
        let name = names.get(id).to_owned();
        if Place::in_2(component) == Place::File2 {
            files.push(element::file(component, name, &mut expressions, own));
        } else {
            packages.push(element::package(component, name, &mut expressions, own));
        }
    }
    let known = statement::of(sbom);
    let beside = beside_spdx_2(sbom).into_iter().map(|(name, value)| remark::of(&name, &value));
    let edges = related.edges.get(&None).into_iter().flatten().cloned();
    let told: Vec<String> = known.iter().cloned().chain(beside).chain(edges).collect();
    let mut annotations = remarks.signed(End::Document);
    annotations.extend(told.iter().map(|told| AnnotationRecord::by(&tool, &created, told)));
    Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: "SPDXRef-DOCUMENT",
        name: identity::name(sbom),
        document_namespace: String::new(),
        comment: comment(sbom, known.len()),
        creation_info: creation(sbom, created),
        external_document_refs: sbom.document.documents.iter().filter_map(external).collect(),
        packages,
        files,
        relationships: related.records,
        annotations,
        has_extracted_licensing_infos: expressions
            .spelt_out
            .into_iter()
            .map(|(license_id, licence)| Extracted {
                license_id,
                extracted_text: licence.text,
                name: licence.name,
                see_alsos: licence.urls,
                comment: licence.comment,
            })
            .collect(),
    }
}

/// How the line of a comment begins that says that the document has limits.
const LIMITED: &str = "This document does not tell everything about the software.";

fn comment(sbom: &Sbom<'_>, unknown: usize) -> Option<String> {
    // What an earlier conversion said of its limits, in a line of its own, is said anew.
    let own = sbom.document.comment.as_deref().unwrap_or_default().split('\n');
    let own: Vec<&str> = own.filter(|line| !line.starts_with(LIMITED)).collect();
    let own = Some(own.join("\n").trim_end().to_owned()).filter(|own| !own.is_empty());
    let limits = (unknown > 0).then(|| {
        format!("{LIMITED} Its annotations name what is not known or is left out: {unknown}.")
    });
    match (own, limits) {
        (Some(own), Some(limits)) => Some(format!("{own}\n{limits}")),
        (own, limits) => own.or(limits),
    }
}

fn creation(sbom: &Sbom<'_>, created: String) -> Creation {
    let authors = sbom.document.authors.iter().filter_map(party);
    let creators = authors.chain(sbom.document.tools.iter().map(|tool| match &tool.version {
        Some(version) => format!("Tool: {}-{version}", tool.name),
        None => format!("Tool: {}", tool.name),
    }));
    let mut creators: Vec<String> = creators.collect();
    if creators.is_empty() {
        creators.push(identity::tool(sbom));
    }
    let list = sbom.document.licence_list.as_deref();
    Creation {
        created,
        creators,
        license_list_version: list.filter(|list| is_list_version(list)).map(str::to_owned),
    }
}

/// Two numbers, and perhaps more (clause 6.7: `major.minor`).
pub(crate) fn is_list_version(text: &str) -> bool {
    let mut numbers = text.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    numbers.next().is_some_and(is_number)
        && numbers.next().is_some_and(is_number)
        && numbers.next().is_none()
}

/// A party as a field writes it. `None` when nobody says who.
fn party(party: &Party<'_>) -> Option<String> {
    let kind = match party.kind {
        PartyKind::NoAssertion => return None,
        PartyKind::Person => "Person",
        PartyKind::Tool => "Tool",
        PartyKind::Organisation | PartyKind::Unknown => "Organization",
    };
    let address = party.emails.first().or(party.urls.first());
    match (&*party.name, address) {
        ("", None) => None,
        ("", Some(address)) => Some(format!("{kind}: {address}")),
        (name, None) => Some(format!("{kind}: {name}")),
        (name, Some(address)) if party.emails.is_empty() => {
            let _ = address;
            Some(format!("{kind}: {name}"))
        }
        (name, Some(mail)) => Some(format!("{kind}: {name} ({mail})")),
    }
}

/// Whether the standard can refer to a document.
pub(crate) fn holds_document(document: &crate::ExternalDocument<'_>) -> bool {
    external(document).is_some()
}

/// A document without a checksum cannot be referred to (clause 6.6).
fn external(document: &crate::ExternalDocument<'_>) -> Option<ExternalDocument> {
    let hash = document.hash.as_ref()?;
    let id = document.reference.strip_prefix("DocumentRef-")?;
    (!id.is_empty()).then(|| ExternalDocument {
        external_document_id: document.reference.to_string(),
        spdx_document: document.identity.to_string(),
        checksum: element::checksum(hash),
    })
}

fn annotation(one: &Annotation<'_>, created: &str) -> AnnotationRecord {
    let is_review = one.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("REVIEW"));
    AnnotationRecord {
        annotation_date: one
            .timestamp
            .as_deref()
            .and_then(identity::moment)
            .unwrap_or_else(|| created.to_owned()),
        annotation_type: if is_review { "REVIEW" } else { "OTHER" },
        annotator: one
            .annotator
            .as_ref()
            .and_then(party)
            .unwrap_or_else(|| "Organization: unknown".to_owned()),
        comment: one.text.to_string(),
    }
}

/// The remarks of a document, by what they are about.
struct Remarks<'s> {
    by_subject: HashMap<End, Vec<&'s Annotation<'s>>>,
    claims: &'s Claims,
    names: &'s Names,
    /// Edges that no relationship can say, by the component at which they begin.
    edges: &'s HashMap<Option<ComponentId>, Vec<String>>,
    created: &'s str,
    tool: &'s str,
}

impl<'s> Remarks<'s> {
    fn by_subject(sbom: &'s Sbom<'s>) -> HashMap<End, Vec<&'s Annotation<'s>>> {
        let mut by_subject: HashMap<End, Vec<&Annotation<'_>>> = HashMap::new();
        for one in &sbom.annotations {
            for subject in &one.subjects {
                let list = by_subject.entry(*subject).or_default();
                if list.last().is_none_or(|last| !std::ptr::eq(*last, one)) {
                    list.push(one);
                }
            }
        }
        by_subject
    }

    /// What people and tools said.
    fn signed(&self, subject: End) -> Vec<AnnotationRecord> {
        let list = self.by_subject.get(&subject).into_iter().flatten();
        list.map(|one| annotation(one, self.created)).collect()
    }

    /// The remarks on a component, and what of it has no other place.
    fn on(&self, id: ComponentId, component: &Component<'_>) -> Vec<AnnotationRecord> {
        let mut remarks = self.signed(End::Component(id));
        let place = Place::in_2(component);
        let properties = component.details().properties.iter();
        let properties = properties.filter(|one| !own_fields::holds(place, component, &one.name));
        let properties = properties.map(|one| remark::of(&one.name, &one.value));
        let claims = self.claims.remarks.get(&id).into_iter().flatten().cloned();
        let beside = beside_spdx(component, place, |id| self.names.get(id).to_owned());
        let beside = beside.into_iter().map(|(name, value)| remark::of(&name, &value));
        let edges = self.edges.get(&Some(id)).into_iter().flatten().cloned();
        let told = properties.chain(claims).chain(beside).chain(edges);
        remarks.extend(told.map(|told| AnnotationRecord::by(self.tool, self.created, &told)));
        remarks
    }
}
