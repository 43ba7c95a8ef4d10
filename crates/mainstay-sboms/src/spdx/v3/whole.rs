//! The document as a whole, once its elements are known.

use std::collections::HashSet;

use mainstay_reading::{Gap, Place as GapPlace, ReadError, ReadErrorKind};

use super::prefixes::most;
use super::reading::{Claim, Collection, Reading, Role};
use crate::properties::{self, remark};
use crate::spdx::elements::ASK;
use crate::{
    Acknowledgement, Aggregate, Completeness, End, ExternalDocument, Licence, LicenceText, Party,
    PartyKind, Relationship, RelationshipKind, Sbom, Text, Tool,
};

impl<'t> Reading<'t> {
    /// The finished model.
    pub(super) fn finish(mut self) -> Result<Sbom<'t>, ReadError> {
        for creation in self.creations.values() {
            if let Some(version) = &creation.version {
                Self::check_version(version)?;
            }
        }
        if self.creations.is_empty() && self.documents.is_empty() {
            return Err(ReadError::new(
                ReadErrorKind::Shape,
                "the document has neither an SpdxDocument nor a CreationInfo",
            ));
        }
        self.more_faults();
        self.facts();
        self.roots();
        self.join_parties();
        self.sign_remarks();
        self.claim_completeness();
        self.imports();
        self.join_security();
        let imported: HashSet<String> =
            self.imports.iter().map(|import| import.id.to_string()).collect();
        let licences = std::mem::take(&mut self.licences);
        let positions: std::collections::HashMap<String, usize> = self
            .sbom
            .components
            .iter()
            .enumerate()
            .map(|(at, component)| (component.reference.to_string(), at))
            .collect();
        let most = most(self.length);
        let is_room = licences.settle(&mut self.sbom, most, |name| positions.get(name).copied());
        if !is_room || self.is_exceeded || self.prefixes.is_exceeded() {
            return Err(ReadError::new(
                ReadErrorKind::TooDeep,
                "the document repeats long names or licences more often than any real one",
            ));
        }
        self.elements.settle(&mut self.sbom, |name| imported.contains(name));
        remark::take(&mut self.sbom);
        properties::read_back(&mut self.sbom);
        Ok(self.sbom)
    }

    /// The document element. Without one, the first SBOM stands for it.
    fn facts(&mut self) {
        if self.documents.len() > 1 {
            self.sbom.gaps.push(Gap {
                place: GapPlace::default(),
                reason: format!(
                    "the list has {} documents; the first counts",
                    self.documents.len()
                ),
                advice: ASK.to_owned(),
            });
        }
        let Some(whole) = self.documents.first().or(self.boms.first()) else { return };
        let document = &mut self.sbom.document;
        document.identity = Some(whole.id.clone()).filter(|id| !id.is_empty());
        document.name.clone_from(&whole.name);
        document.comment.clone_from(&whole.comment);
        document.profiles.clone_from(&whole.profiles);
        document.lifecycles = self.boms.iter().flat_map(|bom| bom.types.iter().cloned()).collect();
        if let Some(licence) = &whole.data_licence {
            let meaning = self.licences.of_document(licence, most(self.length));
            let meaning = meaning.unwrap_or(LicenceText::NoAssertion);
            document.licences.push(Licence::new(meaning, Acknowledgement::Declared));
        }
        let name = whole.creation.clone().unwrap_or_default();
        let Some(creation) = self.creations.get(&name) else { return };
        document.created.clone_from(&creation.created);
        if document.comment.is_none() {
            document.comment.clone_from(&creation.comment);
        }
        for name in &creation.by {
            let party = self.parties.get(name).cloned();
            document.authors.push(party.unwrap_or_else(|| unknown(name)));
        }
        for name in &creation.using {
            let tool = self.tools.get(name).cloned();
            let unknown = || Tool { name: name.clone(), ..Tool::default() };
            document.tools.push(tool.unwrap_or_else(unknown));
        }
    }

    /// What the document and its SBOMs are about: their roots, those of SBOMs among them included.
    fn roots(&mut self) {
        let boms: HashSet<&Text<'t>> = self.boms.iter().map(|bom| &bom.id).collect();
        let collections: Vec<&Collection<'t>> = self.documents.iter().chain(&self.boms).collect();
        let roots: Vec<Text<'t>> = collections
            .iter()
            .flat_map(|one| one.roots.iter())
            .filter(|root| !boms.contains(root))
            .cloned()
            .collect();
        for root in roots {
            let to = self.end(root, None);
            let kind = RelationshipKind::Describes;
            self.sbom.relationships.push(Relationship { from: End::Document, kind, to });
        }
    }

    fn join_parties(&mut self) {
        for (component, role, name) in std::mem::take(&mut self.supplied) {
            let Some(party) = self.party_named(&name) else { return };
            let Some(component) = self.sbom.components.get_mut(component.position()) else {
                continue;
            };
            let details = component.details_mut();
            let place = match role {
                Role::Supplier => &mut details.supplier,
                Role::Originator => &mut details.originator,
            };
            if place.is_none() {
                *place = Some(party);
            } else {
                details.authors.push(party);
            }
        }
    }

    fn sign_remarks(&mut self) {
        for (at, name) in std::mem::take(&mut self.remarked) {
            let Some(creation) = self.creations.get(&name) else { continue };
            let created = creation.created.clone().filter(|text| text.len() <= LONGEST_TIME);
            let by = creation.by.first().cloned();
            let annotator = match by.map(|name| self.party_named(&name)) {
                None => None,
                Some(None) => return,
                Some(party) => party,
            };
            let Some(annotation) = self.sbom.annotations.get_mut(at) else { continue };
            (annotation.timestamp, annotation.annotator) = (created, annotator);
        }
    }

    /// A copy of a party. `None` when copies take more room than any real document's.
    fn party_named(&mut self, name: &Text<'t>) -> Option<Party<'t>> {
        let party = self.parties.get(name).cloned().unwrap_or_else(|| unknown(name));
        let texts = [&party.name].into_iter().chain(&party.emails).chain(&party.urls);
        let owned = texts.filter(|text| matches!(text, Text::Owned(_))).map(|text| text.len());
        let left = self.room.checked_sub(owned.sum());
        self.is_exceeded |= left.is_none();
        self.room = left?;
        Some(party)
    }

    /// Claims about components. One about anything else is about the document: what the document
    /// or a collection holds, what something elsewhere needs.
    fn claim_completeness(&mut self) {
        let claim = |aggregate, is_of_all| Completeness {
            aggregate,
            assemblies: Vec::new(),
            dependencies: Vec::new(),
            is_of_all,
        };
        let mut complete = claim(Aggregate::Complete, false);
        let mut incomplete = claim(Aggregate::Incomplete, false);
        let mut is_of_all = false;
        for (end, aggregate, about) in &self.claims {
            let is_complete = *aggregate == Aggregate::Complete;
            let Some(id) = self.elements.component(*end) else {
                // That something which is no component is complete says nothing of the whole.
                is_of_all |= !is_complete;
                continue;
            };
            let claim = if is_complete { &mut complete } else { &mut incomplete };
            match about {
                Claim::Parts => claim.assemblies.push(id),
                Claim::Needs => claim.dependencies.push(id),
            }
        }
        for mut claim in [complete, incomplete] {
            for ids in [&mut claim.assemblies, &mut claim.dependencies] {
                ids.sort_unstable();
                ids.dedup();
            }
            if !claim.assemblies.is_empty() || !claim.dependencies.is_empty() {
                self.sbom.completeness.push(claim);
            }
        }
        if is_of_all {
            self.sbom.completeness.push(claim(Aggregate::Incomplete, true));
        }
    }

    /// Elements of other documents: the gap that they are, and where they would be.
    fn imports(&mut self) {
        let told = self.imports.len().min(MOST_TOLD);
        for import in self.imports.iter().take(told) {
            let place = import.hint.as_deref().unwrap_or("an unknown place");
            self.sbom.gaps.push(elsewhere(format!(
                "{} is described in another document, at {place}, which is not read",
                import.id
            )));
        }
        if self.imports.len() > told {
            let more = self.imports.len() - told;
            let reason = format!("{more} more elements are described in other documents");
            self.sbom.gaps.push(elsewhere(reason));
        }
        for import in &self.imports {
            self.sbom.document.documents.push(ExternalDocument {
                reference: Text::Borrowed(""),
                identity: import.id.clone(),
                hash: import.hash.clone(),
            });
        }
    }
}

/// No moment is written in more bytes.
const LONGEST_TIME: usize = 100;

/// No more elements of other documents than this are told one by one.
const MOST_TOLD: usize = 20;

fn elsewhere(reason: String) -> Gap {
    let advice = "scan that document too".to_owned();
    Gap { place: GapPlace::default(), reason, advice }
}

/// A party of which only the name of its element is known.
fn unknown<'t>(name: &Text<'t>) -> Party<'t> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let kind =
        if name == "NoAssertionElement" { PartyKind::NoAssertion } else { PartyKind::Unknown };
    Party::named(kind, name.to_owned())
}
