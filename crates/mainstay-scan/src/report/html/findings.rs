//! The findings by package, worst first, with the form that filters them.

use std::collections::HashMap;

use mainstay_types::{FindingKind, Severity};
use maud::{Markup, html};

use super::{Outside, link};
use crate::finding::Finding;
use crate::gate::{Judged, Standing};
use crate::package::{Location, Package};
use crate::report::stated::sentences;
use crate::report::text::{by_package, telling};
use crate::scan::Scan;

/// The scan, with the decisions about each finding at hand.
struct Page<'s> {
    scan: &'s Scan,
    decided: HashMap<usize, Vec<&'s Judged>>,
}

pub(super) fn section(scan: &Scan) -> Markup {
    let groups = by_package(scan);
    let mut decided: HashMap<usize, Vec<&Judged>> = HashMap::new();
    for judged in scan.judgement.iter().flat_map(|judgement| &judgement.decisions) {
        if let Some(finding) = judged.finding {
            decided.entry(finding).or_default().push(judged);
        }
    }
    let page = Page { scan, decided };
    html! {
        section aria-labelledby="findings" {
            h2 #findings { "Findings" }
            @if groups.is_empty() {
                p { "Nothing wrong was found." }
            } @else {
                (filter(scan))
                div #cards {
                    @for (rank, group) in groups.iter().enumerate() { (card(&page, rank, group)) }
                }
            }
        }
    }
}

/// Hidden until the script is there to answer it.
fn filter(scan: &Scan) -> Markup {
    let is_there = |severity: &Severity| scan.findings.iter().any(|one| one.severity == *severity);
    html! {
        form #filter .filter hidden role="search" aria-label="Filter the findings" {
            label .field for="q" { "Search (press /)" input #q type="search" name="q" autocomplete="off"; }
            fieldset {
                legend { "Severity" }
                @for severity in Severity::ALL.into_iter().rev().filter(is_there) {
                    label { input type="checkbox" name="severity" value=(severity.word()) checked; (severity.word()) }
                }
            }
            fieldset {
                legend { "Only" }
                label { input type="checkbox" name="only" value="exploited"; "known exploited" }
                label { input type="checkbox" name="only" value="fixable"; "with a fix" }
                label { input type="checkbox" name="only" value="direct"; "asked for directly" }
                @if scan.since.is_some() {
                    label { input type="checkbox" name="only" value="new"; "new" }
                }
            }
            label .field for="sort" {
                "Sort"
                select #sort name="sort" {
                    option value="worst" { "worst first" }
                    option value="epss" { "most likely exploited" }
                    option value="count" { "most findings" }
                    option value="name" { "package" }
                }
            }
            p #shown .muted role="status" {}
        }
    }
}

/// A finding and its position in the scan.
type Placed<'s> = (usize, &'s Finding);

fn card(page: &Page<'_>, rank: usize, group: &[Placed<'_>]) -> Markup {
    let Some((_, first)) = group.first() else { return html! {} };
    let package = first.package.and_then(|at| page.scan.packages.get(at));
    let label = match package {
        Some(package) => package.label(),
        None => first.locations.first().map(Location::to_string).unwrap_or_default(),
    };
    let epss = group
        .iter()
        .filter_map(|(_, one)| one.exploit_probability)
        .map(|epss| epss.probability)
        .fold(0.0, f64::max);
    html! {
        article .card data-rank=(rank) data-name=(Outside(&label.to_lowercase()))
            data-epss={ (format!("{epss:.5}")) } data-count=(group.len()) {
            h3 {
                (Outside(&label))
                @if let Some(package) = package {
                    " " span .muted .small { (package.name.ecosystem().osv_name()) }
                }
            }
            (facts(package, first))
            table .stack {
                caption { "What is wrong with " (Outside(&label)) }
                thead { tr {
                    th scope="col" { "Severity" } th scope="col" { "Advisory" }
                    th scope="col" { "Fixed in" } th scope="col" { "Exploitation" }
                } }
                tbody { @for placed in group { (row(page, package, *placed)) } }
            }
        }
    }
}

/// Where it stands, why it is there, what is known of it.
fn facts(package: Option<&Package>, first: &Finding) -> Markup {
    html! {
        dl .facts {
            dt { "Written in" }
            dd { @for (at, place) in first.locations.iter().enumerate() {
                @if at > 0 { ", " } code { (Outside(&place.to_string())) }
            } }
            @if first.via.len() > 1 {
                dt { "Needed by" }
                dd { ol .path { @for step in &first.via { li { (Outside(step)) } } } }
            }
            @if let Some(package) = package {
                dt { "Scope" }
                dd {
                    (package.scope.word())
                    @if package.direct == Some(true) { ", asked for by the project itself" }
                }
                @if !package.licences.is_empty() {
                    dt { "Licence" }
                    dd { @for (at, licence) in package.licences.iter().enumerate() {
                        @if at > 0 { "; " } (Outside(licence.as_written()))
                    } }
                }
            }
        }
    }
}

fn row(page: &Page<'_>, package: Option<&Package>, (at, finding): Placed<'_>) -> Markup {
    let scan = page.scan;
    let is_old = scan.standing_of_finding(at) == Standing::Old;
    let yes = |is: bool| if is { "yes" } else { "no" };
    let aliases = finding.aliases();
    let (word, shape) = severity(finding);
    html! {
        tr data-severity=(finding.severity.word()) data-exploited=(yes(finding.known_exploited == Some(true)))
            data-fixable=(yes(finding.fixed_in.is_some())) data-new=(yes(!is_old))
            data-direct=(yes(package.and_then(|package| package.direct) == Some(true)))
            data-text=(Outside(&searched(package, finding))) {
            td { span .severity data-is=(shape) { (word) } }
            td {
                @match finding.records.first() {
                    Some(record) => strong { (link(&record.url, finding.id())) },
                    None => strong { code { (finding.code) } },
                }
                @if scan.since.is_some() {
                    " " @if is_old { span .tag data-is="old" { "old" } } @else { span .tag { "new" } }
                }
                p { (Outside(&finding.title)) }
                @if !aliases.is_empty() { p .muted .small { "also " (Outside(&aliases.join(", "))) } }
                @for said in sentences(finding) { p .small { "VEX: " (Outside(&said)) } }
                (decided(page, at))
            }
            td data-label="Fixed in" {
                @match &finding.fixed_in {
                    Some(fix) => span .fix { (Outside(fix)) },
                    None if finding.advice.is_empty() => span .muted { "no fix is known" },
                    None => span { (Outside(&finding.advice)) },
                }
            }
            td data-label="Exploitation" { (exploitation(finding)) }
        }
    }
}

/// The word, and the shape that stands before it.
fn severity(finding: &Finding) -> (String, &'static str) {
    let score = finding.score.map(|score| format!(" {score}")).unwrap_or_default();
    match (finding.kind, finding.severity) {
        (FindingKind::Malicious, _) => ("malicious".to_owned(), "malicious"),
        (FindingKind::Vulnerability, severity) => (format!("{severity}{score}"), severity.word()),
        (kind, Severity::Unknown) => (kind.word().to_owned(), "unknown"),
        (kind, severity) => (format!("{kind}, {severity}{score}"), severity.word()),
    }
}

fn exploitation(finding: &Finding) -> Markup {
    html! {
        @match finding.known_exploited {
            Some(true) => span .tag data-is="bad" { "known exploited" },
            Some(false) => span .muted { "not in KEV" },
            None => span .muted { "not known" },
        }
        @if let Some(epss) = finding.exploit_probability {
            p .small { (format!("{:.1}%", epss.probability * 100.0)) " in 30 days (EPSS)" }
        }
    }
}

/// What the policies say about the finding.
fn decided(page: &Page<'_>, at: usize) -> Markup {
    html! {
        @for judged in page.decided.get(&at).into_iter().flatten() {
            p .small .muted {
                (judged.decision.outcome.word()) " "
                @if judged.standing == Standing::Old { "(old) " }
                (Outside(&telling(&judged.decision)))
            }
        }
    }
}

/// What the search looks through.
fn searched(package: Option<&Package>, finding: &Finding) -> String {
    let mut text = package.map(Package::label).unwrap_or_default();
    let words = [finding.id(), &finding.title, finding.code, finding.kind.word()];
    let places = finding.locations.iter().map(|place| &*place.path);
    for word in words.into_iter().chain(finding.aliases()).chain(places) {
        text.push(' ');
        text.push_str(word);
    }
    text.to_lowercase()
}
