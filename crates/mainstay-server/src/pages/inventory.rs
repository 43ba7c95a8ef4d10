//! Organisations: what they use, what is wrong with it, with whom that is shared.

use mainstay_accounts::Right;
use mainstay_inventory::{Party, PartyKind};
use mainstay_ui::{
    Empty, Facts, Field, Form as Shown, Markup, Page, Place, Render as _, Table, Tone, Trail,
    alert, command, html, moment, section, severity, tag,
};
use serde::Deserialize;

use super::affected::sector_names;
use super::finding::work_table;
use super::sharing::sharing;
use super::sign_in::Nothing;
use super::vex::{documents, outcome, own_idle};
use super::{again, counted, fault, page, shown};
use crate::api::inventory::{OfOrganisation, Place as Sent, receive as take_in};
use crate::api::statements::{VexPlace, receive as take_in_vex};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// Gaps of a document that are shown at once.
const SHOWN: usize = 10;

pub(crate) fn organisations(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.session()?;
    let sight = asked.sight()?;
    let counts = asked.inventory().open_by_party(&sight)?;
    let mut table = Table::new("Organisations whose inventory you may see")
        .text("Organisation")
        .text("Sectors")
        .text("Open findings")
        .empty("No inventory is in your sight: your own, or one that was shared with you.");
    let parties = asked.inventory().parties(PartyKind::Organisation)?;
    for party in parties.iter().filter(|party| sight.has(&party.id)) {
        table = table.row([
            html! {
                a href={ "/inventory/" (party.id) } { (party.name) }
                @if party.is_important { " " (tag("systemically important")) }
            },
            html! { (sector_names(&party.sectors)) },
            html! {
                @for (of, count) in counts.get(&party.id).into_iter().flatten() {
                    (severity(*of)) " " (count) " "
                }
            },
        ]);
    }
    let page = page(asked, "Inventory")
        .nav(Place::Inventory)
        .lead("Who uses what, from the SBOMs that organisations sent.")
        .live("sbom,advisories,finding,statement")
        .content(table.render());
    Ok(shown(&page))
}

/// Which organisation, and whom its people look for to share with.
#[derive(Deserialize)]
pub(crate) struct Looked {
    organisation: String,
    #[serde(default)]
    find: String,
}

pub(crate) fn organisation(asked: &Asked, looked: &Looked) -> Result<Reply, Problem> {
    asked.sees(&looked.organisation)?;
    Ok(shown(&organisation_page(asked, (&looked.organisation, &looked.find), None)?))
}

pub(super) fn organisation_page(
    asked: &Asked,
    (id, find): (&str, &str),
    problem: Option<&Problem>,
) -> Result<Page, Problem> {
    let party = asked.inventory().party(id)?;
    let content = html! {
    (fault(problem))
    (about(asked, &party)?)
    (section("Work at this first", first(asked, id)?))
    (section("What it uses", assets(asked, id)?))
    @if asked.may(Right::Submit, id) { (section("Send an SBOM", upload(asked, id))) }
        (section("What is said of flaws (VEX)", documents(asked, id, asked.may(Right::Triage, id))?))
    @if asked.may(Right::Share, id) { (section("Sharing", sharing(asked, id, find)?)) }
    };
    let page = page(asked, party.name.clone())
        .nav(Place::Inventory)
        .trail(Trail::new().to("Inventory", "/inventory"))
        .marking(mainstay_types::Tlp::Amber)
        .live("sbom,advisories,finding,statement");
    Ok(page.content(content))
}

/// The open findings to work at first.
fn first(asked: &Asked, id: &str) -> Result<Markup, Problem> {
    let parties = std::iter::once(id.to_owned()).collect();
    let rows = asked.inventory().work_first(&parties, SHOWN)?;
    Ok(work_table(asked, &rows, "Open findings in the order of work, the first ones"))
}

fn about(asked: &Asked, party: &Party) -> Result<Markup, Problem> {
    let (open, answered) = asked.inventory().open_findings(&party.id)?;
    let sectors = sector_names(&party.sectors);
    let mut facts = Facts::new()
        .fact("Id", html! { code { (party.id) } })
        .fact("Sectors", html! { (if sectors.is_empty() { "none" } else { sectors.as_str() }) });
    if party.is_important {
        facts = facts.fact("Standing", tag("systemically important"));
    }
    facts = facts.fact(
        "Open findings",
        html! {
            @for (of, count) in &open { (severity(*of)) " " (count) " " }
            @if open.is_empty() { "none that we know of" }
            @if answered > 0 { " (" (answered) " more that a statement answers)" }
        },
    );
    if asked.may(Right::SeeInventory, &party.id) {
        let members = format!("/inventory/{}/members", party.id);
        facts = facts.fact("People", html! { a href=(members) { "members and roles" } });
        let contacts = format!("/inventory/{}/contacts", party.id);
        facts = facts.fact("Told through", html! { a href=(contacts) { "contacts" } });
    }
    Ok(facts.render())
}

fn assets(asked: &Asked, id: &str) -> Result<Markup, Problem> {
    let inventory = asked.inventory();
    let mut table = Table::new("Assets and their newest SBOMs")
        .text("Asset")
        .text("Version")
        .number("Packages")
        .number("Not checked")
        .number("Left open")
        .text("SBOM of");
    let assets = inventory.assets(id)?;
    for asset in &assets {
        for sbom in inventory.sboms(&asset.id)?.iter().filter(|sbom| sbom.is_current) {
            table = table.row([
                html! { a href={ "/inventory/" (id) "/assets/" (asset.id) } { (asset.name) } },
                html! { (if sbom.release.is_empty() { "no version" } else { sbom.release.as_str() }) },
                html! { (sbom.packages) },
                html! { (sbom.unchecked) },
                html! { (sbom.gaps.len()) },
                moment(sbom.received_at),
            ]);
        }
    }
    if assets.is_empty() {
        return Ok(Empty::new("Nothing is known of what it uses: no SBOM was taken in.").render());
    }
    Ok(table.render())
}

fn upload(asked: &Asked, id: &str) -> Markup {
    let form = Shown::post_files(format!("/inventory/{id}/sboms"), &asked.csrf())
        .field(
            Field::text("asset", "What it describes")
                .hint("A name of your own, such as billing. It is added when it is new.")
                .required(),
        )
        .field(Field::text("release", "Version").hint("Empty, when it has none."))
        .field(
            Field::file("sbom", "SBOM")
                .hint("CycloneDX 1.2 to 1.7 or SPDX 2.2 to 3.0, in any of their forms.")
                .required(),
        )
        .field(
            Field::file("vex", "VEX document beside it")
                .hint("What its maker says of flaws in it; may be left out, or come later."),
        )
        .submit("Send the SBOM");
    let origin = &asked.serving.manner.origin;
    html! {
        (form)
        p { "From CI, with a token of your account:" }
        (command(&format!(
            "mainstay submit bom.json --server {origin} --organisation {id} --asset NAME --release VERSION"
        )))
    }
}

pub(crate) fn receive(asked: &Asked, of: &OfOrganisation, form: &Form) -> Result<Reply, Problem> {
    let id = of.organisation.as_str();
    let taken = || {
        asked.needs(Right::Submit, id)?;
        let file = form.files("sbom").next();
        let file = file.ok_or_else(|| Problem::field("sbom", "choose a file"))?;
        let sent = Sent {
            organisation: id.to_owned(),
            asset: form.text("asset").to_owned(),
            release: form.text("release").to_owned(),
            file: file.name.clone(),
        };
        let received = take_in(asked, &sent, &file.bytes)?;
        let vex = form.files("vex").next();
        let vex = vex.map(|vex| {
            let place = VexPlace {
                organisation: id.to_owned(),
                asset: sent.asset.clone(),
                file: vex.name.clone(),
            };
            take_in_vex(asked, &place, &vex.bytes)
        });
        Ok((received, vex.transpose()?))
    };
    let (received, vex) = match taken() {
        Ok(received) => received,
        Err(problem) if asked.sees(id).is_err() => return Err(problem),
        Err(problem) => {
            let again_page = organisation_page(asked, (id, ""), Some(&problem));
            let Ok(page) = again_page else { return Err(problem) };
            return again(Err(problem), |_| page);
        }
    };
    let there = format!("/inventory/{id}/assets/{}", received.asset);
    let content = html! {
        @if received.known {
            (alert(Tone::Note, html! { "This very document is the current one already: nothing changed." }))
        } @else {
            (alert(Tone::Success, html! {
                (counted(received.packages, "package", "packages")) " read. "
                (counted(received.opened, "finding", "findings")) " opened, "
                (received.closed) " closed."
            }))
        }
        @if received.unchecked > 0 {
            (alert(Tone::Warning, html! {
                (counted(received.unchecked, "package is", "packages are"))
                " not checked: nobody can say that they are without flaws."
            }))
        }
        @if received.statements > 0 {
            (alert(Tone::Note, html! {
                "The document itself makes "
                (counted(received.statements, "statement", "statements")) " on flaws. "
                (counted(received.silenced, "finding is", "findings are")) " answered by statements."
            }))
        }
        (own_idle(&received.without_effect))
        @if let Some(vex) = &vex { (outcome(vex)) }
        @if !received.gaps.is_empty() {
            (section("What the document leaves open", html! {
                ul { @for gap in received.gaps.iter().take(SHOWN) { li { (gap) } } }
                @if received.gaps.len() > SHOWN { p { "and " (received.gaps.len() - SHOWN) " more" } }
            }))
        }
        p { a class="button primary" href=(there) { "See the asset" } }
    };
    let page = page(asked, "The SBOM was taken in")
        .nav(Place::Inventory)
        .trail(Trail::new().to("Inventory", "/inventory").to(id, format!("/inventory/{id}")))
        .content(content);
    Ok(shown(&page))
}
