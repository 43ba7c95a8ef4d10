//! The first account, signing in and out, proving again who one is, lost passwords.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every page has the same form, also one that cannot fail"
)]

use mainstay_accounts::SignIn;
use mainstay_ui::{Field, Form as Shown, Page, Render as _, TextKind, Tone, alert, html, section};
use mainstay_visibility::Role;
use serde::Deserialize;

use super::passkeys::{are_offered, first_form, proof_form, sign_in_form};
use super::{again, fault, page, shown};
use crate::asked::{Asked, Who};
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// A secret of a link.
#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    pub(crate) code: String,
}

/// Where to go on afterwards.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    pub(crate) back: String,
}

/// Nothing is asked for.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) fn first_run(asked: &Asked, link: &Link) -> Result<Reply, Problem> {
    asked.serving.instance.accounts.check_first_run(&link.code, asked.now)?;
    Ok(shown(&first_run_page(asked, &link.code, None, ("", ""))))
}

pub(crate) fn create_first(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let code = form.text("code");
    let made = || -> Result<Reply, Problem> {
        let person = (&form.text("name").parse()?, &form.text("mail").parse()?);
        let person = (person.0, person.1, form.exact("password"));
        let accounts = &asked.serving.instance.accounts;
        let secret = accounts.create_first(code, person, &asked.caller, asked.now)?;
        found(asked, secret.reveal())?;
        let there = if asked.serving.manner.is_demo { "/" } else { "/administration" };
        Ok(Reply::see(there).with_cookie(&asked.cookie(Some(secret.reveal()))))
    };
    again(made(), |problem| {
        let typed = (form.text("name"), form.text("mail"));
        first_run_page(asked, code, Some(problem), typed)
    })
}

/// Whoever makes the first account of the example world coordinates it, and answers for one of
/// its organisations.
pub(super) fn found(asked: &Asked, session: &str) -> Result<(), Problem> {
    if !asked.serving.manner.is_demo {
        return Ok(());
    }
    let accounts = &asked.serving.instance.accounts;
    let Some(session) = accounts.session(session, asked.now)? else { return Ok(()) };
    let actor = session.actor(&asked.caller);
    for organisation in crate::demo::OWNED {
        let about = (organisation, Role::Owner);
        accounts.put_member(session.account.id.as_str(), about, &actor, asked.now)?;
    }
    Ok(())
}

fn first_run_page(
    asked: &Asked,
    code: &str,
    problem: Option<&Problem>,
    (name, mail): (&str, &str),
) -> Page {
    let form = Shown::post("/first-run", &asked.csrf())
        .hidden("code", code)
        .field(Field::text("name", "Your name").value(name).autocomplete("name").required())
        .field(mail_field(mail))
        .field(new_password())
        .submit("Create the first account");
    page(asked, "Welcome to Mainstay")
        .lead("This instance has no account yet. The first one looks after it.")
        .content(html! {
            (fault(problem))
            @if are_offered(asked) {
                (section("With a passkey", first_form(asked, code)))
                (section("Or with a password", form.render()))
            } @else { (form) }
        })
}

pub(super) fn mail_field(value: &str) -> Field {
    Field::text("mail", "Mail address")
        .kind(TextKind::Email)
        .value(value)
        .autocomplete("username")
        .required()
}

pub(super) fn new_password() -> Field {
    Field::password("password", "Password")
        .autocomplete("new-password")
        .hint("At least 12 characters. Several words are good; what others would try first is not.")
        .required()
}

pub(crate) fn sign_in(asked: &Asked, back: &Back) -> Result<Reply, Problem> {
    if matches!(asked.who, Who::Person(_)) {
        return Ok(Reply::see(&back.back));
    }
    Ok(shown(&sign_in_page(asked, &back.back, None, "")))
}

pub(crate) fn try_sign_in(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let (back, mail) = (form.text("back"), form.text("mail"));
    let accounts = &asked.serving.instance.accounts;
    let tried = accounts.sign_in((mail, form.exact("password")), &asked.caller, asked.now);
    let outcome = tried.map_err(Problem::from).map(|done| match done {
        SignIn::Done(secret) => Reply::see(back).with_cookie(&asked.cookie(Some(secret.reveal()))),
        SignIn::Second(step) => shown(&second_page(asked, (step.reveal(), back), None)),
    });
    again(outcome, |problem| sign_in_page(asked, back, Some(problem), mail))
}

fn sign_in_page(asked: &Asked, back: &str, problem: Option<&Problem>, mail: &str) -> Page {
    let form = Shown::post("/sign-in", &asked.csrf())
        .hidden("back", back)
        .field(mail_field(mail))
        .field(Field::password("password", "Password").required())
        .submit("Sign in");
    page(asked, "Sign in").content(html! {
        (fault(problem))
        @if are_offered(asked) { (sign_in_form(asked, back)) }
        (form)
        p { a href="/lost-password" { "I do not know my password" } }
    })
}

pub(crate) fn second_step(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let (step, back) = (form.text("step"), form.text("back"));
    let accounts = &asked.serving.instance.accounts;
    let tried = accounts.second_step((step, form.text("code")), &asked.caller, asked.now);
    let outcome = tried
        .map_err(Problem::from)
        .map(|secret| Reply::see(back).with_cookie(&asked.cookie(Some(secret.reveal()))));
    again(outcome, |problem| second_page(asked, (step, back), Some(problem)))
}

fn second_page(asked: &Asked, (step, back): (&str, &str), problem: Option<&Problem>) -> Page {
    let form = Shown::post("/sign-in/second", &asked.csrf())
        .hidden("step", step)
        .hidden("back", back)
        .field(code_field().required())
        .submit("Sign in");
    page(asked, "The second step").content(html! { (fault(problem)) (form) })
}

pub(super) fn code_field() -> Field {
    Field::text("code", "Code")
        .kind(TextKind::Code)
        .autocomplete("one-time-code")
        .hint("The six digits of your app, or one of your recovery codes.")
}

pub(crate) fn sign_out(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    if let Who::Person(session) = &asked.who {
        let accounts = &asked.serving.instance.accounts;
        accounts.end_session(session, &session.id, &asked.caller, asked.now)?;
    }
    Ok(Reply::see("/sign-in").with_cookie(&asked.cookie(None)))
}

/// Where to go on after a proof, and whether a form was sent that was not done for want of it.
#[derive(Deserialize)]
pub(crate) struct Wanting {
    #[serde(default)]
    back: String,
    #[serde(default)]
    undone: String,
}

pub(crate) fn prove_again(asked: &Asked, wanting: &Wanting) -> Result<Reply, Problem> {
    asked.session()?;
    let undone = !wanting.undone.is_empty();
    Ok(shown(&prove_page(asked, (&wanting.back, undone), None)?))
}

pub(crate) fn try_prove(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let session = asked.session()?;
    let back = form.text("back");
    let accounts = &asked.serving.instance.accounts;
    let given = (form.exact("password"), form.text("code"));
    let tried = accounts.prove_again(session, given, &asked.caller, asked.now);
    match tried.map_err(Problem::from) {
        Ok(()) => Ok(Reply::see(back)),
        Err(problem) => {
            let page = prove_page(asked, (back, false), Some(&problem))?;
            again(Err(problem), |_| page)
        }
    }
}

fn prove_page(
    asked: &Asked,
    (back, undone): (&str, bool),
    problem: Option<&Problem>,
) -> Result<Page, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let ways = accounts.ways_in(asked.session()?)?;
    let mut form = Shown::post("/prove-again", &asked.csrf())
        .hidden("back", back)
        .field(Field::password("password", "Password").required());
    if ways.has_second_factor() {
        form = form.field(code_field().required());
    }
    Ok(page(asked, "Prove again who you are")
        .lead("What comes next could harm you if somebody else did it with your session.")
        .content(html! {
            (fault(problem))
            @if undone {
                (alert(Tone::Warning, html! {
                    "What you sent was not done, and is not kept. After the proof you come back \
                     to the page: fill the form in and send it again."
                }))
            }
            @if ways.passkeys > 0 { (proof_form(asked, back)) }
            @if ways.password { (form.submit("Go on")) }
        }))
}

pub(crate) fn lost_password(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    if asked.serving.manner.office.is_none() {
        return Ok(shown(&page(asked, "A new password").content(html! {
            p { "This server sends no mail, so it cannot send you a link. Whoever runs it can help." }
        })));
    }
    Ok(shown(&lost_page(asked, None)))
}

pub(crate) fn ask_recovery(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let asking = accounts.ask_recovery(form.text("mail"), &asked.caller, asked.now);
    let outcome = asking.map_err(Problem::from).map(|()| {
        shown(&page(asked, "Look into your mail").content(html! {
            p { "If this address has an account here, a link is on its way. It is valid for half an hour." }
        }))
    });
    again(outcome, |problem| lost_page(asked, Some(problem)))
}

fn lost_page(asked: &Asked, problem: Option<&Problem>) -> Page {
    let form =
        Shown::post("/lost-password", &asked.csrf()).field(mail_field("")).submit("Send me a link");
    page(asked, "A new password")
        .lead("The link takes the place of your password. A second factor stays.")
        .content(html! { (fault(problem)) (form) })
}

pub(crate) fn recover(asked: &Asked, link: &Link) -> Result<Reply, Problem> {
    Ok(shown(&recover_page(asked, &link.code, None)))
}

pub(crate) fn set_recovered(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let code = form.text("code");
    let accounts = &asked.serving.instance.accounts;
    let set = accounts.recover((code, form.exact("password")), &asked.caller, asked.now);
    let outcome = set.map_err(Problem::from).map(|()| {
        shown(&page(asked, "Your password was changed").content(html! {
            (alert(Tone::Success, html! { "Every session of your account has ended." }))
            p { a href="/sign-in" { "Sign in" } }
        }))
    });
    again(outcome, |problem| recover_page(asked, code, Some(problem)))
}

fn recover_page(asked: &Asked, code: &str, problem: Option<&Problem>) -> Page {
    let form = Shown::post("/recover", &asked.csrf())
        .hidden("code", code)
        .field(new_password())
        .submit("Take this password");
    page(asked, "A new password").content(html! { (fault(problem)) (form) })
}

/// A link from a letter only shows a button: what follows links in mail must not use it up.
pub(crate) fn prove_mail(asked: &Asked, link: &Link) -> Result<Reply, Problem> {
    let form = Shown::post("/prove-mail", &asked.csrf())
        .hidden("code", &link.code)
        .submit("This is my address");
    Ok(shown(&page(asked, "Prove your mail address").content(form.render())))
}

pub(crate) fn take_mail_proof(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let mail = accounts.prove_mail(form.text("code"), &asked.caller, asked.now)?;
    Ok(shown(&page(asked, "The address is proved").content(html! {
        (alert(Tone::Success, html! { (mail) " is yours." }))
        p { a href="/" { "To the overview" } }
    })))
}
