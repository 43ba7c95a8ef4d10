//! The picture of a question, for the organisation that asks: counts, sectors, who said what.

use mainstay_questions::{PartyPicture, PartyStanding, Picture, PictureCounts, Published, Source};
use mainstay_ui::chart::{Ink, Stacked};
use mainstay_ui::{
    Amount, Markup, Render as _, Table, Tile, Tone, Unknowns, html, section, state, tag, tiles,
};

use super::affected::{sector_name, sector_names};
use super::counted;
use crate::asked::Asked;

/// Organisations that a page lists; the API has all.
const LISTED: usize = 500;

/// The parts of a bar, from left to right.
const PARTS: [(&str, Ink); 6] = [
    ("Affected", Ink::Critical),
    ("Under investigation", Ink::Medium),
    ("Silent", Ink::Muted),
    ("Not found in an inventory", Ink::Third),
    ("Fixed", Ink::Second),
    ("Not affected", Ink::Accent),
];

pub(super) fn picture(asked: &Asked, published: &Published, picture: &Picture) -> Markup {
    let counts = &picture.counts;
    let amount = |count: usize| Amount::Exactly(u64::try_from(count).unwrap_or(u64::MAX));
    let tiles_of = [
        Tile::new("Affected", amount(counts.affected)).note("by answer or by inventory"),
        Tile::new("Fixed", amount(counts.fixed)).note("by answer, or by a statement (VEX)"),
        Tile::new("Not affected", amount(counts.not_affected))
            .note("by answer, or by a statement (VEX)"),
        Tile::new("Under investigation", amount(counts.under_investigation)),
        Tile::new("Not found in an inventory", amount(counts.not_found))
            .note("no answer; that is not \u{201c}not affected\u{201d}"),
        Tile::new("Silent", amount(counts.silent)).note("of them nothing is known: ask them"),
    ];
    let lead = format!(
        "{}: {} known by an answer ({} after the deadline), {} by an inventory in your sight.",
        counted(counts.parties, "organisation", "organisations"),
        counts.by_answer,
        counts.late,
        counts.by_inventory
    );
    html! {
        section id="picture" {
            h2 { "The picture" }
            p { (lead) }
            (tiles(&tiles_of))
        }
        (unknowns(asked, picture))
        (section("By sector", sectors(picture)))
        (section("By organisation", parties(published, picture)))
    }
}

fn unknowns(asked: &Asked, picture: &Picture) -> Markup {
    let mut shown = Unknowns::new(asked.now)
        .unknowns(picture.not_known.iter().map(|one| one.message.clone()))
        .as_of("Answers that came", Some(asked.now));
    for one in &picture.knowledge {
        let source = match one.ecosystem {
            Some(ecosystem) => format!("{} of {ecosystem}", one.source),
            None => one.source.to_owned(),
        };
        shown = shown.as_of(source, one.as_of);
    }
    shown.render()
}

fn sectors(picture: &Picture) -> Markup {
    let mut table = Table::new("Organisations by sector").text("Sector").number("Asked");
    for (name, _) in PARTS {
        table = table.number(name);
    }
    let mut table = table.empty("None of those that were asked belongs to a sector.");
    let mut chart = Stacked::new(
        "Where the sectors stand",
        "For each sector, how many organisations are affected, do not know, are silent, or are not affected.",
        PARTS,
    )
    .column("Sector");
    for one in &picture.sectors {
        let name = sector_name(&one.sector);
        let figures = PartyStanding::ALL.map(|standing| one.counts.of(standing));
        let cells = [one.counts.parties].into_iter().chain(figures);
        table = table
            .row(std::iter::once(html! { (name) }).chain(cells.map(|count| html! { (count) })));
        chart = chart.bar(name, amounts(&one.counts));
    }
    html! {
        @if !picture.sectors.is_empty() { (chart) }
        (table)
        @if picture.without_sector > 0 {
            p class="muted" { "In no sector: " (picture.without_sector) }
        }
    }
}

fn amounts(counts: &PictureCounts) -> [Amount; 6] {
    PartyStanding::ALL
        .map(|standing| Amount::Exactly(u64::try_from(counts.of(standing)).unwrap_or(u64::MAX)))
}

fn parties(published: &Published, picture: &Picture) -> Markup {
    let mut table = Table::new("Organisations, and how it is known where they stand")
        .text("Organisation")
        .text("Sectors")
        .text("Status")
        .text("Known by")
        .empty("The question was told to no organisation that is here.");
    for party in picture.parties.iter().take(LISTED) {
        table = table.row([
            html! { (party.name) },
            html! { (sector_names(&party.sectors)) },
            standing(party.standing),
            known_by(published, party),
        ]);
    }
    html! {
        (table)
        @if picture.parties.len() > LISTED {
            p class="muted" { "The first " (LISTED) " of " (picture.parties.len()) " are listed; the API has all." }
        }
    }
}

pub(super) fn standing(standing: PartyStanding) -> Markup {
    let (tone, words) = match standing {
        PartyStanding::Affected => (Tone::Error, "affected"),
        PartyStanding::Fixed => (Tone::Success, "fixed"),
        PartyStanding::NotAffected => (Tone::Success, "not affected"),
        PartyStanding::UnderInvestigation => (Tone::Warning, "under investigation"),
        PartyStanding::NotFound => (Tone::Note, "not found in its inventory"),
        PartyStanding::Silent => (Tone::Warning, "silent"),
    };
    state(tone, words)
}

fn known_by(published: &Published, party: &PartyPicture) -> Markup {
    let id = &published.signed.question.id;
    html! {
        @match &party.source {
            None => { "nothing" }
            Some(Source::Inventory) if party.is_by_statement() => {
                "a statement in its inventory"
            }
            Some(Source::Inventory) => { "its inventory" }
            Some(Source::Answer { id: answer, is_late }) => {
                a href={ "/questions/" (id) "/answers/" (answer) } { "its answer" }
                @if *is_late { " " (tag("late")) }
            }
        }
        @if party.differs { " " (tag("its inventory shows otherwise")) }
        @if party.earlier > 0 { " " (tag("replaces earlier ones")) }
    }
}
