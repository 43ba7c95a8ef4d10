//! The link of a letter: for those who are told and have no account here.
//!
//! Opening the address shows who has a notice for whom and no more: programs that examine mail do
//! that, and have seen nothing. Only the button says that somebody is there.

use mainstay_ui::{Facts, Form as Shown, Page, html, moment, section};

use super::notice::answers;
use super::notice_forms::{answer_form, answer_of, lines, name_of};
use super::sign_in::{Link, Nothing};
use super::{again, fault, page, shown};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

pub(crate) fn told(asked: &Asked, link: &Link) -> Result<Reply, Problem> {
    Ok(shown(&told_page(asked, &link.code, None)?))
}

fn told_page(asked: &Asked, code: &str, problem: Option<&Problem>) -> Result<Page, Problem> {
    let linked = asked.notices().linked(code, asked.now)?;
    let from = name_of(asked, &linked.owner);
    let Some((notice, own)) = &linked.opened else {
        let form = Shown::post("/told", &asked.csrf()).hidden("code", code);
        let content = html! {
            (fault(problem))
            p {
                strong { (from) } " has a notice for " strong { (linked.party_name) }
                ", marked " (linked.marking.label()) "."
            }
            p { "Who opens it is noted as " em { "seen" } " for " (from) "." }
            (form.submit("Open it"))
        };
        return Ok(page(asked, "A notice").marking(linked.marking).content(content));
    };
    let facts = Facts::new()
        .fact("From", html! { (from) })
        .fact("For", html! { (own.name) })
        .fact("Released", html! { @if let Some(at) = notice.leaves_at() { (moment(at)) } });
    let form = Shown::post("/told/answer", &asked.csrf()).hidden("code", code);
    let takes = matches!(notice.stage, mainstay_notices::Stage::Released(_));
    let content = html! {
        (fault(problem))
        (facts)
        (section("What it says", lines(notice.content.text.as_str())))
        (section("Answers so far", answers(own)))
        @if takes { (section("Answer", answer_form(form))) }
        @else { p { "The notice is closed: it takes no more answers." } }
    };
    let title = notice.content.title.as_str();
    Ok(page(asked, title).marking(linked.marking).content(content))
}

fn back(code: &str) -> Reply {
    Reply::see(&mainstay_ui::href("/told", &[("code", code)]))
}

pub(crate) fn open(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let code = form.text("code");
    asked.notices().open_link(code, &asked.caller.origin, asked.now)?;
    Ok(back(code))
}

pub(crate) fn answer(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let code = form.text("code");
    let answered = answer_of(form).and_then(|(claim, words)| {
        let origin = &asked.caller.origin;
        asked.notices().answer_by_link(code, (&claim, &words), origin, asked.now)?;
        Ok(back(code))
    });
    match answered {
        Err(problem) => {
            let Ok(page) = told_page(asked, code, Some(&problem)) else { return Err(problem) };
            again(Err(problem), |_| page)
        }
        done => done,
    }
}
