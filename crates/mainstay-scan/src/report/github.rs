//! Annotations for GitHub Actions: workflow commands, one a line.
//!
//! Standard: "Workflow commands for GitHub Actions". Data are escaped as its toolkit does: `%`,
//! carriage return and line feed in messages, and `:` and `,` in properties as well.

use std::fmt::Write as _;

use mainstay_console::clean;
use mainstay_policy::Outcome;
use mainstay_types::{FindingKind, Severity};

use crate::finding::{Excepted, Finding};
use crate::gate::{Judged, Standing};
use crate::package::Location;
use crate::report::stated::sentences;
use crate::report::text::{count, gate_line, summary, telling};
use crate::scan::Scan;
use crate::statements::Silenced;
use crate::unknown::Unknown;
use crate::verdict::Verdict;

pub(crate) fn write(scan: &Scan) -> String {
    let mut out = String::new();
    for (at, finding) in scan.findings.iter().enumerate() {
        out.push_str(&annotation(scan, finding, scan.standing_of_finding(at)));
    }
    for excepted in &scan.excepted {
        out.push_str(&accepted(scan, excepted));
    }
    for silenced in &scan.stated.silenced {
        out.push_str(&by_statement(scan, silenced));
    }
    if !scan.stated.without_effect.is_empty() {
        let all = count(scan.stated.without_effect.len(), "VEX statement", "VEX statements");
        let text = format!("{all} without effect; the JSON report lists each with the reason");
        let _ = writeln!(out, "::notice title=VEX::{}", message(&text));
    }
    for (at, unknown) in scan.unknowns.iter().enumerate() {
        out.push_str(&not_known(unknown, scan.standing_of_unknown(at)));
    }
    for judged in scan.judgement.iter().flat_map(|judgement| &judgement.decisions) {
        out.push_str(&decided(scan, judged));
    }
    let level = match scan.verdict() {
        Verdict::Clean => "notice",
        Verdict::Findings | Verdict::Unknown => "warning",
    };
    let title = format!("Mainstay: {}", scan.verdict().word());
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "::{level} title={}::{}", property(&title), message(&summary(scan)));
    if let (Some(judgement), Some(sentence)) = (&scan.judgement, gate_line(scan)) {
        let level = match judgement.outcome {
            Outcome::Refused => "error",
            Outcome::Unknown => "warning",
            Outcome::Passed | Outcome::Accepted => "notice",
        };
        let title = format!("Mainstay's gate: {}", judgement.outcome.word());
        let _ = writeln!(out, "::{level} title={}::{}", property(&title), message(&sentence));
    }
    out
}

/// A decision about a package stands at the package; the annotation of a finding is there already,
/// so only what the gate could not tell of it, or somebody accepted, is said once more.
fn decided(scan: &Scan, judged: &Judged) -> String {
    let decision = &judged.decision;
    let level = match (decision.outcome, judged.standing) {
        (Outcome::Refused, Standing::New) if judged.finding.is_some() => return String::new(),
        (Outcome::Refused, Standing::New) => "error",
        (Outcome::Unknown, Standing::New) => "warning",
        (_, Standing::Old) | (Outcome::Passed | Outcome::Accepted, _) => "notice",
    };
    let package = judged.package.and_then(|at| scan.packages.get(at));
    let place = place(package.and_then(|package| package.locations.first()));
    let mark = mark(judged.standing);
    let title = format!("{mark}{} by {}", decision.outcome.word(), decision.rule.name);
    let text = format!("{}: {} ({})", judged.subject(scan), decision.message, telling(decision));
    format!("::{level} {place}title={}::{}\n", property(&title), message(&text))
}

/// The file and the line as properties. A line inside an archive is no line of the archive.
fn place(location: Option<&Location>) -> String {
    let Some(location) = location else { return String::new() };
    let line = location.line.filter(|_| location.member.is_none());
    let line = line.map(|line| format!(",line={line}")).unwrap_or_default();
    format!("file={}{line},", property(&location.path))
}

/// The mark of what was there already at the revision of `--since`.
fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::New => "",
        Standing::Old => "old: ",
    }
}

fn annotation(scan: &Scan, finding: &Finding, standing: Standing) -> String {
    let level = match (standing, finding.kind, finding.severity) {
        (Standing::Old, ..) => "notice",
        (_, FindingKind::Malicious, _) | (_, _, Severity::Critical | Severity::High) => "error",
        _ => "warning",
    };
    let package = finding.package.and_then(|at| scan.packages.get(at));
    let label = package.map(crate::Package::label).unwrap_or_default();
    let fix =
        finding.fixed_in.as_deref().map(|fix| format!("; fixed in {fix}")).unwrap_or_default();
    let place = place(finding.locations.first());
    let title = format!("{}{} ({})", mark(standing), finding.id(), finding.severity);
    let inside = finding.locations.first().filter(|location| location.member.is_some());
    let inside = inside.map(|location| format!(" (in {location})")).unwrap_or_default();
    let told = format!("{label}: {}{fix}{inside}", finding.title);
    let said = sentences(finding).map(|text| format!("VEX: {text}"));
    let text = std::iter::once(told).chain(said).collect::<Vec<_>>().join("; ");
    format!("::{level} {place}title={}::{}\n", property(&title), message(&text))
}

/// What somebody accepted stays to be seen: the file that says so came with the software.
fn accepted(scan: &Scan, excepted: &Excepted) -> String {
    let Excepted { finding, exception } = excepted;
    let package = finding.package.and_then(|at| scan.packages.get(at));
    let label = package.map(crate::Package::label).unwrap_or_default();
    let title = format!("{} accepted by an exception", finding.id());
    let text = format!(
        "{label}: {} ({}, until {}, {})",
        exception.reason, exception.owner, exception.expires, exception.written
    );
    format!("::notice title={}::{}\n", property(&title), message(&text))
}

/// What a VEX statement silences stays to be seen too.
fn by_statement(scan: &Scan, silenced: &Silenced) -> String {
    let finding = &silenced.finding;
    let package = finding.package.and_then(|at| scan.packages.get(at));
    let label = package.map(crate::Package::label).unwrap_or_default();
    let title = format!("{} silenced by a VEX statement", finding.id());
    let said: Vec<String> = sentences(finding).collect();
    let text = format!("{label}: {}", said.join("; "));
    format!("::notice title={}::{}\n", property(&title), message(&text))
}

fn not_known(unknown: &Unknown, standing: Standing) -> String {
    let level = match standing {
        Standing::New => "warning",
        Standing::Old => "notice",
    };
    let title = format!("{}Not known: {}", mark(standing), unknown.code.word());
    let text = format!("{}: {}. To do: {}", unknown.subject, unknown.message, unknown.advice);
    format!("::{level} title={}::{}\n", property(&title), message(&text))
}

fn message(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_end_its_property() {
        assert_eq!(property("a,line=1::x"), "a%2Cline=1%3A%3Ax");
    }

    #[test]
    fn a_title_cannot_begin_a_command() {
        assert!(!message("x\n::error::y").contains('\n'));
    }
}
