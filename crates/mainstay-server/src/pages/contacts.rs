//! Where organisations are told things.

use mainstay_accounts::Right;
use mainstay_notices::{Channel, ContactRole, NewContact};
use mainstay_ui::{
    Choice, Field, Form as Shown, Markup, Page, Place, Render as _, Table, Trail, copyable, html,
    moment, section, tag,
};

use super::notice_forms::name_of;
use super::{again, fault, page, shown};
use crate::api::inventory::OfOrganisation;
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

pub(crate) fn contacts(asked: &Asked, of: &OfOrganisation) -> Result<Reply, Problem> {
    asked.session()?;
    asked.needs(Right::SeeInventory, &of.organisation)?;
    Ok(shown(&contacts_page(asked, &of.organisation, None)?))
}

fn contacts_page(asked: &Asked, id: &str, problem: Option<&Problem>) -> Result<Page, Problem> {
    let name = name_of(asked, id);
    let changes = asked.may(Right::Share, id);
    let content = html! {
        (fault(problem))
        (section("Contacts", list(asked, id, changes)?))
        @if changes { (section("Write one down", add_form(asked, id))) }
        (section("The key of webhooks", html! {
            p {
                "Calls are signed after Standard Webhooks with this key (Ed25519). A program that "
                "is called checks that before it believes anything:"
            }
            p { (copyable(&asked.serving.instance.webhook_key.public())) }
        }))
    };
    let trail = Trail::new().to("Inventory", "/inventory").to(name, format!("/inventory/{id}"));
    Ok(page(asked, "Contacts")
        .nav(Place::Inventory)
        .trail(trail)
        .lead("Through whom it is told, and through whom it tells others.")
        .content(content))
}

fn list(asked: &Asked, id: &str, changes: bool) -> Result<Markup, Problem> {
    let mut table = Table::new("Contacts that this organisation wrote down")
        .text("Of")
        .text("For")
        .text("Name")
        .text("By")
        .text("Address")
        .text("Since")
        .empty("None. Whoever tells this organisation something has to know one of its own.");
    if changes {
        table = table.text("Forget");
    }
    for (number, one) in asked.notices().contacts(id)?.into_iter().enumerate() {
        let whose = if one.party == id { "itself".to_owned() } else { name_of(asked, &one.party) };
        let mut row = vec![
            html! { (whose) },
            tag(one.role.word()),
            html! { (one.name) },
            html! { (one.channel.word()) },
            html! { code { (one.channel.address()) } },
            moment(one.created_at),
        ];
        if changes {
            let form = Shown::post(format!("/inventory/{id}/contacts"), &asked.csrf())
                .id(format!("contact-{number}"))
                .hidden("forget", &one.id)
                .submit("Forget");
            row.push(form.render());
        }
        table = table.row(row);
    }
    Ok(table.render())
}

fn add_form(asked: &Asked, id: &str) -> Markup {
    let roles = ContactRole::ALL.map(|role| Choice::new(role.word(), role.word()));
    let channels = [Choice::new("mail", "mail"), Choice::new("webhook", "webhook")];
    Shown::post(format!("/inventory/{id}/contacts"), &asked.csrf())
        .id("contact-new")
        .field(Field::text("party", "Of which organisation").value(id).required().hint(
            "Its id. Contacts of itself are used by all who tell it something, and shown to \
                 them; those of others by this organisation alone.",
        ))
        .field(Field::select("role", "For", roles))
        .field(Field::text("name", "Name").max_length(100))
        .field(Field::select("channel", "By", channels))
        .field(
            Field::text("address", "Address")
                .required()
                .hint("csirt@example.org, or https://hooks.example.org/notices"),
        )
        .submit("Keep")
        .render()
}

pub(crate) fn change(asked: &Asked, of: &OfOrganisation, form: &Form) -> Result<Reply, Problem> {
    let id = of.organisation.as_str();
    asked.session()?;
    asked.needs(Right::Share, id)?;
    let done = || {
        let forgotten = form.text("forget");
        if !forgotten.is_empty() {
            asked.notices().remove_contact(id, forgotten, &asked.actor()?, asked.now)?;
            return Ok(Reply::see(&format!("/inventory/{id}/contacts")));
        }
        let channel = Channel::of(form.text("channel"), form.text("address"))?;
        if let Channel::Webhook(address) = &channel
            && address.is_this_machine()
            && !asked.serving.manner.calls_this_machine
        {
            return Err(Problem::field("address", "this machine is not called"));
        }
        let new = NewContact {
            party: form.text("party").to_owned(),
            role: ContactRole::of_word(form.text("role"))?,
            channel,
            name: form.text("name").to_owned(),
        };
        asked.notices().add_contact(id, &new, &asked.actor()?, asked.now)?;
        Ok(Reply::see(&format!("/inventory/{id}/contacts")))
    };
    match done() {
        Err(problem) => {
            let Ok(page) = contacts_page(asked, id, Some(&problem)) else { return Err(problem) };
            again(Err(problem), |_| page)
        }
        done => done,
    }
}
