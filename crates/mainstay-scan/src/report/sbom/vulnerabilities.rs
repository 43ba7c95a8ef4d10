//! Findings as the document's vulnerabilities, with what VEX statements say about them. A finding of
//! shape, which no record tells, is an annotation instead.
//!
//! An analysis is somebody's word. A finding about which nobody says anything has none: it is not
//! "exploitable" by ours, and not "in triage" either.

use mainstay_sboms::{
    Affected, AffectedStatus, AffectedVersion, Analysis, AnalysisState, ComponentId, End,
    Justification, Property, Rating, Sbom, Text, Versions, Vulnerability, VulnerabilitySource,
    properties as names,
};
use mainstay_vex::{Claim, Justification as Reason, Statement};

use crate::finding::Finding;
use crate::report::stated::sentences;
use crate::scan::Scan;
use crate::statements::{Said, Weight};
use mainstay_policy::Exception;

/// Adds every finding that a record tells: those that are open, those that a statement silences,
/// and those that were accepted, which say by whom.
pub(super) fn list<'s>(
    sbom: &mut Sbom<'s>,
    scan: &'s Scan,
    subject: ComponentId,
    components: &[ComponentId],
) {
    let place = Place { scan, subject, components };
    for finding in &scan.findings {
        sbom.vulnerabilities.extend(place.vulnerability(finding));
    }
    for silenced in &scan.stated.silenced {
        sbom.vulnerabilities.extend(place.vulnerability(&silenced.finding));
    }
    for excepted in &scan.excepted {
        let one = place.vulnerability(&excepted.finding);
        sbom.vulnerabilities.extend(one.map(|mut one| {
            let (name, value) = ("mainstay:accepted".into(), accepted(&excepted.exception).into());
            one.properties.push(Property { name, value });
            one
        }));
    }
}

/// The statements that count, where they are said of the finding as such: of each of its flaws, and
/// wherever the package is. What is said of a part of it is no analysis of the whole.
fn counting(finding: &Finding) -> Vec<&Statement> {
    let counts = |said: &&Said| said.standing == Weight::Counts && said.is_of_all;
    let in_part = finding.statements.iter().any(|said| said.standing == Weight::CountsInPart);
    let said = finding.statements.iter().filter(counts).filter(|_| !in_part);
    said.map(|said| &said.cited.statement).collect()
}

/// Why somebody accepted a finding, in a line.
pub(super) fn accepted(exception: &Exception) -> String {
    format!(
        "accepted by {} until {}: {} ({})",
        exception.owner, exception.expires, exception.reason, exception.written
    )
}

/// What findings are about.
struct Place<'s, 'c> {
    scan: &'s Scan,
    subject: ComponentId,
    components: &'c [ComponentId],
}

impl<'s> Place<'s, '_> {
    fn vulnerability(&self, finding: &'s Finding) -> Option<Vulnerability<'s>> {
        let by = counting(finding);
        let (first, others) = finding.records.split_first()?;
        let package = finding.package.and_then(|at| self.scan.packages.get(at));
        let component = finding.package.and_then(|at| self.components.get(at));
        let mut aliases: Vec<&str> = others.iter().map(|record| &*record.id).collect();
        aliases.extend(finding.records.iter().flat_map(|record| &record.aliases).map(|id| &**id));
        aliases.sort_unstable();
        aliases.dedup();
        aliases.retain(|alias| *alias != first.id);
        let claim = by.first().map(|by| &by.claim);
        let version = package.and_then(|package| package.version.exact());
        let versions = version.map(|version| AffectedVersion {
            versions: Versions::One(version.into()),
            status: match claim {
                Some(Claim::NotAffected(_)) => AffectedStatus::Unaffected,
                Some(Claim::Affected { .. } | Claim::Fixed | Claim::UnderInvestigation) | None => {
                    AffectedStatus::Affected
                }
            },
        });
        let urls = finding.records.iter().map(|record| &*record.url);
        let urls = urls.filter(|url| !url.is_empty());
        let mut properties = properties(finding);
        properties.extend(beyond(&by));
        properties.extend(
            sentences(finding)
                .map(|said| Property { name: "mainstay:vex:statement".into(), value: said.into() }),
        );
        Some(Vulnerability {
            id: (&*first.id).into(),
            source: Some(VulnerabilitySource { url: address(&first.url), ..source(&first.id) }),
            aliases: aliases.into_iter().map(|id| (id.into(), Some(source(id)))).collect(),
            ratings: vec![rating(finding)],
            description: Some((&*finding.title).into()),
            recommendation: recommendation(finding, claim),
            advisories: urls.map(Text::Borrowed).collect(),
            analysis: analysis(&by),
            affects: vec![Affected {
                target: End::Component(component.copied().unwrap_or(self.subject)),
                product: None,
                versions: versions.into_iter().collect(),
            }],
            properties,
            ..Vulnerability::default()
        })
    }
}

/// What to do: where somebody says that it is affected, in that person's words, else in ours.
fn recommendation<'s>(finding: &'s Finding, claim: Option<&Claim>) -> Option<Text<'s>> {
    match (claim, finding.fixed_in.as_deref()) {
        (Some(Claim::Affected { action }), _) => {
            action.as_deref().map(|text| text.to_owned().into())
        }
        (Some(Claim::NotAffected(_) | Claim::Fixed), _) => None,
        (Some(Claim::UnderInvestigation) | None, Some(fix)) => {
            Some(format!("update to {fix} or later").into())
        }
        (Some(Claim::UnderInvestigation) | None, None) => Some((&*finding.advice).into()),
    }
}

/// What the statements say, in the words of CycloneDX. Where several count, each about flaws of its
/// own, all of them are the analysis: the oldest date holds, and a word on which they agree.
fn analysis(by: &[&Statement]) -> Option<Analysis<'static>> {
    let first = by.first()?;
    let issued = by.iter().filter_map(|one| one.issued.or(one.updated)).min();
    let updated = by.iter().filter_map(|one| one.time()).min();
    let updated = updated.filter(|updated| Some(*updated) > issued);
    Some(Analysis {
        state: Some(match &first.claim {
            Claim::NotAffected(_) => AnalysisState::NotAffected,
            Claim::Affected { .. } => AnalysisState::Exploitable,
            Claim::Fixed => AnalysisState::Resolved,
            Claim::UnderInvestigation => AnalysisState::InTriage,
        }),
        justification: word(by).map(nearest),
        responses: Vec::new(),
        detail: detail(by).map(Text::Owned),
        first_issued: issued.map(|at| at.to_string().into()),
        last_updated: updated.map(|at| at.to_string().into()),
    })
}

/// The justification of all of them.
fn word(by: &[&Statement]) -> Option<Reason> {
    let mut words = by.iter().map(|one| one.claim.reason()?.justification());
    let first = words.next()??;
    words.all(|word| word == Some(first)).then_some(first)
}

/// The reasons in words. Of several statements, each with its flaw.
fn detail(by: &[&Statement]) -> Option<String> {
    let reason = |one: &Statement| {
        let reason = one.claim.reason()?;
        let word = || reason.justification().map(|word| word.word().to_owned());
        reason.impact().map(str::to_owned).or_else(word)
    };
    if let [one] = by {
        return one.claim.reason()?.impact().map(str::to_owned);
    }
    let each = by.iter().filter_map(|one| Some(format!("{}: {}", one.flaw.id, reason(one)?)));
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| each.join("; "))
}

fn nearest(reason: Reason) -> Justification {
    match reason {
        Reason::ComponentNotPresent | Reason::VulnerableCodeNotPresent => {
            Justification::CodeNotPresent
        }
        Reason::VulnerableCodeNotInExecutePath => Justification::CodeNotReachable,
        Reason::VulnerableCodeCannotBeControlledByAdversary | Reason::RequiresEnvironment => {
            Justification::RequiresEnvironment
        }
        Reason::InlineMitigationsAlreadyExist | Reason::ProtectedByMitigatingControl => {
            Justification::ProtectedByMitigatingControl
        }
        Reason::RequiresConfiguration => Justification::RequiresConfiguration,
        Reason::RequiresDependency => Justification::RequiresDependency,
        Reason::ProtectedByCompiler => Justification::ProtectedByCompiler,
        Reason::ProtectedAtRuntime => Justification::ProtectedAtRuntime,
        Reason::ProtectedAtPerimeter => Justification::ProtectedAtPerimeter,
    }
}

/// What statements have beyond the fields of an analysis.
fn beyond(by: &[&Statement]) -> Vec<Property<'static>> {
    let mut properties: Vec<Property<'static>> = Vec::new();
    let mut say = |name: &'static str, value: String| {
        let property = Property { name: name.into(), value: value.into() };
        if !properties.contains(&property) {
            properties.push(property);
        }
    };
    let mut authors: Vec<&str> =
        by.iter().filter_map(|one| one.said_by.author.as_deref()).collect();
    authors.dedup();
    if !authors.is_empty() {
        say(names::VEX_AUTHOR, authors.join(", "));
    }
    if let Some(word) = word(by) {
        say(names::VEX_JUSTIFICATION, word.word().to_owned());
    }
    if let Some(day) = by.iter().filter_map(|one| one.expires).min() {
        say(names::VEX_EXPIRES, day.to_string());
    }
    for evidence in by.iter().flat_map(|one| one.evidence.iter()) {
        say(names::VEX_EVIDENCE, evidence.clone());
    }
    let notes: Vec<&str> = by.iter().filter_map(|one| one.notes.as_deref()).collect();
    if !notes.is_empty() {
        say(names::VEX_NOTES, notes.join("\n"));
    }
    properties
}

/// An address that is there.
fn address(url: &str) -> Option<Text<'_>> {
    (!url.is_empty()).then(|| url.into())
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
    if let Some(fix) = &finding.fixed_in {
        say("mainstay:fixed-in", fix.clone().into());
    }
    properties
}
