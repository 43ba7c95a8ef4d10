//! The gate's answer for a person: what was decided, by which rule, and why.

use mainstay_console::{Line, Sheet, Tone};
use mainstay_policy::{Decision, Outcome};

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
    ];
    for (title, tone, outcome, standing) in groups {
        let all: Vec<&Judged> = judgement.of(outcome, standing).collect();
        if all.is_empty() {
            continue;
        }
        sheet.push(&Line::default().toned(Tone::Strong, title));
        let shown = if verbose { all.len() } else { SHOWN };
        for judged in all.iter().take(shown) {
            let line = Line::indented(2).toned(tone, judged.subject(scan));
            sheet.push(&line.text(format!(": {}", judged.decision.message)));
            sheet.push(&Line::indented(4).toned(Tone::Dim, telling(&judged.decision)));
        }
        let more = all.len().saturating_sub(shown);
        if more > 0 {
            let text = format!("and {more} more (--verbose lists all)");
            sheet.push(&Line::indented(2).toned(Tone::Dim, text));
        }
        sheet.gap();
    }
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
