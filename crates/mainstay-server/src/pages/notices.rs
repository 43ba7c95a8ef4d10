//! The notices that somebody may see; a new one; who wants drafts.

use mainstay_accounts::Right;
use mainstay_notices::{Notice, Stage};
use mainstay_types::Severity;
use mainstay_ui::{
    Choice, Empty, Field, Form as Shown, Markup, Page, Place, Render as _, Table, Tone, Trail,
    alert, button_link, href, html, moment_ago, section, state, tag, tlp,
};
use serde::Deserialize;

use super::notice_forms::{Fields, name_of};
use super::sign_in::Nothing;
use super::{again, counted, fault, page, shown};
use crate::api::affected::AffectedQuery;
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// Notices that the page lists; the API has more.
const LISTED: usize = 100;

pub(crate) fn notices(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.session()?;
    let own = asked.own()?;
    let all = asked.notices().list(&asked.reader()?, asked.now)?;
    let (from, told): (Vec<&Notice>, Vec<&Notice>) =
        all.iter().partition(|one| own.contains(&one.owner));
    let speaks = speaking(asked)?;
    let content = html! {
        (section("For you", received(asked, &told)?))
        @if !speaks.is_empty() || !from.is_empty() { (section("From you", sent(asked, &from))) }
        @if told.len().max(from.len()) > LISTED {
            p class="muted" { "The newest " (LISTED) " of each are listed; the API has up to 500." }
        }
        @for (id, name) in &speaks { (wish_of(asked, id, name)?) }
    };
    let mut page = page(asked, "Notices")
        .nav(Place::Notices)
        .lead("What others tell you about flaws in what you use, and what you tell others.")
        .live("notice")
        .content(content);
    if !speaks.is_empty() {
        page = page.actions(button_link("New notice", "/notices/new"));
    }
    Ok(shown(&page))
}

/// The organisations for which somebody may speak: ids and names.
pub(super) fn speaking(asked: &Asked) -> Result<Vec<(String, String)>, Problem> {
    let own = asked.own()?.into_iter().filter(|id| asked.may(Right::Speak, id));
    Ok(own.map(|id| (id.clone(), name_of(asked, &id))).collect())
}

fn received(asked: &Asked, told: &[&Notice]) -> Result<Markup, Problem> {
    let mut table = Table::new("Notices that you were told")
        .text("Notice")
        .text("Marking")
        .text("From")
        .text("Released")
        .text("Answer");
    let own = asked.own()?;
    for notice in told.iter().take(LISTED) {
        let mine = asked.notices().recipients(&notice.id, &own)?;
        let waits = mine.iter().filter(|one| one.answers.is_empty()).count();
        let answer = if waits == 0 {
            state(Tone::Success, "answered")
        } else {
            state(Tone::Warning, "none yet")
        };
        table = table.row([
            html! { a href={ "/notices/" (notice.id) } { (notice.content.title.as_str()) } },
            tlp(notice.content.marking),
            html! { (name_of(asked, &notice.owner)) },
            html! { @if let Some(at) = notice.leaves_at() { (moment_ago(at, asked.now)) } },
            answer,
        ]);
    }
    if told.is_empty() {
        return Ok(Empty::new("Nobody has told you anything here.").render());
    }
    Ok(table.render())
}

fn sent(asked: &Asked, from: &[&Notice]) -> Markup {
    let mut table = Table::new("Notices of your organisations")
        .text("Notice")
        .text("Marking")
        .text("From")
        .text("Drafted")
        .text("Stage")
        .empty("None yet.");
    for notice in from.iter().take(LISTED) {
        table = table.row([
            html! {
                a href={ "/notices/" (notice.id) } { (notice.content.title.as_str()) }
                @if notice.is_automatic { " " (tag("drafted by itself")) }
            },
            tlp(notice.content.marking),
            html! { (name_of(asked, &notice.owner)) },
            moment_ago(notice.drafted.at, asked.now),
            stage(&notice.stage),
        ]);
    }
    table.render()
}

/// Where a notice stands, as a word.
pub(super) fn stage(stage: &Stage) -> Markup {
    let tone = match stage {
        Stage::Draft(_) => Tone::Warning,
        Stage::Reviewed(_) => Tone::Note,
        Stage::Released(_) | Stage::Closed(_) => Tone::Success,
    };
    state(tone, stage.word())
}

/// Whether an organisation wants drafts, and the form that says so.
fn wish_of(asked: &Asked, id: &str, name: &str) -> Result<Markup, Problem> {
    let wish = asked.notices().wish(id)?;
    let word = wish.map_or("none", |wish| wish.severity.word());
    let choices = [
        ("none", "no drafts"),
        (Severity::Low.word(), "low and above"),
        (Severity::Medium.word(), "medium and above"),
        (Severity::High.word(), "high and above"),
        (Severity::Critical.word(), "critical"),
    ];
    let choices = choices.map(|(value, label)| Choice::new(value, label));
    let form = Shown::post("/notices/wish", &asked.csrf())
        .id(format!("wish-{id}"))
        .hidden("organisation", id)
        .field(
            Field::select("severity", "Draft when an advisory opens findings", choices)
                .value(word)
                .hint("In this organisation's sight. A severity that nobody knows counts as critical. Nothing leaves before a person reviewed it."),
        )
        .submit("Keep");
    let left = wish.map_or(0, |wish| wish.undrafted);
    Ok(section(
        &format!("Drafts for {name}"),
        html! {
            @if left > 0 {
                (alert(Tone::Warning, html! {
                    (counted(usize::try_from(left).unwrap_or(usize::MAX), "advisory was", "advisories were"))
                    " not drafted: a hundred drafts lay here untouched, or no draft could be made; the log says why. See who is affected by the newest advisories, and keep this again to begin anew."
                }))
            }
            (form)
        },
    ))
}

pub(crate) fn wish(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let organisation = form.text("organisation");
    asked.needs(Right::Speak, organisation)?;
    let severity = match form.text("severity") {
        "none" => None,
        word => {
            let known = Severity::from_word(word);
            Some(known.ok_or_else(|| Problem::field("severity", "low to critical is asked for"))?)
        }
    };
    asked.notices().set_wish(organisation, severity, &asked.actor()?, asked.now)?;
    Ok(Reply::see("/notices"))
}

/// What a new notice is about, and who tells.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewNotice {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    advisory: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    range: String,
}

pub(crate) fn new(asked: &Asked, about: &NewNotice) -> Result<Reply, Problem> {
    asked.session()?;
    let speaks = speaking(asked)?;
    let Some((first, _)) = speaks.first() else {
        return Err(Problem::forbidden("no role of yours lets you speak for an organisation"));
    };
    let chosen = speaks.iter().find(|(id, _)| *id == about.organisation);
    let owner = chosen.map_or(first, |(id, _)| id);
    let query = AffectedQuery {
        advisory: about.advisory.clone(),
        package: about.package.clone(),
        range: about.range.clone(),
    };
    let suggested = query.subject().and_then(|subject| {
        let Some(subject) = subject else { return Ok(None) };
        Ok(Some(asked.notices().suggest(owner, &subject, asked.now)?))
    });
    match suggested {
        Ok(Some(content)) => {
            let fields = Fields::of(&content);
            Ok(shown(&new_page(asked, owner, &fields, None)))
        }
        Ok(None) => Ok(shown(&question_page(asked, about, &speaks, None))),
        Err(problem) => {
            again(Err(problem), |problem| question_page(asked, about, &speaks, Some(problem)))
        }
    }
}

fn frame(asked: &Asked) -> Page {
    page(asked, "New notice").nav(Place::Notices).trail(Trail::new().to("Notices", "/notices"))
}

fn question_page(
    asked: &Asked,
    about: &NewNotice,
    speaks: &[(String, String)],
    problem: Option<&Problem>,
) -> Page {
    let choices = speaks.iter().map(|(id, name)| Choice::new(id, name));
    let form = Shown::get("/notices/new")
        .field(Field::select("organisation", "From", choices).value(&about.organisation))
        .field(
            Field::text("advisory", "About an advisory")
                .value(&about.advisory)
                .hint("Any of its ids, such as CVE-2021-44228."),
        )
        .field(
            Field::text("package", "or a package")
                .value(&about.package)
                .hint("A package URL without a version."),
        )
        .field(
            Field::text("range", "in these versions")
                .value(&about.range)
                .hint("Such as vers:maven/>=2.0|<2.15.0. Empty: all versions."),
        )
        .submit("Draft");
    frame(asked).content(html! { (fault(problem)) (form) })
}

fn new_page(asked: &Asked, owner: &str, fields: &Fields, problem: Option<&Problem>) -> Page {
    let form = Shown::post("/notices", &asked.csrf()).hidden("organisation", owner);
    let who = href(
        "/affected",
        &[
            ("advisory", &fields.subject.advisory),
            ("package", &fields.subject.package),
            ("range", &fields.subject.range),
        ],
    );
    frame(asked)
        .lead("A draft: nobody is told before a person has reviewed and released it.")
        .content(html! {
            (fault(problem))
            p { "From " strong { (name_of(asked, owner)) } ". " a href=(who) { "Who is affected?" } }
            (fields.form(form, "Keep as a draft"))
        })
}

pub(crate) fn create(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let owner = form.text("organisation");
    asked.needs(Right::Speak, owner)?;
    let fields = Fields::sent(form);
    let made = fields.content().and_then(|content| {
        let id = asked.notices().draft(owner, &content, &asked.actor()?, asked.now)?;
        Ok(Reply::see(&format!("/notices/{id}")))
    });
    again(made, |problem| new_page(asked, owner, &fields, Some(problem)))
}
