//! The graph as relationship elements: one for each beginning and kind, with all its ends.

use std::collections::BTreeMap;

use serde_json::json;

use super::{NO_ASSERTION_ELEMENT, NONE_ELEMENT, Writing};
use crate::properties::component::edge_beside;
use crate::properties::remark;
use crate::spdx::held::is_iri;
use crate::spdx::v3::graph::KINDS;
use crate::{ComponentId, End, Extent, RelationshipKind};

/// The beginning, type and scope of a relationship, and whether its end is an individual.
type Key = (String, &'static str, &'static str, bool);

/// Whether an end is an individual of the standard, which stands alone.
fn individual(end: End) -> bool {
    matches!(end, End::Nothing | End::NoAssertion)
}

impl Writing<'_, '_> {
    /// Writes every relationship.
    pub(super) fn all_relationships(&mut self) {
        let sbom = self.sbom;
        // By beginning, type, scope and individual; sorted, so that the text does not depend on
        // chance. An individual stands alone.
        let mut grouped: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        let mut beside: Vec<(Option<ComponentId>, String)> = Vec::new();
        for one in &sbom.relationships {
            let written = words(&one.kind).and_then(|(kind, scope, is_turned)| {
                let (from, to) = if is_turned { (one.to, one.from) } else { (one.from, one.to) };
                // An individual of the standard has no relationships.
                let start = self.end(from).filter(|_| !individual(from))?;
                Some(((start, kind, scope, individual(to)), self.end(to)?))
            });
            if let Some((key, end)) = written {
                grouped.entry(key).or_default().push(end);
            } else if let Some((from, (name, value))) = edge_beside(one, |end| self.element(end)) {
                beside.push((from, remark::of(&name, &value)));
            }
        }
        for (from, told) in beside {
            let subject = from.map_or("document", |id| self.names.get(id));
            let subject = self.iri(subject);
            self.remark(&subject, "other", &told);
        }
        for (ids, kind, to) in [
            (&self.claims.needing_nothing, "dependsOn", End::Nothing),
            (&self.claims.needing_more, "dependsOn", End::NoAssertion),
            (&self.claims.holding_more, "contains", End::NoAssertion),
        ] {
            for id in ids {
                let from = self.iri(self.names.get(*id));
                let ends = grouped.entry((from, kind, "", individual(to))).or_default();
                ends.extend(self.end(to));
            }
        }
        let complete = self.complete();
        for ((from, kind, scope, is_individual), mut to) in grouped {
            to.sort_unstable();
            to.dedup();
            let claimed = complete.get(&(from.clone(), kind)).copied();
            let claimed = claimed.filter(|_| !is_individual);
            self.edge(&from, kind, Some(scope), claimed, &to);
        }
    }

    /// Writes one relationship. Without a scope it is a plain one.
    pub(super) fn edge(
        &mut self,
        from: &str,
        kind: &str,
        scope: Option<&str>,
        completeness: Option<&str>,
        to: &[String],
    ) {
        let name = format!("Relationship-{}", self.relationships);
        self.relationships += 1;
        let scope = scope.filter(|scope| !scope.is_empty());
        let class = if scope.is_some() { "LifecycleScopedRelationship" } else { "Relationship" };
        let fields = json!({
            "from": from,
            "relationshipType": kind,
            "scope": scope,
            "completeness": completeness,
            "to": to,
        });
        self.push(class, &name, fields);
    }

    /// What is claimed to be complete, or not to be: by beginning and type.
    fn complete(&self) -> BTreeMap<(String, &'static str), &'static str> {
        let mut claims = BTreeMap::new();
        for claim in &self.sbom.completeness {
            let word = match claim.aggregate.extent() {
                Extent::Whole => "complete",
                Extent::Part => "incomplete",
                Extent::Unknown | Extent::Unstated => continue,
            };
            for (ids, kind) in [(&claim.dependencies, "dependsOn"), (&claim.assemblies, "contains")]
            {
                for id in ids {
                    claims.insert((self.iri(self.names.get(*id)), kind), word);
                }
            }
        }
        claims
    }

    pub(super) fn end(&self, end: End) -> Option<String> {
        match end {
            End::Document => Some(self.iri("document")),
            End::Nothing => Some(NONE_ELEMENT.to_owned()),
            End::NoAssertion => Some(NO_ASSERTION_ELEMENT.to_owned()),
            End::Component(_) => self.element(end),
            End::External(_) => self.element(end).filter(|name| is_iri(name)),
        }
    }

    /// The name of an element.
    fn element(&self, end: End) -> Option<String> {
        match end {
            End::Component(id) => Some(self.iri(self.names.get(id))),
            End::External(id) => self.sbom.external(id).map(str::to_owned),
            End::Document | End::Nothing | End::NoAssertion => None,
        }
    }
}

/// The type and the scope of a kind, and whether the standard has only the other direction. `None`
/// for a kind that it does not have.
fn words(kind: &RelationshipKind<'_>) -> Option<(&'static str, &'static str, bool)> {
    let scoped = SCOPED.iter().find(|(known, ..)| known == kind);
    if let Some((_, word, scope)) = scoped {
        return Some((word, scope, false));
    }
    if *kind == RelationshipKind::CopyOf {
        return Some(("copiedTo", "", true));
    }
    if let RelationshipKind::Other(word) = kind {
        return own_word(word).map(|word| (word, "", false));
    }
    let plain = KINDS.iter().find(|(_, known)| known == kind);
    plain.map(|(word, _)| (*word, "", false))
}

/// The kinds that the standard tells by a type and a scope.
const SCOPED: [(RelationshipKind<'static>, &str, &str); 8] = [
    (RelationshipKind::DependsOn, "dependsOn", ""),
    (RelationshipKind::RuntimeDependency, "dependsOn", "runtime"),
    (RelationshipKind::DevDependency, "dependsOn", "development"),
    (RelationshipKind::BuildDependency, "dependsOn", "build"),
    (RelationshipKind::TestDependency, "dependsOn", "test"),
    (RelationshipKind::UsesTool, "usesTool", "build"),
    (RelationshipKind::UsesDevTool, "usesTool", "development"),
    (RelationshipKind::UsesTestTool, "usesTool", "test"),
];

/// The types of the standard that the model has no kind for.
fn own_word(word: &str) -> Option<&'static str> {
    const WORDS: [&str; 20] = [
        "amendedBy",
        "availableFrom",
        "configures",
        "delegatedTo",
        "expandsTo",
        "hasAddedFile",
        "hasDataFile",
        "hasDeletedFile",
        "hasDependencyManifest",
        "hasEvidence",
        "hasExample",
        "hasInput",
        "hasMetadata",
        "hasOptionalComponent",
        "hasOutput",
        "hasRequirement",
        "hasSpecification",
        "hasTest",
        "hasTestCase",
        "packagedBy",
    ];
    WORDS.into_iter().find(|known| *known == word)
}
