//! The JSON contract: `docs/schemas/scan.schema.json`, version 1. Fields may be added; none is
//! taken away or changes its meaning within a version.
//!
//! `jsonl` writes the same objects, one a line, each with a `record` field that says what it is;
//! the first line is the summary.

mod gate;

use std::fmt;

use mainstay_types::{BuiltFrom, Digest, Purl, Release, SourceUrl};
use serde::{Serialize, Serializer};

use mainstay_reading::{LockedVersion, Origin};

use crate::finding::{Excepted, Finding, Record};
use crate::package::{Location, Package, PackageStatus};
use crate::report::ReportError;
use crate::scan::{KnowledgeUsed, Scan};
use crate::source::{Source, SourceProblem};
use crate::unknown::Unknown;
use gate::GateJson;

mod stated;

use stated::{SilencedJson, StatementJson, VexJson, WithoutEffectJson};

/// The version of the contract.
const VERSION: u32 = 1;

pub(crate) fn write(scan: &Scan) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(&Document::of(scan))?;
    text.push('\n');
    Ok(text)
}

pub(crate) fn write_lines(scan: &Scan) -> Result<String, ReportError> {
    let document = Document::of(scan);
    let mut out = String::new();
    line(&mut out, "scan", &document.summary)?;
    lines(&mut out, "knowledge", &document.knowledge)?;
    lines(&mut out, "source", &document.sources)?;
    lines(&mut out, "package", &document.packages)?;
    lines(&mut out, "finding", &document.findings)?;
    lines(&mut out, "excepted", &document.excepted)?;
    lines(&mut out, "vex", &document.vex)?;
    lines(&mut out, "silenced", &document.silenced)?;
    lines(&mut out, "without-effect", &document.without_effect)?;
    lines(&mut out, "unknown", &document.unknowns)?;
    if let Some(gate) = &document.gate {
        line(&mut out, "gate", &gate.summary)?;
        lines(&mut out, "decision", &gate.decisions)?;
    }
    Ok(out)
}

fn lines(out: &mut String, record: &str, values: &[impl Serialize]) -> Result<(), ReportError> {
    values.iter().try_for_each(|value| line(out, record, value))
}

fn line(out: &mut String, record: &str, value: &impl Serialize) -> Result<(), ReportError> {
    #[derive(Serialize)]
    struct Tagged<'a, T> {
        record: &'a str,
        #[serde(flatten)]
        value: &'a T,
    }
    out.push_str(&serde_json::to_string(&Tagged { record, value })?);
    out.push('\n');
    Ok(())
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    summary: SummaryJson<'a>,
    knowledge: Vec<KnowledgeJson>,
    sources: Vec<SourceJson<'a>>,
    packages: Vec<PackageJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    excepted: Vec<ExceptedJson<'a>>,
    vex: Vec<VexJson<'a>>,
    silenced: Vec<SilencedJson<'a>>,
    without_effect: Vec<WithoutEffectJson<'a>>,
    unknowns: Vec<UnknownJson<'a>>,
    /// What `mainstay check` says; null for `mainstay scan`.
    gate: Option<GateJson<'a>>,
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    schema: &'static str,
    version: u32,
    verdict: &'static str,
    coverage: &'static str,
    scanned_at: String,
    files_of_no_known_format: u64,
    manifests_covered_by_a_lockfile: usize,
    settings: &'a [String],
    warnings: &'a [String],
}

impl<'a> Document<'a> {
    fn of(scan: &'a Scan) -> Self {
        Self {
            summary: SummaryJson {
                schema: "mainstay.scan",
                version: VERSION,
                verdict: scan.verdict().word(),
                coverage: scan.coverage().word(),
                scanned_at: scan.now.to_string(),
                files_of_no_known_format: scan.other_files,
                manifests_covered_by_a_lockfile: scan.covered_manifests,
                settings: &scan.settings,
                warnings: &scan.warnings,
            },
            knowledge: scan.knowledge.iter().map(KnowledgeJson::of).collect(),
            sources: scan.sources.iter().map(SourceJson::of).collect(),
            packages: scan.packages.iter().map(PackageJson::of).collect(),
            findings: scan.findings.iter().map(|finding| FindingJson::of(scan, finding)).collect(),
            excepted: scan.excepted.iter().map(|one| ExceptedJson::of(scan, one)).collect(),
            vex: scan.stated.documents.iter().map(|one| VexJson::of(one)).collect(),
            silenced: scan.stated.silenced.iter().map(|one| SilencedJson::of(scan, one)).collect(),
            without_effect: scan.stated.without_effect.iter().map(WithoutEffectJson::of).collect(),
            unknowns: scan.unknowns.iter().map(UnknownJson::of).collect(),
            gate: GateJson::of(scan),
        }
    }
}

#[derive(Serialize)]
struct KnowledgeJson {
    source: &'static str,
    ecosystem: Option<&'static str>,
    records: u64,
    newest: Option<String>,
    as_of: Option<String>,
    age_days: Option<i64>,
}

impl KnowledgeJson {
    fn of(used: &KnowledgeUsed) -> Self {
        Self {
            source: used.source,
            ecosystem: used.ecosystem.map(mainstay_types::Ecosystem::osv_name),
            records: used.records,
            newest: used.newest.map(|at| at.to_string()),
            as_of: used.as_of.map(|at| at.to_string()),
            age_days: used.age_days(),
        }
    }
}

#[derive(Serialize)]
struct SourceJson<'a> {
    path: &'a str,
    format: Option<&'static str>,
    status: &'static str,
    packages: usize,
    /// The worst problem, as a sentence.
    problem: Option<&'a str>,
    problems: Vec<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    code: &'static str,
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    line: Option<u32>,
    message: &'a str,
    advice: &'a str,
}

impl<'a> SourceJson<'a> {
    fn of(source: &'a Source) -> Self {
        let problem = |problem: &'a SourceProblem| ProblemJson {
            code: problem.code,
            file: problem.file.as_deref(),
            member: problem.member.as_deref(),
            line: problem.line,
            message: &problem.message,
            advice: &problem.advice,
        };
        Self {
            path: &source.path,
            format: source.format,
            status: source.status.word(),
            packages: source.packages,
            problem: source.problems.first().map(|problem| &*problem.message),
            problems: source.problems.iter().map(problem).collect(),
        }
    }
}

#[derive(Serialize)]
struct PackageJson<'a> {
    purl: Shown<Purl>,
    ecosystem: &'static str,
    name: &'a str,
    version: Option<&'a str>,
    /// What is asked for, where no version is locked.
    requirement: Option<&'a str>,
    scope: &'static str,
    direct: Option<bool>,
    status: &'static str,
    problem: Option<&'a str>,
    origin: OriginJson<'a>,
    #[serde(serialize_with = "each_shown")]
    checksums: &'a [Digest],
    /// As the sources write them.
    licences: Vec<&'a str>,
    /// When this version was published, where a source tells.
    released: Option<String>,
    locations: Vec<LocationJson<'a>>,
}

/// A value in the words of its `Display`, written without a text of its own: a report has
/// thousands of them.
struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

fn each_shown<S: Serializer>(values: &[impl fmt::Display], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(values.iter().map(Shown))
}

#[derive(Serialize)]
struct OriginJson<'a> {
    kind: &'static str,
    url: Option<Shown<&'a dyn fmt::Display>>,
    artifact: Option<Shown<&'a SourceUrl>>,
    commit: Option<&'a str>,
    /// For a package of a distribution: its release, as in `distro` of a package URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    /// The machine that it was built for.
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture: Option<&'a str>,
    /// The source package that it was built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourcePackageJson<'a>>,
}

#[derive(Serialize)]
struct SourcePackageJson<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct LocationJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    line: Option<u32>,
    /// The layer of an image that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<LayerJson<'a>>,
}

#[derive(Serialize)]
struct LayerJson<'a> {
    digest: &'a str,
    /// The step of the build that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
}

impl<'a> LocationJson<'a> {
    fn of(location: &'a Location) -> Self {
        let Location { path, member, line, layer, .. } = location;
        let layer = layer.as_deref().map(|layer| LayerJson {
            digest: &layer.digest,
            created_by: layer.created_by.as_deref(),
        });
        Self { path, member: member.as_deref(), line: *line, layer }
    }
}

impl<'a> PackageJson<'a> {
    fn of(package: &'a Package) -> Self {
        let (status, problem) = match &package.status {
            PackageStatus::Checked => ("checked", None),
            PackageStatus::Unchecked { problem, .. } => ("unchecked", Some(&**problem)),
        };
        let requirement = match &package.version {
            LockedVersion::Asked(range) => Some(&**range),
            LockedVersion::Exact(_) | LockedVersion::Unstated => None,
        };
        Self {
            purl: Shown(package.purl()),
            ecosystem: package.name.ecosystem().osv_name(),
            name: package.name.as_written(),
            version: package.version.exact(),
            requirement,
            scope: package.scope.word(),
            direct: package.direct,
            status,
            problem,
            origin: OriginJson::of(&package.origin),
            checksums: &package.checksums,
            licences: package.licences.iter().map(mainstay_types::Licence::as_written).collect(),
            released: package.released.map(|at| at.to_string()),
            locations: package.locations.iter().map(LocationJson::of).collect(),
        }
    }
}

impl<'a> OriginJson<'a> {
    fn of(origin: &'a Origin) -> Self {
        let nothing = Self {
            kind: "distribution",
            url: None,
            artifact: None,
            commit: None,
            release: None,
            architecture: None,
            source: None,
        };
        let (kind, url, artifact, commit): (_, Option<&'a dyn fmt::Display>, _, _) = match origin {
            Origin::Registry { index, artifact } => {
                let index = index.as_ref().map(|index| index as &dyn fmt::Display);
                ("registry", index, artifact.as_ref().map(Shown), None)
            }
            Origin::Git { url, commit } if url.is_empty() => ("git", None, None, commit.as_deref()),
            Origin::Git { url, commit } => ("git", Some(url), None, commit.as_deref()),
            Origin::Path(path) => ("path", Some(path), None, None),
            Origin::Url(url) => ("url", Some(url), None, None),
            Origin::Distribution(built) => {
                let source = match &built.built_from {
                    BuiltFrom::Source(source) => Some(SourcePackageJson {
                        name: source.name.as_written(),
                        version: &source.version,
                    }),
                    BuiltFrom::Namesake | BuiltFrom::Unknown => None,
                };
                let release = built.release.as_ref().map(Release::distro);
                let architecture = built.architecture.as_deref();
                return Self { release, architecture, source, ..nothing };
            }
        };
        Self { kind, url: url.map(Shown), artifact, commit, ..nothing }
    }
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: &'static str,
    kind: &'static str,
    severity: &'static str,
    score: Option<f64>,
    title: &'a str,
    package: Option<FindingPackageJson<'a>>,
    advisory: Option<AdvisoryJson<'a>>,
    fixed_in: Option<&'a str>,
    /// True, false, or null when it is not known.
    kev: Option<bool>,
    /// Between 0 and 1.
    epss: Option<f64>,
    epss_percentile: Option<f64>,
    advice: &'a str,
    locations: Vec<LocationJson<'a>>,
    via: &'a [String],
    /// What each joined record says by itself.
    records: Vec<RecordJson<'a>>,
    /// What VEX statements say about it; absent when none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<StatementJson<'a>>,
}

#[derive(Serialize)]
struct FindingPackageJson<'a> {
    purl: String,
    ecosystem: &'static str,
    name: &'a str,
    version: Option<&'a str>,
}

#[derive(Serialize)]
struct AdvisoryJson<'a> {
    id: &'a str,
    aliases: Vec<&'a str>,
    url: &'a str,
}

#[derive(Serialize)]
struct RecordJson<'a> {
    id: &'a str,
    kind: &'static str,
    severity: &'static str,
    score: Option<f64>,
    title: &'a str,
    url: &'a str,
    fixed_in: Option<&'a str>,
    basis: &'static str,
}

impl<'a> RecordJson<'a> {
    fn of(record: &'a Record) -> Self {
        Self {
            id: &record.id,
            kind: record.kind.word(),
            severity: record.severity.word(),
            score: record.score.map(mainstay_types::Score::number),
            title: &record.title,
            url: &record.url,
            fixed_in: record.fixed_in.as_deref(),
            basis: record.basis,
        }
    }
}

impl<'a> FindingJson<'a> {
    fn of(scan: &'a Scan, finding: &'a Finding) -> Self {
        let package = finding.package.and_then(|at| scan.packages.get(at));
        Self {
            code: finding.code,
            kind: finding.kind.word(),
            severity: finding.severity.word(),
            score: finding.score.map(mainstay_types::Score::number),
            title: &finding.title,
            package: package.map(|package| FindingPackageJson {
                purl: package.purl().to_string(),
                ecosystem: package.name.ecosystem().osv_name(),
                name: package.name.as_written(),
                version: package.version.exact(),
            }),
            advisory: finding.records.first().map(|first| AdvisoryJson {
                id: &first.id,
                aliases: finding.aliases(),
                url: &first.url,
            }),
            fixed_in: finding.fixed_in.as_deref(),
            kev: finding.known_exploited,
            epss: finding.exploit_probability.map(|epss| epss.probability),
            epss_percentile: finding.exploit_probability.map(|epss| epss.percentile),
            advice: &finding.advice,
            locations: finding.locations.iter().map(LocationJson::of).collect(),
            via: &finding.via,
            records: finding.records.iter().map(RecordJson::of).collect(),
            statements: finding.statements.iter().map(StatementJson::of_said).collect(),
        }
    }
}

#[derive(Serialize)]
struct ExceptedJson<'a> {
    finding: FindingJson<'a>,
    reason: &'a str,
    owner: &'a str,
    expires: String,
    written: &'a str,
}

impl<'a> ExceptedJson<'a> {
    fn of(scan: &'a Scan, excepted: &'a Excepted) -> Self {
        Self {
            finding: FindingJson::of(scan, &excepted.finding),
            reason: &excepted.exception.reason,
            owner: &excepted.exception.owner,
            expires: excepted.exception.expires.to_string(),
            written: &excepted.exception.written,
        }
    }
}

#[derive(Serialize)]
struct UnknownJson<'a> {
    code: &'static str,
    subject: &'a str,
    message: &'a str,
    advice: &'a str,
}

impl<'a> UnknownJson<'a> {
    fn of(unknown: &'a Unknown) -> Self {
        Self {
            code: unknown.code.word(),
            subject: &unknown.subject,
            message: &unknown.message,
            advice: &unknown.advice,
        }
    }
}
