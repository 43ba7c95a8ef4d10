//! What is known, and how old that is.

use mainstay_knowledge::EcosystemKnowledge;
use mainstay_types::Ecosystem;
use mainstay_ui::{
    Empty, Facts, Filter, Markup, Place, Render as _, Table, Tone, href, html, moment_ago, section,
    severity, state,
};
use serde::Deserialize;

use super::{page, shown};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

/// What is looked for.
#[derive(Deserialize)]
pub(crate) struct Words {
    #[serde(default)]
    pub(crate) q: String,
}

pub(crate) fn advisories(asked: &Asked, words: &Words) -> Result<Reply, Problem> {
    asked.session()?;
    let id = words.q.trim();
    let content = html! {
        (Filter::new("/advisories", "Advisory by any of its ids").value(id)
            .hint("Such as CVE-2021-44228 or GHSA-jfh8-c2jp-5v3q."))
        @if !id.is_empty() { (found(asked, id)) }
        (section("What this instance knows", state_of_data(asked)))
    };
    let page = page(asked, "Advisories")
        .nav(Place::Advisories)
        .lead("The advisory data that every answer here rests on.")
        .live("advisories")
        .content(content);
    Ok(shown(&page))
}

fn found(asked: &Asked, id: &str) -> Markup {
    let knowledge = asked.inventory().knowledge();
    let advisory = match knowledge.advisory(&id.to_ascii_uppercase()) {
        Ok(Some(advisory)) => advisory,
        Ok(None) => {
            return Empty::new(
                "The advisory data here do not know this id. That says nothing about the flaw: \
                 newer data may.",
            )
            .render();
        }
        Err(error) => {
            tracing::error!(%error, "the advisory data cannot be read");
            return Empty::new(
                "The advisory data cannot be read: the log of the server says more.",
            )
            .render();
        }
    };
    let ask = href("/affected", &[("advisory", advisory.id)]);
    let facts = Facts::new()
        .fact("Id", html! { code { (advisory.id) } })
        .fact("Other ids", html! { (advisory.aliases.join(", ")) })
        .fact("Severity", severity(advisory.severity))
        .fact("Summary", html! { (advisory.title) });
    html! { section { h2 { (advisory.id) } (facts) p { a class="button primary" href=(ask) { "Who is affected?" } } } }
}

fn state_of_data(asked: &Asked) -> Markup {
    let knowledge = asked.inventory().knowledge();
    let mut table = Table::new("Advisory data by ecosystem")
        .text("Ecosystem")
        .text("State")
        .number("Records")
        .text("True of");
    let mut absent = Vec::new();
    for ecosystem in Ecosystem::all() {
        let row = match knowledge.ecosystem(ecosystem) {
            EcosystemKnowledge::Imported { facts, .. } => [
                html! { (ecosystem) },
                state(Tone::Success, "there"),
                html! { (facts.records) },
                html! { @if let Some(at) = facts.as_of { (moment_ago(at, asked.now)) } @else { "not known" } },
            ],
            EcosystemKnowledge::Damaged(_) => {
                [html! { (ecosystem) }, state(Tone::Error, "damaged"), html! {}, html! {}]
            }
            EcosystemKnowledge::Starter | EcosystemKnowledge::Absent => {
                absent.push(ecosystem.to_string());
                continue;
            }
        };
        table = table.row(row);
    }
    html! {
        (table.empty("No advisory data are here. `mainstay db update` fetches them."))
        @if !absent.is_empty() {
            p { "Without data, so that nothing can be said: " (absent.join(", ")) "." }
        }
    }
}
