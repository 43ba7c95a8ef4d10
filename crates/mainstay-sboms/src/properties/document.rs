//! What a document says of its own limits. Unknown is never clean: whatever the source of a
//! document left open, and whatever has no place, is said in the document that is written, in a form
//! that is read back, so that another document cannot make known what was not.

use std::collections::HashSet;

use mainstay_reading::{Gap, Place};

use super::{COMPLETE_NEEDS, COMPLETE_PARTS, COMPLETENESS, GAP, LEFT_OUT};
use crate::cyclonedx::words::{aggregate, aggregate_word};
use crate::{Aggregate, Completeness, ComponentId, LeftOut, Property, Sbom, Text};

/// What is not known, and what was left out, as names and values.
pub(crate) fn limits(sbom: &Sbom<'_>) -> Vec<(&'static str, String)> {
    let gaps = sbom.gaps.iter().map(|gap| (GAP, told(gap)));
    let left = sbom.left_out.iter().map(|part| match part.times {
        0 | 1 => (LEFT_OUT, part.what.to_string()),
        times => (LEFT_OUT, format!("{} ({times} times)", part.what)),
    });
    gaps.chain(left).collect()
}

/// A gap in one sentence, with its place.
pub(crate) fn told(gap: &Gap) -> String {
    match (&gap.place.file, gap.place.line) {
        (Some(file), Some(line)) => format!("{} ({file}:{line})", gap.reason),
        (Some(file), None) => format!("{} ({file})", gap.reason),
        (None, Some(line)) => format!("{} (line {line})", gap.reason),
        (None, None) => gap.reason.clone(),
    }
}

/// What to do about something that an earlier document left open.
const ADVICE: &str = "look into the document from which this one was made";

/// Takes limits and claims out of the properties.
pub(super) fn take(sbom: &mut Sbom<'_>) {
    let mut known: HashSet<String> = sbom.gaps.iter().map(told).collect();
    let Sbom { document, gaps, left_out, completeness, .. } = sbom;
    document.properties.retain(|property| match &*property.name {
        GAP => {
            if known.insert(property.value.to_string()) {
                let reason = property.value.to_string();
                gaps.push(Gap { place: Place::default(), reason, advice: ADVICE.to_owned() });
            }
            false
        }
        LEFT_OUT => {
            take_left_out(left_out, &property.value);
            false
        }
        COMPLETENESS => {
            completeness.push(claim(word(&property.value), None, None));
            false
        }
        _ => true,
    });
    take_claims(sbom);
}

/// A word that is no claim claims nothing.
fn word(text: &str) -> Aggregate {
    aggregate(text).unwrap_or(Aggregate::Unknown)
}

fn claim(
    aggregate: Aggregate,
    part: Option<ComponentId>,
    need: Option<ComponentId>,
) -> Completeness {
    Completeness {
        aggregate,
        assemblies: part.into_iter().collect(),
        dependencies: need.into_iter().collect(),
        is_of_all: part.is_none() && need.is_none(),
    }
}

/// `components.pedigree (3 times)`.
fn take_left_out(left_out: &mut Vec<LeftOut>, text: &str) {
    let counted = text.strip_suffix(" times)").and_then(|text| text.rsplit_once(" ("));
    let counted = counted.and_then(|(what, times)| Some((what, times.parse().ok()?)));
    let (what, times): (&str, u32) = counted.unwrap_or((text, 1));
    crate::document_notes::note_times(left_out, what, None, times);
}

/// Claims that components carry. Those of one kind become one.
fn take_claims(sbom: &mut Sbom<'_>) {
    let mut claims: Vec<(Aggregate, Vec<ComponentId>, Vec<ComponentId>)> = Vec::new();
    for (at, component) in sbom.components.iter_mut().enumerate() {
        let Some(details) = &mut component.more else { continue };
        let id = ComponentId::at(at);
        details.properties.retain(|property: &Property<'_>| {
            let is_parts = match &*property.name {
                COMPLETE_PARTS => true,
                COMPLETE_NEEDS => false,
                _ => return true,
            };
            let aggregate = word(&property.value);
            let at = claims.iter().position(|one| one.0 == aggregate).unwrap_or_else(|| {
                claims.push((aggregate, Vec::new(), Vec::new()));
                claims.len() - 1
            });
            if let Some(claim) = claims.get_mut(at) {
                if is_parts { claim.1.push(id) } else { claim.2.push(id) }
            }
            false
        });
    }
    if claims.is_empty() {
        return;
    }
    let known = |parts: bool| -> HashSet<(&str, ComponentId)> {
        let claims = sbom.completeness.iter();
        let ids = claims.flat_map(|one| {
            let ids = if parts { &one.assemblies } else { &one.dependencies };
            ids.iter().map(|id| (aggregate_word(one.aggregate), *id))
        });
        ids.collect()
    };
    let (parts, needs) = (known(true), known(false));
    for (aggregate, assemblies, dependencies) in &mut claims {
        let word = aggregate_word(*aggregate);
        assemblies.retain(|id| !parts.contains(&(word, *id)));
        dependencies.retain(|id| !needs.contains(&(word, *id)));
    }
    for (aggregate, assemblies, dependencies) in claims {
        if !assemblies.is_empty() || !dependencies.is_empty() {
            let is_of_all = false;
            let claim = Completeness { aggregate, assemblies, dependencies, is_of_all };
            sbom.completeness.push(claim);
        }
    }
}

/// The claim about the whole document that no standard but CycloneDX can make.
pub(crate) fn claims_of_all(
    sbom: &Sbom<'_>,
) -> impl Iterator<Item = (&'static str, Text<'static>)> {
    let claims = sbom.completeness.iter().filter(|claim| claim.is_of_all);
    claims.map(|claim| (COMPLETENESS, Text::Borrowed(aggregate_word(claim.aggregate))))
}
