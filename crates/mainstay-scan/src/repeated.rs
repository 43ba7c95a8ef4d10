//! What was met twice at one place is told once.
//!
//! A file may be a source of its own and be included by another one, as layered requirements files
//! are. Both readings count while a scan is judged; a report names each place once.

use std::collections::HashSet;
use std::hash::Hash;

use crate::finding::Finding;
use crate::package::{Location, Package};
use crate::unknown::Unknown;

/// Keeps the first location of each place of each package.
pub(crate) fn tell_places_once(packages: &mut [Package]) {
    for package in packages {
        keep_first_places(&mut package.locations);
    }
}

/// Keeps the first of the unknowns that say the same.
pub(crate) fn tell_unknowns_once(unknowns: &mut Vec<Unknown>) {
    let is_new =
        met_first(unknowns, |one| Some((one.code, &one.subject, one.package, &one.message)));
    keep(unknowns, is_new);
}

/// Keeps the first of the findings about the shape of one place that say the same, and tells the
/// places of each once. Findings from records are of a package, which is one already.
pub(crate) fn tell_findings_once(findings: &mut Vec<Finding>) {
    for finding in findings.iter_mut() {
        keep_first_places(&mut finding.locations);
    }
    let is_new = met_first(findings, |one| {
        let place = one.locations.first().map(ToString::to_string);
        one.records.is_empty().then_some((one.code, one.package, &one.title, place))
    });
    keep(findings, is_new);
}

fn keep_first_places(locations: &mut Vec<Location>) {
    if locations.len() < 2 {
        return;
    }
    let is_new =
        met_first(locations, |place| Some((&place.path, &place.member, place.line, &place.layer)));
    keep(locations, is_new);
}

/// For each item, whether it is the first with its key; one without a key always is.
fn met_first<'a, T, K: Eq + Hash>(items: &'a [T], key: impl Fn(&'a T) -> Option<K>) -> Vec<bool> {
    let mut met = HashSet::new();
    items.iter().map(|item| key(item).is_none_or(|key| met.insert(key))).collect()
}

fn keep<T>(items: &mut Vec<T>, which: Vec<bool>) {
    let mut which = which.into_iter();
    items.retain(|_| which.next().unwrap_or(true));
}
