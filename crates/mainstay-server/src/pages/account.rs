//! One's own account: sessions, tokens, password, second factor.

use mainstay_accounts::{NewToken, Scope};
use mainstay_ui::{
    Checked, Choice, Facts, Field, Form as Shown, Markup, Page, Place, Render as _, Table,
    TextKind, Tone, Trail, alert, copyable, html, moment, moment_ago, section, state, tag,
};

use super::sign_in::{Nothing, code_field, new_password};
use super::{address, again, fault, page, passkeys, shown};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

pub(crate) fn account(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    Ok(shown(&account_page(asked, None)?))
}

fn account_page(asked: &Asked, problem: Option<&Problem>) -> Result<Page, Problem> {
    let account = &asked.session()?.account;
    let facts = Facts::new()
        .fact("Since", moment(account.created_at))
        .fact("On this instance", html! {
            @if account.is_administrator { (tag("administrator of this instance")) } @else { "a person" }
        });
    let content = html! {
        (fault(problem))
        (facts)
        (section("Mail address", address::own(asked)?))
        (section("Passkeys", passkeys::own(asked)?))
        (section("Second factor", factor(asked)?))
        (section("Password", password(asked)?))
        (section("API tokens", tokens(asked)?))
        (section("Roles", roles(asked)?))
        (section("Sessions", sessions(asked)?))
    };
    Ok(page(asked, account.name.clone()).nav(Place::Account).content(content))
}

fn factor(asked: &Asked) -> Result<Markup, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let ways = accounts.ways_in(asked.session()?)?;
    Ok(html! {
        @if ways.codes_by_time {
            p { (state(Tone::Success, "codes by time")) }
            (Shown::post("/account/second-factor/remove", &asked.csrf()).id("unset").danger("Give up codes by time"))
        } @else {
            @if !ways.has_second_factor() {
                p { (state(Tone::Warning, "none")) " A stolen password is enough to be you." }
            }
            (Shown::post("/account/second-factor/begin", &asked.csrf()).id("set-up").submit("Set up codes by time"))
        }
        @if ways.has_second_factor() {
            p { (ways.recovery_codes) " recovery codes are left." }
            (Shown::post("/account/recovery-codes", &asked.csrf()).id("renew").submit("New recovery codes"))
        }
    })
}

fn password(asked: &Asked) -> Result<Markup, Problem> {
    let ways = asked.serving.instance.accounts.ways_in(asked.session()?)?;
    let change = Shown::post("/account/password", &asked.csrf())
        .id("new-password")
        .field(new_password())
        .submit("Change it, and end my other sessions");
    let remove = Shown::post("/account/password/remove", &asked.csrf())
        .id("no-password")
        .danger("Give it up: only a passkey signs in then");
    Ok(html! { (change) @if ways.password && ways.passkeys > 0 { (remove) } })
}

pub(crate) fn remove_password(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let removed = || {
        let accounts = &asked.serving.instance.accounts;
        accounts.remove_password(asked.fresh()?, &asked.caller, asked.now)?;
        Ok(Reply::see("/account"))
    };
    told(asked, removed())
}

/// Where one has which role, and the way out.
fn roles(asked: &Asked) -> Result<Markup, Problem> {
    let mut table = Table::new("Roles in organisations")
        .text("Organisation")
        .text("Role")
        .text("Leave")
        .empty("None: somebody who manages an organisation can invite you.");
    for (number, one) in asked.session()?.account.memberships.iter().enumerate() {
        table = table.row([
            html! { a href={ "/inventory/" (one.organisation) } { (one.organisation) } },
            tag(one.role.word()),
            Shown::post("/account/leave", &asked.csrf())
                .id(format!("leave-{number}"))
                .hidden("organisation", one.organisation.as_str())
                .danger("Leave")
                .render(),
        ]);
    }
    Ok(table.render())
}

pub(crate) fn leave(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let there = form.text("organisation");
    let left = accounts.leave(asked.session()?, there, &asked.caller, asked.now);
    told(asked, left.map_err(Problem::from).map(|()| Reply::see("/account")))
}

pub(crate) fn change_password(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let changed = || {
        let accounts = &asked.serving.instance.accounts;
        let password = form.exact("password");
        accounts.change_password(asked.fresh()?, password, &asked.caller, asked.now)?;
        Ok(Reply::see("/account"))
    };
    told(asked, changed())
}

/// Shows the secret that waits for its first code. Looking makes none.
pub(crate) fn second_factor(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    Ok(shown(&factor_page(asked, None)?))
}

pub(crate) fn begin_second_factor(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let begun = || {
        asked.serving.instance.accounts.begin_totp(asked.fresh()?)?;
        Ok(Reply::see("/account/second-factor"))
    };
    told(asked, begun())
}

fn factor_page(asked: &Asked, problem: Option<&Problem>) -> Result<Page, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let secret = accounts.waiting_totp(asked.fresh()?)?;
    let account = &asked.session()?.account;
    let form = Shown::post("/account/second-factor", &asked.csrf())
        .field(code_field().required())
        .submit("Ask for a code from now on");
    Ok(page(asked, "Codes by time")
        .nav(Place::Account)
        .trail(Trail::new().to("Account", "/account"))
        .content(html! {
            (fault(problem))
            p { "Give this secret to an authenticator app, and type the code that it shows." }
            (Facts::new()
                .fact("Secret", html! { code { (secret.typed()) } })
                .fact("As an address", html! { code { (secret.address("Mainstay", &account.mail)) } }))
            (form)
        }))
}

pub(crate) fn confirm_second_factor(
    asked: &Asked,
    _: &Nothing,
    form: &Form,
) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let confirmed =
        accounts.confirm_totp(asked.fresh()?, form.text("code"), &asked.caller, asked.now);
    match confirmed.map_err(Problem::from) {
        Ok(codes) => Ok(shown(&codes_page(asked, &codes, "/account"))),
        Err(problem) => {
            let page = factor_page(asked, Some(&problem))?;
            again(Err(problem), |_| page)
        }
    }
}

pub(crate) fn renew_codes(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let codes = accounts.renew_recovery_codes(asked.fresh()?, &asked.caller, asked.now)?;
    Ok(shown(&codes_page(asked, &codes, "/account")))
}

pub(super) fn codes_page(asked: &Asked, codes: &[String], next: &str) -> Page {
    page(asked, "Recovery codes").nav(Place::Account).content(html! {
        (alert(Tone::Warning, html! {
            "These are shown this once. Keep them where the phone is not: each lets you in once \
             without it."
        }))
        ul { @for code in codes { li { code { (code) } } } }
        p { a class="button primary" href=(next) { "I have kept them" } }
    })
}

pub(crate) fn remove_second_factor(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    accounts.remove_totp(asked.fresh()?, &asked.caller, asked.now)?;
    Ok(Reply::see("/account"))
}

fn tokens(asked: &Asked) -> Result<Markup, Problem> {
    let session = asked.session()?;
    let mut table = Table::new("Tokens, newest first")
        .text("For")
        .text("Where")
        .text("May")
        .text("Valid until")
        .text("Last used")
        .text("End")
        .empty("None. A token lets a program, such as CI, act for you.");
    let rows = asked.serving.instance.accounts.tokens(session)?;
    for (number, row) in rows.iter().enumerate() {
        let scopes: Vec<&str> = row.scopes.iter().map(|scope| scope.text()).collect();
        let is_valid = row.revoked_at.is_none() && row.expires_at > asked.now;
        table = table.row([
            html! { (row.name) },
            html! { (if row.organisation.is_empty() { "wherever I have a role" } else { row.organisation.as_str() }) },
            html! { (scopes.join("; ")) },
            moment(row.expires_at),
            html! { @match row.seen_at { Some(at) => (moment_ago(at, asked.now)), None => "never" } },
            html! {
                @if is_valid {
                    (Shown::post("/account/tokens/revoke", &asked.csrf())
                        .id(format!("token-{number}")).hidden("id", &row.id).danger("End it"))
                } @else { (state(Tone::Note, "ended")) }
            },
        ]);
    }
    let places = session
        .account
        .memberships
        .iter()
        .map(|one| Choice::new(one.organisation.as_str(), one.organisation.as_str()));
    let places = std::iter::once(Choice::new("", "wherever I have a role")).chain(places);
    let mut form = Shown::post("/account/tokens", &asked.csrf())
        .id("new-token")
        .field(Field::text("name", "What it is for").required())
        .field(Field::select("organisation", "Where", places))
        .field(Field::text("days", "Valid for days").kind(TextKind::Number).value("90"));
    for scope in Scope::ALL {
        let ticked = Checked::from(scope == Scope::Submit);
        form = form.field(Field::checkbox(scope.word(), scope.text(), ticked));
    }
    Ok(html! { (table) h3 { "A new token" } (form.submit("Make it")) })
}

pub(crate) fn create_token(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let made = || {
        let there = form.text("organisation");
        let organisation = (!there.is_empty()).then(|| there.parse()).transpose();
        let new = NewToken {
            name: form.text("name").to_owned(),
            organisation: organisation.map_err(|_| Problem::field("organisation", "choose one"))?,
            scopes: Scope::ALL.into_iter().filter(|one| form.is_ticked(one.word())).collect(),
            days: form.text("days").parse().unwrap_or(0),
        };
        let accounts = &asked.serving.instance.accounts;
        let secret = accounts.create_token(asked.fresh()?, &new, &asked.caller, asked.now)?;
        Ok(shown(&page(asked, "The token").nav(Place::Account).content(html! {
            (alert(Tone::Warning, html! { "It is shown this once. Whoever has it acts for you." }))
            (copyable(secret.reveal()))
            p { a class="button primary" href="/account" { "I have kept it" } }
        })))
    };
    told(asked, made())
}

pub(crate) fn revoke_token(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    accounts.revoke_token(asked.session()?, form.text("id"), &asked.caller, asked.now)?;
    Ok(Reply::see("/account"))
}

fn sessions(asked: &Asked) -> Result<Markup, Problem> {
    let session = asked.session()?;
    let mut table = Table::new("Where you are signed in, newest first")
        .text("Since")
        .text("Last used")
        .text("From")
        .text("With")
        .text("End");
    let rows = asked.serving.instance.accounts.sessions(session)?;
    for (number, row) in rows.iter().enumerate() {
        table = table.row([
            moment(row.began_at),
            moment_ago(row.seen_at, asked.now),
            html! { (row.origin) },
            html! { (row.agent) },
            html! {
                @if row.id == session.id { (tag("this one")) } @else {
                    (Shown::post("/account/sessions/end", &asked.csrf())
                        .id(format!("session-{number}")).hidden("id", &row.id).submit("End it"))
                }
            },
        ]);
    }
    let all = Shown::post("/account/sessions/end", &asked.csrf())
        .id("sessions-all")
        .hidden("id", "")
        .submit("End all others");
    Ok(html! { (table) @if rows.len() > 1 { (all) } })
}

pub(crate) fn end_session(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let (accounts, session) = (&asked.serving.instance.accounts, asked.session()?);
    match form.text("id") {
        "" => drop(accounts.end_other_sessions(session, &asked.caller, asked.now)?),
        id => accounts.end_session(session, id, &asked.caller, asked.now)?,
    }
    Ok(Reply::see("/account"))
}

/// The account page again, with what was wrong with a form on it.
pub(super) fn told(asked: &Asked, outcome: Result<Reply, Problem>) -> Result<Reply, Problem> {
    match outcome {
        Err(problem) => {
            let Ok(page) = account_page(asked, Some(&problem)) else { return Err(problem) };
            again(Err(problem), |_| page)
        }
        done => done,
    }
}
