//! The gate's answer in the JSON contract.

use mainstay_policy::{Exception, Fact};
use serde::Serialize;

use crate::gate::Judged;
use crate::scan::Scan;

#[derive(Serialize)]
pub(super) struct GateJson<'a> {
    #[serde(flatten)]
    pub(super) summary: GateSummaryJson<'a>,
    pub(super) decisions: Vec<DecisionJson<'a>>,
}

#[derive(Serialize)]
pub(super) struct GateSummaryJson<'a> {
    /// `passed`, `refused` or `unknown`.
    outcome: &'static str,
    /// The files and flags that hold the rules.
    policies: &'a [String],
    since: Option<SinceJson<'a>>,
    /// Positions in `unknowns` of those that may pass.
    allowed_unknowns: &'a [usize],
}

#[derive(Serialize)]
struct SinceJson<'a> {
    revision: &'a str,
    commit: &'a str,
    /// Positions in `findings` of those that were there already.
    old_findings: Vec<usize>,
    /// Positions in `unknowns` of those that were there already.
    old_unknowns: Vec<usize>,
    no_longer_silenced: Vec<NoLongerSilencedJson<'a>>,
}

#[derive(Serialize)]
struct NoLongerSilencedJson<'a> {
    /// The position in `findings`.
    finding: usize,
    /// What a statement said of it at the revision.
    was: &'a str,
}

#[derive(Serialize)]
pub(super) struct DecisionJson<'a> {
    outcome: &'static str,
    standing: &'static str,
    rule: RuleJson<'a>,
    subject: String,
    /// The package URL, where it is about a package.
    purl: Option<String>,
    /// The id of the finding, where it is about one.
    finding: Option<&'a str>,
    message: &'a str,
    facts: Vec<FactJson<'a>>,
    exception: Option<ExceptionJson<'a>>,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    name: &'a str,
    written: &'a str,
}

#[derive(Serialize)]
struct FactJson<'a> {
    name: &'a str,
    /// Null when nobody knows it.
    value: Option<&'a str>,
    told_by: &'a str,
}

#[derive(Serialize)]
struct ExceptionJson<'a> {
    reason: &'a str,
    owner: &'a str,
    expires: String,
    written: &'a str,
}

impl<'a> GateJson<'a> {
    pub(super) fn of(scan: &'a Scan) -> Option<Self> {
        let judgement = scan.judgement.as_ref()?;
        let sorted = |set: &std::collections::HashSet<usize>| {
            let mut list: Vec<usize> = set.iter().copied().collect();
            list.sort_unstable();
            list
        };
        let since = scan.since.as_ref().map(|since| SinceJson {
            revision: &since.revision,
            commit: &since.commit,
            old_findings: sorted(&since.old_findings),
            old_unknowns: sorted(&since.old_unknowns),
            no_longer_silenced: since
                .no_longer_silenced
                .iter()
                .map(|one| NoLongerSilencedJson { finding: one.finding, was: &one.was })
                .collect(),
        });
        let summary = GateSummaryJson {
            outcome: judgement.outcome.word(),
            policies: &judgement.policies,
            since,
            allowed_unknowns: &judgement.allowed_unknowns,
        };
        let decisions = judgement.decisions.iter().map(|one| DecisionJson::of(scan, one)).collect();
        Some(Self { summary, decisions })
    }
}

impl<'a> DecisionJson<'a> {
    fn of(scan: &'a Scan, judged: &'a Judged) -> Self {
        let decision = &judged.decision;
        let package = judged.package.and_then(|at| scan.packages.get(at));
        let finding = judged.finding.and_then(|at| scan.findings.get(at));
        let of_component = || Some(scan.component(judged.component?)?.purl()?.to_string());
        let fact = |fact: &'a Fact| FactJson {
            name: fact.name,
            value: fact.value.as_deref(),
            told_by: &fact.told_by,
        };
        let exception = |one: &'a Exception| ExceptionJson {
            reason: &one.reason,
            owner: &one.owner,
            expires: one.expires.to_string(),
            written: &one.written,
        };
        Self {
            outcome: decision.outcome.word(),
            standing: judged.standing.word(),
            rule: RuleJson { name: &decision.rule.name, written: &decision.rule.written },
            subject: judged.subject(scan),
            purl: package.map(|package| package.purl().to_string()).or_else(of_component),
            finding: finding.map(crate::Finding::id),
            message: &decision.message,
            facts: decision.facts.iter().map(fact).collect(),
            exception: decision.exception.as_ref().map(exception),
        }
    }
}
