//! A flaw: the findings of the scan tell, and the records say in which packages it could be.

use std::cmp::Ordering;
use std::collections::HashMap;

use mainstay_scan::{Finding, Package, PackageStatus, Scan, UnknownCode};
use mainstay_types::{FlawName, PackageName};
use mainstay_versions::Version;
use mainstay_vex::{Justification, Reason};

use super::{Found, Gathered, SeenClaim, Weight, hides_its_name, is_of_reading, version_under};
use crate::flaw::{FlawFacts, FlawPackage};

pub(super) fn gather(gathered: &mut Gathered, scan: &Scan, id: &FlawName, flaw: &FlawFacts) {
    data(gathered, scan, id, flaw);
    let claims = found(gathered, scan, id, flaw);
    for (at, package) in scan.packages.iter().enumerate() {
        if let Some(claim) = claims.get(&at) {
            gathered.see(package, claim.clone());
            continue;
        }
        let named = flaw
            .packages
            .iter()
            .find_map(|one| version_under(package, &one.name).map(|found| (one, found)));
        if let Some((named, found)) = named {
            let claim = unmatched(package, named, &found);
            if claim == SeenClaim::Undecided {
                gathered.lack("unchecked-package", Weight::Bears, package.label());
            }
            gathered.see(package, claim);
        } else if flaw.packages.iter().any(|one| hides_its_name(package, one.name.ecosystem())) {
            gathered.lack("unknown-name", Weight::Bears, package.label());
        }
    }
    for unknown in scan.unknowns.iter().filter(|one| !is_of_reading(one)) {
        let of = unknown.package.and_then(|at| scan.packages.get(at));
        let weight = match unknown.code {
            // The flaw is in no package of that name, as far as any record tells.
            UnknownCode::UncheckedPackage if !of.is_some_and(|one| is_named(one, flaw)) => {
                Weight::Told
            }
            UnknownCode::UnreadVex => Weight::Told,
            UnknownCode::NothingToRead
            | UnknownCode::UnreadableFile
            | UnknownCode::UnsupportedFile
            | UnknownCode::FileTooLarge
            | UnknownCode::LinkOutside
            | UnknownCode::BrokenSource
            | UnknownCode::PartialSource
            | UnknownCode::NoData
            | UnknownCode::StaleData
            | UnknownCode::DamagedData
            | UnknownCode::UncheckedPackage => Weight::Bears,
        };
        gathered.lack(unknown.code.word(), weight, &unknown.subject);
    }
}

/// What the advisory data do not know about the flaw itself.
fn data(gathered: &mut Gathered, scan: &Scan, id: &FlawName, flaw: &FlawFacts) {
    // A VEX statement may tell of a flaw that no record knows; that it is not told says nothing.
    if flaw.records.is_empty() && scan.findings.iter().all(|finding| !is_about(finding, id, flaw)) {
        gathered.lack("unknown-advisory", Weight::Bears, id.as_str());
    }
    lack_facts(gathered, id, flaw);
}

/// What the records leave open.
pub(super) fn lack_facts(gathered: &mut Gathered, id: &FlawName, flaw: &FlawFacts) {
    if flaw.is_withdrawn {
        gathered.lack("withdrawn-advisory", Weight::Bears, id.as_str());
    }
    for damage in &flaw.damage {
        gathered.lack("damaged-data", Weight::Bears, damage);
    }
    for beyond in &flaw.beyond {
        gathered.lack("unsearchable-package", beyond.weight, &beyond.label);
    }
}

/// By the position of a package, what findings of the flaw say. An accepted finding is one.
fn found(
    gathered: &mut Gathered,
    scan: &Scan,
    id: &FlawName,
    flaw: &FlawFacts,
) -> HashMap<usize, SeenClaim> {
    let mut claims: HashMap<usize, SeenClaim> = HashMap::new();
    for silenced in scan.stated.silenced.iter().filter(|one| is_about(&one.finding, id, flaw)) {
        let Some(reason) = silenced.by.statement.claim.reason().cloned() else { continue };
        match silenced.finding.package {
            Some(at) => {
                claims.insert(at, SeenClaim::NotAffected(reason));
            }
            // The software as a whole is said to be unaffected, with no package of it.
            None => gathered.silenced_as_such = Some(reason),
        }
    }
    let accepted = scan.excepted.iter().map(|excepted| &excepted.finding);
    for finding in scan.findings.iter().chain(accepted).filter(|one| is_about(one, id, flaw)) {
        match finding.package {
            Some(at) => {
                claims.insert(at, SeenClaim::Affected);
            }
            None => gathered.is_affected_as_such = true,
        }
    }
    claims
}

/// Whether a finding is about the flaw, under any of its ids.
fn is_about(finding: &Finding, id: &FlawName, flaw: &FlawFacts) -> bool {
    finding.records.iter().any(|record| {
        let others = record.aliases.iter().chain(&record.upstream);
        std::iter::once(&record.id).chain(others).any(|one| id.is(one) || flaw.is(one))
    })
}

fn is_named(package: &Package, flaw: &FlawFacts) -> bool {
    flaw.package(&package.name).is_some()
        || flaw.packages.iter().any(|one| version_under(package, &one.name).is_some())
}

/// What is said of a package that a record names and no record matches.
fn unmatched(package: &Package, named: &FlawPackage, found: &Found<'_>) -> SeenClaim {
    let (PackageStatus::Checked, Found::Version(version)) = (&package.status, found) else {
        return SeenClaim::Undecided;
    };
    if named.fixes.iter().any(|fix| is_at_or_behind(&named.name, version, fix)) {
        SeenClaim::Fixed
    } else {
        SeenClaim::NotAffected(Reason::Justified(Justification::VulnerableCodeNotPresent, None))
    }
}

pub(super) fn is_at_or_behind(name: &PackageName, version: &str, fix: &str) -> bool {
    let read = |text| Version::parse(name.ecosystem(), text).ok();
    let order = read(version).zip(read(fix)).and_then(|(one, other)| one.compare(&other));
    order.is_some_and(|order| order != Ordering::Less)
}
