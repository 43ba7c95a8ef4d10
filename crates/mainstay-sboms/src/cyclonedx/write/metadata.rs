//! Metadata, claims of completeness, annotations.

use serde::Serialize;

use super::component::ComponentOut;
use super::formats::time;
use super::licences::{LicenceOut, licences};
use super::parts::{ContactOut, EntityOut, HashOut, PropertyOut, hashes, holds_person};
use super::{Context, OutputVersion};
use crate::cyclonedx::words;
use crate::properties::document::{CREATED, beside_cyclonedx, limits};
use crate::{Aggregate, Annotation, ComponentId, End, Party, PartyKind};

#[derive(Serialize)]
pub(super) struct MetadataOut<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lifecycles: Vec<LifecycleOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<ToolsOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<ContactOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<ComponentOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manufacturer: Option<EntityOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<EntityOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenceOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<PropertyOut<'c>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum LifecycleOut<'c> {
    Phase { phase: &'c str },
    Name { name: &'c str },
}

#[derive(Serialize)]
struct ToolsOut<'c> {
    components: Vec<ToolOut<'c>>,
}

#[derive(Serialize)]
struct ToolOut<'c> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'c str>,
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<HashOut<'c>>,
}

/// The phases that the standard names; others are written by name.
const PHASES: [&str; 7] =
    ["design", "pre-build", "build", "post-build", "operations", "discovery", "decommission"];

impl<'c> MetadataOut<'c> {
    pub(super) fn of(context: &'c Context<'c>, main: Option<ComponentOut<'c>>) -> Self {
        let document = &context.sbom.document;
        let lifecycles = document.lifecycles.iter().map(|one| match &**one {
            phase if PHASES.contains(&phase) => LifecycleOut::Phase { phase },
            name => LifecycleOut::Name { name },
        });
        let tools: Vec<_> = document.tools.iter().map(|one| tool(context.version, one)).collect();
        let made_up = context.made_up.as_deref().map(|reference| {
            let name = document.name.as_deref().unwrap_or("several components");
            ComponentOut::bare("application", reference, name)
        });
        let (licenses, others) = licences(context.version, document.licences.iter());
        let mut properties: Vec<_> = PropertyOut::all(&document.properties).collect();
        properties.extend(others);
        properties.extend(of_document(context));
        Self {
            timestamp: document.created.as_deref().and_then(time),
            lifecycles: lifecycles.collect(),
            tools: (!tools.is_empty()).then_some(ToolsOut { components: tools }),
            authors: ContactOut::all(&document.authors),
            component: main.or(made_up),
            manufacturer: document.manufacturer.as_ref().and_then(EntityOut::of),
            supplier: document.supplier.as_ref().and_then(EntityOut::of),
            licenses,
            properties,
        }
    }
}

fn tool<'c>(version: OutputVersion, tool: &'c crate::Tool<'_>) -> ToolOut<'c> {
    ToolOut {
        hashes: hashes(version, &tool.hashes).0,
        kind: "application",
        publisher: tool.vendor.as_deref(),
        name: &tool.name,
        version: tool.version.as_deref(),
    }
}

/// What only SPDX has a field for, and what was lost on the way into the model.
fn of_document<'c>(context: &'c Context<'c>) -> Vec<PropertyOut<'c>> {
    let sbom = context.sbom;
    let mut properties = Vec::new();
    let created = sbom.document.created.as_deref().filter(|text| time(text).is_none());
    properties.extend(created.map(|text| PropertyOut::new(CREATED, text)));
    let beside = beside_cyclonedx(sbom, holds_person).into_iter();
    properties.extend(beside.map(|(name, value)| PropertyOut::new(name, value)));
    properties.extend(super::graph::relations_of_document(context));
    let limits = limits(sbom).into_iter();
    properties.extend(limits.map(|(name, value)| PropertyOut::new(name, value)));
    properties
}

#[derive(Serialize)]
pub(super) struct CompositionOut<'c> {
    aggregate: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assemblies: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<&'c str>,
}

/// Claims of completeness. What the graph cannot leave open is left open here: it has a node for
/// whatever has an edge, and a node lists everything.
pub(super) fn compositions<'c>(context: &'c Context<'c>) -> Vec<CompositionOut<'c>> {
    let names = |ids: &[ComponentId]| -> Vec<&'c str> {
        let mut names: Vec<&str> =
            ids.iter().filter_map(|id| context.name(End::Component(*id))).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let out = |aggregate, assemblies: &[ComponentId], dependencies: &[ComponentId]| {
        let aggregate = words::aggregate_word(aggregate);
        let (assemblies, dependencies) = (names(assemblies), names(dependencies));
        CompositionOut { aggregate, assemblies, dependencies }
    };
    let claims = context.sbom.completeness.iter();
    let mut compositions: Vec<_> =
        claims.map(|claim| out(claim.aggregate, &claim.assemblies, &claim.dependencies)).collect();
    let (holding, needing) = super::graph::left_open(context);
    if !holding.is_empty() || !needing.is_empty() {
        compositions.push(out(Aggregate::Unknown, &holding, &needing));
    }
    compositions
}

#[derive(Serialize)]
pub(super) struct AnnotationOut<'c> {
    subjects: Vec<&'c str>,
    annotator: AnnotatorOut<'c>,
    timestamp: &'c str,
    text: &'c str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum AnnotatorOut<'c> {
    Organization(EntityOut<'c>),
    Individual(ContactOut<'c>),
    Component(ToolOut<'c>),
}

/// Annotations. The standard asks each for a time: one without has the document's, and where that
/// is not known either, the beginning of time as computers count it.
pub(super) fn annotations<'c>(context: &'c Context<'c>) -> Vec<AnnotationOut<'c>> {
    let created = context.sbom.document.created.as_deref().and_then(time);
    let created = created.unwrap_or("1970-01-01T00:00:00Z");
    let annotations = context.sbom.annotations.iter();
    annotations
        .map(|one| AnnotationOut {
            subjects: subjects(context, one),
            annotator: annotator(one.annotator.as_ref()),
            timestamp: one.timestamp.as_deref().and_then(time).unwrap_or(created),
            text: &one.text,
        })
        .collect()
}

fn subjects<'c>(context: &'c Context<'c>, annotation: &Annotation<'_>) -> Vec<&'c str> {
    let mut names: Vec<&str> =
        annotation.subjects.iter().filter_map(|end| context.name(*end)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn annotator<'c>(party: Option<&'c Party<'_>>) -> AnnotatorOut<'c> {
    static NOBODY: Party<'static> = Party::NOBODY;
    let party = party.unwrap_or(&NOBODY);
    match party.kind {
        PartyKind::Person => AnnotatorOut::Individual(ContactOut::of(party)),
        PartyKind::Tool => AnnotatorOut::Component(ToolOut {
            kind: "application",
            publisher: None,
            name: &party.name,
            version: None,
            hashes: Vec::new(),
        }),
        PartyKind::Organisation | PartyKind::Unknown | PartyKind::NoAssertion => {
            match EntityOut::of(party) {
                Some(entity) => AnnotatorOut::Organization(entity),
                None => AnnotatorOut::Individual(ContactOut::of(party)),
            }
        }
    }
}
