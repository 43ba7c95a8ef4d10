//! Whether a document tells everything about the software that it describes.
//!
//! No SBOM can prove that. But both standards let it *say* so, part by part, and what it does not
//! say must not be read into it:
//!
//! * CycloneDX: "Components not represented in the dependency graph may have unknown
//!   dependencies"; one that needs nothing is listed with nothing. `compositions` claim that parts
//!   or dependencies are complete, incomplete or unknown.
//! * SPDX: `DEPENDS_ON NONE` says that there are no dependencies, `NOASSERTION` that nobody says.
//!
//! So a document is whole when it names what it describes, says of that and of each package what it
//! depends on, claims nothing to be incomplete, and leads to no other document. A claim that all
//! parts of what is described are listed (`complete`, `assemblies`) stands in for the graph.

use mainstay_reading::{Gap, Place};

use super::{Role, edges, label};
use crate::{Aggregate, Completeness, ComponentId, End, RelationshipKind, Sbom};

const ASK: &str = "ask its maker for an SBOM with a whole dependency graph; until then the packages \
                   that it does list are looked up";

/// Writes down what the document leaves open.
pub(super) fn gaps(
    sbom: &Sbom<'_>,
    main: Option<ComponentId>,
    roles: &[Role],
    gaps: &mut Vec<Gap>,
) {
    claims(sbom, gaps);
    other_documents(sbom, gaps);
    if sbom.components.is_empty() {
        gaps.push(gap(None, "the document lists no components".to_owned()));
    } else if sbom.described.is_empty() {
        gaps.push(gap(None, "the document does not say of what it is an SBOM".to_owned()));
    }
    untold(sbom, main, roles, gaps);
}

fn gap(line: Option<u32>, reason: String) -> Gap {
    Gap { place: Place::at(line), reason, advice: ASK.to_owned() }
}

/// What the document itself calls incomplete, or does not know.
fn claims(sbom: &Sbom<'_>, gaps: &mut Vec<Gap>) {
    for claim in &sbom.completeness {
        let word = match claim.aggregate {
            Aggregate::Complete | Aggregate::NotSpecified => continue,
            Aggregate::Unknown => "unknown whether it is complete",
            Aggregate::Incomplete
            | Aggregate::IncompleteFirstPartyOnly
            | Aggregate::IncompleteFirstPartyProprietaryOnly
            | Aggregate::IncompleteFirstPartyOpensourceOnly
            | Aggregate::IncompleteThirdPartyOnly
            | Aggregate::IncompleteThirdPartyProprietaryOnly
            | Aggregate::IncompleteThirdPartyOpensourceOnly => "incomplete",
        };
        let named = claim.assemblies.iter().map(|id| (*id, "what is in"));
        let named = named.chain(claim.dependencies.iter().map(|id| (*id, "what is needed by")));
        let mut named = named.filter_map(|(id, what)| Some((sbom.component(id)?, what)));
        let reason = match named.next() {
            Some((first, what)) => {
                let more = match named.count() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("the document says of {what} {}{more}: {word}", label(first))
            }
            None => format!("the document says of itself: {word}"),
        };
        gaps.push(gap(None, reason));
    }
}

/// Dependencies that are elements of other documents.
fn other_documents(sbom: &Sbom<'_>, gaps: &mut Vec<Gap>) {
    let mut needed = sbom.relationships.iter().filter_map(|relationship| {
        edges::scope_of(&relationship.kind)?;
        if let End::External(id) = relationship.to { sbom.external(id) } else { None }
    });
    if let Some(first) = needed.next() {
        let more = match needed.count() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        gaps.push(gap(
            None,
            format!("the document leads to {first}{more}, which is not in it and was not read"),
        ));
    }
}

/// Packages of which the document does not say what they depend on.
fn untold(sbom: &Sbom<'_>, main: Option<ComponentId>, roles: &[Role], gaps: &mut Vec<Gap>) {
    let is_of_main = |claim: &Completeness| {
        claim.is_of_all || main.is_some_and(|main| claim.assemblies.contains(&main))
    };
    let mut complete = sbom.completeness.iter().filter(|one| one.aggregate == Aggregate::Complete);
    if complete.any(is_of_main) {
        return;
    }
    let mut is_told = vec![false; roles.len()];
    let mut tell = |id: ComponentId| {
        if let Some(told) = is_told.get_mut(id.position()) {
            *told = true;
        }
    };
    for relationship in &sbom.relationships {
        let End::Component(from) = relationship.from else { continue };
        let is_need = edges::scope_of(&relationship.kind).is_some();
        // Linking is how a thing is needed, not all that it needs.
        let is_link = matches!(
            relationship.kind,
            RelationshipKind::StaticLink | RelationshipKind::DynamicLink
        );
        if is_need && !is_link && relationship.to != End::NoAssertion {
            tell(from);
        }
    }
    for claim in sbom.completeness.iter().filter(|one| one.aggregate == Aggregate::Complete) {
        claim.dependencies.iter().for_each(|id| tell(*id));
    }
    let asked = roles.iter().enumerate().filter(|(position, role)| {
        matches!(role, Role::Package(_)) || main.is_some_and(|main| main.position() == *position)
    });
    let (mut all, mut open, mut first) = (0_usize, 0_usize, None);
    for (position, _) in asked {
        all += 1;
        if !is_told.get(position).copied().unwrap_or(false) {
            open += 1;
            first = first.or(Some(position));
        }
    }
    let Some(first) = first.and_then(|position| sbom.components.get(position)) else { return };
    let what = if open == all {
        match all {
            1 => format!("the document does not say what {} depends on", label(first)),
            all => format!("the document does not say what its {all} components depend on"),
        }
    } else {
        format!(
            "the document does not say what {open} of its {all} components depend on, such as {}",
            label(first)
        )
    };
    gaps.push(gap(first.line, what));
}
