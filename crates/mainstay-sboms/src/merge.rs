//! Several SBOMs as one.
//!
//! A component that several documents list becomes one component: the same package URL with its
//! version, or the same kind, group, name, version and checksums where there is none. What they
//! say of it is joined: every identifier, checksum, licence and address once; of the rest, what the
//! first of them says. The property `mainstay:from` says which documents list it, and where they
//! disagree about its supplier or a checksum, a gap says so.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{Gap, Place};

use crate::{
    Aggregate, Annotation, Completeness, Component, ComponentId, CustomLicence, Details, Document,
    Encoding, End, ExternalId, Property, Relationship, Sbom, Spec, Text,
};

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
            if !self.sbom.described.contains(&id) {
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
        for mut vulnerability in document.vulnerabilities {
            for affected in &mut vulnerability.affects {
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
        let documents = from.join(", ");
        let Some(known) = self.sbom.components.get_mut(id.position()) else { return };
        for what in join(known, component) {
            self.sbom.gaps.push(Gap {
                place: Place::default(),
                reason: format!("{what}; the documents are {documents}"),
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
        match self.sbom.custom_licences.iter().find(|known| known.id == licence.id) {
            None => self.sbom.custom_licences.push(licence),
            Some(known) if known.text == licence.text => {}
            Some(_) => self.sbom.gaps.push(Gap {
                place: Place { file: Some(name.into()), ..Place::default() },
                reason: format!("{} is another licence here than in another document", licence.id),
                advice: "look into the documents for its text".to_owned(),
            }),
        }
    }

    fn facts(&mut self, facts: Document<'t>) {
        let document = &mut self.sbom.document;
        extend(&mut document.authors, facts.authors);
        extend(&mut document.tools, facts.tools);
        extend(&mut document.documents, facts.documents);
        extend(&mut document.lifecycles, facts.lifecycles);
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

/// Joins what another document says of a component. Gives what the two disagree about.
fn join<'t>(known: &mut Component<'t>, other: Component<'t>) -> Vec<String> {
    let mut disagreements = Vec::new();
    let label = known.label();
    for hash in other.hashes {
        let of_kind = known.hashes.iter().filter(|one| one.algorithm == hash.algorithm);
        let same: Vec<bool> =
            of_kind.map(|one| one.value.eq_ignore_ascii_case(&hash.value)).collect();
        if same.contains(&true) {
            continue;
        }
        if !same.is_empty() {
            let name = hash.algorithm.spdx_name();
            disagreements.push(format!("{label} has different checksums by {name}"));
        }
        known.hashes.push(hash);
    }
    extend(&mut known.identifiers, other.identifiers);
    extend(&mut known.licences, other.licences);
    extend(&mut known.references, other.references);
    known.need = known.need.or(other.need);
    if let Some(other) = other.more {
        disagreements.extend(join_details(known.details_mut(), *other, &label));
    }
    disagreements
}

fn join_details<'t>(details: &mut Details<'t>, other: Details<'t>, label: &str) -> Option<String> {
    let disagreement = match (&details.supplier, &other.supplier) {
        (Some(one), Some(two)) if one.name != two.name => {
            Some(format!("{label} has the suppliers {} and {}", one.name, two.name))
        }
        _ => None,
    };
    details.supplier = details.supplier.take().or(other.supplier);
    details.manufacturer = details.manufacturer.take().or(other.manufacturer);
    details.originator = details.originator.take().or(other.originator);
    details.publisher = details.publisher.take().or(other.publisher);
    details.copyright = details.copyright.take().or(other.copyright);
    details.description = details.description.take().or(other.description);
    details.summary = details.summary.take().or(other.summary);
    details.comment = details.comment.take().or(other.comment);
    details.model_card = details.model_card.take().or(other.model_card);
    extend(&mut details.properties, other.properties);
    disagreement
}

/// Adds what is not there yet. The lists of one component are short.
fn extend<T: PartialEq>(known: &mut Vec<T>, others: Vec<T>) {
    for one in others {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spdx::read_v2_json;

    fn document(supplier: &str, digit: &str) -> String {
        format!(
            r#"{{"spdxVersion": "SPDX-2.3", "packages": [
            {{"SPDXID": "SPDXRef-a", "name": "app{supplier}"}},
            {{"SPDXID": "SPDXRef-l", "name": "left", "versionInfo": "1", "supplier": "Person: {supplier}",
            "checksums": [{{"algorithm": "SHA1", "checksumValue": "{}"}}],
            "externalRefs": [{{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/left@1"}}]}}],
            "relationships": [
            {{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"}},
            {{"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-l"}}]}}"#,
            digit.repeat(40)
        )
    }

    fn merged<'t>(one: &'t str, two: &'t str) -> Sbom<'t> {
        merge(vec![
            ("one".to_owned(), read_v2_json(one).unwrap()),
            ("two".to_owned(), read_v2_json(two).unwrap()),
        ])
    }

    #[test]
    fn a_package_of_both_is_one_with_both_as_its_origin() {
        let (one, two) = (document("A", "0"), document("A", "0"));
        let merged = merged(&one, &two);
        assert_eq!(merged.components.len(), 2);
        let from = merged.components[1].details().properties.iter();
        assert_eq!(from.map(|one| &*one.value).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(merged.relationships.len(), 1);
        assert!(merged.gaps.is_empty());
    }

    #[test]
    fn what_only_one_lists_keeps_its_edges() {
        let (one, two) = (document("A", "0"), document("B", "0"));
        let merged = merged(&one, &two);
        let names: Vec<&str> = merged.components.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["appA", "left", "appB"]);
        assert_eq!(merged.described.len(), 2);
        assert_eq!(merged.relationships.len(), 2);
    }

    #[test]
    fn a_disagreement_is_a_gap() {
        let (one, two) = (document("A", "0"), document("B", "1"));
        let gaps = merged(&one, &two).gaps;
        let reasons: Vec<&str> = gaps.iter().map(|gap| &*gap.reason).collect();
        assert_eq!(
            reasons,
            [
                "left 1 has different checksums by SHA1; the documents are one, two",
                "left 1 has the suppliers A and B; the documents are one, two",
            ]
        );
    }

    #[test]
    fn merging_one_document_changes_no_edge() {
        let one = document("A", "0");
        let merged = merge(vec![("one".to_owned(), read_v2_json(&one).unwrap())]);
        assert_eq!(merged.components.len(), 2);
        assert_eq!(merged.relationships, read_v2_json(&one).unwrap().relationships);
    }
}
