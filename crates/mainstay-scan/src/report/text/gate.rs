//! The gate's answer for a person: what was decided, by which rule, and why.

use std::collections::HashMap;

use mainstay_console::{Line, Sheet, Tone};
use mainstay_policy::{Decision, Outcome, RuleName};

use super::{SHOWN, count};
use crate::gate::{Judged, Standing};
use crate::scan::Scan;

pub(super) fn write(sheet: &mut Sheet, scan: &Scan, verbose: bool) {
    let Some(judgement) = &scan.judgement else { return };
    let groups = [
        ("Refused", Tone::Bad, Outcome::Refused, Standing::New),
        ("The policy cannot tell", Tone::Warning, Outcome::Unknown, Standing::New),
        ("Accepted by an exception to a rule", Tone::Plain, Outcome::Accepted, Standing::New),
        ("Would be refused, but was there before", Tone::Dim, Outcome::Refused, Standing::Old),
        ("Could not be told before either", Tone::Dim, Outcome::Unknown, Standing::Old),
    ];
    for (title, tone, outcome, standing) in groups {
        let all: Vec<&Judged> = judgement.of(outcome, standing).collect();
        if all.is_empty() {
            continue;
        }
        sheet.push(&Line::default().toned(Tone::Strong, title));
        if verbose {
            for judged in &all {
                one(sheet, scan, tone, judged);
            }
        } else {
            for group in alike(&all) {
                several(sheet, scan, tone, &group);
            }
        }
        sheet.gap();
    }
    no_longer_silenced(sheet, scan);
}

/// Findings that are new because the statement that silenced them is gone.
fn no_longer_silenced(sheet: &mut Sheet, scan: &Scan) {
    let Some(since) = scan.since.as_ref().filter(|one| !one.no_longer_silenced.is_empty()) else {
        return;
    };
    let title = format!("Silenced at {}, and not any more", since.revision);
    sheet.push(&Line::default().toned(Tone::Strong, title));
    for one in &since.no_longer_silenced {
        let Some(finding) = scan.findings.get(one.finding) else { continue };
        let package = finding.package.and_then(|at| scan.packages.get(at));
        let label = package.map(crate::Package::label).unwrap_or_default();
        sheet.push(&Line::indented(2).text(format!("{} {label}", finding.id())));
        sheet.push(&Line::indented(4).toned(Tone::Dim, "VEX: ").text(&one.was));
    }
    sheet.gap();
}

/// Decisions of one rule for one reason, in the order in which they were met.
pub(crate) fn alike<'j>(all: &[&'j Judged]) -> Vec<Vec<&'j Judged>> {
    let mut groups: Vec<Vec<&Judged>> = Vec::new();
    let mut places: HashMap<(&RuleName, &str, Outcome, &str), usize> = HashMap::new();
    for judged in all.iter().copied() {
        let next = groups.len();
        let decision = &judged.decision;
        let standing = judged.standing.word();
        let key = (&decision.rule, &*decision.message, decision.outcome, standing);
        let at = *places.entry(key).or_insert(next);
        match groups.get_mut(at) {
            Some(group) => group.push(judged),
            None => groups.push(vec![judged]),
        }
    }
    groups
}

/// One decision with all its facts.
fn one(sheet: &mut Sheet, scan: &Scan, tone: Tone, judged: &Judged) {
    let line = Line::indented(2).toned(tone, judged.subject(scan));
    sheet.push(&line.text(format!(": {}", judged.decision.message)));
    sheet.push(&Line::indented(4).toned(Tone::Dim, telling(&judged.decision)));
}

/// The same reason for several subjects is said once; the facts of each are in `--verbose`.
fn several(sheet: &mut Sheet, scan: &Scan, tone: Tone, group: &[&Judged]) {
    let [first, rest @ ..] = group else { return };
    if rest.is_empty() {
        return one(sheet, scan, tone, first);
    }
    let subjects: Vec<String> =
        group.iter().take(SHOWN).map(|judged| judged.subject(scan)).collect();
    let more = group.len().saturating_sub(SHOWN);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    let line = Line::indented(2).toned(tone, subjects.join(", ") + &tail);
    sheet.push(&line.text(format!(": {}", first.decision.message)));
    let RuleName { name, written } = &first.decision.rule;
    sheet.push(&Line::indented(4).toned(Tone::Dim, format!("by {name} ({written})")));
}

/// Which rule, by which facts, from where: `by grave (policy.toml:3); severity high (GHSA-...)`.
pub(crate) fn telling(decision: &Decision) -> String {
    let mut text = format!("by {} ({})", decision.rule.name, decision.rule.written);
    for fact in &decision.facts {
        let value = fact.value.as_deref().unwrap_or("not known");
        text.push_str("; ");
        text.push_str(fact.name);
        text.push(' ');
        text.push_str(value);
        if !fact.told_by.is_empty() {
            text.push_str(" (");
            text.push_str(&fact.told_by);
            text.push(')');
        }
    }
    if let Some(one) = &decision.exception {
        let exception =
            format!("; {} ({}, until {}, {})", one.reason, one.owner, one.expires, one.written);
        text.push_str(&exception);
    }
    text
}

/// The gate's answer in a sentence. `None` for a scan that was not judged.
pub(crate) fn gate_line(scan: &Scan) -> Option<String> {
    let judgement = scan.judgement.as_ref()?;
    let number = |outcome, standing| judgement.of(outcome, standing).count();
    let mut parts = Vec::new();
    match number(Outcome::Refused, Standing::New) {
        0 => {}
        n => parts.push(count(n, "objection", "objections")),
    }
    match number(Outcome::Unknown, Standing::New) {
        0 => {}
        n => parts.push(count(n, "question", "questions") + " that no known fact answers"),
    }
    let open = scan.unknowns.len().saturating_sub(judgement.allowed_unknowns.len());
    if open > 0 {
        parts.push(count(open, "thing", "things") + " not known that may not stay so");
    }
    if let Some(since) = &scan.since {
        let old = count(since.old_findings.len(), "finding", "findings");
        let short = since.commit.get(..12).unwrap_or(&since.commit);
        parts.push(format!("{old} there already at {} ({short})", since.revision));
    }
    let told = if parts.is_empty() { "no rule objects".to_owned() } else { parts.join("; ") };
    let by = judgement.policies.join(", ");
    Some(format!("Gate: {} - {told}; judged by {by}", judgement.outcome.word()))
}
