//! The JSON contract: `docs/schemas/scan.schema.json`, version 1. Fields may be added; none is
//! taken away or changes its meaning within a version.
//!
//! `jsonl` writes the same objects, one a line, each with a `record` field that says what it is;
//! the first line is the summary.

mod gate;
mod package;
mod stated;

use std::io::Write;

use mainstay_console::CleanJson;
use serde::Serialize;

use crate::finding::{Excepted, Finding, Record};
use crate::report::ReportError;
use crate::scan::{KnowledgeUsed, Scan};
use crate::source::{Source, SourceProblem};
use crate::unknown::Unknown;
use gate::GateJson;
use package::{LocationJson, PackagesJson};
use stated::{SilencedJson, StatementJson, VexJson, WithoutEffectJson};

/// The version of the contract.
const VERSION: u32 = 1;

pub(crate) fn write(scan: &Scan, to: impl Write) -> Result<(), ReportError> {
    let mut json = CleanJson::indented(to);
    json.value(&Document::of(scan))?;
    Ok(json.finish()?)
}

pub(crate) fn write_lines(scan: &Scan, to: impl Write) -> Result<(), ReportError> {
    let document = Document::of(scan);
    let mut lines = Lines { json: CleanJson::lines(to) };
    lines.line("scan", &document.summary)?;
    lines.each("knowledge", &document.knowledge)?;
    lines.each("source", &document.sources)?;
    lines.each("package", document.packages.iter())?;
    lines.each("finding", &document.findings)?;
    lines.each("excepted", &document.excepted)?;
    lines.each("vex", &document.vex)?;
    lines.each("silenced", &document.silenced)?;
    lines.each("without-effect", &document.without_effect)?;
    lines.each("unknown", &document.unknowns)?;
    if let Some(gate) = &document.gate {
        lines.line("gate", &gate.summary)?;
        lines.each("decision", &gate.decisions)?;
    }
    Ok(lines.json.finish()?)
}

/// A report of one object a line.
struct Lines<W> {
    json: CleanJson<W>,
}

impl<W: Write> Lines<W> {
    fn each(
        &mut self,
        record: &str,
        values: impl IntoIterator<Item = impl Serialize>,
    ) -> Result<(), ReportError> {
        values.into_iter().try_for_each(|value| self.line(record, value))
    }

    fn line(&mut self, record: &str, value: impl Serialize) -> Result<(), ReportError> {
        #[derive(Serialize)]
        struct Tagged<'a, T> {
            record: &'a str,
            #[serde(flatten)]
            value: T,
        }
        Ok(self.json.value(&Tagged { record, value })?)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    summary: SummaryJson<'a>,
    knowledge: Vec<KnowledgeJson>,
    sources: Vec<SourceJson<'a>>,
    packages: PackagesJson<'a>,
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
            packages: PackagesJson(&scan.packages),
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
