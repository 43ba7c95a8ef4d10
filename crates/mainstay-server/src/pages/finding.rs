//! One finding: what it is, what is said of it, what it was, how urgent it is; and the form to say
//! something about it.

use mainstay_accounts::Right;
use mainstay_inventory::{
    Asset, AssetContext, FindingRow, FindingState, PastState, Reach, StatementRow, Work,
};
use mainstay_ui::{
    Choice, Facts, Field, Form as Shown, Markup, Page, Place, Render as _, Table, TextKind, Tone,
    href, html, moment, moment_ago, outside_link, section, severity, state, tag,
};
use mainstay_vex::{Justification, Reason};
use serde::Deserialize;

use super::asset::{seen, trail};
use super::{again, fault, page, shown};
use crate::api::inventory::OfAsset as ById;
use crate::api::statements::{ContextBody, SaidBody, say as say_it, set_context as set_it};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// Which finding.
#[derive(Clone, Deserialize)]
pub(crate) struct OfFinding {
    organisation: String,
    asset: String,
    #[serde(default)]
    release: String,
    #[serde(default)]
    package: String,
    flaw: String,
}

/// The address of the page of a finding.
pub(super) fn address(row: &FindingRow) -> String {
    let place = format!("/inventory/{}/assets/{}/finding", row.party, row.asset);
    let query = [("release", &*row.release), ("package", &*row.purl), ("flaw", &*row.flaw)];
    href(&place, &query)
}

pub(crate) fn finding(asked: &Asked, of: &OfFinding) -> Result<Reply, Problem> {
    asked.session()?;
    Ok(shown(&finding_page(asked, of, None)?))
}

fn finding_page(asked: &Asked, of: &OfFinding, problem: Option<&Problem>) -> Result<Page, Problem> {
    let asset = seen(asked, &of.organisation, &of.asset)?;
    let place = (asset.id.as_str(), of.release.as_str());
    let (row, past) = asked.inventory().finding(place, (&of.package, &of.flaw))?;
    let work = Work::of(&row);
    let content = html! {
        (fault(problem))
        (about(asked, &row, &work))
        @if let Some(statement) = &row.statement {
            (section("What is said of it", said(statement)))
        }
        (section("How urgent it is", urgency(&work)))
        @if asked.may(Right::Triage, &asset.party) {
            (section("Say something about it", form(asked, of)))
        }
        (section("What it was before", history(&past)))
    };
    let there = format!("/inventory/{}/assets/{}", asset.party, asset.id);
    Ok(page(asked, row.flaw.clone())
        .nav(Place::Inventory)
        .trail(trail(&asset).to(asset.name.clone(), there))
        .marking(mainstay_types::Tlp::Amber)
        .live("sbom,advisories,finding,statement")
        .content(content))
}

fn about(asked: &Asked, row: &FindingRow, work: &Work) -> Markup {
    let title = if row.is_raised {
        "No advisory here tells it; only the statement does."
    } else if row.title.is_empty() {
        "The advisories do not name it any more."
    } else {
        &row.title
    };
    let mut facts = Facts::new()
        .fact("What it is", html! { (title) })
        .fact("State", standing(row, asked))
        .fact("Severity", severity(row.severity))
        .fact("Package", html! { code { (row.purl) } @if row.purl.is_empty() { "the asset itself" } })
        .fact("Version of the asset", html! { (if row.release.is_empty() { "no version" } else { row.release.as_str() }) })
        .fact("Repaired in", html! { (row.fixed_in.as_deref().unwrap_or("none known")) })
        .fact("Known to be exploited", html! {
            @match row.exploited { Some(true) => "yes", Some(false) => "KEV does not list it", None => "nobody here knows" }
        })
        .fact("Chance of exploitation within 30 days", html! { (chance(row)) });
    if let Some(due) = work.due() {
        facts = facts.fact("KEV asks to act until", html! {
            (due) @if work.is_overdue(asked.now) && row.state == FindingState::Open { " " (state(Tone::Error, "overdue")) }
        });
    }
    html! {
        (facts)
        p { a href=(href("/affected", &[("advisory", &row.flaw)])) { "Who else is affected?" } }
    }
}

/// EPSS in percent.
fn chance(row: &FindingRow) -> String {
    match row.probability.and_then(|millionths| u32::try_from(millionths).ok()) {
        Some(millionths) => format!("{:.1} %", f64::from(millionths) / 10_000.0),
        None => "nobody here knows".to_owned(),
    }
}

/// Open, silenced by whom and why, or closed.
pub(super) fn standing(row: &FindingRow, asked: &Asked) -> Markup {
    html! {
        @match &row.state {
            FindingState::Open => {
                (state(Tone::Warning, "open")) " since " (moment_ago(row.opened_at, asked.now))
                @if let Some(statement) = &row.statement { br; span class="muted" { (statement.line()) } }
            },
            FindingState::Silenced(at) => {
                (state(Tone::Note, "answered")) " " (moment(*at))
                @if let Some(statement) = &row.statement { br; (statement.line()) }
                @if let Some(day) = row.statement.as_ref().and_then(|one| one.statement.expires) {
                    ", until " (day)
                }
            },
            FindingState::Closed(at, why) => {
                (state(Tone::Success, "closed")) " " (moment(*at)) ": " (why)
            },
        }
    }
}

/// A statement with all that belongs to it.
pub(super) fn said(row: &StatementRow) -> Markup {
    let said = &row.statement;
    let reason = said.claim.reason();
    let mut facts = Facts::new()
        .fact("Status", tag(&said.claim.word().replace('_', " ")))
        .fact("About", html! { (said.flaw.id) " in " code { (said.product.written) } })
        .fact("Who says so", html! { (row.author()) });
    if let Some(justification) = reason.and_then(Reason::justification) {
        facts = facts.fact("Why", html! { (justification.word().replace('_', " ")) });
    }
    if let Some(impact) = reason.and_then(Reason::impact) {
        facts = facts.fact("In words", html! { (impact) });
    }
    if let Some(action) = said.claim.action() {
        facts = facts.fact("What to do", html! { (action) });
    }
    if !said.evidence.is_empty() {
        facts = facts.fact(
            "Evidence",
            html! {
                ul { @for one in said.evidence.iter() { li { (evidence(one)) } } }
            },
        );
    }
    if let Some(notes) = &said.notes {
        facts = facts.fact("Notes", html! { (notes) });
    }
    if let Some(at) = said.time() {
        facts = facts.fact("Said", moment(at));
    }
    if let Some(day) = said.expires {
        facts = facts.fact("Its last day", html! { (day) });
    }
    facts = facts.fact("From", html! { (row.source()) ", came " (moment(row.received_at)) });
    facts.render()
}

fn evidence(text: &str) -> Markup {
    let is_address = text.starts_with("https://") && !text.contains(char::is_whitespace);
    if is_address {
        outside_link(text, text)
    } else {
        html! { (text) }
    }
}

fn urgency(work: &Work) -> Markup {
    let mut table = Table::new("What the table asks, and what is known")
        .text("Question")
        .text("Possible answers")
        .text("Why");
    for one in work.why() {
        table = table.row([
            html! { (one.question) },
            html! { (one.possible.join(", ")) },
            html! { (one.why) },
        ]);
    }
    html! {
        p { strong { (work.range()) } ", by SSVC's table " em { (Work::table()) } "." }
        (table)
    }
}

fn history(past: &[PastState]) -> Markup {
    let mut table = Table::new("What it was, oldest first")
        .text("State")
        .text("From")
        .text("Until")
        .text("Why it ended")
        .empty("It was never anything else.");
    for one in past {
        table = table.row([
            html! { (if one.state == "silenced" { "answered" } else { one.state.as_str() }) },
            moment(one.since),
            moment(one.until),
            html! { (one.why) },
        ]);
    }
    table.render()
}

fn form(asked: &Asked, of: &OfFinding) -> Markup {
    let statuses = [
        ("not_affected", "Not affected"),
        ("affected", "Affected"),
        ("fixed", "Fixed, although the version stays"),
        ("under_investigation", "Under investigation"),
    ];
    let shared = Justification::all().filter(|one| one.shared() == *one);
    let reasons = std::iter::once(Choice::new("", "no reason chosen"))
        .chain(shared.map(|one| Choice::new(one.word(), one.word().replace('_', " "))));
    let possible = Reach::ALL.into_iter();
    let possible = possible.filter(|reach| reach.refusal(&of.release, &of.package).is_none());
    let reaches = possible.map(|reach| {
        let label = match reach {
            Reach::Release => "this version of the asset",
            Reach::Asset => "every version of the asset",
            Reach::Organisation => "this version of the package, wherever the organisation uses it",
        };
        Choice::new(reach.word(), label)
    });
    let there = format!("/inventory/{}/assets/{}/finding", of.organisation, of.asset);
    Shown::post(there, &asked.csrf())
        .hidden("release", &of.release)
        .hidden("package", &of.package)
        .hidden("flaw", &of.flaw)
        .field(Field::select(
            "status",
            "Status",
            statuses.map(|(word, label)| Choice::new(word, label)),
        ))
        .field(Field::select("justification", "Why it is not affected", reasons))
        .field(
            Field::text("impact", "Why, in words")
                .hint("Not affected needs a reason: chosen above, or written here."),
        )
        .field(Field::text("action", "What to do about it").hint("When it is affected."))
        .field(
            Field::area("evidence", "Evidence", 2)
                .hint("How it was found out: addresses or words, one a line."),
        )
        .field(Field::area("notes", "Notes", 2))
        .field(Field::text("expires", "Its last day").kind(TextKind::Date).hint(
            "After that day the finding is open again. Empty: until something newer is said.",
        ))
        .field(Field::select("reach", "It holds for", reaches))
        .submit("Say so")
        .render()
}

pub(crate) fn say(asked: &Asked, at: &OfContext, form: &Form) -> Result<Reply, Problem> {
    let text = |name: &str| form.text(name).to_owned();
    let of = &OfFinding {
        organisation: at.organisation.clone(),
        asset: at.asset.clone(),
        release: text("release"),
        package: text("package"),
        flaw: text("flaw"),
    };
    let body = SaidBody {
        release: of.release.clone(),
        package: of.package.clone(),
        flaw: of.flaw.clone(),
        status: text("status"),
        justification: text("justification"),
        impact: text("impact"),
        action: text("action"),
        evidence: form.text("evidence").lines().map(str::to_owned).collect(),
        notes: text("notes"),
        expires: text("expires"),
        reach: text("reach"),
    };
    let asset = seen(asked, &of.organisation, &of.asset)?;
    let query = [("release", &*of.release), ("package", &*of.package), ("flaw", &*of.flaw)];
    let there = format!("/inventory/{}/assets/{}/finding", asset.party, asset.id);
    let outcome = say_it(asked, &ById { asset: asset.id }, &body);
    match outcome {
        Ok(_) => Ok(Reply::see(&href(&there, &query))),
        Err(problem) => {
            let Ok(page) = finding_page(asked, of, Some(&problem)) else { return Err(problem) };
            again(Err(problem), |_| page)
        }
    }
}

/// Which asset.
#[derive(Deserialize)]
pub(crate) struct OfContext {
    organisation: String,
    asset: String,
}

/// The form with which an organisation says of an asset what the order of work needs.
pub(super) fn context_form(asked: &Asked, asset: &Asset) -> Result<Markup, Problem> {
    let said = asked.inventory().asset_context(&asset.id)?;
    let select = |name: &str, label: &str, chosen: Option<&String>, all: Vec<(String, String)>| {
        let chosen = chosen.cloned().unwrap_or_default();
        let none = std::iter::once(Choice::new("", "nobody said it"));
        let all = all.into_iter().map(|(key, name)| Choice::new(key, name));
        Field::select(name, label, none.chain(all)).value(chosen)
    };
    let place = format!("/inventory/{}/assets/{}/context", asset.party, asset.id);
    let exposure =
        select("exposure", "Who reaches it", said.exposure.as_ref(), AssetContext::exposures());
    let impact = select(
        "human_impact",
        "What happens to people when it fails",
        said.human_impact.as_ref(),
        AssetContext::human_impacts(),
    );
    Ok(Shown::post(place, &asked.csrf())
        .id("context")
        .field(exposure.hint("SSVC, System Exposure."))
        .field(impact.hint("SSVC, Human Impact."))
        .submit("Order by this")
        .render())
}

pub(crate) fn set_context(asked: &Asked, of: &OfContext, form: &Form) -> Result<Reply, Problem> {
    let asset = seen(asked, &of.organisation, &of.asset)?;
    let some = |name: &str| Some(form.text(name).to_owned()).filter(|key| !key.is_empty());
    let body = ContextBody { exposure: some("exposure"), human_impact: some("human_impact") };
    let there = format!("/inventory/{}/assets/{}", asset.party, asset.id);
    set_it(asked, &ById { asset: asset.id }, &body)?;
    Ok(Reply::see(&there))
}

/// Open findings of several assets, in the order of work.
pub(super) fn work_table(asked: &Asked, rows: &[FindingRow], caption: &str) -> Markup {
    let mut table = Table::new(caption)
        .text("Flaw")
        .text("Do (SSVC)")
        .text("Severity")
        .text("Package")
        .text("Asset")
        .empty("No finding is open that we know of.");
    for row in rows {
        table = table.row([
            flaw_cell(row),
            urgency_cell(asked, row),
            severity(row.severity),
            html! { code { (row.purl) } },
            html! {
                a href={ "/inventory/" (row.party) "/assets/" (row.asset) } { (row.asset_name) } " " (row.release)
                br; span class="muted" { (row.party_name) }
            },
        ]);
    }
    table.render()
}

/// The flaw, with a link to the page of its finding.
pub(super) fn flaw_cell(row: &FindingRow) -> Markup {
    html! {
        a href=(address(row)) { (row.flaw) }
        @if row.exploited == Some(true) { " " (state(Tone::Error, "exploited")) }
        @if row.is_raised { " " (tag("stated only")) }
        @if !row.title.is_empty() { br; span class="muted" { (row.title) } }
    }
}

/// The outcome, or its range; and whether KEV's day is over.
pub(super) fn urgency_cell(asked: &Asked, row: &FindingRow) -> Markup {
    let work = Work::of(row);
    let is_open = row.state == FindingState::Open;
    html! {
        @if is_open { (work.range()) }
        @if let Some(due) = work.due().filter(|_| is_open) {
            br;
            @if work.is_overdue(asked.now) { (state(Tone::Error, "overdue")) " since " (due) }
            @else { "until " (due) }
        }
    }
}
