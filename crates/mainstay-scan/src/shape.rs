//! Findings of shape: what the files themselves show, without any advisory.
//!
//! Within one source, [`mainstay_lockfiles::confusion`] looks for the doors of dependency
//! confusion, readers of shipped files note their anomalies, and readers of models their dangers. Over all sources, one package must
//! not have two different contents.

use std::collections::{HashMap, HashSet};

use mainstay_lockfiles::confusion::{Door, doors};
use mainstay_reading::{Anomaly, Danger, Inventory, Origin};
use mainstay_types::{DigestAlgorithm, FindingKind, Severity};

use crate::finding::{Finding, Record};
use crate::package::{Location, Package, by_place};
use crate::source::Reading;

/// Every finding of shape.
pub(crate) fn findings(readings: &[Reading], packages: &[Package]) -> Vec<Finding> {
    let read = || {
        readings.iter().enumerate().filter_map(|(position, reading)| {
            Some((position, reading, reading.outcome.as_ref().ok()?))
        })
    };
    let open: Vec<(usize, &Reading, Door)> = read()
        .flat_map(|(position, reading, inventory)| {
            let installer = reading.found.kind.installed_by();
            let found = installer.map(|installer| doors(inventory, installer));
            found.into_iter().flatten().map(move |door| (position, reading, door))
        })
        .collect();
    let odd: Vec<(usize, &Reading, &Anomaly)> = read()
        .flat_map(|(position, reading, inventory)| {
            inventory.anomalies.iter().map(move |anomaly| (position, reading, anomaly))
        })
        .collect();
    // Most files show nothing, and then nobody asks which package stands where.
    let places =
        if open.is_empty() && odd.is_empty() { HashMap::new() } else { by_place(packages) };
    let package = |position, entry: Option<u32>| {
        entry.and_then(|entry| places.get(&(position, entry)).copied())
    };
    let mut findings: Vec<Finding> = open
        .iter()
        .map(|(position, reading, door)| {
            of_door(door, reading, *position, package(*position, door.entry))
        })
        .collect();
    findings.extend(odd.iter().map(|(position, reading, anomaly)| {
        of_anomaly(anomaly, reading, *position, package(*position, anomaly.entry))
    }));
    // Code beside a model is read for itself, and for the settings that have it run.
    let mut told = HashSet::new();
    for (position, reading, inventory) in read() {
        for finding in inventory.dangers.iter().map(|danger| of_danger(danger, reading, position)) {
            let place = finding.locations.first().map(Location::to_string);
            if told.insert((finding.code, finding.title.clone(), place)) {
                findings.push(finding);
            }
        }
    }
    findings.extend(two_contents(readings, packages));
    findings
}

fn of_door(door: &Door, reading: &Reading, position: usize, package: Option<usize>) -> Finding {
    let location = Location::of(&door.place, reading, position, door.entry.unwrap_or(u32::MAX));
    Finding {
        code: door.code.code(),
        kind: FindingKind::Confusion,
        severity: Severity::Unknown,
        score: None,
        title: door.message.clone(),
        package,
        records: Vec::new(),
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations: vec![location],
        via: Vec::new(),
        advice: door.code.advice().to_owned(),
        statements: Vec::new(),
    }
}

fn of_anomaly(
    anomaly: &Anomaly,
    reading: &Reading,
    position: usize,
    package: Option<usize>,
) -> Finding {
    let entry = anomaly.entry.unwrap_or(u32::MAX);
    Finding {
        code: anomaly.code.code(),
        kind: FindingKind::Archive,
        severity: anomaly.code.severity(),
        score: None,
        title: anomaly.message.clone(),
        package,
        records: Vec::new(),
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations: vec![Location::of(&anomaly.place, reading, position, entry)],
        via: Vec::new(),
        advice: anomaly.code.advice().to_owned(),
        statements: Vec::new(),
    }
}

fn of_danger(danger: &Danger, reading: &Reading, position: usize) -> Finding {
    let kind = FindingKind::Model;
    let title = match &danger.shown {
        Some(shown) => format!("{}: {shown}", danger.message),
        None => danger.message.clone(),
    };
    let known = danger.advisory.map(|id| Record {
        kind,
        severity: danger.severity,
        ..Record::of_ids(id.to_owned(), Vec::new(), "technique")
    });
    Finding {
        code: danger.code.code(),
        kind,
        severity: danger.severity,
        score: None,
        title,
        package: None,
        records: known.into_iter().collect(),
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations: vec![Location::of(&danger.place, reading, position, u32::MAX)],
        via: Vec::new(),
        advice: danger.code.advice().to_owned(),
        statements: Vec::new(),
    }
}

/// The code of a package whose checksums differ between files.
pub(crate) const TWO_CONTENTS: &str = "checksums-differ";

/// Packages of the registry to which two sources give different checksums. Only algorithms of
/// which both files give exactly one value can be compared: a file may list one per artifact.
/// Yarn's own checksum depends on yarn's settings, so it is never compared.
fn two_contents(readings: &[Reading], packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, package) in packages.iter().enumerate() {
        if package.locations.len() < 2 || !matches!(package.origin, Origin::Registry { .. }) {
            continue;
        }
        let mut known: HashMap<DigestAlgorithm, (&[u8], &Location)> = HashMap::new();
        let mut other = None;
        for place in &package.locations {
            for (algorithm, bytes) in single_checksums(readings, place) {
                let (first, first_place) = *known.entry(algorithm).or_insert((bytes, place));
                if first != bytes && first_place.reading != place.reading {
                    other = Some((first_place.clone(), place.clone()));
                }
            }
        }
        if let Some((one, two)) = other {
            findings.push(differ(at, package, one, two));
        }
    }
    findings
}

/// The checksums at one place, by algorithm, where the algorithm has one value only.
fn single_checksums<'r>(
    readings: &'r [Reading],
    place: &Location,
) -> Vec<(DigestAlgorithm, &'r [u8])> {
    let certain =
        readings.get(place.reading).filter(|one| one.found.kind.is_about_published_file());
    let inventory: Option<&Inventory> = certain.and_then(|reading| reading.outcome.as_ref().ok());
    let entry = inventory
        .zip(usize::try_from(place.entry).ok())
        .and_then(|(inventory, entry)| inventory.packages.get(entry));
    let checksums = entry.map(|entry| &*entry.checksums).unwrap_or_default();
    // An entry may have a thousand checksums, and there are few algorithms.
    let mut counts: HashMap<DigestAlgorithm, usize> = HashMap::new();
    for one in checksums {
        *counts.entry(one.algorithm()).or_default() += 1;
    }
    checksums
        .iter()
        .filter(|one| {
            one.algorithm() != DigestAlgorithm::YarnArchive
                && counts.get(&one.algorithm()) == Some(&1)
        })
        .map(|checksum| (checksum.algorithm(), checksum.bytes()))
        .collect()
}

fn differ(at: usize, package: &Package, one: Location, two: Location) -> Finding {
    Finding {
        code: TWO_CONTENTS,
        kind: FindingKind::Confusion,
        severity: Severity::Unknown,
        score: None,
        title: format!("two sources give {} different checksums", package.label()),
        package: Some(at),
        records: Vec::new(),
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations: vec![one, two],
        via: Vec::new(),
        advice: "find out which content is the published one, and where the other came from"
            .to_owned(),
        statements: Vec::new(),
    }
}
