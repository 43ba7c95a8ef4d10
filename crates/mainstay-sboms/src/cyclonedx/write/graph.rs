//! References and the dependency graph.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::Context;
use super::parts::PropertyOut;
use crate::cyclonedx::words;
use crate::inventory::{is_need, wholeness};
use crate::model::reference::is_bom_link;
use crate::properties::component::{RELATION, end_value};
use crate::{ComponentId, End, RelationshipKind, Sbom, Text};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DependencyOut<'c> {
    #[serde(rename = "ref")]
    reference: &'c str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    provides: Vec<&'c str>,
}

/// A reference for each component: its own, else its package URL, else its label; unlike all
/// others.
pub(super) fn names<'s>(sbom: &'s Sbom<'_>) -> Vec<Text<'s>> {
    let mut taken: HashSet<&str> = HashSet::new();
    let mut names: Vec<Option<Text<'s>>> = Vec::with_capacity(sbom.components.len());
    for component in &sbom.components {
        let own = Some(&*component.reference).filter(|own| !own.is_empty());
        let own = own.or_else(|| component.purl().map(mainstay_types::Purl::as_str));
        let own = own.filter(|own| !is_bom_link(own) && taken.insert(own));
        names.push(own.map(Cow::Borrowed));
    }
    let parts = sbom.components.iter().zip(names).zip(1_usize..);
    let all = parts.map(|((component, name), number)| {
        name.unwrap_or_else(|| {
            // The number is unlike all others, but a hostile document may know it.
            let mut made = format!("{}#{number}", component.label());
            while taken.contains(&*made) {
                made.push('#');
            }
            Cow::Owned(made)
        })
    });
    all.collect()
}

/// A name that no component has.
pub(super) fn free_name(names: &[Text<'_>], wanted: &str) -> Text<'static> {
    let mut name = wanted.to_owned();
    while names.iter().any(|taken| **taken == *name) {
        name.push('#');
    }
    Cow::Owned(name)
}

/// The edges from one component.
#[derive(Default)]
struct Edges {
    is_told: bool,
    needs: Vec<End>,
    provides: Vec<End>,
}

/// The graph: a node for each component whose dependencies the model tells.
pub(super) fn dependencies<'c>(context: &'c Context<'c>) -> Vec<DependencyOut<'c>> {
    let mut edges: Vec<Edges> = Vec::new();
    edges.resize_with(context.sbom.components.len(), Edges::default);
    for relationship in &context.sbom.relationships {
        let End::Component(from) = relationship.from else { continue };
        let Some(edges) = edges.get_mut(from.position()) else { continue };
        if relationship.kind == RelationshipKind::Provides {
            edges.provides.push(relationship.to);
        } else if is_need(&relationship.kind) && relationship.to != End::NoAssertion {
            edges.is_told = true;
            edges.needs.push(relationship.to);
        }
    }
    let mut graph = Vec::new();
    if let Some(made_up) = &context.made_up {
        let described = context.sbom.described.iter().map(|id| End::Component(*id));
        let depends_on = targets(context, &described.collect::<Vec<_>>());
        graph.push(DependencyOut { reference: made_up, depends_on, provides: Vec::new() });
    }
    for (at, edges) in edges.iter().enumerate() {
        let Some(reference) = context.name(End::Component(ComponentId::at(at))) else { continue };
        if edges.is_told || !edges.provides.is_empty() {
            let depends_on = targets(context, &edges.needs);
            let provides = targets(context, &edges.provides);
            graph.push(DependencyOut { reference, depends_on, provides });
        }
    }
    graph
}

/// The components of which the model does not tell all that they contain, and all that they need,
/// though they have a node in the graph.
pub(super) fn left_open(context: &Context<'_>) -> (Vec<ComponentId>, Vec<ComponentId>) {
    let sbom = context.sbom;
    let mut is_told = wholeness::told(sbom);
    if wholeness::claims_all_parts(sbom, context.main) {
        is_told.fill(true);
    }
    let (mut holding, mut needing) = (BTreeSet::new(), BTreeSet::new());
    for one in &sbom.relationships {
        let End::Component(from) = one.from else { continue };
        let is_said = one.to != End::NoAssertion;
        if one.kind == RelationshipKind::Contains && !is_said {
            holding.insert(from);
        } else if is_need(&one.kind) || one.kind == RelationshipKind::Provides {
            let is_told = is_told.get(from.position()).copied().unwrap_or(false);
            if !is_said || !is_told {
                needing.insert(from);
            }
        }
    }
    (holding.into_iter().collect(), needing.into_iter().collect())
}

/// The references of these ends, sorted, each once.
fn targets<'c>(context: &'c Context<'c>, ends: &[End]) -> Vec<&'c str> {
    let mut names: Vec<&str> = ends.iter().filter_map(|end| context.name(*end)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What else relates the component to others, as properties.
pub(super) fn relations<'c>(context: &'c Context<'c>, from: End) -> Vec<PropertyOut<'c>> {
    let position = match from {
        End::Component(id) => id.position(),
        End::Document | End::External(_) | End::Nothing | End::NoAssertion => return Vec::new(),
    };
    let relations = context.relations.get(position).into_iter().flatten();
    relations
        .filter_map(|at| context.sbom.relationships.get(*at))
        .filter_map(|one| {
            let value = end_value(one.to, context.name(one.to).map(str::to_owned))?;
            let word = words::relationship_word(&one.kind);
            Some(PropertyOut::new(format!("{RELATION}{word}"), value))
        })
        .collect()
}

/// Edges that begin at no component, as properties of the document.
pub(super) fn relations_of_document<'c>(context: &'c Context<'c>) -> Vec<PropertyOut<'c>> {
    let relationships = context.sbom.relationships.iter();
    let foreign = relationships.filter(|one| !matches!(one.from, End::Component(_)));
    foreign
        .filter_map(|one| {
            let name = |end: End| end_value(end, context.name(end).map(str::to_owned));
            let value = serde_json::json!([name(one.from)?, name(one.to)?]).to_string();
            let word = words::relationship_word(&one.kind);
            Some(PropertyOut::new(format!("{RELATION}{word}"), value))
        })
        .collect()
}

/// For each component, the positions of the relationships that only a property can say.
pub(super) fn by_component(sbom: &Sbom<'_>) -> Vec<Vec<usize>> {
    let mut relations: Vec<Vec<usize>> = vec![Vec::new(); sbom.components.len()];
    for (at, one) in sbom.relationships.iter().enumerate() {
        let End::Component(from) = one.from else { continue };
        // That nobody knows what is needed is a claim of completeness.
        let is_provided = one.kind == RelationshipKind::Provides;
        let is_in_graph = one.kind == RelationshipKind::DependsOn
            || (is_provided && !matches!(one.to, End::Nothing | End::NoAssertion));
        if !is_in_graph && let Some(list) = relations.get_mut(from.position()) {
            list.push(at);
        }
    }
    relations
}
