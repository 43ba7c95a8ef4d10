//! Judging what was inventoried: every package is looked up, shapes are checked, exceptions are
//! applied, and whatever is not known is written down.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use mainstay_knowledge::{EcosystemKnowledge, Knowledge, TableFacts, starter};
use mainstay_reading::Origin;
use mainstay_types::Ecosystem;

use crate::agree;
use crate::exception::apply;
use crate::finding::{Finding, STATED_AFFECTED};
use crate::look_up::look_up;
use crate::package::{Package, PackageStatus, UncheckedReason, place_text};
use crate::repeated::{tell_findings_once, tell_places_once, tell_unknowns_once};
use crate::scan::{Inventoried, KnowledgeUsed, Limits, LookedUp, Scan};
use crate::shape;
use crate::source::Source;
use crate::statements::{Heard, Stated, hear};
use crate::target::Target;
use crate::unknown::{Unknown, UnknownCode};
use crate::via::Paths;

impl Inventoried {
    /// Looks every package up and judges.
    pub fn judge(mut self, knowledge: &Knowledge, limits: Limits, now: Timestamp) -> Scan {
        let ecosystems = self.ecosystems();
        let mut findings = look_all_up(&mut self.packages, knowledge);
        let mut paths = Paths::of(&self.readings);
        for finding in &mut findings {
            finding.via = paths.first(&finding.locations);
        }
        findings.extend(shape::findings(&self.readings, &self.packages));
        findings.extend(agree::findings(&self.readings, &self.packages));
        let heard = hear(findings, &self.packages, &self.readings, &self.statements, now);
        let Heard { mut findings, stated } = heard;
        for finding in findings.iter_mut().filter(|one| one.code == STATED_AFFECTED) {
            finding.via = paths.first(&finding.locations);
        }
        tell_findings_once(&mut findings);
        findings.sort_by_cached_key(|one| (one.rank(), one.package, one.id().to_owned()));
        let judged = apply(findings, &self.packages, &self.readings, &self.targets, now);

        let knowledge_used = knowledge_used(knowledge, &ecosystems, now);
        let is_fresh = |source: &str| {
            knowledge_used.iter().any(|line| line.source == source && stale(line, limits).is_none())
        };
        let (knows_exploited, knows_probabilities) = (is_fresh("kev"), is_fresh("epss"));
        let (mut sources, mut unknowns) = self.read_so_far();
        unknowns.extend(data_unknowns(knowledge, &ecosystems, &knowledge_used, limits));
        unknowns.extend(release_unknowns(&self.packages));
        unknowns.extend(table_unknowns(knowledge));
        unknowns.extend(package_unknowns(&self.packages));
        unknowns.extend(self.statements.unread);
        tell_unknowns_once(&mut unknowns);
        tell_places_once(&mut self.packages);
        sources.extend(self.skipped);
        Scan {
            now,
            knowledge: knowledge_used,
            knows_exploited,
            knows_probabilities,
            sources,
            packages: self.packages,
            findings: judged.findings,
            excepted: judged.excepted,
            stated,
            unknowns,
            warnings: judged.warnings.into_iter().chain(self.statements.warnings).collect(),
            other_files: self.other_files,
            covered_manifests: self.covered_manifests,
            settings: settings_files(&self.targets),
            since: None,
            judgement: None,
            looked_up: LookedUp::Packages,
            scanned: self.scanned,
            dated: now,
            readings: self.readings,
        }
    }
}

impl Inventoried {
    /// What there is, with nothing looked up and nothing judged: no findings, and of the unknown
    /// only what could not be read.
    pub fn describe(mut self, now: Timestamp) -> Scan {
        let (mut sources, mut unknowns) = self.read_so_far();
        tell_unknowns_once(&mut unknowns);
        tell_places_once(&mut self.packages);
        sources.extend(std::mem::take(&mut self.skipped));
        Scan {
            now,
            knowledge: Vec::new(),
            knows_exploited: false,
            knows_probabilities: false,
            sources,
            packages: self.packages,
            findings: Vec::new(),
            excepted: Vec::new(),
            unknowns,
            warnings: Vec::new(),
            other_files: self.other_files,
            covered_manifests: self.covered_manifests,
            settings: settings_files(&self.targets),
            since: None,
            judgement: None,
            stated: Stated::default(),
            looked_up: LookedUp::Nothing,
            scanned: self.scanned,
            dated: now,
            readings: self.readings,
        }
    }

    /// The sources, and what of them could not be read, or not whole.
    fn read_so_far(&mut self) -> (Vec<Source>, Vec<Unknown>) {
        let read = self.readings.iter().map(|reading| (reading.source(), reading.unknown_code()));
        let mut sources: Vec<Source> = Vec::new();
        let mut unknowns: Vec<Unknown> = Vec::new();
        for (source, code) in read.chain(std::mem::take(&mut self.walked_problems)) {
            unknowns.extend(named_unknowns(&source, code));
            sources.push(source);
        }
        if sources.is_empty() {
            unknowns.push(nothing_to_read(&self.targets));
        }
        (sources, unknowns)
    }
}

/// The settings files of the targets, each once.
fn settings_files(targets: &[Target]) -> Vec<String> {
    let mut files: Vec<String> = targets.iter().filter_map(|one| one.settings.clone()).collect();
    files.sort_unstable();
    files.dedup();
    files
}

fn look_all_up(packages: &mut [Package], knowledge: &Knowledge) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (position, package) in packages.iter_mut().enumerate() {
        let looked_up = look_up(knowledge, package, position);
        package.status = looked_up.status;
        findings.extend(looked_up.findings);
    }
    findings
}

/// One unknown per problem of a source, with the line in its subject.
fn named_unknowns(source: &Source, code: UnknownCode) -> impl Iterator<Item = Unknown> {
    source.problems.iter().map(move |problem| {
        let file = problem.file.as_deref().unwrap_or(&source.path);
        Unknown {
            code,
            subject: place_text(file, problem.member.as_deref(), problem.line),
            package: None,
            message: problem.message.clone(),
            advice: problem.advice.clone(),
        }
    })
}

/// The paths of the targets, as they were named.
fn names(targets: &[Target]) -> String {
    let paths: Vec<_> = targets.iter().map(|target| target.path.to_string_lossy()).collect();
    paths.join(", ")
}

fn nothing_to_read(targets: &[Target]) -> Unknown {
    Unknown {
        code: UnknownCode::NothingToRead,
        subject: names(targets),
        package: None,
        message: "no lockfile and no manifest was found".to_owned(),
        advice: "name the folder that holds them; `mainstay formats` lists what is read".to_owned(),
    }
}

/// What is asked about packages of these ecosystems, and how old it is.
pub fn knowledge_used(
    knowledge: &Knowledge,
    ecosystems: &[Ecosystem],
    now: Timestamp,
) -> Vec<KnowledgeUsed> {
    let mut used = Vec::new();
    for ecosystem in ecosystems {
        match knowledge.ecosystem(*ecosystem) {
            EcosystemKnowledge::Imported { facts, .. } => used.push(KnowledgeUsed {
                source: "osv",
                ecosystem: Some(*ecosystem),
                records: facts.records,
                newest: facts.newest,
                as_of: facts.as_of,
                age: age(facts.as_of, now),
            }),
            EcosystemKnowledge::Starter => used.push(KnowledgeUsed {
                source: "starter",
                ecosystem: Some(*ecosystem),
                records: starter_records(*ecosystem),
                newest: None,
                as_of: starter_as_of(),
                age: age(starter_as_of(), now),
            }),
            EcosystemKnowledge::Absent | EcosystemKnowledge::Damaged(_) => {}
        }
    }
    let table = |source: &'static str, facts: TableFacts| KnowledgeUsed {
        source,
        ecosystem: None,
        records: facts.records,
        newest: facts.newest,
        as_of: facts.as_of,
        age: age(facts.as_of, now),
    };
    if !ecosystems.is_empty() {
        used.extend(knowledge.kev_facts().map(|facts| table("kev", facts)));
        used.extend(knowledge.epss_facts().map(|facts| table("epss", facts)));
    }
    used
}

/// How many facts of the starter set are about an ecosystem.
fn starter_records(ecosystem: Ecosystem) -> u64 {
    let about = starter::facts().iter().filter(|fact| fact.ecosystem == ecosystem);
    u64::try_from(about.count()).unwrap_or(u64::MAX)
}

/// The day on which the starter set was true.
fn starter_as_of() -> Option<Timestamp> {
    let day: jiff::civil::Date = starter::AS_OF.parse().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// The age of data. A clock may be wrong by a few hours; data from further in the future have no
/// age that anybody could tell, for then the clock is wrong, or the data are.
fn age(as_of: Option<Timestamp>, now: Timestamp) -> Option<SignedDuration> {
    let age = now.duration_since(as_of?);
    (age > -CLOCKS_DIFFER).then(|| age.max(SignedDuration::ZERO))
}

/// By how much two clocks may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// What is not known because of the advisory data: absent, damaged, partial or stale ones.
pub fn data_unknowns(
    knowledge: &Knowledge,
    ecosystems: &[Ecosystem],
    used: &[KnowledgeUsed],
    limits: Limits,
) -> Vec<Unknown> {
    let mut unknowns = Vec::new();
    for ecosystem in ecosystems {
        let unknown = |code, message: String, advice: &str| Unknown {
            code,
            subject: ecosystem.to_string(),
            package: None,
            message,
            advice: advice.to_owned(),
        };
        match knowledge.ecosystem(*ecosystem) {
            EcosystemKnowledge::Imported { facts, .. } => {
                if !facts.complete {
                    let message = match facts.unread {
                        0 => "only a part of its advisory data is there".to_owned(),
                        files => unread(files),
                    };
                    unknowns.push(unknown(UnknownCode::NoData, message, FETCH));
                }
                let line = used.iter().find(|line| line.ecosystem == Some(*ecosystem));
                unknowns.extend(
                    line.and_then(|line| stale(line, limits))
                        .map(|message| unknown(UnknownCode::StaleData, message, FETCH)),
                );
            }
            EcosystemKnowledge::Starter => {
                let message = "no advisory data is there; only the embedded starter set of \
                               landmark flaws was asked";
                unknowns.push(unknown(UnknownCode::NoData, message.to_owned(), FETCH));
            }
            EcosystemKnowledge::Absent => {
                let message = "no advisory data is there".to_owned();
                unknowns.push(unknown(UnknownCode::NoData, message, FETCH));
            }
            EcosystemKnowledge::Damaged(error) => {
                unknowns.push(unknown(UnknownCode::DamagedData, error.to_string(), FETCH));
            }
        }
    }
    unknowns
}

/// Releases of distributions on which the data have nothing, each once.
fn release_unknowns(packages: &[Package]) -> Vec<Unknown> {
    let mut told = BTreeSet::new();
    let without = packages.iter().filter_map(|package| match (&package.status, &package.origin) {
        (
            PackageStatus::Unchecked { reason: UncheckedReason::Release, .. },
            Origin::Distribution(built),
        ) => built.release.as_ref(),
        _ => None,
    });
    told.extend(without.map(ToString::to_string));
    let unknown = |release: String| Unknown {
        code: UnknownCode::NoData,
        message: "the advisory data have nothing on this release".to_owned(),
        advice: format!("see whether {release} is still supported; {FETCH}"),
        subject: release,
        package: None,
    };
    told.into_iter().map(unknown).collect()
}

/// KEV and EPSS, where a finding asked for them in vain.
fn table_unknowns(knowledge: &Knowledge) -> impl Iterator<Item = Unknown> {
    knowledge.damaged_tables().into_iter().map(|(table, why)| Unknown {
        code: UnknownCode::DamagedData,
        subject: table.to_uppercase(),
        package: None,
        message: why.to_owned(),
        advice: FETCH.to_owned(),
    })
}

/// Any of the files that could not be read may hold an advisory on any package.
fn unread(files: u64) -> String {
    let (files, they) = match files {
        1 => ("one file".to_owned(), "it"),
        _ => (format!("{files} files"), "they"),
    };
    format!("{files} of its advisory data could not be read; what {they} would tell is not known")
}

/// Why data are too old, if they are.
fn stale(line: &KnowledgeUsed, limits: Limits) -> Option<String> {
    match line.age {
        None => Some("nobody can say how old its advisory data are".to_owned()),
        Some(age) if age > limits.data_age => {
            let limit = limits.data_age.as_hours();
            let limit = if limit % 24 == 0 {
                format!("{} days", limit / 24)
            } else {
                format!("{limit} hours")
            };
            let days = age.as_hours() / 24;
            Some(format!("its advisory data are {days} days old; the limit is {limit}"))
        }
        Some(_) => None,
    }
}

/// Packages that could not be checked. Where the reason is the data of the whole ecosystem, that is
/// said once for all of them, and not here.
fn package_unknowns(packages: &[Package]) -> impl Iterator<Item = Unknown> {
    packages.iter().enumerate().filter_map(|(at, package)| {
        let PackageStatus::Unchecked { problem, reason } = &package.status else { return None };
        let (code, advice) = match reason {
            UncheckedReason::Ecosystem | UncheckedReason::Release => return None,
            UncheckedReason::Package => {
                (UnknownCode::UncheckedPackage, "look at this package by hand")
            }
            UncheckedReason::DamagedData => (UnknownCode::DamagedData, FETCH),
        };
        Some(Unknown {
            code,
            subject: package.label(),
            package: Some(at),
            message: problem.to_string(),
            advice: advice.to_owned(),
        })
    })
}

/// What to do about data that are not there, old or damaged.
const FETCH: &str = "run `mainstay db update` with a network, or `mainstay db import`";
