//! One asset: its SBOMs over time, what is wrong with it, what changed.

use mainstay_accounts::Right;
use mainstay_inventory::{Asset, SbomRow};
use mainstay_ui::{
    Choice, Field, Form as Shown, Markup, Place, Table, Tone, Trail, alert, href, html, moment_ago,
    section, severity, tag,
};
use mainstay_vex::VexFormat;
use serde::Deserialize;

use super::finding::{context_form, flaw_cell, standing, urgency_cell};
use super::vex::written_links;
use super::{page, shown};
use crate::api::inventory::seen_asset;
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

/// Findings that a page lists; the API has all.
const LISTED: usize = 500;

/// Which asset.
#[derive(Deserialize)]
pub(crate) struct OfAsset {
    organisation: String,
    asset: String,
}

pub(crate) fn asset(asked: &Asked, of: &OfAsset) -> Result<Reply, Problem> {
    let asset = seen(asked, &of.organisation, &of.asset)?;
    let all = asked.inventory().sboms(&asset.id)?;
    let content = html! {
        (section("What is wrong with it", findings(asked, &asset.id)?))
        @if asked.may(Right::Triage, &asset.party) {
            (section("What rests on it", context_form(asked, &asset)?))
        }
        (section("Its SBOMs", sboms(asked, &asset, &all)))
        (section("What is said of its flaws (VEX)", written(&asset, &all)))
    };
    let page = page(asked, asset.name.clone())
        .nav(Place::Inventory)
        .trail(trail(&asset))
        .marking(mainstay_types::Tlp::Amber)
        .live("sbom,advisories,finding,statement")
        .content(content);
    Ok(shown(&page))
}

pub(super) fn seen(asked: &Asked, organisation: &str, id: &str) -> Result<Asset, Problem> {
    let asset = seen_asset(asked, id)?;
    if asset.party == organisation { Ok(asset) } else { Err(Problem::absent()) }
}

pub(super) fn trail(asset: &Asset) -> Trail {
    Trail::new()
        .to("Inventory", "/inventory")
        .to(asset.party_name.clone(), format!("/inventory/{}", asset.party))
}

fn findings(asked: &Asked, id: &str) -> Result<Markup, Problem> {
    let findings = asked.inventory().findings(id)?;
    let mut table = Table::new("Findings: open ones first, in the order of work")
        .text("Flaw")
        .text("Do (SSVC)")
        .text("Severity")
        .text("Package")
        .text("Version of the asset")
        .text("Repaired in")
        .text("State")
        .empty("No finding was ever opened. What is not checked stands with the SBOMs below.");
    for one in findings.iter().take(LISTED) {
        table = table.row([
            flaw_cell(one),
            urgency_cell(asked, one),
            severity(one.severity),
            html! { code { (one.purl) } },
            html! { (one.release) },
            html! { (one.fixed_in.as_deref().unwrap_or("none known")) },
            standing(one, asked),
        ]);
    }
    Ok(html! {
        (table)
        @if findings.len() > LISTED {
            p class="muted" { "The first " (LISTED) " of " (findings.len()) " are listed; the API has all." }
        }
    })
}

/// What is said of the asset, as a document a version.
fn written(asset: &Asset, sboms: &[SbomRow]) -> Markup {
    let place = format!("/inventory/{}/assets/{}/vex", asset.party, asset.id);
    html! {
        @for sbom in sboms.iter().filter(|sbom| sbom.is_current) {
            p { (if sbom.release.is_empty() { "no version" } else { sbom.release.as_str() }) }
            (written_links(
                &format!("{}&", href(&place, &[("release", &sbom.release)])),
                &VexFormat::WRITTEN,
            ))
        }
    }
}

fn sboms(asked: &Asked, asset: &Asset, sboms: &[SbomRow]) -> Markup {
    let place = format!("/inventory/{}", asset.party);
    let mut table = Table::new("SBOMs, newest first")
        .text("Version")
        .text("Document")
        .text("Came")
        .number("Packages")
        .number("Not checked")
        .text("Leaves open");
    for sbom in sboms {
        table = table.row([
            html! {
                (if sbom.release.is_empty() { "no version" } else { sbom.release.as_str() }) " "
                @if sbom.is_current { (tag("current")) }
            },
            html! {
                a href={ (place) "/sboms/" (sbom.id) } {
                    (if sbom.file_name.is_empty() { sbom.id.as_str() } else { sbom.file_name.as_str() })
                }
                br; span class="muted" { (sbom.format) }
            },
            moment_ago(sbom.received_at, asked.now),
            html! { (sbom.packages) },
            html! { (sbom.unchecked) },
            html! {
                @if sbom.gaps.is_empty() { "nothing" } @else {
                    details {
                        summary { (sbom.gaps.len()) }
                        ul { @for gap in &sbom.gaps { li { (gap) } } }
                    }
                }
            },
        ]);
    }
    let choice = |sbom: &SbomRow| {
        let label = format!("{} of {}", sbom.release, sbom.received_at.strftime("%Y-%m-%d %H:%M"));
        Choice::new(sbom.id.clone(), label)
    };
    let compare = Shown::get(format!("{place}/assets/{}/changes", asset.id))
        .id("compare")
        .field(Field::select("before", "From", sboms.iter().skip(1).map(choice)))
        .field(Field::select("after", "To", sboms.iter().map(choice)))
        .submit("What changed");
    html! { (table) @if sboms.len() > 1 { (compare) } }
}

/// Which two SBOMs.
#[derive(Deserialize)]
pub(crate) struct Two {
    organisation: String,
    asset: String,
    before: String,
    after: String,
}

pub(crate) fn changes(asked: &Asked, two: &Two) -> Result<Reply, Problem> {
    let asset = seen(asked, &two.organisation, &two.asset)?;
    let sboms = asked.inventory().sboms(&asset.id)?;
    let is_there = |id: &str| sboms.iter().any(|sbom| sbom.id == id);
    if !is_there(&two.before) || !is_there(&two.after) {
        return Err(Problem::absent());
    }
    let mut table = Table::new("Packages that differ")
        .text("Package")
        .text("Before")
        .text("After")
        .empty("They name the same packages.");
    for change in asked.inventory().changes(&two.before, &two.after)? {
        table = table.row([
            html! { (change.package) },
            html! { @if change.before.is_empty() { (tag("new")) } @else { (change.before.join(", ")) } },
            html! { @if change.after.is_empty() { (tag("gone")) } @else { (change.after.join(", ")) } },
        ]);
    }
    let there = format!("/inventory/{}/assets/{}", asset.party, asset.id);
    let page = page(asked, "What changed")
        .nav(Place::Inventory)
        .trail(trail(&asset).to(asset.name.clone(), there))
        .content(html! { (alert(Tone::Note, html! { "By package; the documents may differ in more." })) (table) });
    Ok(shown(&page))
}

/// Which document.
#[derive(Deserialize)]
pub(crate) struct OfDocument {
    organisation: String,
    sbom: String,
}

/// The document as it came, to be kept: never shown as a page of ours.
pub(crate) fn document(asked: &Asked, of: &OfDocument) -> Result<Reply, Problem> {
    asked.sees(&of.organisation)?;
    let (sbom, party) = asked.inventory().sbom(&of.sbom)?;
    if party != of.organisation {
        return Err(Problem::absent());
    }
    let bytes = asked.inventory().document(&sbom.id)?;
    let name = if sbom.file_name.is_empty() { sbom.id } else { sbom.file_name };
    Ok(Reply::file("application/octet-stream", &name, bytes))
}
