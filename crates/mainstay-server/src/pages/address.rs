//! One's own mail address: whether it is proved, the link again, another address.

use mainstay_ui::{
    Field, Form as Shown, Markup, Page, Place, TextKind, Tone, alert, html, moment, state,
};

use super::sign_in::Nothing;
use super::{page, shown};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// The address, and what can be done with it.
pub(super) fn own(asked: &Asked) -> Result<Markup, Problem> {
    let account = &asked.session()?.account;
    let sends_mail = asked.serving.manner.office.is_some();
    let proof = Shown::post("/account/mail/proof", &asked.csrf())
        .id("mail-proof")
        .submit("Send the link again");
    let other = Shown::post("/account/mail", &asked.csrf())
        .id("mail")
        .field(
            Field::text("mail", "Another address")
                .kind(TextKind::Email)
                .autocomplete("email")
                .hint("It takes the place of this one when the link that is sent there is opened.")
                .required(),
        )
        .submit("Send a link there");
    Ok(html! {
        p {
            (account.mail) " "
            @match account.mail_proved_at {
                Some(at) => { (state(Tone::Success, "proved")) " " (moment(at)) }
                None => (state(Tone::Warning, "not proved"))
            }
        }
        @if account.mail_proved_at.is_none() {
            p { "Without a proof a lost password is not replaced by mail." }
            @if sends_mail { (proof) }
        }
        @if sends_mail { (other) } @else {
            p { "This server sends no mail, so no address can be proved or changed here." }
        }
    })
}

pub(crate) fn ask_proof(asked: &Asked, _: &Nothing, _: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let asking = accounts.ask_mail_proof(asked.session()?, &asked.caller, asked.now);
    super::account::told(asked, asking.map_err(Problem::from).map(|()| shown(&on_its_way(asked))))
}

pub(crate) fn change(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let asking = || {
        let mail = form.text("mail").parse()?;
        accounts.change_mail(asked.fresh()?, &mail, &asked.caller, asked.now)?;
        Ok(shown(&on_its_way(asked)))
    };
    super::account::told(asked, asking())
}

/// Says the same whether the address has an account or not.
fn on_its_way(asked: &Asked) -> Page {
    page(asked, "Look into your mail").nav(Place::Account).content(html! {
        (alert(Tone::Success, html! { "A link is on its way, unless the address has another account here." }))
        p { "It is valid for a day. A newer link takes the place of the one before." }
        p { a href="/account" { "Back to the account" } }
    })
}
