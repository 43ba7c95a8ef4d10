//! Asking what is known about each package, and turning the answers into findings.

mod question;

use std::collections::HashSet;

use mainstay_knowledge::{Answer, EcosystemKnowledge, Knowledge};
use mainstay_matching::{Basis, Hit, Subject};
use mainstay_types::{FindingKind, Severity};

use crate::finding::{ExploitProbability, Finding, Record, code_of};
use crate::group;
use crate::package::{Package, PackageStatus, UncheckedReason};
use question::Question;

/// What a look-up says about one package.
pub(crate) struct LookedUp {
    pub(crate) status: PackageStatus,
    pub(crate) findings: Vec<Finding>,
    asked: Asked,
}

/// How much of the advisory data of its ecosystem a package was asked about with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// With all: a flaw that is not told is not known to be there. Also when the package itself is
    /// why it cannot be asked about.
    All,
    /// With a part: what is told is true, and what is not told says nothing.
    Part,
    /// With nothing: there are no data, or they cannot be used.
    Nothing,
}

/// What is known about one package by itself, outside a scan: whether it is checked, what is
/// wrong with it, and how much that rests on.
pub fn known_about(
    knowledge: &Knowledge,
    package: &Package,
) -> (PackageStatus, Vec<Finding>, Asked) {
    let LookedUp { status, findings, asked } = look_up(knowledge, package, 0);
    (status, findings, asked)
}

/// Looks a package up. `position` is its place in the scan's list.
pub(crate) fn look_up(knowledge: &Knowledge, package: &Package, position: usize) -> LookedUp {
    let nothing = |asked, status| LookedUp { status, findings: Vec::new(), asked };
    let question = match Question::about(package) {
        Ok(question) => question,
        Err(problem) => return nothing(Asked::All, unchecked(UncheckedReason::Package, problem)),
    };
    let ecosystem = package.name.ecosystem();
    // Data on released versions would not help a package from git: there the reason is its own.
    let of_ecosystem = |problem| match question.subject() {
        Subject::Version(_) => unchecked(UncheckedReason::Ecosystem, problem),
        Subject::Commit(_) => unchecked(UncheckedReason::Package, problem),
    };
    let (found, status, asked) = match question.ask(knowledge) {
        Answer::Records(found) => {
            let status = question.certain(&found);
            (found, status, Asked::All)
        }
        Answer::Mentions(found) => {
            let problem = format!("only a part of the advisory data of {ecosystem} is there");
            (found, of_ecosystem(problem), Asked::Part)
        }
        Answer::Starter(found) => {
            let problem = "only the embedded starter set was asked".to_owned();
            (found, of_ecosystem(problem), Asked::Part)
        }
        Answer::Absent => {
            let problem = format!("there is no advisory data for {ecosystem}");
            return nothing(Asked::Nothing, of_ecosystem(problem));
        }
        Answer::Unusable(why) => {
            let whole = matches!(knowledge.ecosystem(ecosystem), EcosystemKnowledge::Damaged(_));
            let reason =
                if whole { UncheckedReason::Ecosystem } else { UncheckedReason::DamagedData };
            let problem = format!("the advisory data cannot be used: {why}");
            return nothing(Asked::Nothing, unchecked(reason, problem));
        }
    };
    let records = found.hits.iter().map(record).collect();
    let findings = group::group(records)
        .into_iter()
        .map(|group| {
            let fixed_in = fix(knowledge, &question, &found.hits, &group);
            Finding { fixed_in, ..finding(knowledge, package, position, group) }
        })
        .collect();
    LookedUp { status, findings, asked }
}

/// The smallest version that a record of the group names as a fix and that none of them still
/// affects.
fn fix(
    knowledge: &Knowledge,
    question: &Question<'_>,
    hits: &[Hit<'_>],
    group: &[Record],
) -> Option<String> {
    let first = || group.iter().find_map(|record| record.fixed_in.clone());
    if group.len() == 1 || matches!(question.subject(), Subject::Commit(_)) {
        return first();
    }
    let ids: HashSet<&str> = group.iter().map(|record| &*record.id).collect();
    let is_of_group = |hit: &&Hit<'_>| ids.contains(hit.advisory.id);
    let named = hits.iter().filter(is_of_group).flat_map(|hit| &hit.fixed_in).copied();
    group::ascending(question.ecosystem(), named).into_iter().find_map(|fix| {
        let (Answer::Records(found) | Answer::Mentions(found) | Answer::Starter(found)) =
            question.of_version(fix).ask(knowledge)
        else {
            return None;
        };
        (!found.hits.iter().any(|hit| is_of_group(&hit))).then(|| fix.to_owned())
    })
}

fn unchecked(reason: UncheckedReason, problem: String) -> PackageStatus {
    PackageStatus::Unchecked { problem: problem.into(), reason }
}

fn record(hit: &Hit<'_>) -> Record {
    let advisory = &hit.advisory;
    Record {
        id: advisory.id.to_owned(),
        aliases: advisory.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        upstream: advisory.upstream.iter().map(|id| (*id).to_owned()).collect(),
        kind: advisory.kind,
        severity: advisory.severity,
        score: advisory.score,
        title: advisory.title.to_owned(),
        url: advisory.url.to_owned(),
        fixed_in: hit.fixed_in.first().map(|fix| (*fix).to_owned()),
        basis: match hit.basis {
            Basis::Range => "range",
            Basis::ListedVersion => "listed-version",
            Basis::Commit => "commit",
        },
    }
}

/// One finding from the joined records of one flaw, as far as they tell without another look-up.
fn finding(
    knowledge: &Knowledge,
    package: &Package,
    position: usize,
    records: Vec<Record>,
) -> Finding {
    let kind = records.iter().map(|record| record.kind).min().unwrap_or(FindingKind::Notice);
    let worst = group::worst(&records);
    let severity = worst.map_or(Severity::Unknown, |record| record.severity);
    let score = worst.and_then(|record| record.score);
    let titled = records.iter().find(|record| !record.title.is_empty());
    let title = titled.map_or_else(|| plain_title(kind), |record| record.title.clone());
    let (known_exploited, exploit_probability) = exploitation(knowledge, &records);
    Finding {
        code: code_of(kind),
        kind,
        severity,
        score,
        title,
        package: Some(position),
        records,
        fixed_in: None,
        known_exploited,
        exploit_probability,
        locations: package.locations.clone(),
        via: Vec::new(),
        advice: advice(kind).to_owned(),
        statements: Vec::new(),
    }
}

fn plain_title(kind: FindingKind) -> String {
    match kind {
        FindingKind::Malicious => "A malicious release".to_owned(),
        FindingKind::Vulnerability => "A vulnerability; the record has no title".to_owned(),
        FindingKind::Model => "A model file that does more than hold a model".to_owned(),
        FindingKind::Confusion => "A door for dependency confusion".to_owned(),
        FindingKind::Archive => "A file that is not what it says".to_owned(),
        FindingKind::Unsound => "Unsound code".to_owned(),
        FindingKind::Unmaintained => "Nobody maintains it".to_owned(),
        FindingKind::Notice => "A notice; the record has no title".to_owned(),
        FindingKind::Drift => "What is installed is not what is locked".to_owned(),
    }
}

/// What to do where no fixed version says it.
fn advice(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Malicious => {
            "remove it, treat every machine that installed it as compromised, and change the \
             secrets that were on them"
        }
        FindingKind::Vulnerability => "replace it, or find out whether the flaw can be reached",
        FindingKind::Model => "do not load it",
        FindingKind::Confusion => "name one index for each package",
        FindingKind::Archive => "get the file from its publisher again",
        FindingKind::Unsound => "look for a release that repairs it, or for another package",
        FindingKind::Unmaintained => "look for another package, or help to maintain this one",
        FindingKind::Notice => "read the record",
        FindingKind::Drift => "install from the lockfile again",
    }
}

/// KEV and EPSS, joined by the CVE ids of the records.
fn exploitation(
    knowledge: &Knowledge,
    records: &[Record],
) -> (Option<bool>, Option<ExploitProbability>) {
    let ids = records.iter().flat_map(|record| {
        std::iter::once(&record.id).chain(&record.aliases).chain(&record.upstream)
    });
    let cves: Vec<&str> = ids.map(|id| &**id).filter(|id| id.starts_with("CVE-")).collect();
    let mut known_exploited = None;
    let mut probability: Option<ExploitProbability> = None;
    for cve in cves {
        if knowledge.kev_facts().is_some()
            && let Ok(entry) = knowledge.kev(cve)
        {
            known_exploited = Some(known_exploited == Some(true) || entry.is_some());
        }
        if let Ok(Some(score)) = knowledge.epss(cve)
            && probability.is_none_or(|known| known.probability < score.probability)
        {
            let (probability_, percentile) = (score.probability, score.percentile);
            probability = Some(ExploitProbability { probability: probability_, percentile });
        }
    }
    (known_exploited, probability)
}
