//! A scan's packages and findings as the facts that a policy judges.

use std::collections::HashSet;

use mainstay_lockfiles::confusion::is_public;
use mainstay_policy::{Called, DataFacts, FindingFacts, PackageFacts, Place, SourceFacts};
use mainstay_reading::Origin;
use mainstay_types::{Ecosystem, SourceUrl};

use crate::component::Component;
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
        name: Called::Package(&package.name),
        version: package.version.exact(),
        scope: package.scope,
        direct: package.direct,
        sources: sources(scan, package),
        licences: &package.licences,
        released: package.released,
        told_by: package.locations.first().map(Location::to_string).unwrap_or_default(),
    }
}

/// Something that no ecosystem knows has what its source says, and no public registry.
pub(super) fn of_component<'s>(component: &Component<'s>) -> PackageFacts<'s> {
    let one = component.listed;
    let sources = one.origin.as_ref().map_or_else(Vec::new, |origin| source(None, origin));
    PackageFacts {
        name: one.purl.as_ref().map_or(Called::Name(&one.name), Called::Purl),
        version: one.version.as_deref(),
        scope: one.scope,
        direct: None,
        sources,
        licences: one.licence.as_slice(),
        released: None,
        told_by: component.place().to_string(),
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
    let ecosystem = Some(package.name.ecosystem());
    let told = scan.entries_of(package).flat_map(|entry| source(ecosystem, &entry.origin));
    let mut seen = HashSet::new();
    let mut sources: Vec<SourceFacts> = told.filter(|one| seen.insert(one.clone())).collect();
    if sources.is_empty() {
        sources.extend(source(ecosystem, &package.origin));
    }
    sources
}

/// Where something is from. Of what no ecosystem knows no registry is the public one.
fn source(ecosystem: Option<Ecosystem>, origin: &Origin) -> Vec<SourceFacts> {
    match origin {
        Origin::Registry { index, artifact } => {
            let foreign = match ecosystem {
                Some(ecosystem) => foreign(ecosystem, index.as_ref(), artifact.as_ref()),
                None => match artifact.as_ref().or(index.as_ref()) {
                    Some(url) => Some(Place::of(url)),
                    None => return Vec::new(),
                },
            };
            match foreign {
                Some(place) => SourceFacts::of_place(place, SourceFacts::Registry),
                None => vec![SourceFacts::Public],
            }
        }
        Origin::Git { url, .. } => SourceFacts::of_place(Place::of(url), SourceFacts::Git),
        Origin::Url(url) => SourceFacts::of_place(Place::of(url), SourceFacts::Address),
        Origin::Path(path) => vec![SourceFacts::Path(path.to_string())],
        // The archive of a distribution is the registry of its packages.
        Origin::Distribution(_) => vec![SourceFacts::Public],
    }
}

/// The first place of a registry that is not the public one of the ecosystem.
fn foreign(
    ecosystem: Ecosystem,
    index: Option<&SourceUrl>,
    artifact: Option<&SourceUrl>,
) -> Option<Place> {
    // The artifact says more than the index: it is what an installer fetches. Without an address it
    // is a file of the index.
    let artifact = artifact.filter(|url| url.scheme().is_some());
    let index = index.filter(|url| !is_own_name(ecosystem, url));
    let mut named = artifact.into_iter().chain(index).map(|url| (url, Place::of(url)));
    let is_foreign = |(url, place): &(&SourceUrl, Place)| {
        let is_plain = matches!(place, Place::Host { is_plain: true, .. });
        !(is_plain && is_public(ecosystem, &with_scheme(url)))
    };
    named.find(is_foreign).map(|(_, place)| place)
}

/// Some documents write a registry as a bare host and path.
fn with_scheme(url: &SourceUrl) -> SourceUrl {
    match url.scheme() {
        Some(_) => url.clone(),
        None => SourceUrl::new(&format!("https://{}", url.reveal())),
    }
}

/// Pipenv calls the public index by the ecosystem's name where a file declares none.
fn is_own_name(ecosystem: Ecosystem, url: &SourceUrl) -> bool {
    url.reveal().eq_ignore_ascii_case(ecosystem.osv_name())
}
