//! The finding that only a statement tells.

use mainstay_reading::Place;
use mainstay_types::{FindingKind, Severity};

use super::scope::{About, Scope};
use super::{Cited, Said};
use crate::finding::{Finding, Record, STATED_AFFECTED};
use crate::package::{Location, Package};
use crate::source::Reading;

/// The finding that a statement raises.
pub(super) fn finding(
    winner: &Cited,
    statements: Vec<Said>,
    about: &About,
    packages: &[Package],
    readings: &[Reading],
) -> Finding {
    let flaw = &winner.statement.flaw;
    let package = about.package.and_then(|at| packages.get(at));
    let locations = match package {
        Some(package) => {
            let places = package.locations.iter();
            places.filter(|place| about.scope.covers(place.reading)).cloned().collect()
        }
        None => places_of(&about.scope, readings),
    };
    let what = package.map_or_else(|| winner.statement.product.written.to_string(), Package::label);
    let advice = winner
        .statement
        .claim
        .action()
        .map_or_else(|| "ask who says so what to do, or replace it".to_owned(), str::to_owned);
    Finding {
        code: STATED_AFFECTED,
        kind: FindingKind::Vulnerability,
        severity: Severity::Unknown,
        score: None,
        title: format!("{} says that {what} is affected", winner.author()),
        package: about.package,
        records: vec![Record::of_ids(flaw.id.clone(), flaw.aliases.clone(), "statement")],
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations,
        via: Vec::new(),
        advice,
        statements,
    }
}

/// The sources themselves, as places.
fn places_of(scope: &Scope, readings: &[Reading]) -> Vec<Location> {
    let covered = readings.iter().enumerate().filter(|(position, _)| scope.covers(*position));
    covered.map(|(at, reading)| Location::of(&Place::default(), reading, at, u32::MAX)).collect()
}
