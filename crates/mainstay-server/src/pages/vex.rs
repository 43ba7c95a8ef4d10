//! VEX documents: taken in, shown with what of them has no effect, and given out.

use mainstay_inventory::{VexOf, WithoutEffect};
use mainstay_ui::{
    Empty, Facts, Field, Form as Shown, Links, Markup, Place, Render as _, Table, Tone, Trail,
    alert, command, fold, html, moment, section, tag,
};
use mainstay_vex::VexFormat;
use serde::Deserialize;

use super::asset::seen;
use super::inventory::organisation_page;
use super::{again, counted, page, shown};
use crate::api::inventory::OfOrganisation;
use crate::api::statements::{
    VexPlace, VexReceivedDocument, WithoutEffectDocument, receive as take_in, vex_text,
};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// Statements and reasons that a page lists; the API has all.
const LISTED: usize = 200;

/// The documents of an organisation, its VEX in every format, and the form to send one.
pub(super) fn documents(asked: &Asked, id: &str, may_send: bool) -> Result<Markup, Problem> {
    let rows = asked.inventory().vex_documents(id)?;
    let mut table = Table::new("Documents that make statements, newest first")
        .text("Document")
        .text("Who answers for it")
        .number("Statements")
        .text("Came");
    for row in rows.iter().take(LISTED) {
        table = table.row([
            html! {
                a href={ "/inventory/" (id) "/vex/" (row.id) } {
                    (if row.file_name.is_empty() { row.id.as_str() } else { row.file_name.as_str() })
                }
                " " (tag(if row.sbom.is_some() { "in an SBOM" } else { row.format.as_str() }))
            },
            html! { (row.author.as_deref().unwrap_or("it does not say")) },
            html! { (row.statements) },
            moment(row.received_at),
        ]);
    }
    Ok(html! {
        @if rows.is_empty() {
            (Empty::new("No document came that says what a flaw means here."))
        } @else {
            (table)
        }
        @if rows.len() > LISTED {
            p class="muted" { "The first " (LISTED) " of " (rows.len()) " are listed; the API has all." }
        }
        p { "What is said and counts, as one document:" }
        (written_links(&format!("/inventory/{id}/vex?"), &[VexFormat::OpenVex, VexFormat::Csaf]))
        @if may_send { (upload(asked, id)) }
    })
}

/// Links to the VEX in these formats.
pub(super) fn written_links(place: &str, formats: &[VexFormat]) -> Markup {
    let links = formats.iter().fold(Links::new("VEX"), |links, format| {
        links.link(format.word(), format!("{place}format={}", format.word()))
    });
    links.render()
}

fn upload(asked: &Asked, id: &str) -> Markup {
    let form = Shown::post_files(format!("/inventory/{id}/vex"), &asked.csrf())
        .id("send-vex")
        .field(
            Field::file("vex", "VEX document")
                .hint("OpenVEX, CSAF, CycloneDX or SPDX 3.")
                .required(),
        )
        .field(
            Field::text("asset", "Only of this asset")
                .hint("Empty: of all that the organisation uses."),
        )
        .submit("Send the VEX document");
    let origin = &asked.serving.manner.origin;
    let line = format!("mainstay submit vex.json --server {origin} --organisation {id}");
    html! {
        (form)
        (command(&line))
    }
}

pub(crate) fn receive(asked: &Asked, of: &OfOrganisation, form: &Form) -> Result<Reply, Problem> {
    let id = of.organisation.as_str();
    let taken = || {
        let file = form.files("vex").next();
        let file = file.ok_or_else(|| Problem::field("vex", "choose a file"))?;
        let place = VexPlace {
            organisation: id.to_owned(),
            asset: form.text("asset").to_owned(),
            file: file.name.clone(),
        };
        take_in(asked, &place, &file.bytes)
    };
    let received = match taken() {
        Ok(received) => received,
        Err(problem) if asked.sees(id).is_err() => return Err(problem),
        Err(problem) => {
            let Ok(page) = organisation_page(asked, (id, ""), Some(&problem)) else {
                return Err(problem);
            };
            return again(Err(problem), |_| page);
        }
    };
    let there = format!("/inventory/{id}/vex/{}", received.document);
    let content = html! {
        (outcome(&received))
        p { a class="button primary" href=(there) { "See the document" } }
    };
    let page = page(asked, "The VEX document was taken in")
        .nav(Place::Inventory)
        .trail(trail(id))
        .content(content);
    Ok(shown(&page))
}

fn trail(id: &str) -> Trail {
    Trail::new().to("Inventory", "/inventory").to(id, format!("/inventory/{id}"))
}

/// What became of a document.
pub(super) fn outcome(received: &VexReceivedDocument) -> Markup {
    html! {
        @if received.known {
            (alert(Tone::Note, html! { "This very document was there already: nothing changed." }))
        } @else {
            (alert(Tone::Success, html! {
                (counted(received.statements, "statement", "statements")) " heard. "
                (counted(received.silenced, "finding is", "findings are")) " answered by them, "
                (received.opened) " are told by them alone."
            }))
        }
        (idle(&received.without_effect))
    }
}

/// What had no effect, and why.
pub(super) fn idle(without: &[WithoutEffectDocument]) -> Markup {
    if without.is_empty() {
        return html! {};
    }
    let mut table = Table::new("Without effect").text("About").number("Line").text("Why");
    for one in without.iter().take(LISTED) {
        table = table.row([
            html! { (one.about) },
            html! { @if let Some(line) = one.line { (line) } },
            html! { (one.why) " " (tag(&one.code)) },
        ]);
    }
    section(
        "What had no effect",
        html! {
            (table)
            @if without.len() > LISTED {
                p class="muted" { "The first " (LISTED) " of " (without.len()) " are listed; the API has all." }
            }
        },
    )
}

/// Which document.
#[derive(Deserialize)]
pub(crate) struct OfDocument {
    organisation: String,
    document: String,
}

/// Refuses a document that is not of this organisation, or not in sight.
fn is_of(asked: &Asked, of: &OfDocument) -> Result<(), Problem> {
    asked.session()?;
    asked.sees(&of.organisation)?;
    let party = asked.inventory().vex_party(&of.document)?;
    if party == of.organisation { Ok(()) } else { Err(Problem::absent()) }
}

pub(crate) fn document(asked: &Asked, of: &OfDocument) -> Result<Reply, Problem> {
    is_of(asked, of)?;
    let (row, statements, without) = asked.inventory().vex_document(&of.document, asked.now)?;
    let id = &of.organisation;
    let facts = Facts::new()
        .fact("Who answers for it", html! { (row.author.as_deref().unwrap_or("it does not say")) })
        .fact("Format", html! { (row.format) })
        .fact(
            "Speaks of",
            html! {
                @match (&row.sbom, &row.asset) {
                    (Some(_), _) => "the SBOM that it is",
                    (None, Some(_)) => "one asset",
                    (None, None) => "all that the organisation uses",
                }
            },
        )
        .fact("Came", moment(row.received_at))
        .fact(
            "As it came",
            html! { a href={ "/inventory/" (id) "/vex/" (row.id) "/file" } { "the file" } },
        );
    let mut table = Table::new("What it says")
        .text("About")
        .text("What is said")
        .text("Last day")
        .empty("It says nothing that counts; an SBOM of the past is not heard any more.");
    for one in statements.iter().take(LISTED) {
        let said = &one.statement;
        table = table.row([
            html! { (said.flaw.id) " in " code { (said.product.written) } },
            html! { (one.line()) },
            html! { @if let Some(day) = said.expires { (day) } },
        ]);
    }
    let without: Vec<_> =
        without.into_iter().map(|one: WithoutEffect| WithoutEffectDocument::from(one)).collect();
    let content = html! {
        (facts)
        (idle(&without))
        @if without.is_empty() && !statements.is_empty() {
            (alert(Tone::Success, html! { "All that it says has an effect." }))
        }
        (section("What it says", html! {
            (table)
            @if statements.len() > LISTED {
                p class="muted" { "The first " (LISTED) " of " (statements.len()) " are listed; the API has all." }
            }
        }))
    };
    let name = if row.file_name.is_empty() { row.id } else { row.file_name };
    let page = page(asked, name)
        .nav(Place::Inventory)
        .trail(trail(id))
        .marking(mainstay_types::Tlp::Amber)
        .live("sbom,advisories,finding,statement")
        .content(content);
    Ok(shown(&page))
}

/// The document as it came, to be kept: never shown as a page of ours.
pub(crate) fn file(asked: &Asked, of: &OfDocument) -> Result<Reply, Problem> {
    is_of(asked, of)?;
    let (row, _, _) = asked.inventory().vex_document(&of.document, asked.now)?;
    let bytes = asked.inventory().vex_bytes(&row.id)?;
    let name = if row.file_name.is_empty() { row.id } else { row.file_name };
    Ok(Reply::file("application/octet-stream", &name, bytes))
}

/// The VEX of an organisation.
#[derive(Deserialize)]
pub(crate) struct Written {
    organisation: String,
    #[serde(default)]
    format: String,
}

pub(crate) fn written(asked: &Asked, of: &Written) -> Result<Reply, Problem> {
    asked.session()?;
    asked.sees(&of.organisation)?;
    let text = vex_text(asked, VexOf::Party(&of.organisation), &of.format)?;
    Ok(given(&of.organisation, &of.format, text))
}

/// The VEX of an asset.
#[derive(Deserialize)]
pub(crate) struct WrittenOfAsset {
    organisation: String,
    asset: String,
    #[serde(default)]
    release: Option<String>,
    #[serde(default)]
    format: String,
}

pub(crate) fn written_of_asset(asked: &Asked, of: &WrittenOfAsset) -> Result<Reply, Problem> {
    asked.session()?;
    let asset = seen(asked, &of.organisation, &of.asset)?;
    let text = vex_text(asked, VexOf::Asset(&asset.id, of.release.as_deref()), &of.format)?;
    Ok(given(&asset.name, &of.format, text))
}

fn given(name: &str, format: &str, text: String) -> Reply {
    let ending = match format {
        "csaf" => "csaf.json",
        "cyclonedx" => "cdx.json",
        _ => "openvex.json",
    };
    Reply::file("application/json", &format!("{name}.{ending}"), text.into_bytes())
}

/// What an SBOM said itself and had no effect, folded.
pub(super) fn own_idle(without: &[WithoutEffectDocument]) -> Markup {
    html! {
        @if !without.is_empty() {
            (fold(
                &format!("Of what it says itself on flaws, without effect: {}", without.len()),
                idle(without),
            ))
        }
    }
}
