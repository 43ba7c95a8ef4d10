//! Signed questions: those in sight, one of them, and asking a new one.

use jiff::Timestamp;
use mainstay_accounts::Right;
use mainstay_inventory::{InventoryError, Party, PartyKind};
use mainstay_questions::{Deadline, Name, Published, Question, Subject, Words};
use mainstay_types::Tlp;
use mainstay_ui::{
    Checked, Choice, Facts, Field, Form as Shown, Markup, Page, Place, Render as _, Table, Tone,
    Trail, button_link, command, copyable, html, moment, section, state, tlp,
};

use super::answers::ways_to_answer;
use super::picture::picture;
use super::sign_in::Nothing;
use super::{again, fault, page, shown};
use crate::api::questions::{OfQuestion, key_of, seen_picture, seen_question, told};
use crate::asked::{Asked, Who};
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

pub(crate) fn questions(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.session()?;
    let mut table = Table::new("Questions that you may see, newest first")
        .text("About")
        .text("Asked by")
        .text("Marking")
        .text("Until")
        .text("State")
        .empty("No question is in your sight: none was asked of you, or by you.");
    for one in asked.questions().published(&asked.reader()?, asked.now)? {
        let question = &one.signed.question;
        table = table.row([
            html! { a href={ "/questions/" (question.id) } { (question.subject.to_string()) } },
            html! { (question.asked_by) },
            tlp(question.marking),
            moment(question.deadline.at()),
            state_of(&one, asked.now),
        ]);
    }
    let may_ask = !speaks_for(asked)?.is_empty();
    let page = page(asked, "Questions")
        .nav(Place::Questions)
        .lead("Who is affected, asked of those who may not upload an inventory.")
        .live("question")
        .content(html! {
            (table)
            @if may_ask { p { (button_link("Ask a question", "/questions/new")) } }
        });
    Ok(shown(&page))
}

fn state_of(published: &Published, now: Timestamp) -> Markup {
    if published.closed_at.is_some() {
        state(Tone::Note, "closed")
    } else if published.is_over(now) {
        state(Tone::Warning, "deadline over")
    } else {
        state(Tone::Success, "open")
    }
}

/// The organisations in whose name whoever asks may ask and answer.
pub(super) fn speaks_for(asked: &Asked) -> Result<Vec<Party>, Problem> {
    let account = asked.account()?;
    let mut parties = Vec::new();
    for membership in &account.memberships {
        let id = membership.organisation.as_str();
        if asked.may(Right::Speak, id) {
            match asked.inventory().party(id) {
                Ok(party) => parties.push(party),
                // A role may outlive what it was for; the others are there all the same.
                Err(InventoryError::Absent { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(parties)
}

/// The choice of one of them.
pub(super) fn in_whose_name(parties: &[Party]) -> Field {
    named_choice("organisation", parties)
}

/// The same under another name, where a page has two forms.
pub(super) fn named_choice(name: &str, parties: &[Party]) -> Field {
    let choices = parties.iter().map(|party| Choice::new(party.id.clone(), party.name.clone()));
    Field::select(name, "In the name of", choices).required()
}

pub(crate) fn new(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.session()?;
    Ok(shown(&new_page(asked, Way::Here, None, None)?))
}

pub(crate) fn new_file(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.session()?;
    Ok(shown(&new_page(asked, Way::ByFile, None, None)?))
}

/// Where a question is signed.
#[derive(Clone, Copy)]
enum Way {
    Here,
    ByFile,
}

fn new_page(
    asked: &Asked,
    way: Way,
    form: Option<&Form>,
    problem: Option<&Problem>,
) -> Result<Page, Problem> {
    let parties = speaks_for(asked)?;
    if parties.is_empty() {
        return Err(Problem::forbidden("no organisation has given you a role that asks others"));
    }
    let others = asked.inventory().parties(PartyKind::Organisation)?;
    let typed = |name: &str| form.map_or("", |form| form.text(name)).to_owned();
    let content = html! {
        (fault(problem))
        @match way {
            Way::Here => {
                (drafted(asked, (&parties, &others), form, &typed))
                p { a href="/questions/new/file" { "Publish a question that you signed yourself" } }
            }
            Way::ByFile => { (signed_elsewhere(asked, &parties, &others)) }
        }
    };
    Ok(page(asked, "Ask a question")
        .nav(Place::Questions)
        .trail(Trail::new().to("Questions", "/questions"))
        .content(content))
}

fn drafted(
    asked: &Asked,
    (parties, others): (&[Party], &[Party]),
    form: Option<&Form>,
    typed: &dyn Fn(&str) -> String,
) -> Markup {
    let marking = Some(typed("marking")).filter(|text| !text.is_empty());
    let shown = Shown::post("/questions/new", &asked.csrf())
        .field(in_whose_name(parties).value(typed("organisation")))
        .field(
            Field::text("advisory", "Advisory")
                .value(typed("advisory"))
                .hint("Any of its ids, such as CVE-2021-44228."),
        )
        .field(
            Field::text("package", "or package")
                .value(typed("package"))
                .hint("A package URL without a version: pkg:npm/left-pad"),
        )
        .field(
            Field::text("range", "in these versions")
                .value(typed("range"))
                .hint("Such as vers:npm/<1.3.0. Empty: all versions."),
        )
        .field(
            Field::text("deadline", "Until")
                .value(typed("deadline"))
                .hint("With the offset from UTC: 2026-12-01T17:00:00+01:00")
                .required(),
        )
        .field(
            Field::select(
                "marking",
                "Marking",
                Tlp::ALL.map(|one| Choice::new(one.label(), one.label())),
            )
            .value(marking.unwrap_or_else(|| Tlp::Amber.label().to_owned())),
        )
        .field(Field::area("purpose", "What for", 4).value(typed("purpose")))
        .field(
            Field::text("reply_to", "Where else answers may go")
                .value(typed("reply_to"))
                .hint("An address for mail, for those who do not answer here."),
        );
    let ticked = |name: &str| form.is_some_and(|form| form.is_ticked(name));
    audience(shown, others, &ticked).submit("Sign and publish").render()
}

fn audience(mut form: Shown, others: &[Party], ticked: &dyn Fn(&str) -> bool) -> Shown {
    let label = "Told to everybody: TLP:CLEAR to the public, TLP:GREEN to whoever has a role here";
    form = form.field(Field::checkbox("everybody", label, Checked::from(ticked("everybody"))));
    for party in others {
        let name = format!("told-{}", party.id);
        let is_ticked = Checked::from(ticked(&name));
        form = form.field(Field::checkbox(name, format!("Told to {}", party.name), is_ticked));
    }
    form
}

fn signed_elsewhere(asked: &Asked, parties: &[Party], others: &[Party]) -> Markup {
    let form = Shown::post_files("/questions/new/file", &asked.csrf())
        .field(in_whose_name(parties))
        .field(Field::file("file", "The signed question").required())
        .field(
            Field::text("key", "The key that signed it")
                .hint("As `mainstay question key` shows it: name+id+base64")
                .required(),
        );
    html! {
        (audience(form, others, &|_| false).submit("Publish"))
        (command("mainstay question new --advisory ID --marking TLP:AMBER --deadline TIME --from NAME -o question.json"))
    }
}

pub(crate) fn ask(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let published = || {
        let organisation = form.text("organisation");
        asked.needs(Right::Speak, organisation)?;
        let question = drafted_question(asked, form)?;
        let told = audience_of(asked, form)?;
        let by = (&asked.actor()?, asked.now);
        Ok(asked.questions().ask(organisation, &question, &told, by)?)
    };
    answered(asked, Way::Here, form, published())
}

pub(crate) fn publish(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let published = || {
        let organisation = form.text("organisation");
        asked.needs(Right::Speak, organisation)?;
        let file = form.files("file").next();
        let file = file.ok_or_else(|| Problem::field("file", "choose a file"))?;
        let key = key_of(form.text("key"))?;
        let told = audience_of(asked, form)?;
        let by = (&asked.actor()?, asked.now);
        Ok(asked.questions().publish((organisation, &key), &file.bytes, &told, by)?)
    };
    answered(asked, Way::ByFile, form, published())
}

fn answered(
    asked: &Asked,
    way: Way,
    form: &Form,
    outcome: Result<Published, Problem>,
) -> Result<Reply, Problem> {
    match outcome {
        Ok(published) => Ok(Reply::see(&format!("/questions/{}", published.signed.question.id))),
        Err(problem) => {
            let page = new_page(asked, way, Some(form), Some(&problem));
            let Ok(page) = page else { return Err(problem) };
            again(Err(problem), |_| page)
        }
    }
}

fn drafted_question(asked: &Asked, form: &Form) -> Result<Question, Problem> {
    let words = |name: &'static str| {
        let text = form.text(name).replace('\r', "");
        if text.is_empty() { Ok(None) } else { Words::parse(name, &text).map(Some) }
    };
    let (advisory, package) = (form.text("advisory"), form.text("package"));
    let range = Some(form.text("range")).filter(|range| !range.is_empty());
    let subject = match (advisory.is_empty(), package.is_empty()) {
        (false, true) if range.is_none() => Subject::flaw(advisory)?,
        (true, false) => Subject::package(package, range)?,
        _ => {
            let problem = "ask about an advisory, or about a package with or without a range";
            return Err(Problem::field("advisory", problem));
        }
    };
    let party = asked.inventory().party(form.text("organisation"))?;
    let marking = form.text("marking").parse::<Tlp>();
    Ok(Question {
        id: Question::new_id(asked.now)?,
        subject,
        asked_by: Name::parse("asked_by", &party.name)?,
        purpose: words("purpose")?,
        reply_to: words("reply_to")?,
        marking: marking.map_err(|error| Problem::field("marking", error.to_string()))?,
        asked_at: asked.now,
        deadline: Deadline::parse(form.text("deadline"))?,
    })
}

fn audience_of(asked: &Asked, form: &Form) -> Result<mainstay_questions::Told, Problem> {
    let parties = asked.inventory().parties(PartyKind::Organisation)?;
    let ticked = parties.iter().filter(|party| form.is_ticked(&format!("told-{}", party.id)));
    told(asked, ticked.map(|party| party.id.as_str()), form.is_ticked("everybody"))
}

pub(crate) fn question(asked: &Asked, of: &OfQuestion) -> Result<Reply, Problem> {
    Ok(shown(&question_page(asked, &of.question, None)?))
}

pub(super) fn question_page(
    asked: &Asked,
    id: &str,
    problem: Option<&Problem>,
) -> Result<Page, Problem> {
    let published = seen_question(asked, id)?;
    let is_asker = asked.may(Right::SeeInventory, &published.organisation);
    let picture_of = if is_asker { Some(seen_picture(asked, &published)?) } else { None };
    let marking = picture_of.as_ref().map_or(published.signed.question.marking, |it| it.marking);
    let content = html! {
        (fault(problem))
        (about(asked, &published))
        @if let Some(seen) = &picture_of { (picture(asked, &published, seen)) }
        (ways_to_answer(asked, &published)?)
        @if published.closed_at.is_none() && asked.may(Right::Speak, &published.organisation) {
            (section("End it", closing(asked, id)))
        }
    };
    let page = page(asked, published.signed.question.subject.to_string())
        .nav(Place::Questions)
        .trail(Trail::new().to("Questions", "/questions"))
        .marking(marking)
        .content(content);
    // Events are for those who signed in.
    let is_somebody = !matches!(asked.who, Who::Nobody);
    Ok(if is_somebody { page.live("question,sbom,advisories") } else { page })
}

fn about(asked: &Asked, published: &Published) -> Markup {
    let question = &published.signed.question;
    let origin = &asked.serving.manner.origin;
    let mut facts = Facts::new()
        .fact("Asked by", html! { (question.asked_by) })
        .fact("Marking", tlp(question.marking))
        .fact("State", state_of(published, asked.now))
        .fact(
            "Until",
            html! {
                (question.deadline.as_str()) " (" (moment(question.deadline.at())) ")"
            },
        )
        .fact("Asked at", moment(question.asked_at));
    if let Some(purpose) = &question.purpose {
        facts = facts
            .fact("What for", html! { @for line in purpose.as_str().lines() { p { (line) } } });
    }
    if let Some(reply_to) = &question.reply_to {
        facts = facts.fact("Answers may also go to", html! { (reply_to) });
    }
    let key = published.key.to_string();
    html! {
        (facts)
        (section("The key that signed it", html! {
            (copyable(&key))
            p class="muted" { "Whoever answers outside of this server needs it. Give it to them on another way than the question." }
        }))
        (section("The signed question", html! {
            p { a href={ "/questions/" (question.id) "/file" } { "Download the file" } }
            (command(&format!(
                "mainstay affected --question {origin}/api/v1/questions/{}/file --key {key} .",
                question.id
            )))
        }))
    }
}

fn closing(asked: &Asked, id: &str) -> Markup {
    html! {
        p { "After that no answer is taken. What was answered stays." }
        (Shown::post(format!("/questions/{id}/close"), &asked.csrf()).danger("Close the question"))
    }
}

pub(crate) fn close(asked: &Asked, of: &OfQuestion, _: &Form) -> Result<Reply, Problem> {
    let published = seen_question(asked, &of.question)?;
    if !asked.may(Right::Speak, &published.organisation) {
        return Err(Problem::forbidden("whoever asks ends a question"));
    }
    asked.questions().close(&published, (&asked.actor()?, asked.now))?;
    Ok(Reply::see(&format!("/questions/{}", of.question)))
}

/// The signed file.
pub(crate) fn file(asked: &Asked, of: &OfQuestion) -> Result<Reply, Problem> {
    let published = seen_question(asked, &of.question)?;
    let name = format!("{}.json", published.signed.question.id);
    Ok(Reply::file("application/json", &name, published.envelope))
}
