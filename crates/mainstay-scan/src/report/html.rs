//! One self-contained page: a manager can read it, a developer can act on it.
//!
//! It is whole without its script, which only filters and sorts. Its content security policy names
//! style and script by their digests, so nothing else can run or be fetched, whatever a hostile
//! file put into a name (W3C Content Security Policy Level 3, section 2.3.1). All text from outside
//! goes through [`Outside`]: cleaned as for a terminal, then escaped by maud. The page has no
//! moment but that of the scan, so the same scan gives the same bytes.

mod findings;
mod stated;
mod tables;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mainstay_console::clean;
use mainstay_types::Severity;
use maud::{DOCTYPE, Escaper, Markup, PreEscaped, Render, html};

use crate::finding::Finding;
use crate::report::text::{gate_line, summary};
use crate::scan::Scan;
use crate::verdict::Coverage;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// Text from outside: cleaned, and escaped where it is written.
pub(super) struct Outside<'t>(pub(super) &'t str);

impl Render for Outside<'_> {
    fn render_to(&self, page: &mut String) {
        use std::fmt::Write as _;
        // Writing to a `String` cannot fail.
        let _ = Escaper::new(page).write_str(&clean(self.0));
    }
}

pub(crate) fn write(scan: &Scan) -> String {
    let verdict = scan.verdict().word();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(content_policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "Mainstay: " (verdict) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a .skip href="#findings" { "To the findings" }
                div .page {
                    (head(scan))
                    main {
                        (tables::gate(scan))
                        (tables::unknowns(scan))
                        (findings::section(scan))
                        (stated::silenced(scan))
                        (tables::excepted(scan))
                        (stated::without_effect(scan))
                        (tables::knowledge(scan))
                        (tables::sources(scan))
                        (tables::packages(scan))
                    }
                    footer {
                        p { "Written by Mainstay " (env!("CARGO_PKG_VERSION")) ". This page asks nothing of any server." }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut page = page.into_string();
    page.push('\n');
    page
}

/// Only this style and this script; no address, no form, no frame.
fn content_policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn head(scan: &Scan) -> Markup {
    let verdict = scan.verdict().word();
    html! {
        header {
            h1 { "Mainstay report of " time datetime=(scan.now) { (scan.now.strftime("%Y-%m-%d %H:%M UTC")) } }
            @if let Some(judgement) = &scan.judgement {
                @let word = judgement.outcome.word();
                p .verdict data-is=(word) { "Gate: " (word) }
                @if let Some(line) = gate_line(scan) { p { (Outside(&line)) } }
                p { strong { "Verdict: " (verdict) } " - " (Outside(&summary(scan))) }
            } @else {
                p .verdict data-is=(verdict) { "Verdict: " (verdict) }
                p { (Outside(&summary(scan))) }
            }
            p .muted .small { (meaning(scan)) }
            (tiles(scan))
            nav aria-label="Parts of this report" { (contents(scan)) }
        }
    }
}

/// What the verdict means, for somebody who reads the first one.
fn meaning(scan: &Scan) -> &'static str {
    match (scan.verdict().word(), scan.coverage()) {
        ("findings", Coverage::Incomplete) => {
            "Something is wrong, and something could not be looked at: there may be more."
        }
        ("findings", Coverage::Complete) => "Something is wrong. Everything was looked at.",
        ("clean", _) => {
            "Every file was read whole, every package was looked up in fresh data, and nothing \
             wrong is known."
        }
        _ => "Nothing wrong was found, but not everything is known. That is not the same as clean.",
    }
}

fn tiles(scan: &Scan) -> Markup {
    let of =
        |wanted: &dyn Fn(&Finding) -> bool| scan.findings.iter().filter(|one| wanted(one)).count();
    let by_severity = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
        .map(|severity| (severity.word(), of(&|one| one.severity == severity)));
    let others = [
        ("severity unknown", of(&|one| one.severity == Severity::Unknown)),
        ("known exploited", of(&|one| one.known_exploited == Some(true))),
        ("with a fix", of(&|one| one.fixed_in.is_some())),
        ("not known", scan.unknowns.len()),
        ("accepted", scan.excepted.len()),
        ("packages", scan.packages.len()),
    ];
    html! {
        dl .tiles {
            @for (name, number) in by_severity.into_iter().chain(others) {
                div data-zero[number == 0] { dt { (name) } dd { (number) } }
            }
        }
    }
}

/// Links to the parts that are there.
fn contents(scan: &Scan) -> Markup {
    let parts = [
        ("decisions", "Decisions", scan.judgement.is_some()),
        ("unknown", "Not known", !scan.unknowns.is_empty()),
        ("findings", "Findings", true),
        ("silenced", "Silenced", !scan.stated.silenced.is_empty()),
        ("accepted", "Accepted", !scan.excepted.is_empty()),
        ("knowledge", "Knowledge", true),
        ("sources", "Sources", true),
        ("packages", "Packages", true),
    ];
    html! {
        ul .toc {
            @for (id, name, _) in parts.into_iter().filter(|(_, _, there)| *there) {
                li { a href={ "#" (id) } { (name) } }
            }
        }
    }
}

/// A link where the address is one of the web; else its text. No other scheme may be clicked.
pub(super) fn link(url: &str, text: &str) -> Markup {
    let is_web = (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_control() || c.is_whitespace());
    html! {
        @if is_web { a href=(url) rel="noreferrer noopener" { (Outside(text)) } }
        @else { (Outside(text)) }
    }
}
