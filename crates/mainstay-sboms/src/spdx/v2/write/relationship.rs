//! The graph as relationships.

use std::collections::{HashMap, HashSet};

use super::records::Relationship as Record;
use crate::inventory::is_need;
use crate::properties::component::edge_beside;
use crate::properties::remark;
use crate::spdx::names::Names;
use crate::spdx::statement::Claims;
use crate::spdx::words::{NO_ASSERTION, NONE, RELATIONSHIPS, Way};
use crate::{ComponentId, End, Relationship, RelationshipKind, Sbom};

/// The relationships of a document, and what of the model could not become one.
pub(super) struct Related {
    pub(super) records: Vec<Record>,
    /// Edges that have no place, as remarks on the component at which they begin, or on the
    /// document.
    pub(super) edges: HashMap<Option<ComponentId>, Vec<String>>,
}

/// All relationships, what the document describes first.
pub(super) fn all(sbom: &Sbom<'_>, names: &Names, claims: &Claims) -> Related {
    let mut records: Vec<Record> = Vec::new();
    for id in &sbom.described {
        records.push(record("SPDXRef-DOCUMENT", "DESCRIBES", names.get(*id)));
    }
    // A document must describe something (clause 11.1). Where it does not say what, none of its
    // packages may be made into that: it would count as the software itself, and not be looked up.
    let is_said = |one: &Relationship<'_>| {
        (one.from, &one.kind, one.to)
            == (End::Document, &RelationshipKind::Describes, End::NoAssertion)
    };
    if records.is_empty() && !sbom.relationships.iter().any(is_said) {
        records.push(record("SPDXRef-DOCUMENT", "DESCRIBES", NO_ASSERTION));
    }
    let mut edges: HashMap<Option<ComponentId>, Vec<String>> = HashMap::new();
    for one in &sbom.relationships {
        let (from, to) = (end(sbom, names, one.from), end(sbom, names, one.to));
        let record = from.zip(to).and_then(|(from, to)| edge(one, &from, &to));
        if let Some(record) = record {
            records.push(record);
            continue;
        }
        let name = |end: End| match end {
            End::Component(id) => Some(names.get(id).to_owned()),
            End::External(id) => sbom.external(id).map(str::to_owned),
            End::Document | End::Nothing | End::NoAssertion => None,
        };
        if let Some((from, (name, value))) = edge_beside(one, name) {
            edges.entry(from).or_default().push(remark::of(&name, &value));
        }
    }
    claim(sbom, names, claims, &mut records);
    Related { records, edges }
}

fn record(from: &str, kind: &str, to: &str) -> Record {
    Record {
        spdx_element_id: from.to_owned(),
        relationship_type: kind.to_owned(),
        related_spdx_element: to.to_owned(),
        comment: None,
    }
}

/// An edge in the standard's words. `None` when it has none.
fn edge(one: &Relationship<'_>, from: &str, to: &str) -> Option<Record> {
    // The first element of a relationship cannot be NONE or NOASSERTION.
    let turned = is_keyword(from);
    let mut rows = RELATIONSHIPS.iter().filter(|(_, kind, _)| *kind == one.kind);
    let fitting = rows.find(|(_, _, way)| match way {
        Way::Forth => !turned,
        Way::Back => !is_keyword(to),
    });
    match (fitting, &one.kind) {
        (Some((word, _, Way::Back)), _) => Some(record(to, word, from)),
        (Some((word, _, Way::Forth)), _) => Some(record(from, word, to)),
        (None, RelationshipKind::Other(word)) if is_word(word) && !turned => {
            Some(record(from, word, to))
        }
        // That nobody knows what is needed can be said of needs as such only.
        (None, kind) if is_need(kind) && to == NO_ASSERTION && !turned => {
            Some(record(from, "DEPENDS_ON", to))
        }
        (None, _) => None,
    }
}

fn is_keyword(name: &str) -> bool {
    matches!(name, NONE | NO_ASSERTION)
}

/// The relationships of table 68 that the model has no kind for.
fn is_word(word: &str) -> bool {
    matches!(
        word,
        "DEPENDENCY_MANIFEST_OF"
            | "EXAMPLE_OF"
            | "PATCH_FOR"
            | "PATCH_APPLIED"
            | "FILE_ADDED"
            | "FILE_DELETED"
            | "FILE_MODIFIED"
            | "EXPANDED_FROM_ARCHIVE"
            | "DATA_FILE_OF"
            | "TEST_CASE_OF"
            | "TEST_OF"
            | "OPTIONAL_COMPONENT_OF"
            | "METAFILE_OF"
            | "AMENDS"
            | "REQUIREMENT_DESCRIPTION_FOR"
            | "SPECIFICATION_FOR"
            | "OTHER"
    )
}

/// The name of an end. `None` for an element that no declared document has.
fn end(sbom: &Sbom<'_>, names: &Names, end: End) -> Option<String> {
    match end {
        End::Document => Some("SPDXRef-DOCUMENT".to_owned()),
        End::Component(id) => Some(names.get(id).to_owned()),
        End::Nothing => Some(NONE.to_owned()),
        End::NoAssertion => Some(NO_ASSERTION.to_owned()),
        End::External(id) => {
            let name = sbom.external(id)?;
            let (document, _) = name.split_once(':')?;
            let declared = sbom.document.documents.iter();
            let mut declared = declared.filter(|one| one.hash.is_some());
            declared.any(|one| one.reference == document).then(|| name.to_owned())
        }
    }
}

/// Claims of completeness that a relationship can make, unless the graph makes them already.
fn claim(sbom: &Sbom<'_>, names: &Names, claims: &Claims, records: &mut Vec<Record>) {
    let mut said: HashSet<(ComponentId, bool, End)> = HashSet::new();
    for one in &sbom.relationships {
        if let End::Component(from) = one.from {
            said.insert((from, one.kind == RelationshipKind::Contains, one.to));
        }
    }
    for (ids, kind, end, word) in [
        (&claims.needing_nothing, "DEPENDS_ON", End::Nothing, NONE),
        (&claims.needing_more, "DEPENDS_ON", End::NoAssertion, NO_ASSERTION),
        (&claims.holding_more, "CONTAINS", End::NoAssertion, NO_ASSERTION),
    ] {
        for id in ids.iter().filter(|id| !said.contains(&(**id, kind == "CONTAINS", end))) {
            records.push(record(names.get(*id), kind, word));
        }
    }
}
