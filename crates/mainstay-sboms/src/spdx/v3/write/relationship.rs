//! The graph as relationship elements: one for each beginning and kind, with all its ends.

use std::collections::BTreeMap;

use serde_json::json;

use super::{NO_ASSERTION_ELEMENT, NONE_ELEMENT, Writing, is_iri};
use crate::inventory::is_need;
use crate::properties::{GAP, LEFT_OUT, remark};
use crate::spdx::v3::graph::KINDS;
use crate::{End, Extent, RelationshipKind};

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
        let (mut lost, mut lost_needs) = (0, 0);
        for one in &sbom.relationships {
            let (kind, scope, is_turned) = words(&one.kind);
            let (from, to) = if is_turned { (one.to, one.from) } else { (one.from, one.to) };
            let (Some(start), Some(end)) = (self.end(from), self.end(to)) else {
                lost += 1;
                lost_needs += usize::from(is_need(&one.kind));
                continue;
            };
            grouped.entry((start, kind, scope, individual(to))).or_default().push(end);
        }
        if lost > 0 {
            // What is needed and not there is more than a loss.
            let name = if lost_needs > 0 { GAP } else { LEFT_OUT };
            let what = format!("relationships whose ends have no address: {lost}");
            self.lost.push(remark::of(name, &what));
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

    fn end(&self, end: End) -> Option<String> {
        match end {
            End::Document => Some(self.iri("document")),
            End::Component(id) => Some(self.iri(self.names.get(id))),
            End::Nothing => Some(NONE_ELEMENT.to_owned()),
            End::NoAssertion => Some(NO_ASSERTION_ELEMENT.to_owned()),
            End::External(id) => {
                self.sbom.external(id).filter(|name| is_iri(name)).map(str::to_owned)
            }
        }
    }
}

/// The type and the scope of a kind, and whether the standard has only the other direction.
fn words(kind: &RelationshipKind<'_>) -> (&'static str, &'static str, bool) {
    let scoped = SCOPED.iter().find(|(known, ..)| known == kind);
    if let Some((_, word, scope)) = scoped {
        return (word, scope, false);
    }
    if *kind == RelationshipKind::CopyOf {
        return ("copiedTo", "", true);
    }
    if let RelationshipKind::Other(word) = kind {
        return (own_word(word), "", false);
    }
    let plain = KINDS.iter().find(|(_, known)| known == kind);
    (plain.map_or("other", |(word, _)| word), "", false)
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
fn own_word(word: &str) -> &'static str {
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
    WORDS.into_iter().find(|known| *known == word).unwrap_or("other")
}
