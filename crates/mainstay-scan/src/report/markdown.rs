//! Markdown for a comment or a summary page. Text from outside stands in code spans or is escaped,
//! so it can neither format the page nor link anywhere.

use std::fmt::Write as _;

use mainstay_console::clean;

use crate::gate::{Judged, Standing};
use crate::report::stated::{nothing, sentences};
use crate::report::text::{gate_line, knowledge_line, summary, telling};
use crate::scan::Scan;
use crate::source::SourceStatus;

pub(crate) fn write(scan: &Scan) -> String {
    let mut out = String::new();
    line(&mut out, &format!("## Mainstay: {}", scan.verdict().word()));
    line(&mut out, &escape(&summary(scan)));
    gate(&mut out, scan);
    findings(&mut out, scan);
    silenced(&mut out, scan);
    excepted(&mut out, scan);
    without_effect(&mut out, scan);
    unknowns(&mut out, scan);
    sources(&mut out, scan);
    if !scan.knowledge.is_empty() {
        line(&mut out, "### Knowledge");
        let lines: Vec<String> = scan
            .knowledge
            .iter()
            .map(|used| format!("- {}", escape(&knowledge_line(used))))
            .collect();
        line(&mut out, &lines.join("\n"));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// What the gate decided, where it was asked.
fn gate(out: &mut String, scan: &Scan) {
    let (Some(judgement), Some(sentence)) = (&scan.judgement, gate_line(scan)) else { return };
    line(out, &escape(&sentence));
    let (new, old): (Vec<&Judged>, Vec<&Judged>) =
        judgement.decisions.iter().partition(|one| one.standing == Standing::New);
    let mut lines: Vec<String> = new
        .into_iter()
        .map(|judged| {
            format!(
                "- {} {}: {} ({})",
                judged.decision.outcome.word(),
                code(&judged.subject(scan)),
                escape(&judged.decision.message),
                escape(&telling(&judged.decision)),
            )
        })
        .collect();
    // An old debt need not be repeated in a comment: that about findings is in the tables below.
    match old.len() {
        0 => {}
        1 => lines.push("- and one old one, which the JSON report lists".to_owned()),
        old => lines.push(format!("- and {old} old ones, which the JSON report lists")),
    }
    if !lines.is_empty() {
        line(out, "### Decisions");
        line(out, &lines.join("\n"));
    }
}

fn findings(out: &mut String, scan: &Scan) {
    if scan.findings.is_empty() {
        return;
    }
    line(out, "### Findings");
    let mut table = String::from(
        "| package | kind | severity | advisory | fixed in | where |\n| --- | --- | --- | --- | --- | --- |",
    );
    for (at, finding) in scan.findings.iter().enumerate() {
        let package = finding.package.and_then(|at| scan.packages.get(at));
        let score = finding.score.map(|score| format!(" {score}")).unwrap_or_default();
        let exploited =
            if finding.known_exploited == Some(true) { ", known exploited" } else { "" };
        let place = finding.locations.first().map(ToString::to_string).unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = write!(
            table,
            "\n| {}{} | {} | {}{score}{exploited} | {} {} | {} | {} |",
            cell_code(&package.map(crate::Package::label).unwrap_or_default()),
            old(scan.standing_of_finding(at)),
            finding.kind,
            finding.severity,
            cell_code(finding.id()),
            escape(&finding.title),
            cell_code(finding.fixed_in.as_deref().unwrap_or("")),
            cell_code(&place),
        );
    }
    line(out, &table);
    let said: Vec<String> = scan
        .findings
        .iter()
        .flat_map(|finding| {
            let id = code(finding.id());
            sentences(finding).map(move |text| format!("- {id}: {}", escape(&text)))
        })
        .collect();
    if !said.is_empty() {
        line(out, "VEX statements about these findings:");
        line(out, &said.join("\n"));
    }
}

/// What a VEX statement silences stays to be seen: it may be the software's own word.
fn silenced(out: &mut String, scan: &Scan) {
    if scan.stated.silenced.is_empty() {
        return;
    }
    line(out, "### Silenced by a VEX statement");
    let lines: Vec<String> = scan
        .stated
        .silenced
        .iter()
        .map(|one| {
            let package = one.finding.package.and_then(|at| scan.packages.get(at));
            let label = package.map(crate::Package::label).unwrap_or_default();
            let said: Vec<String> = sentences(&one.finding).map(|text| escape(&text)).collect();
            let id = code(one.finding.id());
            format!("- {id} {}: {}", code(&label), said.join("; "))
        })
        .collect();
    line(out, &lines.join("\n"));
}

/// The most statements without effect that a page lists.
const LISTED: usize = 50;

fn without_effect(out: &mut String, scan: &Scan) {
    let all = &scan.stated.without_effect;
    if all.is_empty() {
        return;
    }
    line(out, "### VEX statements without effect");
    let each = all.iter().take(LISTED);
    let mut lines: Vec<String> =
        each.map(|one| format!("- {}: {}", code(&one.place), escape(&nothing(one)))).collect();
    if all.len() > LISTED {
        lines.push(format!("- and {} more", all.len() - LISTED));
    }
    line(out, &lines.join("\n"));
}

/// What somebody accepted stays to be seen: the file that says so came with the software.
fn excepted(out: &mut String, scan: &Scan) {
    if scan.excepted.is_empty() {
        return;
    }
    line(out, "### Accepted by an exception");
    let lines: Vec<String> = scan
        .excepted
        .iter()
        .map(|one| {
            let package = one.finding.package.and_then(|at| scan.packages.get(at));
            format!(
                "- {} {}: {} ({}, until {}, {})",
                code(one.finding.id()),
                code(&package.map(crate::Package::label).unwrap_or_default()),
                escape(&one.exception.reason),
                escape(&one.exception.owner),
                one.exception.expires,
                code(&one.exception.written)
            )
        })
        .collect();
    line(out, &lines.join("\n"));
}

fn unknowns(out: &mut String, scan: &Scan) {
    if scan.unknowns.is_empty() {
        return;
    }
    line(out, "### Not known");
    let lines: Vec<String> = scan
        .unknowns
        .iter()
        .enumerate()
        .map(|(at, unknown)| {
            format!(
                "- {}{}: {} ({})",
                code(&unknown.subject),
                old(scan.standing_of_unknown(at)),
                escape(&unknown.message),
                escape(&unknown.advice)
            )
        })
        .collect();
    line(out, &lines.join("\n"));
}

fn sources(out: &mut String, scan: &Scan) {
    let lines: Vec<String> = scan
        .sources
        .iter()
        .filter(|source| source.status != SourceStatus::Skipped)
        .map(|source| {
            format!(
                "- {}: {}, {} packages",
                code(&source.path),
                source.status.word(),
                source.packages
            )
        })
        .collect();
    if !lines.is_empty() {
        line(out, "### Sources");
        line(out, &lines.join("\n"));
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

/// The mark of what was there already at the revision of `--since`.
fn old(standing: Standing) -> &'static str {
    match standing {
        Standing::New => "",
        Standing::Old => " (old)",
    }
}

/// Text as a code span. A backtick inside would end it, so it becomes an apostrophe.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("`{}`", clean(text).replace('`', "'"))
}

/// Text as a code span in a table, where a bar would end the cell, even within a span.
fn cell_code(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Text that formats nothing.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // `@` would call somebody, `#` would name an issue, `:` would begin an address.
            '@' | '#' => {
                safe.push(c);
                safe.push('\u{2060}');
            }
            // `$` would begin a formula.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '!' | '~' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    without_hosts(&safe.replace("://", ":\u{2060}//"))
}

/// Breaks `www.`, which begins an address by itself (GFM, "Autolinks").
fn without_hosts(text: &str) -> String {
    let mut broken = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('.') {
        let (before, after) = rest.split_at(at);
        broken.push_str(before);
        let end = before.len().checked_sub(3).and_then(|from| before.get(from..));
        if end.is_some_and(|end| end.eq_ignore_ascii_case("www")) {
            broken.push('\u{2060}');
        }
        broken.push('.');
        rest = after.get(1..).unwrap_or("");
    }
    broken.push_str(rest);
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_place_a_link() {
        assert_eq!(escape("[x](https://h)"), "\\[x\\](https:\u{2060}//h)");
    }

    #[test]
    fn a_title_cannot_call_anybody() {
        assert!(!escape("@everyone").contains("@e"));
    }

    #[test]
    fn a_host_does_not_become_a_link() {
        assert_eq!(escape("see www.evil.example/x"), "see www\u{2060}.evil.example/x");
        assert_eq!(escape("WWW.evil.example"), "WWW\u{2060}.evil.example");
    }

    #[test]
    fn a_title_cannot_begin_a_formula() {
        assert_eq!(escape("$x^2$"), "\\$x^2\\$");
    }

    #[test]
    fn a_name_cannot_leave_its_code_span() {
        assert_eq!(code("a`|b"), "`a'|b`");
        assert_eq!(cell_code("a`|b"), "`a'\\|b`");
    }
}
