//! Answering a question: by a signed file, or from the inventory that is here; and the answers
//! that are here.

use jiff::Timestamp;
use mainstay_accounts::Right;
use mainstay_inventory::Party;
use mainstay_questions::{
    Detail, Examination, PayloadDigest, Preview, Published, Sent, Weight, Words,
};
use mainstay_types::Tlp;
use mainstay_ui::{
    Choice, Field, Form as Shown, Markup, Page, Place, Render as _, Table, Trail, Unknowns,
    command, html, moment, section, tag, tlp,
};
use serde::Deserialize;

use super::questions::{in_whose_name, named_choice, question_page, speaks_for};
use super::{again, fault, page, shown};
use crate::api::questions::{OfQuestion, key_of, seen_question};
use crate::asked::{Asked, Who};
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// The answers in sight, and how one more is given.
pub(super) fn ways_to_answer(asked: &Asked, published: &Published) -> Result<Markup, Problem> {
    if matches!(asked.who, Who::Nobody) {
        return Ok(html! {
            p { "Sign in to answer here, or answer as the question says." }
        });
    }
    let parties = speaks_for(asked)?;
    let is_open = published.closed_at.is_none();
    Ok(html! {
        (section("Answers", answers(asked, published)?))
        @if is_open && !parties.is_empty() {
            (section("Answer from your inventory here", from_inventory(published, &parties)))
            (section("Answer with a file", by_file(asked, published, &parties)))
        }
    })
}

fn answers(asked: &Asked, published: &Published) -> Result<Markup, Problem> {
    let id = &published.signed.question.id;
    let all = asked.questions().answers(published, &asked.reader()?, asked.now)?;
    let mut table =
        Table::new("Answers that you may see, at most 500; the newest of an organisation counts")
            .text("In the name of")
            .text("Status")
            .text("Marking")
            .text("Came")
            .text("Notes")
            .empty("No answer is in your sight.");
    let mut last = "";
    for one in &all {
        let answer = &one.signed.answer;
        let counts = last != one.organisation;
        last = &one.organisation;
        table = table.row([
            html! { a href={ "/questions/" (id) "/answers/" (one.id) } { (one.organisation) } },
            html! { (answer.standing.word()) },
            tlp(answer.marking),
            moment(one.received_at),
            html! {
                (tag(if counts { "counts" } else { "replaced" }))
                @if one.is_late { " " (tag("late")) }
                @for lacking in &answer.not_known { " " (tag(&lacking.code)) }
            },
        ]);
    }
    Ok(table.render())
}

fn from_inventory(published: &Published, parties: &[Party]) -> Markup {
    let id = &published.signed.question.id;
    let form =
        draft_fields(Shown::get(format!("/questions/{id}/draft")), parties, &Draft::default());
    html! {
        p { "First you see what would leave. Nothing is sent before you say so." }
        (form.submit("Show what would leave"))
    }
}

fn draft_fields(form: Shown, parties: &[Party], draft: &Draft) -> Shown {
    let details = Detail::ALL.map(|one| {
        let words = match one {
            Detail::Status => "the status alone",
            Detail::Versions => "also the versions of the packages",
            Detail::Components => "also where they are",
        };
        Choice::new(one.word(), words)
    });
    let markings = Tlp::ALL.map(|one| Choice::new(one.label(), one.label()));
    let markings = std::iter::once(Choice::new("", "as the question")).chain(markings);
    form.field(in_whose_name(parties).value(draft.organisation.as_str()))
        .field(Field::select("detail", "How much leaves", details).value(draft.detail.as_str()))
        .field(Field::select("marking", "Marking", markings).value(draft.marking.as_str()))
        .field(Field::text("note", "What else you say").value(draft.note.as_str()))
}

fn by_file(asked: &Asked, published: &Published, parties: &[Party]) -> Markup {
    let id = &published.signed.question.id;
    let origin = &asked.serving.manner.origin;
    let form = Shown::post_files(format!("/questions/{id}/answers"), &asked.csrf())
        .field(named_choice("sender", parties))
        .field(Field::file("file", "The signed answer").required())
        .field(
            Field::text("key", "The key that signed it")
                .hint("As `mainstay question key` shows it: name+id+base64")
                .required(),
        )
        .submit("Send the answer");
    let key = published.key.to_string();
    html! {
        (form)
        p { "Or from where your software is, with a token of your account:" }
        (command(&format!(
            "mainstay affected --question {origin}/api/v1/questions/{id}/file --key {key} . \
             --organisation ID --send"
        )))
    }
}

pub(crate) fn receive(asked: &Asked, of: &OfQuestion, form: &Form) -> Result<Reply, Problem> {
    let received = || {
        let organisation = form.text("sender");
        asked.needs(Right::Speak, organisation)?;
        let file = form.files("file").next();
        let file = file.ok_or_else(|| Problem::field("file", "choose a file"))?;
        let key = key_of(form.text("key"))?;
        let sent = Sent { organisation, key: &key, envelope: &file.bytes };
        Ok(asked.questions().receive(&of.question, &sent, (&asked.actor()?, asked.now))?)
    };
    match received() {
        Ok(_) => Ok(Reply::see(&format!("/questions/{}", of.question))),
        Err(problem) => {
            let page = question_page(asked, &of.question, Some(&problem));
            let Ok(page) = page else { return Err(problem) };
            again(Err(problem), |_| page)
        }
    }
}

/// What would be answered from an inventory.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Draft {
    #[serde(default)]
    question: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    marking: String,
    #[serde(default)]
    note: String,
}

impl Draft {
    fn preview(&self) -> Result<Preview, Problem> {
        let found = Detail::ALL.into_iter().find(|one| one.word() == self.detail);
        let detail = match found {
            Some(detail) => detail,
            None if self.detail.is_empty() => Detail::Status,
            None => return Err(Problem::field("detail", "status, versions or components")),
        };
        let marking = match self.marking.trim() {
            "" => None,
            text => Some(
                text.parse::<Tlp>()
                    .map_err(|error| Problem::field("marking", error.to_string()))?,
            ),
        };
        let note = match self.note.trim() {
            "" => None,
            text => Some(Words::parse("note", text)?),
        };
        Ok(Preview { detail, marking, note })
    }
}

pub(crate) fn draft(asked: &Asked, draft: &Draft) -> Result<Reply, Problem> {
    asked.fresh()?;
    match draft_page(asked, draft, None) {
        Err(problem) if problem.code == "wrong-field" => {
            let page = question_page(asked, &draft.question, Some(&problem))?;
            again(Err(problem), |_| page)
        }
        page => Ok(shown(&page?)),
    }
}

fn draft_page(asked: &Asked, draft: &Draft, problem: Option<&Problem>) -> Result<Page, Problem> {
    asked.needs(Right::Speak, &draft.organisation)?;
    let published = seen_question(asked, &draft.question)?;
    let party = asked.inventory().party(&draft.organisation)?;
    let whose = (draft.question.as_str(), &party);
    let preview = draft.preview()?;
    let (examination, answer) =
        asked.questions().preview(asked.inventory(), whose, &preview, asked.now)?;
    let payload = answer.payload();
    let digest = PayloadDigest::of(payload.as_bytes());
    let path = format!("/questions/{}/draft", draft.question);
    let sending = Shown::post(path.clone(), &asked.csrf())
        .hidden("organisation", &draft.organisation)
        .hidden("detail", &draft.detail)
        .hidden("marking", &draft.marking)
        .hidden("note", &draft.note)
        .hidden("id", &answer.id)
        .hidden("at", &asked.now.to_string())
        .hidden("digest", digest.as_str())
        .submit("Sign and send exactly this");
    let content = html! {
        (fault(problem))
        p { "Status: " strong { (examination.standing.word()) } }
        (unknowns(asked, &examination))
        (section("What would leave, and nothing else", html! {
            pre { code { (payload) } }
            (sending)
        }))
        (section("Say more, or less", draft_fields(Shown::get(path), std::slice::from_ref(&party), draft).submit("Show again")))
    };
    let subject = published.signed.question.subject.to_string();
    Ok(page(asked, "What would leave")
        .nav(Place::Questions)
        .trail(
            Trail::new()
                .to("Questions", "/questions")
                .to(subject, format!("/questions/{}", draft.question)),
        )
        .marking(answer.marking)
        .content(content))
}

fn unknowns(asked: &Asked, examination: &Examination) -> Markup {
    let sentences = examination.not_known.iter().map(|one| {
        let bears = match one.weight {
            Weight::Bears => "what is asked about may be there",
            Weight::Told => "it does not change the status",
        };
        format!("{}: {} ({bears})", one.code, one.subjects.join("; "))
    });
    let looked_at = examination.looked_at;
    let shown = Unknowns::new(asked.now)
        .looked_at(format!(
            "{} current SBOMs here, which name {} packages",
            looked_at.sources, looked_at.packages
        ))
        .unknowns(sentences);
    match examination.knowledge_as_of {
        Some(at) => shown.as_of("The oldest of the advisory data", Some(at)).render(),
        None => shown.as_of("The inventory", Some(asked.now)).render(),
    }
}

/// What was shown is sent, or shown again where it changed.
pub(crate) fn send(asked: &Asked, of: &OfQuestion, form: &Form) -> Result<Reply, Problem> {
    asked.fresh()?;
    let draft = Draft {
        question: of.question.clone(),
        organisation: form.text("organisation").to_owned(),
        detail: form.text("detail").to_owned(),
        marking: form.text("marking").to_owned(),
        note: form.text("note").to_owned(),
    };
    asked.needs(Right::Speak, &draft.organisation)?;
    let sent = || {
        let party = asked.inventory().party(&draft.organisation)?;
        let at: Timestamp =
            form.text("at").parse().map_err(|_| Problem::field("at", "a moment is asked for"))?;
        let digest = PayloadDigest::parse("digest", form.text("digest"))?;
        let shown = (form.text("id"), at, &digest);
        let whose = (of.question.as_str(), &party);
        let by = (&asked.actor()?, asked.now);
        let questions = asked.questions();
        Ok(questions.send_shown(asked.inventory(), whose, &draft.preview()?, shown, by)?)
    };
    match sent() {
        Ok(_) => Ok(Reply::see(&format!("/questions/{}", of.question))),
        Err(problem) => {
            let page = draft_page(asked, &draft, Some(&problem));
            let Ok(page) = page else { return Err(problem) };
            Ok(Reply::html(problem.status, page.render()).with_wait(&problem))
        }
    }
}

/// Which answer.
#[derive(Deserialize)]
pub(crate) struct OfAnswer {
    question: String,
    answer: String,
}

/// An answer as it was signed.
pub(crate) fn file(asked: &Asked, of: &OfAnswer) -> Result<Reply, Problem> {
    let published = seen_question(asked, &of.question)?;
    let of = (&published, of.answer.as_str());
    let found = asked.questions().answer(of, &asked.reader()?, asked.now)?;
    Ok(Reply::file("application/json", &format!("{}.json", found.id), found.envelope))
}
