//! The other parts of the page: decisions, what is not known, what was accepted, knowledge, sources
//! and packages.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Outside;
use crate::gate::{Judged, Standing};
use crate::package::{Package, PackageStatus};
use crate::report::text::{alike, knowledge_line, telling};
use crate::scan::Scan;
use crate::unknown::Unknown;

/// Decisions about packages and data. Those about findings stand at the findings.
pub(super) fn gate(scan: &Scan) -> Markup {
    let Some(judgement) = &scan.judgement else { return html! {} };
    let own: Vec<&Judged> =
        judgement.decisions.iter().filter(|one| one.finding.is_none()).collect();
    let of_findings = judgement.decisions.len() - own.len();
    html! {
        section aria-labelledby="decisions" {
            h2 #decisions { "Decisions" }
            p { "Judged by " (Outside(&judgement.policies.join(", "))) ". "
                @if of_findings > 0 { (of_findings) " decisions about findings stand beside them below. " }
                @if own.is_empty() { "No rule objects to a package or to the data." }
            }
            @if !own.is_empty() {
                div .wide { table .stack {
                    caption { "What the policies say about packages and data" }
                    thead { tr {
                        th scope="col" { "Decision" } th scope="col" { "Why" }
                        th scope="col" { "Rule" } th scope="col" { "About, and by which facts" }
                    } }
                    tbody { @for group in alike(&own) { (decision(scan, &group)) } }
                } }
            }
        }
    }
}

/// One rule and one reason, with all that it is about. The first stand open, the rest is folded.
fn decision(scan: &Scan, group: &[&Judged]) -> Markup {
    const OPEN: usize = 5;
    let Some(first) = group.first() else { return html! {} };
    let (shown, folded) = group.split_at(group.len().min(OPEN));
    let list = |part: &[&Judged]| {
        html! { ul { @for judged in part {
            li { (Outside(&judged.subject(scan))) p .small .muted { (Outside(&telling(&judged.decision))) } }
        } } }
    };
    html! {
        tr {
            td {
                strong { (first.decision.outcome.word()) }
                @if first.standing == Standing::Old { " " span .tag data-is="old" { "old" } }
            }
            td { (Outside(&first.decision.message)) }
            td { code { (Outside(&first.decision.rule.written)) } p .muted .small { (Outside(&first.decision.rule.name)) } }
            td {
                (list(shown))
                @if !folded.is_empty() { details { summary { "and " (folded.len()) " more" } (list(folded)) } }
            }
        }
    }
}

/// First-class: what is not known, by reason, with what to do.
pub(super) fn unknowns(scan: &Scan) -> Markup {
    if scan.unknowns.is_empty() {
        return html! {};
    }
    let mut groups: BTreeMap<(_, &str, &str, _), Vec<&Unknown>> = BTreeMap::new();
    for (at, unknown) in scan.unknowns.iter().enumerate() {
        let standing = scan.standing_of_unknown(at);
        let key = (unknown.code, &*unknown.message, &*unknown.advice, standing);
        groups.entry(key).or_default().push(unknown);
    }
    html! {
        section aria-labelledby="unknown" {
            h2 #unknown { "Not known" }
            p { "These could not be read, compared or decided. Something may be wrong there." }
            table .stack {
                caption { "What is not known, and what to do about it" }
                thead { tr {
                    th scope="col" { "What" } th scope="col" { "Why" } th scope="col" { "To do" }
                } }
                tbody {
                    @for ((code, message, advice, standing), group) in groups {
                        tr {
                            td { (subjects(&group)) }
                            td { (Outside(message)) p .muted .small {
                                code { (code.word()) }
                                @if standing == Standing::Old { " " span .tag data-is="old" { "old" } }
                            } }
                            td data-label="To do" { (Outside(advice)) }
                        }
                    }
                }
            }
        }
    }
}

/// The first of many stand open, the rest is folded.
fn subjects(group: &[&Unknown]) -> Markup {
    const OPEN: usize = 10;
    let (first, rest) = group.split_at(group.len().min(OPEN));
    let list = |part: &[&Unknown]| {
        html! { @for (at, one) in part.iter().enumerate() {
            @if at > 0 { ", " } (Outside(&one.subject))
        } }
    };
    html! {
        (list(first))
        @if !rest.is_empty() { details { summary { "and " (rest.len()) " more" } (list(rest)) } }
    }
}

pub(super) fn excepted(scan: &Scan) -> Markup {
    if scan.excepted.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="accepted" {
            h2 #accepted { "Accepted" }
            table .stack {
                caption { "Findings that somebody has looked at and accepted" }
                thead { tr {
                    th scope="col" { "Finding" } th scope="col" { "Package" } th scope="col" { "Why" }
                    th scope="col" { "Who" } th scope="col" { "Until" } th scope="col" { "Written in" }
                } }
                tbody {
                    @for one in &scan.excepted {
                        @let package = one.finding.package.and_then(|at| scan.packages.get(at));
                        tr {
                            td { strong { (Outside(one.finding.id())) } p { (Outside(&one.finding.title)) } }
                            td { (Outside(&package.map(Package::label).unwrap_or_default())) }
                            td { (Outside(&one.exception.reason)) }
                            td { (Outside(&one.exception.owner)) }
                            td data-label="Until" { (one.exception.expires) }
                            td { code { (Outside(&one.exception.written)) } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn knowledge(scan: &Scan) -> Markup {
    html! {
        section aria-labelledby="knowledge" {
            h2 #knowledge { "Knowledge" }
            @if scan.knowledge.is_empty() {
                p { "No advisory data was asked." }
            } @else {
                p .muted { "The data that were asked, and how old they were." }
                ul { @for used in &scan.knowledge { li { (Outside(&knowledge_line(used))) } } }
            }
        }
    }
}

pub(super) fn sources(scan: &Scan) -> Markup {
    html! {
        section aria-labelledby="sources" {
            h2 #sources { "Sources" }
            @if scan.sources.is_empty() {
                p { "No file was read." }
            } @else {
                table .stack {
                    caption { "The files, and how far each was read" }
                    thead { tr {
                        th scope="col" { "File" } th scope="col" { "Format" } th scope="col" { "Status" }
                        th scope="col" { "Packages" }
                    } }
                    tbody { @for source in &scan.sources {
                        tr {
                            td {
                                code { (Outside(&source.path)) }
                                @for problem in &source.problems { p .muted .small { (Outside(&problem.message)) } }
                            }
                            td data-label="Format" { (source.format.unwrap_or("")) }
                            td data-label="Status" { (source.status.word()) }
                            td data-label="Packages" { (source.packages) }
                        }
                    } }
                }
            }
            @if scan.other_files > 0 { p .muted { (scan.other_files) " other files of no known format." } }
            @if !scan.settings.is_empty() {
                p .muted { "Settings: " (Outside(&scan.settings.join(", "))) }
            }
            @for warning in &scan.warnings { p { strong { "Warning: " } (Outside(warning)) } }
        }
    }
}

/// Every package, folded: the list is long.
pub(super) fn packages(scan: &Scan) -> Markup {
    html! {
        section aria-labelledby="packages" {
            h2 #packages { "Packages" }
            @if scan.packages.is_empty() {
                p { "No package was named." }
            } @else {
                details {
                    summary { "All " (scan.packages.len()) " packages" }
                    div .wide { table .stack {
                        caption { "Every package that the files name" }
                        thead { tr {
                            th scope="col" { "Package" } th scope="col" { "Ecosystem" }
                            th scope="col" { "Scope" } th scope="col" { "Licence" }
                            th scope="col" { "Looked up" }
                        } }
                        tbody { @for package in &scan.packages { (package_row(package)) } }
                    } }
                }
            }
        }
    }
}

fn package_row(package: &Package) -> Markup {
    let licences: Vec<&str> =
        package.licences.iter().map(mainstay_types::Licence::as_written).collect();
    html! {
        tr {
            td { (Outside(&package.label())) }
            td { (package.name.ecosystem().osv_name()) }
            td data-label="Scope" { (package.scope.word()) }
            td data-label="Licence" { (Outside(&licences.join("; "))) }
            td data-label="Looked up" {
                @match &package.status {
                    PackageStatus::Checked => "yes",
                    PackageStatus::Unchecked { problem, .. } => span .muted { "no: " (Outside(problem)) },
                }
            }
        }
    }
}
