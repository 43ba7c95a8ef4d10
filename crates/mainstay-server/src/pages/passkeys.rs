//! Passkeys: what the browser is asked, and what it answers. The script `passkey.js` of
//! `mainstay-ui` posts the form to an address below `/passkeys`, gets options, asks the browser
//! and then sends the form with the answer.

use axum::http::StatusCode;
use mainstay_accounts::{AccountName, Mail, PasskeyName, PasskeyRequest};
use mainstay_ui::{
    Field, Form as Shown, Markup, Passkey, Render as _, Table, html, moment, moment_ago,
};

use super::account::codes_page;
use super::shown;
use super::sign_in::{Nothing, mail_field};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// Whether people can have passkeys here.
pub(super) fn are_offered(asked: &Asked) -> bool {
    asked.serving.instance.accounts.offers_passkeys()
}

/// The options as JSON, and a cookie that belongs to them.
fn asking(asked: &Asked, request: &PasskeyRequest) -> Reply {
    let cookie = asked.passkey_cookie(request.secret.reveal());
    Reply::json(StatusCode::OK, &request.options).with_cookie(&cookie)
}

pub(crate) fn ask_sign_in(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    Ok(asking(asked, &accounts.begin_passkey_sign_in(&asked.caller, asked.now)?))
}

pub(crate) fn ask_proof(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let request = accounts.begin_passkey_proof(asked.session()?, &asked.caller, asked.now)?;
    Ok(asking(asked, &request))
}

pub(crate) fn ask_new(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let request = accounts.begin_passkey(asked.fresh()?, &asked.caller, asked.now)?;
    Ok(asking(asked, &request))
}

pub(crate) fn ask_first(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let name: AccountName = form.text("name").parse()?;
    let mail: Mail = form.text("mail").parse()?;
    let accounts = &asked.serving.instance.accounts;
    let person = (&name, &mail);
    let request =
        accounts.begin_first_by_passkey(form.text("code"), person, &asked.caller, asked.now)?;
    Ok(asking(asked, &request))
}

pub(crate) fn ask_join(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let name: AccountName = form.text("name").parse()?;
    let accounts = &asked.serving.instance.accounts;
    let request =
        accounts.begin_join_by_passkey(form.text("code"), &name, &asked.caller, asked.now)?;
    Ok(asking(asked, &request))
}

/// The form of the first account, without a password.
pub(super) fn first_form(asked: &Asked, code: &str) -> Markup {
    Shown::post("/first-run/passkey", &asked.csrf())
        .id("first-passkey")
        .hidden("code", code)
        .field(Field::text("name", "Your name").autocomplete("name").required())
        .field(mail_field(""))
        .passkey(Passkey::Create, "/passkeys/first")
        .submit("Create it with a passkey")
        .render()
}

pub(crate) fn create_first(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let name = named(form)?;
    let answer = (asked.passkey_secret(), form.text("credential"), &name);
    let entered =
        accounts.create_first_by_passkey(form.text("code"), answer, &asked.caller, asked.now)?;
    super::sign_in::found(asked, entered.session.reveal())?;
    Ok(shown(&codes_page(asked, &entered.recovery_codes, "/"))
        .with_cookie(&asked.cookie(Some(entered.session.reveal()))))
}

/// The form of an invited person, without a password.
pub(super) fn join_form(asked: &Asked, code: &str) -> Markup {
    Shown::post("/join/passkey", &asked.csrf())
        .id("join-passkey")
        .hidden("code", code)
        .field(Field::text("name", "Your name").autocomplete("name").required())
        .passkey(Passkey::Create, "/passkeys/join")
        .submit("Join with a passkey")
        .render()
}

pub(crate) fn join(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let name = named(form)?;
    let answer = (asked.passkey_secret(), form.text("credential"), &name);
    let (entered, invitation) =
        accounts.join_by_passkey(form.text("code"), answer, &asked.caller, asked.now)?;
    let there = format!("/inventory/{}", invitation.organisation);
    Ok(shown(&codes_page(asked, &entered.recovery_codes, &there))
        .with_cookie(&asked.cookie(Some(entered.session.reveal()))))
}

pub(super) fn sign_in_form(asked: &Asked, back: &str) -> Markup {
    Shown::post("/sign-in/passkey", &asked.csrf())
        .id("sign-in-passkey")
        .hidden("back", back)
        .passkey(Passkey::Get, "/passkeys/sign-in")
        .submit("Sign in with a passkey")
        .render()
}

pub(crate) fn sign_in(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let answer = (asked.passkey_secret(), form.text("credential"));
    let secret = accounts.sign_in_by_passkey(answer, &asked.caller, asked.now)?;
    Ok(Reply::see(form.text("back")).with_cookie(&asked.cookie(Some(secret.reveal()))))
}

pub(super) fn proof_form(asked: &Asked, back: &str) -> Markup {
    Shown::post("/prove-again/passkey", &asked.csrf())
        .id("prove-passkey")
        .hidden("back", back)
        .passkey(Passkey::Get, "/passkeys/proof")
        .submit("Prove it with a passkey")
        .render()
}

pub(crate) fn prove(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let answer = (asked.passkey_secret(), form.text("credential"));
    accounts.prove_by_passkey(asked.session()?, answer, &asked.caller, asked.now)?;
    Ok(Reply::see(form.text("back")))
}

/// One's own passkeys, and the way to one more.
pub(super) fn own(asked: &Asked) -> Result<Markup, Problem> {
    let mut table = Table::new("Passkeys")
        .text("Name")
        .text("Since")
        .text("Last used")
        .text("Rename")
        .text("Remove")
        .empty("None. A passkey cannot be stolen from afar, and there is nothing to keep in mind.");
    let rows = asked.serving.instance.accounts.passkeys(asked.session()?)?;
    for (number, row) in rows.iter().enumerate() {
        let remove = Shown::post("/account/passkeys/remove", &asked.csrf())
            .id(format!("passkey-{number}"))
            .hidden("id", &row.id)
            .danger("Remove it");
        table = table.row([
            html! { (row.name) },
            moment(row.made_at),
            html! { @match row.seen_at { Some(at) => (moment_ago(at, asked.now)), None => "never" } },
            Shown::post("/account/passkeys/name", &asked.csrf())
                .id(format!("passkey-name-{number}"))
                .hidden("id", &row.id)
                .field(Field::text("label", "Name").value(&*row.name).required())
                .submit("Rename")
                .render(),
            remove.render(),
        ]);
    }
    let add = Shown::post("/account/passkeys", &asked.csrf())
        .id("new-passkey")
        .field(Field::text("label", "What to call it").value("my passkey").required())
        .passkey(Passkey::Create, "/passkeys/new")
        .submit("Add a passkey");
    Ok(html! {
        (table)
        @if are_offered(asked) { (add) } @else {
            p { "Passkeys need a name: reach this server by a domain, or as " code { "localhost" } "." }
        }
    })
}

pub(crate) fn add(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let name: PasskeyName = form.text("label").parse()?;
    let answer = (asked.passkey_secret(), form.text("credential"), &name);
    let codes = accounts.add_passkey(asked.fresh()?, answer, &asked.caller, asked.now)?;
    if codes.is_empty() {
        return Ok(Reply::see("/account"));
    }
    Ok(shown(&codes_page(asked, &codes, "/account")))
}

pub(crate) fn name(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let named = || {
        let name: PasskeyName = form.text("label").parse()?;
        let about = (form.text("id"), &name);
        accounts.name_passkey(asked.session()?, about, &asked.caller, asked.now)?;
        Ok(Reply::see("/account"))
    };
    super::account::told(asked, named())
}

pub(crate) fn remove(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    accounts.remove_passkey(asked.fresh()?, form.text("id"), &asked.caller, asked.now)?;
    Ok(Reply::see("/account"))
}

/// The name of somebody's first passkey: they can give it another later.
fn named(form: &Form) -> Result<PasskeyName, Problem> {
    let label = form.text("label");
    Ok(if label.is_empty() { "my first passkey" } else { label }.parse()?)
}
