//! References: names that parts of a document give one another, and what they turn out to be.
//!
//! A name may be used before its component stands. So it becomes a number when it is first met; the
//! number waits in the place of the end, as if it were an element of another document, until the
//! document is over and [`Graph::resolve`] puts the component there.
//!
//! Standard: CycloneDX reference, "dependencies" (a component that needs nothing is listed with
//! nothing; what is not listed is not known) and "BOM-Link" (`urn:cdx:serial/version#reference`).

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use mainstay_reading::{Gap, Place};

use crate::inventory::is_need;
use crate::model::reference::is_bom_link;
use crate::{
    Aggregate, Completeness, ComponentId, End, ExternalId, Relationship, RelationshipKind, Sbom,
    Text,
};

/// The names met so far, and what waits for them.
#[derive(Default)]
pub(super) struct Graph<'t> {
    numbers: HashMap<Text<'t>, u32>,
    met: Vec<Met>,
    /// Claims of completeness about parts.
    claims: Vec<Claim>,
    /// Data sets of models: the model, the data set.
    datasets: Vec<(ComponentId, End)>,
    /// Names that two components have, with a line.
    repeated: Vec<(Text<'t>, Option<u32>)>,
}

#[derive(Clone, Copy, Default)]
struct Met {
    component: Option<ComponentId>,
    /// Whether the dependency graph uses the name, so that it should lead somewhere.
    is_in_graph: bool,
    /// Where the name was met first.
    line: Option<u32>,
}

struct Claim {
    aggregate: Aggregate,
    assemblies: Vec<End>,
    dependencies: Vec<End>,
    is_of_all: bool,
}

/// No more names than this are told one by one.
const MOST_TOLD: usize = 5;

const ASK: &str = "ask whoever made the document for a whole one";

impl<'t> Graph<'t> {
    /// Gives a component its name. An empty name is none. The component that has the name already
    /// keeps it, and is given back.
    pub(super) fn define(
        &mut self,
        name: Text<'t>,
        id: ComponentId,
        line: Option<u32>,
    ) -> Option<ComponentId> {
        if name.is_empty() {
            return None;
        }
        let number = self.number(name, line);
        let met = self.met.get_mut(number)?;
        let before = met.component;
        met.component = before.or(Some(id));
        before
    }

    /// Notes a name that two different components have.
    pub(super) fn repeated(&mut self, name: Text<'t>, line: Option<u32>) {
        self.repeated.push((name, line));
    }

    /// The end that a name stands for: a mere number until the document is over.
    pub(super) fn end(&mut self, name: Text<'t>, line: Option<u32>) -> End {
        End::External(ExternalId::at(self.number(name, line)))
    }

    /// The same, in the dependency graph, where a name must lead somewhere.
    pub(super) fn end_in_graph(&mut self, name: Text<'t>, line: Option<u32>) -> End {
        let number = self.number(name, line);
        if let Some(met) = self.met.get_mut(number) {
            met.is_in_graph = true;
        }
        End::External(ExternalId::at(number))
    }

    pub(super) fn claim(
        &mut self,
        aggregate: Aggregate,
        assemblies: Vec<End>,
        dependencies: Vec<End>,
        is_of_all: bool,
    ) {
        self.claims.push(Claim { aggregate, assemblies, dependencies, is_of_all });
    }

    pub(super) fn dataset(&mut self, model: ComponentId, dataset: End) {
        self.datasets.push((model, dataset));
    }

    fn number(&mut self, name: Text<'t>, line: Option<u32>) -> usize {
        let next = u32::try_from(self.met.len()).unwrap_or(u32::MAX);
        let number = match self.numbers.entry(name) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.met.push(Met { line, ..Met::default() });
                *new.insert(next)
            }
        };
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    /// Puts into every end what its name stands for.
    pub(super) fn resolve(self, sbom: &mut Sbom<'t>) {
        let (ends, nowhere) = self.ends(sbom);
        let settled = |end: End| match end {
            End::External(number) => ends.get(number.position()).copied().unwrap_or(end),
            End::Document | End::Component(_) | End::Nothing | End::NoAssertion => end,
        };
        for relationship in &mut sbom.relationships {
            relationship.from = settled(relationship.from);
            relationship.to = settled(relationship.to);
        }
        let emptied = drop_repeated(&mut sbom.relationships);
        for affected in sbom.vulnerabilities.iter_mut().flat_map(|one| &mut one.affects) {
            affected.target = settled(affected.target);
        }
        for subject in sbom.annotations.iter_mut().flat_map(|one| &mut one.subjects) {
            *subject = settled(*subject);
        }
        let components = |ends: Vec<End>| -> Vec<ComponentId> {
            let settled = ends.into_iter().map(settled);
            settled
                .filter_map(|end| if let End::Component(id) = end { Some(id) } else { None })
                .collect()
        };
        for claim in self.claims {
            sbom.completeness.push(Completeness {
                aggregate: claim.aggregate,
                assemblies: components(claim.assemblies),
                dependencies: components(claim.dependencies),
                is_of_all: claim.is_of_all,
            });
        }
        claim_told(sbom, emptied);
        for (model, dataset) in self.datasets {
            let Some(model) = sbom.components.get_mut(model.position()) else { continue };
            let Some(card) = model.details_mut().model_card.as_mut() else { continue };
            card.dataset_components.extend(components(vec![dataset]));
        }
        tell_repeated(sbom, &self.repeated);
        tell_nowhere(sbom, &nowhere);
    }

    /// What each number stands for, and the names of the graph that lead nowhere.
    fn ends(&self, sbom: &mut Sbom<'t>) -> (Vec<End>, Vec<(Text<'t>, Option<u32>)>) {
        let own = own_link(sbom);
        let mut names: Vec<(&Text<'t>, u32)> =
            self.numbers.iter().map(|(name, number)| (name, *number)).collect();
        names.sort_unstable_by_key(|(_, number)| *number);
        let mut ends = Vec::with_capacity(names.len());
        let mut nowhere = Vec::new();
        for ((name, _), met) in names.into_iter().zip(&self.met) {
            if let Some(id) = met.component.or_else(|| self.linked(name, own.as_deref())) {
                ends.push(End::Component(id));
                continue;
            }
            ends.push(End::External(ExternalId::at(sbom.external.len())));
            sbom.external.push(name.clone());
            if met.is_in_graph && !is_bom_link(name) {
                nowhere.push((name.clone(), met.line));
            }
        }
        (ends, nowhere)
    }

    /// The component that a BOM-Link into this very document names.
    fn linked(&self, name: &str, own: Option<&str>) -> Option<ComponentId> {
        let reference = name.strip_prefix(own?)?;
        let number = usize::try_from(*self.numbers.get(reference)?).ok()?;
        self.met.get(number)?.component
    }
}

/// What a BOM-Link into this document begins with.
fn own_link(sbom: &Sbom<'_>) -> Option<String> {
    let serial = sbom.document.identity.as_deref()?.strip_prefix("urn:uuid:")?;
    Some(format!("urn:cdx:{serial}/{}#", sbom.document.edition.unwrap_or(1)))
}

/// An edge whose kind a property tells stands in the graph too, as one of no kind. Gives the
/// beginnings of which no other edge in the graph is left.
fn drop_repeated(relationships: &mut Vec<Relationship<'_>>) -> Vec<ComponentId> {
    let is_plain = |one: &Relationship<'_>| one.kind == RelationshipKind::DependsOn;
    let told: HashSet<(End, End)> = relationships
        .iter()
        .filter(|one| !is_plain(one) && is_need(&one.kind) && one.to != End::Nothing)
        .map(|one| (one.from, one.to))
        .collect();
    if told.is_empty() {
        return Vec::new();
    }
    let mut emptied: BTreeSet<End> = BTreeSet::new();
    relationships.retain(|one| {
        let is_kept = !is_plain(one) || !told.contains(&(one.from, one.to));
        if !is_kept {
            emptied.insert(one.from);
        }
        is_kept
    });
    for one in relationships.iter().filter(|one| is_plain(one)) {
        emptied.remove(&one.from);
    }
    let ids = emptied.into_iter();
    ids.filter_map(|end| if let End::Component(id) = end { Some(id) } else { None }).collect()
}

/// A node of the graph lists all that its component depends on, also where each edge turned out to
/// be of a kind of its own; unless the document claims otherwise.
fn claim_told(sbom: &mut Sbom<'_>, mut ids: Vec<ComponentId>) {
    let claimed: HashSet<ComponentId> =
        sbom.completeness.iter().flat_map(|claim| claim.dependencies.iter().copied()).collect();
    ids.retain(|id| !claimed.contains(id));
    if !ids.is_empty() {
        sbom.completeness.push(Completeness {
            aggregate: Aggregate::Complete,
            assemblies: Vec::new(),
            dependencies: ids,
            is_of_all: false,
        });
    }
}

fn tell_repeated(sbom: &mut Sbom<'_>, repeated: &[(Text<'_>, Option<u32>)]) {
    let Some((name, line)) = repeated.first() else { return };
    let others = match repeated.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    sbom.gaps.push(Gap {
        place: Place::at(*line),
        reason: format!(
            "two components have the reference {name}{others}; edges lead to the first"
        ),
        advice: ASK.to_owned(),
    });
}

fn tell_nowhere(sbom: &mut Sbom<'_>, nowhere: &[(Text<'_>, Option<u32>)]) {
    let Some((_, line)) = nowhere.first() else { return };
    let told: Vec<&str> = nowhere.iter().take(MOST_TOLD).map(|(name, _)| &**name).collect();
    let more = match nowhere.len().saturating_sub(MOST_TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    sbom.gaps.push(Gap {
        place: Place::at(*line),
        reason: format!(
            "the dependency graph names components that the document does not list: {}{more}",
            told.join(", ")
        ),
        advice: ASK.to_owned(),
    });
}

impl<'t> super::reader::Reader<'t> {
    /// One entry of `dependencies`.
    pub(super) fn dependency(&mut self, mut fields: super::value::Fields<'t>) {
        const PATH: &str = "dependencies";
        let line = self.line(&fields);
        let Some(reference) = self.text(&mut fields, "ref", PATH) else {
            return self.malformed(PATH, line);
        };
        let from = self.graph.end_in_graph(reference, line);
        let needs = self.texts(&mut fields, "dependsOn", PATH);
        if needs.is_empty() {
            let kind = RelationshipKind::DependsOn;
            self.sbom.relationships.push(Relationship { from, kind, to: End::Nothing });
        }
        for name in needs {
            let to = self.graph.end_in_graph(name, line);
            let kind = RelationshipKind::DependsOn;
            self.sbom.relationships.push(Relationship { from, kind, to });
        }
        for name in self.texts(&mut fields, "provides", PATH) {
            let to = self.graph.end_in_graph(name, line);
            let kind = RelationshipKind::Provides;
            self.sbom.relationships.push(Relationship { from, kind, to });
        }
        self.leave(&fields, PATH, line);
    }
}
