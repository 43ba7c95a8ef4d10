//! The graph as relationships.

use super::records::Relationship as Record;
use crate::spdx::names::Names;
use crate::spdx::words::{NO_ASSERTION, NONE, RELATIONSHIPS, Way};
use crate::{Aggregate, Component, ComponentId, End, Relationship, RelationshipKind, Sbom};

/// The relationships of a document, and what of the model could not become one.
pub(super) struct Related {
    pub(super) records: Vec<Record>,
    pub(super) lost: Vec<String>,
}

/// No more relationships that have no place are told one by one.
const MOST_TOLD: usize = 20;

/// All relationships, what the document describes first.
pub(super) fn all(sbom: &Sbom<'_>, names: &Names) -> Related {
    let mut records: Vec<Record> = Vec::new();
    let mut lost: Vec<String> = Vec::new();
    for id in described(sbom) {
        records.push(record("SPDXRef-DOCUMENT", "DESCRIBES", names.get(id)));
    }
    if records.is_empty() {
        records.push(record("SPDXRef-DOCUMENT", "DESCRIBES", NO_ASSERTION));
    }
    let mut lost_count = 0;
    for one in &sbom.relationships {
        let (from, to) = (end(sbom, names, one.from), end(sbom, names, one.to));
        if let (Some(from), Some(to)) = (from, to) {
            records.push(edge(one, &from, &to));
        } else {
            lost_count += 1;
            if lost_count <= MOST_TOLD {
                lost.push(format!("left out: {}", told(sbom, one)));
            }
        }
    }
    if lost_count > MOST_TOLD {
        lost.push(format!("left out: {} more relationships", lost_count - MOST_TOLD));
    }
    claims(sbom, names, &mut records);
    Related { records, lost }
}

/// What the document describes. A document must describe something (clause 11.1): where it does
/// not say what, that is everything that nothing else needs or contains.
pub(crate) fn described(sbom: &Sbom<'_>) -> Vec<ComponentId> {
    if !sbom.described.is_empty() {
        return sbom.described.clone();
    }
    let mut is_inner = vec![false; sbom.components.len()];
    for one in &sbom.relationships {
        if let (End::Component(from), End::Component(to)) = (one.from, one.to)
            && from != to
            && let Some(inner) = is_inner.get_mut(to.position())
        {
            *inner = true;
        }
    }
    let outer = is_inner.iter().enumerate().filter(|(_, inner)| !**inner);
    let outer: Vec<ComponentId> = outer.map(|(at, _)| ComponentId::at(at)).collect();
    if outer.is_empty() && !sbom.components.is_empty() {
        return (0..sbom.components.len()).map(ComponentId::at).collect();
    }
    outer
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

/// What the model knows about completeness, in the words that the standard has for it.
fn claims(sbom: &Sbom<'_>, names: &Names, records: &mut Vec<Record>) {
    let mut needs = vec![false; sbom.components.len()];
    let mut parts = vec![false; sbom.components.len()];
    for one in &sbom.relationships {
        if let End::Component(from) = one.from {
            let is_part = one.kind == RelationshipKind::Contains;
            let has = if is_part { &mut parts } else { &mut needs };
            if let Some(has) = has.get_mut(from.position()) {
                *has = true;
            }
        }
    }
    for claim in &sbom.completeness {
        let word = match claim.aggregate {
            Aggregate::Complete => NONE,
            Aggregate::NotSpecified => continue,
            Aggregate::Incomplete
            | Aggregate::IncompleteFirstPartyOnly
            | Aggregate::IncompleteFirstPartyProprietaryOnly
            | Aggregate::IncompleteFirstPartyOpensourceOnly
            | Aggregate::IncompleteThirdPartyOnly
            | Aggregate::IncompleteThirdPartyProprietaryOnly
            | Aggregate::IncompleteThirdPartyOpensourceOnly
            | Aggregate::Unknown => NO_ASSERTION,
        };
        let lists =
            [(&claim.dependencies, "DEPENDS_ON", &needs), (&claim.assemblies, "CONTAINS", &parts)];
        for (ids, kind, has) in lists {
            for id in ids {
                // "Needs nothing" beside a need would be a contradiction.
                let has_some = has.get(id.position()).copied().unwrap_or(false);
                if word == NO_ASSERTION || !has_some {
                    records.push(record(names.get(*id), kind, word));
                }
            }
        }
    }
}
