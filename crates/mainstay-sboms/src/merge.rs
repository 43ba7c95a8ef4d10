//! Several SBOMs as one.
//!
//! A component that several documents list becomes one component: the same package URL with its
//! version, or the same kind, group, name, version and checksums where there is none. What they
//! say of it is joined: every identifier, checksum, licence, address, author, place and property
//! once; of the rest, what the first of them says that says it. What one of them needs is needed. The
//! property `mainstay:from` says which documents list it, and where they
//! disagree about its supplier or a checksum, a gap says so.

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;

use mainstay_reading::{Gap, Place};

use crate::inventory::{FOR_DEVELOPMENT, is_for_development};
use crate::{
    Aggregate, Annotation, Completeness, Component, ComponentId, CustomLicence, Details, Document,
    Encoding, End, ExternalId, Hash, Need, Property, Relationship, Sbom, Spec, Text,
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

/// What components have, so that each entry is added once, however many documents list it and
/// however long the lists are.
#[derive(Default)]
struct Joining {
    /// Components whose own entries are known.
    known: HashSet<ComponentId>,
    entries: HashSet<(ComponentId, String)>,
    /// Disagreements that are told.
    told: HashSet<(ComponentId, String)>,
}

impl Joining {
    /// Joins what another document says of a component. Gives what the two disagree about.
    fn join<'t>(
        &mut self,
        id: ComponentId,
        known: &mut Component<'t>,
        mut other: Component<'t>,
    ) -> Vec<String> {
        self.know(id, known);
        let is_both = is_for_development(known) == is_for_development(&other);
        let mut disagreements = Vec::new();
        let label = known.label();
        for hash in other.hashes {
            if !self.entries.insert((id, sum(&hash))) {
                continue;
            }
            let name = hash.algorithm.spdx_name();
            if !self.entries.insert((id, kind_of_sum(&hash))) {
                disagreements.push(format!("{label} has different checksums by {name}"));
            }
            known.hashes.push(hash);
        }
        self.add(id, &mut known.identifiers, other.identifiers);
        self.add(id, &mut known.licences, other.licences);
        self.add(id, &mut known.references, other.references);
        // What one document needs is needed. Silence is the standard's "required".
        known.need = match (known.need, other.need) {
            (Some(one), Some(two)) => Some(more_needed(one, two)),
            (Some(Need::Required), None) | (None, Some(Need::Required)) => Some(Need::Required),
            (None, _) | (_, None) => None,
        };
        if let Some(other) = other.more.take() {
            disagreements.extend(self.details(id, known.details_mut(), *other, &label));
        }
        if !is_both && let Some(details) = &mut known.more {
            details.properties.retain(|one| !FOR_DEVELOPMENT.contains(&&*one.name));
        }
        disagreements.retain(|what| self.told.insert((id, what.clone())));
        disagreements
    }

    /// Notes what a component has, before anything is added to it.
    fn know(&mut self, id: ComponentId, known: &Component<'_>) {
        if !self.known.insert(id) {
            return;
        }
        for hash in &known.hashes {
            self.entries.insert((id, sum(hash)));
            self.entries.insert((id, kind_of_sum(hash)));
        }
        self.note(id, &known.identifiers);
        self.note(id, &known.licences);
        self.note(id, &known.references);
        let details = known.details();
        self.note(id, &details.properties);
        self.note(id, &details.authors);
        self.note(id, &details.occurrences);
        self.note(id, &details.attributions);
        self.note(id, &details.file_types);
    }

    fn note<T: Debug>(&mut self, id: ComponentId, list: &[T]) {
        for one in list {
            self.entries.insert((id, entry(one)));
        }
    }

    fn add<T: Debug>(&mut self, id: ComponentId, known: &mut Vec<T>, others: Vec<T>) {
        known.extend(others.into_iter().filter(|one| self.entries.insert((id, entry(one)))));
    }

    fn details<'t>(
        &mut self,
        id: ComponentId,
        details: &mut Details<'t>,
        other: Details<'t>,
        label: &str,
    ) -> Option<String> {
        let disagreement = match (&details.supplier, &other.supplier) {
            (Some(one), Some(two)) if one.name != two.name => {
                Some(format!("{label} has the suppliers {} and {}", one.name, two.name))
            }
            _ => None,
        };
        self.add(id, &mut details.properties, other.properties);
        self.add(id, &mut details.authors, other.authors);
        self.add(id, &mut details.occurrences, other.occurrences);
        self.add(id, &mut details.attributions, other.attributions);
        self.add(id, &mut details.file_types, other.file_types);
        macro_rules! first {
            ($($field:ident),*) => {
                $(if details.$field.is_none() { details.$field = other.$field; })*
            };
        }
        first!(
            kind_as_written,
            supplier,
            manufacturer,
            originator,
            publisher,
            copyright,
            summary,
            description,
            comment,
            media_type,
            file_name,
            files_analyzed,
            verification_code,
            source_info,
            released,
            built,
            valid_until,
            is_external,
            version_range,
            is_modified,
            model_card
        );
        disagreement
    }
}

fn entry<T: Debug>(one: &T) -> String {
    format!("{}{one:?}", std::any::type_name::<T>())
}

fn sum(hash: &Hash<'_>) -> String {
    format!("{} {}", hash.algorithm.spdx_name(), hash.value.to_ascii_lowercase())
}

fn kind_of_sum(hash: &Hash<'_>) -> String {
    hash.algorithm.spdx_name().to_owned()
}

fn more_needed(one: Need, two: Need) -> Need {
    let needs = [Need::Required, Need::Optional, Need::Excluded];
    needs.into_iter().find(|need| [one, two].contains(need)).unwrap_or(Need::Required)
}

/// Adds what is not there yet.
fn extend<T: Debug>(known: &mut Vec<T>, others: Vec<T>) {
    let mut met: HashSet<String> = known.iter().map(entry).collect();
    known.extend(others.into_iter().filter(|one| met.insert(entry(one))));
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

    /// A document with one package, of which it says this.
    fn with(change: impl FnOnce(&mut Component<'static>)) -> Sbom<'static> {
        let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
        let mut one = Component::new(crate::ComponentKind::Library, "a");
        one.identifiers.push(crate::Identifier::purl("pkg:npm/a@1".into()));
        change(&mut one);
        sbom.add(one);
        sbom
    }

    fn joined(one: Sbom<'static>, two: Sbom<'static>) -> Sbom<'static> {
        merge(vec![("one".to_owned(), one), ("two".to_owned(), two)])
    }

    #[test]
    fn what_only_the_second_document_says_is_kept() {
        let mut second = with(|one| {
            let details = one.details_mut();
            details.released = Some("2026-01-01T00:00:00Z".into());
            details.file_name = Some("a.tgz".into());
            details.authors.push(crate::Party::named(crate::PartyKind::Person, "Jo"));
            details.occurrences.push(crate::Occurrence { location: "x".into(), line: None });
        });
        second.document.supplier = Some(crate::Party::named(crate::PartyKind::Person, "Jo"));
        second.document.properties.push(Property { name: "p".into(), value: "v".into() });
        let expected = second.components[0].details().clone();
        let merged = joined(with(|_| ()), second);
        let mut details = merged.components[0].details().clone();
        details.properties.clear();
        assert_eq!(details, expected);
        assert!(merged.document.supplier.is_some());
        assert_eq!(merged.document.properties.len(), 1);
    }

    #[test]
    fn what_one_document_needs_is_needed() {
        for (one, two, expected) in [
            (Some(Need::Excluded), Some(Need::Required), Some(Need::Required)),
            (Some(Need::Excluded), None, None),
            (Some(Need::Excluded), Some(Need::Optional), Some(Need::Optional)),
        ] {
            for (one, two) in [(one, two), (two, one)] {
                let merged = joined(with(|a| a.need = one), with(|a| a.need = two));
                assert_eq!(merged.components[0].need, expected);
            }
        }
    }

    #[test]
    fn what_one_document_marks_as_for_development_another_may_need() {
        let marked = with(|one| {
            let name = Text::Borrowed("cdx:npm:package:development");
            one.details_mut().properties.push(Property { name, value: "true".into() });
        });
        let merged = joined(marked, with(|_| ()));
        assert!(!is_for_development(&merged.components[0]));
    }

    #[test]
    fn nothing_in_one_document_and_something_in_another_is_open() {
        let mut nothing = with(|_| ());
        let app = End::Component(ComponentId::at(0));
        let kind = crate::RelationshipKind::DependsOn;
        nothing.relationships.push(Relationship {
            from: app,
            kind: kind.clone(),
            to: End::Nothing,
        });
        let mut something = with(|_| ());
        let left = something.add(Component::new(crate::ComponentKind::Library, "left"));
        something.relationships.push(Relationship { from: app, kind, to: End::Component(left) });
        let open = crate::open_questions(&joined(nothing, something));
        assert!(open.iter().any(|gap| gap.reason.contains("needs nothing")), "{open:?}");
    }

    #[test]
    fn long_lists_of_one_component_cost_no_more_each() {
        let long = || {
            with(|one| {
                one.details_mut().properties = (0..50_000)
                    .map(|at| Property { name: "n".into(), value: format!("{at}").into() })
                    .collect();
            })
        };
        let merged = joined(long(), long());
        assert_eq!(merged.components[0].details().properties.len(), 50_002);
    }

    #[test]
    fn many_components_of_one_package_url_are_joined_in_one_pass() {
        let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
        for at in 0..30_000 {
            let mut one = Component::new(crate::ComponentKind::Library, "a");
            one.identifiers.push(crate::Identifier::purl("pkg:npm/a@1".into()));
            let value = format!("{at:040x}").into();
            one.hashes.push(Hash { algorithm: crate::HashAlgorithm::Sha1, value });
            sbom.add(one);
        }
        let merged = merge(vec![("one".to_owned(), sbom)]);
        assert_eq!((merged.components.len(), merged.gaps.len()), (1, 1));
    }
}
