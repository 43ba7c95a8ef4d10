//! Findings as the document's vulnerabilities. A finding of shape, which no record tells, is an
//! annotation instead.

use mainstay_sboms::{
    Affected, AffectedStatus, AffectedVersion, ComponentId, End, Property, Rating, Sbom, Text,
    Versions, Vulnerability, VulnerabilitySource,
};

use crate::finding::Finding;
use crate::scan::Scan;
use mainstay_policy::Exception;

/// Adds every finding that a record tells; accepted ones say by whom.
pub(super) fn list<'s>(sbom: &mut Sbom<'s>, scan: &'s Scan, components: &[ComponentId]) {
    for finding in &scan.findings {
        sbom.vulnerabilities.extend(vulnerability(scan, finding, components));
    }
    for excepted in &scan.excepted {
        let one = vulnerability(scan, &excepted.finding, components);
        sbom.vulnerabilities.extend(one.map(|mut one| {
            let (name, value) = ("mainstay:accepted".into(), accepted(&excepted.exception).into());
            one.properties.push(Property { name, value });
            one
        }));
    }
}

/// Why somebody accepted a finding, in a line.
pub(super) fn accepted(exception: &Exception) -> String {
    format!(
        "accepted by {} until {}: {} ({})",
        exception.owner, exception.expires, exception.reason, exception.written
    )
}

fn vulnerability<'s>(
    scan: &'s Scan,
    finding: &'s Finding,
    components: &[ComponentId],
) -> Option<Vulnerability<'s>> {
    let (first, others) = finding.records.split_first()?;
    let at = finding.package?;
    let (package, component) = (scan.packages.get(at)?, components.get(at)?);
    let mut aliases: Vec<&str> = others.iter().map(|record| &*record.id).collect();
    aliases.extend(finding.records.iter().flat_map(|record| &record.aliases).map(|id| &**id));
    aliases.sort_unstable();
    aliases.dedup();
    aliases.retain(|alias| *alias != first.id);
    let versions = package.version.exact().map(|version| AffectedVersion {
        versions: Versions::One(version.into()),
        status: AffectedStatus::Affected,
    });
    let urls = finding.records.iter().map(|record| &*record.url).filter(|url| !url.is_empty());
    let fix = finding.fixed_in.as_deref();
    Some(Vulnerability {
        id: (&*first.id).into(),
        source: Some(source(&first.id)),
        aliases: aliases.into_iter().map(|id| (id.into(), Some(source(id)))).collect(),
        ratings: vec![rating(finding)],
        description: Some((&*finding.title).into()),
        recommendation: Some(match fix {
            Some(fix) => format!("update to {fix} or later").into(),
            None => (&*finding.advice).into(),
        }),
        advisories: urls.map(Text::Borrowed).collect(),
        affects: vec![Affected {
            target: End::Component(*component),
            product: None,
            versions: versions.into_iter().collect(),
        }],
        properties: properties(finding),
        ..Vulnerability::default()
    })
}

/// The database of an id, told by its first letters.
fn source(id: &str) -> VulnerabilitySource<'_> {
    let name = match id.split('-').next().unwrap_or(id) {
        "CVE" => "CVE",
        "GHSA" => "GitHub Advisory Database",
        "PYSEC" => "PyPA Advisory Database",
        "RUSTSEC" => "RustSec Advisory Database",
        "GO" => "Go Vulnerability Database",
        "MAL" => "OpenSSF Malicious Packages",
        other => other,
    };
    VulnerabilitySource { name: Some(name.into()), url: None }
}

fn rating(finding: &Finding) -> Rating<'static> {
    Rating {
        score: finding.score.map(|score| score.to_string().into()),
        severity: Some(finding.severity.word().into()),
        ..Rating::default()
    }
}

/// What the standard has no field for.
fn properties(finding: &Finding) -> Vec<Property<'_>> {
    let mut properties = Vec::new();
    let mut say = |name: &'static str, value: Text<'static>| {
        properties.push(Property { name: name.into(), value });
    };
    say("mainstay:kind", finding.kind.word().into());
    if let Some(known) = finding.known_exploited {
        say("mainstay:known-exploited", if known { "true" } else { "false" }.into());
    }
    if let Some(epss) = finding.exploit_probability {
        say("mainstay:exploit-probability", epss.probability.to_string().into());
    }
    if !finding.via.is_empty() {
        say("mainstay:via", finding.via.join(" > ").into());
    }
    properties
}
