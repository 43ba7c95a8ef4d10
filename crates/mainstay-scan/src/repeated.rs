//! What was met twice at one place is told once.
//!
//! A file may be a source of its own and be included by another one, as layered requirements files
//! are. Both readings count while a scan is judged; a report names each place once.

use std::collections::HashSet;

use crate::finding::Finding;
use crate::package::Location;
use crate::unknown::Unknown;

/// Keeps the first location of each place.
pub(crate) fn tell_places_once(locations: &mut Vec<Location>) {
    if locations.len() < 2 {
        return;
    }
    let mut told = HashSet::new();
    let is_new: Vec<bool> = locations
        .iter()
        .map(|place| told.insert((&place.path, &place.member, place.line, &place.layer)))
        .collect();
    let mut is_new = is_new.into_iter();
    locations.retain(|_| is_new.next().unwrap_or(true));
}

/// Keeps the first of the unknowns that say the same.
pub(crate) fn tell_unknowns_once(unknowns: &mut Vec<Unknown>) {
    let mut told = HashSet::new();
    let is_new: Vec<bool> = unknowns
        .iter()
        .map(|one| told.insert((one.code, &one.subject, one.package, &one.message)))
        .collect();
    let mut is_new = is_new.into_iter();
    unknowns.retain(|_| is_new.next().unwrap_or(true));
}

/// Keeps the first of the findings about the shape of one place that say the same, and tells the
/// places of each once. Findings from records are of a package, which is one already.
pub(crate) fn tell_findings_once(findings: &mut Vec<Finding>) {
    for finding in findings.iter_mut() {
        tell_places_once(&mut finding.locations);
    }
    let mut told = HashSet::new();
    let is_new: Vec<bool> = findings
        .iter()
        .map(|one| {
            let place = one.locations.first().map(ToString::to_string);
            !one.records.is_empty() || told.insert((one.code, one.package, &one.title, place))
        })
        .collect();
    let mut is_new = is_new.into_iter();
    findings.retain(|_| is_new.next().unwrap_or(true));
}
