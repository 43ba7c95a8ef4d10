//! Several SBOMs as one.
//!
//! A component that several documents list becomes one component: the same package URL with its
//! version, or the same kind, group, name, version and checksums where there is none. What they
//! say of it is joined: every identifier, checksum, licence, address, author, place and property
//! once; of the rest, what the first of them says that says it. What one of them needs is needed. The
//! property `mainstay:from` says which documents list it, and where they
//! disagree about its supplier or a checksum, a gap says so.

mod joining;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;

use mainstay_reading::{Gap, Place};

use crate::{
    Aggregate, Annotation, Completeness, Component, ComponentId, CustomLicence, Document, Encoding,
    End, ExternalId, Property, Relationship, Sbom, Spec, Text,
};
use joining::{Joining, entry};

/// The property that says which documents list a component.
pub const FROM: &str = "mainstay:from";

/// Joins documents, each with the name by which people know it.
pub fn merge(documents: Vec<(String, Sbom<'_>)>) -> Sbom<'_> {
    let mut merging = Merging {
        sbom: Sbom::new(Spec::Spdx2_3, Encoding::Json),
        known: HashMap::new(),
        external: HashMap::new(),
        edges: HashSet::new(),
        from: Vec::new(),
        references: HashSet::new(),
        described: HashSet::new(),
        licences: HashMap::new(),
        joining: Joining::default(),
    };
    for (name, document) in documents {
        merging.take(&name, document);
    }
    merging.finish()
}

struct Merging<'t> {
    sbom: Sbom<'t>,
    known: HashMap<String, ComponentId>,
    external: HashMap<String, ExternalId>,
    /// Edges that are there already, as text.
    edges: HashSet<String>,
    /// The documents that list each component.
    from: Vec<Vec<String>>,
    references: HashSet<String>,
    described: HashSet<ComponentId>,
    /// The positions of the licences that are spelt out, by their ids.
    licences: HashMap<String, usize>,
    joining: Joining,
}

/// Where the parts of one document went.
struct Moved {
    components: Vec<ComponentId>,
    external: Vec<ExternalId>,
}

impl Moved {
    fn end(&self, end: End) -> End {
        match end {
            End::Component(id) => self.id(id).map_or(end, End::Component),
            End::External(id) => {
                self.external.get(id.position()).map_or(end, |id| End::External(*id))
            }
            End::Document | End::Nothing | End::NoAssertion => end,
        }
    }

    fn id(&self, id: ComponentId) -> Option<ComponentId> {
        self.components.get(id.position()).copied()
    }

    fn ids(&self, ids: &[ComponentId]) -> Vec<ComponentId> {
        ids.iter().filter_map(|id| self.id(*id)).collect()
    }
}

impl<'t> Merging<'t> {
    fn take(&mut self, name: &str, mut document: Sbom<'t>) {
        let components = std::mem::take(&mut document.components);
        let parents: Vec<Option<ComponentId>> = components.iter().map(|one| one.parent).collect();
        let components = components.into_iter().map(|one| self.component(name, one)).collect();
        let external = std::mem::take(&mut document.external);
        let external = external.into_iter().map(|element| self.external(element)).collect();
        let moved = Moved { components, external };
        self.place_inside(&moved.components, &parents);
        for one in document.relationships {
            let (from, to) = (moved.end(one.from), moved.end(one.to));
            let edge = Relationship { from, kind: one.kind, to };
            if from != to && self.edges.insert(format!("{edge:?}")) {
                self.sbom.relationships.push(edge);
            }
        }
        for id in moved.ids(&document.described) {
            if self.described.insert(id) {
                self.sbom.described.push(id);
            }
        }
        // That one document is complete does not make the whole so. That it is not, does.
        let is_kept =
            |claim: &Completeness| !claim.is_of_all || claim.aggregate != Aggregate::Complete;
        for claim in document.completeness.into_iter().filter(is_kept) {
            self.sbom.completeness.push(Completeness {
                assemblies: moved.ids(&claim.assemblies),
                dependencies: moved.ids(&claim.dependencies),
                ..claim
            });
        }
        for annotation in document.annotations {
            let subjects = annotation.subjects.iter().map(|end| moved.end(*end)).collect();
            self.sbom.annotations.push(Annotation { subjects, ..annotation });
        }
        // What a document says of a part of what it describes is said of no other's part.
        let main = match document.described.as_slice() {
            [one] => Some(End::Component(*one)),
            _ => None,
        };
        for mut vulnerability in document.vulnerabilities {
            for affected in &mut vulnerability.affects {
                let product = affected.product.or(main).filter(|one| *one != affected.target);
                affected.product = product.map(|product| moved.end(product));
                affected.target = moved.end(affected.target);
            }
            self.sbom.vulnerabilities.push(vulnerability);
        }
        for licence in document.custom_licences {
            self.custom_licence(name, licence);
        }
        for gap in document.gaps {
            let file = gap.place.file.clone().unwrap_or_else(|| name.into());
            let place = Place { file: Some(file), ..gap.place };
            self.sbom.gaps.push(Gap { place, ..gap });
        }
        for left in document.left_out {
            self.sbom.leave_out(&left.what, None);
        }
        self.facts(document.document);
    }

    /// Takes in a component, or joins it to the one that it is.
    fn component(&mut self, name: &str, mut component: Component<'t>) -> ComponentId {
        let key = key(&component);
        component.parent = None;
        component.line = None;
        if let Some(id) = self.known.get(&key).copied() {
            self.meet(id, name, component);
            return id;
        }
        if !component.reference.is_empty()
            && !self.references.insert(component.reference.to_string())
        {
            component.reference = Text::Borrowed("");
        }
        let id = self.sbom.add(component);
        self.known.insert(key, id);
        self.from.push(vec![name.to_owned()]);
        id
    }

    fn meet(&mut self, id: ComponentId, name: &str, component: Component<'t>) {
        let Some(from) = self.from.get_mut(id.position()) else { return };
        if from.last().is_none_or(|last| last != name) {
            from.push(name.to_owned());
        }
        let Some(known) = self.sbom.components.get_mut(id.position()) else { return };
        for what in self.joining.join(id, known, component) {
            self.sbom.gaps.push(Gap {
                place: Place::default(),
                reason: format!("{what}; the documents are {}", from.join(", ")),
                advice: "find out which of them is right".to_owned(),
            });
        }
    }

    /// Where a component stood inside another, it does so still.
    fn place_inside(&mut self, ids: &[ComponentId], parents: &[Option<ComponentId>]) {
        for (id, parent) in ids.iter().zip(parents) {
            let parent = parent.and_then(|parent| ids.get(parent.position()).copied());
            let Some(parent) = parent.filter(|parent| parent.position() < id.position()) else {
                continue;
            };
            if let Some(component) = self.sbom.components.get_mut(id.position()) {
                component.parent = component.parent.or(Some(parent));
            }
        }
    }

    fn external(&mut self, element: Text<'t>) -> ExternalId {
        if let Some(id) = self.external.get(&*element) {
            return *id;
        }
        let id = ExternalId::at(self.sbom.external.len());
        self.external.insert(element.to_string(), id);
        self.sbom.external.push(element);
        id
    }

    /// Two documents may spell out two licences under one id. Only one can be kept.
    fn custom_licence(&mut self, name: &str, licence: CustomLicence<'t>) {
        let at = self.licences.get(&*licence.id).copied();
        match at.and_then(|at| self.sbom.custom_licences.get(at)) {
            None => {
                let at = self.sbom.custom_licences.len();
                self.licences.insert(licence.id.to_string(), at);
                self.sbom.custom_licences.push(licence);
            }
            Some(known) if known.text == licence.text => {}
            Some(_) => self.sbom.gaps.push(Gap {
                place: Place { file: Some(name.into()), ..Place::default() },
                reason: format!("{} is another licence here than in another document", licence.id),
                advice: "look into the documents for its text".to_owned(),
            }),
        }
    }

    /// Facts about the document. Of those that there can be one of, the first document's stays.
    fn facts(&mut self, facts: Document<'t>) {
        let document = &mut self.sbom.document;
        extend(&mut document.authors, facts.authors);
        extend(&mut document.tools, facts.tools);
        extend(&mut document.documents, facts.documents);
        extend(&mut document.lifecycles, facts.lifecycles);
        extend(&mut document.licences, facts.licences);
        extend(&mut document.profiles, facts.profiles);
        extend(&mut document.properties, facts.properties);
        document.supplier = document.supplier.take().or(facts.supplier);
        document.manufacturer = document.manufacturer.take().or(facts.manufacturer);
        document.licence_list = document.licence_list.take().or(facts.licence_list);
        document.comment = match (document.comment.take(), facts.comment) {
            (Some(one), Some(two)) if one != two => Some(format!("{one}\n{two}").into()),
            (one, two) => one.or(two),
        };
    }

    fn finish(mut self) -> Sbom<'t> {
        for (component, from) in self.sbom.components.iter_mut().zip(self.from) {
            let properties = &mut component.details_mut().properties;
            for document in from {
                let value = Text::Owned(document);
                properties.push(Property { name: Text::Borrowed(FROM), value });
            }
        }
        self.sbom
    }
}

/// What makes components of several documents one.
fn key(component: &Component<'_>) -> String {
    match component.purl() {
        Some(purl) if purl.version().is_some() => purl.to_string(),
        Some(_) | None => format!(
            "{:?} {:?} {} {:?} {:?}",
            component.kind, component.group, component.name, component.version, component.hashes
        ),
    }
}

/// Adds what is not there yet.
fn extend<T: Debug>(known: &mut Vec<T>, others: Vec<T>) {
    let mut met: HashSet<String> = known.iter().map(entry).collect();
    known.extend(others.into_iter().filter(|one| met.insert(entry(one))));
}
