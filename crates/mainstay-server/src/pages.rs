//! Pages: one module a noun. Each function looks who asks, calls a room, and writes a page of the
//! components of `mainstay-ui`. Every page works without scripts.

pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod administration;
pub(crate) mod advisories;
pub(crate) mod affected;
pub(crate) mod answers;
pub(crate) mod asset;
pub(crate) mod contacts;
pub(crate) mod finding;
pub(crate) mod inventory;
pub(crate) mod log;
pub(crate) mod members;
pub(crate) mod notice;
pub(crate) mod notice_forms;
pub(crate) mod notice_steps;
pub(crate) mod notices;
pub(crate) mod overview;
pub(crate) mod passkeys;
pub(crate) mod picture;
pub(crate) mod prevalence;
pub(crate) mod questions;
pub(crate) mod search;
pub(crate) mod sharing;
pub(crate) mod sign_in;
pub(crate) mod told;
pub(crate) mod vex;

use axum::http::StatusCode;
use mainstay_ui::{Markup, Page, Place, Tone, Who as Shown, alert, html};

use crate::asked::{Asked, Who};
use crate::problem::Problem;
use crate::reply::Reply;

/// A page in the frame that all have: who is signed in, where one can go, whether it is all made
/// up.
fn page(asked: &Asked, title: impl Into<String>) -> Page {
    let page = Page::new(title);
    let page = match &asked.who {
        Who::Person(session) => page
            .who(Some(Shown { name: session.account.name.clone(), sign_out_token: asked.csrf() }))
            .places(places(session.account.is_administrator)),
        Who::Nobody | Who::Program(_) => page.places(&[]),
    };
    if asked.serving.manner.is_demo {
        return page.banner(html! {
            strong { "Example world. " }
            "The organisations here, and what they use, are made up."
        });
    }
    page
}

fn places(is_administrator: bool) -> &'static [Place] {
    const ALL: [Place; 10] = [
        Place::Overview,
        Place::Affected,
        Place::Inventory,
        Place::Advisories,
        Place::Questions,
        Place::Notices,
        Place::Prevalence,
        Place::Account,
        Place::Log,
        Place::Administration,
    ];
    // The last two are for whoever runs the instance.
    let (people, _) = const { ALL.split_at(ALL.len() - 2) };
    if is_administrator { &ALL } else { people }
}

fn shown(page: &Page) -> Reply {
    Reply::html(StatusCode::OK, page.render())
}

/// A page that could not be given.
pub(crate) fn problem(asked: &Asked, problem: &Problem, request: &str) -> Reply {
    let content = html! {
        @if !problem.detail.is_empty() { (alert(Tone::Error, html! { (problem.detail) })) }
        @if let Some(hint) = &problem.hint { p { "What to do: " (hint) } }
        p { a href="/" { "To the overview" } }
        p class="muted" { "Request " code { (request) } }
    };
    let page = page(asked, problem.title).content(content);
    Reply::html(problem.status, page.render()).with_wait(problem)
}

/// What went wrong with a form, above it.
fn fault(problem: Option<&Problem>) -> Markup {
    html! {
        @if let Some(problem) = problem {
            (alert(Tone::Error, html! {
                (if problem.detail.is_empty() { problem.title } else { &*problem.detail })
            }))
        }
    }
}

/// A form again, with what was wrong with it. What is no fault of the one who asks goes on.
fn again(
    outcome: Result<Reply, Problem>,
    form: impl FnOnce(&Problem) -> Page,
) -> Result<Reply, Problem> {
    match outcome {
        Err(problem) if is_fault_of_form(&problem) => {
            Ok(Reply::html(problem.status, form(&problem).render()).with_wait(&problem))
        }
        outcome => outcome,
    }
}

fn is_fault_of_form(problem: &Problem) -> bool {
    const CODES: &[&str] = &[
        "wrong-field",
        "wrong-credentials",
        "too-many-requests",
        "not-allowed",
        "unread-document",
        "too-large",
        "refused-document",
        "question-closed",
        "foreign-key",
        "taken-id",
        "wrong-stage",
        "changed",
    ];
    CODES.contains(&problem.code)
}

/// Says that a list is not all there is, and where the rest can be had.
fn cut(listed: usize, all: usize, rest: &str) -> Markup {
    html! {
        @if all > listed { p class="muted" { "The first " (listed) " of " (all) " are listed" (rest) "." } }
    }
}

/// A name that is a number of things: `1 package`, `2 packages`.
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
