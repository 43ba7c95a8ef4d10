//! What is new, how one stands, and what to do next.

use mainstay_inventory::PartyKind;
use mainstay_types::Severity;
use mainstay_ui::{Amount, Empty, Place, Render as _, Table, Tile, html, section, severity, tiles};

use super::affected::sector_names;
use super::finding::work_table;
use super::sign_in::Nothing;
use super::{counted, page, shown};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

/// Findings that are listed here.
const FIRST: usize = 10;
/// Organisations that are listed here; the others are on the page of the inventory.
const LISTED: usize = 20;

pub(crate) fn overview(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.session()?;
    let sight = asked.sight()?;
    let inventory = asked.inventory();
    let parties = inventory.parties(PartyKind::Organisation)?;
    let seen: Vec<_> = parties.into_iter().filter(|party| sight.has(&party.id)).collect();
    let counts = inventory.open_by_party(&sight)?;
    let open = |id: &str| counts.get(id).map(Vec::as_slice).unwrap_or_default();
    let total = |wanted: Severity| -> i64 {
        let all = seen.iter().flat_map(|party| open(&party.id));
        all.filter(|(severity, _)| *severity == wanted).map(|(_, count)| count).sum()
    };
    let tile = |label: &str, severity| {
        Tile::new(label, Amount::Exactly(u64::try_from(total(severity)).unwrap_or(0)))
    };
    let figures = [
        Tile::new("Organisations in your sight", Amount::Exactly(seen.len() as u64))
            .href("/inventory"),
        tile("Open, critical", Severity::Critical),
        tile("Open, high", Severity::High),
        tile("Open, severity unknown", Severity::Unknown)
            .note("Unknown is not harmless: nobody rated them"),
    ];
    let mut table = Table::new("Organisations with the most open findings")
        .text("Organisation")
        .text("Sectors")
        .text("Open findings");
    let mut rows: Vec<_> = seen.iter().collect();
    rows.sort_by_key(|party| {
        let worst = open(&party.id).iter().map(|(severity, count)| (*severity, *count)).max();
        std::cmp::Reverse(worst)
    });
    for party in rows.into_iter().take(LISTED) {
        table = table.row([
            html! { a href={ "/inventory/" (party.id) } { (party.name) } },
            html! { (sector_names(&party.sectors)) },
            html! {
                @for (of, count) in open(&party.id) { (severity(*of)) " " (count) " " }
                @if open(&party.id).is_empty() { span class="muted" { "none that we know of" } }
            },
        ]);
    }
    let content = html! {
        (tiles(&figures))
        @if seen.is_empty() {
            (nothing_in_sight(asked))
        } @else {
            (section("Work at this first", first(asked)?))
            (section("In your sight", table.render()))
        }
    };
    let lead = format!(
        "{} in your sight. Ask who is affected, look what is open, send an SBOM.",
        counted(seen.len(), "organisation is", "organisations are")
    );
    let page = page(asked, "Overview")
        .nav(Place::Overview)
        .lead(lead)
        .live("sbom,advisories,finding,statement");
    Ok(shown(&page.content(content)))
}

/// The open findings to work at first, of the organisations in which one has a role.
fn first(asked: &Asked) -> Result<mainstay_ui::Markup, Problem> {
    let memberships = &asked.account()?.memberships;
    let own = memberships.iter().map(|one| one.organisation.to_string()).collect();
    let rows = asked.inventory().work_first(&own, FIRST)?;
    Ok(work_table(asked, &rows, "Open findings of your organisations, in the order of work"))
}

fn nothing_in_sight(asked: &Asked) -> mainstay_ui::Markup {
    let is_administrator = asked.account().is_ok_and(|account| account.is_administrator);
    if is_administrator {
        Empty::new("No organisation is in your sight. Found one, and you own it.")
            .next("Found an organisation", "/administration")
            .render()
    } else {
        Empty::new(
            "You have no role in an organisation yet. Ask somebody who manages one to invite you.",
        )
        .render()
    }
}
