//! A scan's packages and findings as the facts that a policy judges.

use std::collections::HashSet;

use mainstay_lockfiles::confusion::is_public;
use mainstay_policy::{DataFacts, FindingFacts, PackageFacts, SourceFacts};
use mainstay_reading::Origin;
use mainstay_types::{Ecosystem, SourceUrl};

use crate::finding::Finding;
use crate::package::{Location, Package};
use crate::scan::{KnowledgeUsed, Scan};

pub(super) fn of_finding<'s>(scan: &'s Scan, finding: &'s Finding) -> FindingFacts<'s> {
    let mut ids = finding.aliases();
    ids.push(finding.id());
    ids.push(finding.code);
    FindingFacts {
        id: finding.id(),
        ids,
        kind: finding.kind,
        severity: finding.severity,
        // A flaw without a CVE id is in no catalogue of them.
        known_exploited: match finding.known_exploited {
            Some(true) => Some(true),
            Some(false) | None => scan.knows_exploited.then_some(false),
        },
        // A chance within 30 days says little when nobody knows of which days.
        exploit_probability: finding
            .exploit_probability
            .filter(|_| scan.knows_probabilities)
            .map(|epss| epss.probability),
        fixed_in: finding.fixed_in.as_deref(),
        package: finding
            .package
            .and_then(|at| scan.packages.get(at))
            .map(|one| of_package(scan, one)),
    }
}

pub(super) fn of_package<'s>(scan: &'s Scan, package: &'s Package) -> PackageFacts<'s> {
    PackageFacts {
        name: &package.name,
        version: package.version.exact(),
        scope: package.scope,
        direct: package.direct,
        sources: sources(scan, package),
        licences: &package.licences,
        released: package.released,
        told_by: package.locations.first().map(Location::to_string).unwrap_or_default(),
    }
}

pub(super) fn of_knowledge(used: &KnowledgeUsed) -> DataFacts {
    let name = match used.ecosystem {
        Some(ecosystem) => format!("{} ({ecosystem})", used.source),
        None => used.source.to_owned(),
    };
    DataFacts { name, age: used.age }
}

/// Every place from which a source takes the package.
fn sources(scan: &Scan, package: &Package) -> Vec<SourceFacts> {
    let ecosystem = package.name.ecosystem();
    let told = scan.entries_of(package).map(|entry| source(ecosystem, &entry.origin));
    let mut seen = HashSet::new();
    let mut sources: Vec<SourceFacts> = told.filter(|one| seen.insert(one.clone())).collect();
    if sources.is_empty() {
        sources.push(source(ecosystem, &package.origin));
    }
    sources
}

/// The artifact says more than the index: it is what an installer fetches.
fn source(ecosystem: Ecosystem, origin: &Origin) -> SourceFacts {
    match origin {
        Origin::Registry { index, artifact } => {
            let foreign = |url: &&SourceUrl| url.host().is_some() && !is_public(ecosystem, url);
            let told = artifact.iter().chain(index).find(foreign);
            told.map_or(SourceFacts::Public, |url| SourceFacts::Registry(SourceFacts::address(url)))
        }
        Origin::Git { url, .. } => SourceFacts::Git(SourceFacts::address(url)),
        Origin::Url(url) => SourceFacts::Address(SourceFacts::address(url)),
        Origin::Path(path) => SourceFacts::Path(path.to_string()),
        // The archive of a distribution is the registry of its packages.
        Origin::Distribution(_) => SourceFacts::Public,
    }
}
