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
//! parts of what is described are listed (`complete`, with it among the `assemblies`) stands in for
//! the graph. A claim that names nothing does not: it does not say of what it is true.
//!
//! What something depends on is told by its dependencies as such, and by those when it runs. What
//! it is built or tested with, what it links and what it contains say nothing of the rest.

use std::collections::HashSet;

use mainstay_reading::{Gap, Place};
use mainstay_types::Scope;

use super::{Role, edges, label};
use crate::{Aggregate, ComponentId, End, Extent, RelationshipKind, Sbom};

const ASK: &str = "ask its maker for an SBOM with a whole dependency graph; until then the packages \
                   that it does list are looked up";

/// Writes down what the document leaves open.
pub(super) fn gaps(
    sbom: &Sbom<'_>,
    main: Option<ComponentId>,
    roles: &[Role],
    gaps: &mut Vec<Gap>,
) {
    let mut found = Vec::new();
    claims(sbom, &mut found);
    other_documents(sbom, &mut found);
    unsaid(sbom, &mut found);
    contradictory(sbom, &mut found);
    if sbom.components.is_empty() {
        found.push(gap(None, "the document lists no components".to_owned()));
    } else if sbom.described.is_empty() {
        found.push(gap(None, "the document does not say of what it is an SBOM".to_owned()));
    }
    untold(sbom, main, roles, &mut found);
    // A converted document says of itself what its source left open, and may leave it open again.
    let known: HashSet<&str> = gaps.iter().map(|gap| &*gap.reason).collect();
    found.retain(|gap| !known.contains(&*gap.reason));
    gaps.append(&mut found);
}

fn gap(line: Option<u32>, reason: String) -> Gap {
    Gap { place: Place::at(line), reason, advice: ASK.to_owned() }
}

/// What the document itself calls incomplete, or does not know.
fn claims(sbom: &Sbom<'_>, gaps: &mut Vec<Gap>) {
    for claim in &sbom.completeness {
        let word = match claim.aggregate.extent() {
            Extent::Whole | Extent::Unstated => continue,
            Extent::Unknown => "unknown whether it is complete",
            Extent::Part => "incomplete",
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

/// Dependencies that are elements of other documents, and components whose parts are.
fn other_documents(sbom: &Sbom<'_>, gaps: &mut Vec<Gap>) {
    let needed = sbom.relationships.iter().filter_map(|relationship| {
        edges::scope_of(&relationship.kind)?;
        if let End::External(id) = relationship.to { sbom.external(id) } else { None }
    });
    let references = sbom.components.iter().flat_map(|component| &component.references);
    let own = sbom.document.identity.as_deref().and_then(|own| own.strip_prefix("urn:uuid:"));
    let own = own.map(|own| format!("urn:cdx:{own}/"));
    let is_own = |url: &str| own.as_deref().is_some_and(|own| url.starts_with(own));
    let linked = references.filter(|one| one.leads_to_a_bom()).map(|one| &*one.url);
    let linked = linked.filter(|url| !is_own(url));
    let mut needed = needed.chain(linked);
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

/// Components of which the document says that nobody says what they need or contain.
fn unsaid(sbom: &Sbom<'_>, gaps: &mut Vec<Gap>) {
    let (mut needing, mut holding) = (Vec::new(), Vec::new());
    for one in sbom.relationships.iter().filter(|one| one.to == End::NoAssertion) {
        if (one.from, &one.kind) == (End::Document, &RelationshipKind::Describes) {
            if !sbom.described.is_empty() {
                gaps.push(gap(None, "the document does not say all that it describes".to_owned()));
            }
        } else if one.kind == RelationshipKind::Contains {
            holding.push(one.from);
        } else if edges::scope_of(&one.kind).is_some() {
            needing.push(one.from);
        }
    }
    for (mut ends, what) in [(needing, "needs"), (holding, "contains")] {
        ends.sort_unstable();
        ends.dedup();
        let Some(first) = ends.first() else { continue };
        let more = match ends.len() - 1 {
            0 => String::new(),
            more => format!(", nor of {more} more"),
        };
        let (name, line) = match first {
            End::Component(id) => {
                let component = sbom.component(*id);
                (component.map_or_else(String::new, label), component.and_then(|one| one.line))
            }
            End::Document | End::External(_) | End::Nothing | End::NoAssertion => {
                ("the software".to_owned(), None)
            }
        };
        gaps.push(gap(line, format!("the document does not say all that {name} {what}{more}")));
    }
}

/// Components that are said to need nothing, and to need something.
fn contradictory(sbom: &Sbom<'_>, gaps: &mut Vec<Gap>) {
    let mut says: Vec<(bool, bool)> = vec![(false, false); sbom.components.len()];
    for one in &sbom.relationships {
        let End::Component(from) = one.from else { continue };
        let Some(says) = says.get_mut(from.position()) else { continue };
        match one.to {
            End::Nothing => says.0 |= tells(&one.kind),
            End::Component(_) | End::External(_) => {
                says.1 |= edges::scope_of(&one.kind) == Some(Scope::Runtime);
            }
            End::Document | End::NoAssertion => {}
        }
    }
    let mut both = sbom.components.iter().zip(says).filter(|(_, says)| *says == (true, true));
    let Some((first, _)) = both.next() else { return };
    let more = match both.count() {
        0 => String::new(),
        more => format!(", and so of {more} more"),
    };
    let reason = format!(
        "the document says that {} needs nothing, and that it needs something{more}",
        label(first)
    );
    gaps.push(gap(first.line, reason));
}

/// Whether an edge tells what its beginning depends on, if it says that at all.
pub(crate) fn tells(kind: &RelationshipKind<'_>) -> bool {
    matches!(kind, RelationshipKind::DependsOn | RelationshipKind::RuntimeDependency)
}

/// Whether the document claims that all parts of what it describes are listed.
pub(crate) fn claims_all_parts(sbom: &Sbom<'_>, main: Option<ComponentId>) -> bool {
    let Some(main) = main else { return false };
    let mut complete = sbom.completeness.iter().filter(|one| one.aggregate == Aggregate::Complete);
    complete.any(|claim| claim.assemblies.contains(&main))
}

/// For each component, whether the document says what it depends on. What nobody says is a gap of
/// its own.
pub(crate) fn told(sbom: &Sbom<'_>) -> Vec<bool> {
    let mut is_told = sbom.begin(|one| tells(&one.kind) && one.to != End::NoAssertion);
    for claim in sbom.completeness.iter().filter(|one| one.aggregate == Aggregate::Complete) {
        for id in &claim.dependencies {
            if let Some(told) = is_told.get_mut(id.position()) {
                *told = true;
            }
        }
    }
    is_told
}

/// Packages of which the document does not say what they depend on.
fn untold(sbom: &Sbom<'_>, main: Option<ComponentId>, roles: &[Role], gaps: &mut Vec<Gap>) {
    if claims_all_parts(sbom, main) {
        return;
    }
    // That nobody says it is told already.
    let is_unsaid = sbom
        .begin(|one| one.to == End::NoAssertion && edges::scope_of(&one.kind).is_some())
        .into_iter();
    let is_told: Vec<bool> = told(sbom).into_iter().zip(is_unsaid).map(|(a, b)| a || b).collect();
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
