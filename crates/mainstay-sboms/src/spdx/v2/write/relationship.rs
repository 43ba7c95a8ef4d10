//! The graph as relationships.

use std::collections::HashSet;

use super::records::Relationship as Record;
use crate::inventory::is_need;
use crate::properties::{GAP, LEFT_OUT, remark};
use crate::spdx::names::Names;
use crate::spdx::statement::Claims;
use crate::spdx::words::{NO_ASSERTION, NONE, RELATIONSHIPS, Way};
use crate::{Component, ComponentId, End, Relationship, RelationshipKind, Sbom};

/// The relationships of a document, and what of the model could not become one.
pub(super) struct Related {
    pub(super) records: Vec<Record>,
    pub(super) lost: Vec<String>,
}

/// No more relationships that have no place are told one by one.
const MOST_TOLD: usize = 20;

/// All relationships, what the document describes first.
pub(super) fn all(sbom: &Sbom<'_>, names: &Names, claims: &Claims) -> Related {
    let mut records: Vec<Record> = Vec::new();
    let mut lost: Vec<String> = Vec::new();
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
    let (mut lost_count, mut lost_needs) = (0, 0);
    for one in &sbom.relationships {
        let (from, to) = (end(sbom, names, one.from), end(sbom, names, one.to));
        if let (Some(from), Some(to)) = (from, to) {
            records.push(edge(one, &from, &to));
        } else {
            lost_count += 1;
            lost_needs += usize::from(is_need(&one.kind));
            if lost_count <= MOST_TOLD {
                // What is needed and not there is more than a loss.
                let name = if is_need(&one.kind) { GAP } else { LEFT_OUT };
                lost.push(remark::of(name, &told(sbom, one)));
            }
        }
    }
    if lost_count > MOST_TOLD {
        let name = if lost_needs > 0 { GAP } else { LEFT_OUT };
        let more = lost_count - MOST_TOLD;
        lost.push(remark::of(name, &format!("{more} more relationships to other documents")));
    }
    claim(sbom, names, claims, &mut records);
    Related { records, lost }
}

fn record(from: &str, kind: &str, to: &str) -> Record {
    Record {
        spdx_element_id: from.to_owned(),
        relationship_type: kind.to_owned(),
        related_spdx_element: to.to_owned(),
        comment: None,
    }
}

fn edge(one: &Relationship<'_>, from: &str, to: &str) -> Record {
    // The first element of a relationship cannot be NONE or NOASSERTION.
    let turned = is_keyword(from);
    let mut rows = RELATIONSHIPS.iter().filter(|(_, kind, _)| *kind == one.kind);
    let first = rows.clone().next();
    let fitting = rows.find(|(_, _, way)| match way {
        Way::Forth => !turned,
        Way::Back => !is_keyword(to),
    });
    match (fitting, first, &one.kind) {
        (Some((word, _, Way::Back)), ..) => record(to, word, from),
        (Some((word, _, Way::Forth)), ..) => record(from, word, to),
        (None, _, RelationshipKind::Other(word)) if is_word(word) && !turned => {
            record(from, word, to)
        }
        // That nobody knows what is needed can be said of needs as such only.
        (None, _, kind) if is_need(kind) && to == NO_ASSERTION => record(from, "DEPENDS_ON", to),
        (None, Some((word, ..)), _) if turned => other(to, &format!("{word}, turned"), from),
        (None, Some((word, ..)), _) => other(from, word, to),
        (None, None, kind) => other(from, &format!("{kind:?}"), to),
    }
}

fn other(from: &str, what: &str, to: &str) -> Record {
    Record { comment: Some(what.to_owned()), ..record(from, "OTHER", to) }
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

fn told(sbom: &Sbom<'_>, one: &Relationship<'_>) -> String {
    let name = |end: End| match end {
        End::Document => "the document".to_owned(),
        End::Component(id) => sbom.component(id).map_or_else(String::new, Component::label),
        End::External(id) => sbom.external(id).unwrap_or("").to_owned(),
        End::Nothing => "nothing".to_owned(),
        End::NoAssertion => "something unknown".to_owned(),
    };
    format!("the relationship {:?} from {} to {}", one.kind, name(one.from), name(one.to))
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
