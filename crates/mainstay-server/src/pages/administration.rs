//! Looking after the instance: organisations, and how to do the rest.

use mainstay_accounts::Accounts;
use mainstay_inventory::{Inventory, NewParty, PartyKind};
use mainstay_types::{SectorId, SectorScheme};
use mainstay_ui::{
    Checked, Choice, Field, Form as Shown, Markup, Page, Place, Table, command, html, section,
};
use mainstay_visibility::Role;

use super::sign_in::Nothing;
use super::{again, fault, page, shown};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

pub(crate) fn administration(asked: &Asked, _: &Nothing) -> Result<Reply, Problem> {
    asked.administrator()?;
    Ok(shown(&administration_page(asked, None)?))
}

fn administration_page(asked: &Asked, problem: Option<&Problem>) -> Result<Page, Problem> {
    let content = html! {
        (fault(problem))
        (section("Organisations", organisations(asked)?))
        (section("Found an organisation", found_form(asked)))
        (section("From the terminal of this machine", html! {
            (command("mainstay db update"))
            (command("mainstay log checkpoint > checkpoint.txt"))
        }))
    };
    Ok(page(asked, "Administration").nav(Place::Administration).content(content))
}

fn organisations(asked: &Asked) -> Result<Markup, Problem> {
    let mut table = Table::new("Organisations of this instance")
        .text("Name")
        .text("Id")
        .text("Sectors")
        .empty("None yet.");
    for party in asked.inventory().parties(PartyKind::Organisation)? {
        table = table.row([
            html! { (party.name) },
            html! { code { (party.id) } },
            html! { (party.sectors.join(", ")) },
        ]);
    }
    Ok(html! {
        p { "Who looks after an instance sees that they are there, not what they use." }
        (table)
    })
}

fn found_form(asked: &Asked) -> impl mainstay_ui::Render + use<> {
    let sectors = || {
        let schemes = SectorScheme::shipped().iter();
        let none = Choice::new("", "none");
        let sectors = schemes.flat_map(|scheme| {
            let name = scheme.name().to_owned();
            scheme.sectors().iter().map(move |sector| {
                Choice::new(sector.id.as_str(), format!("{} ({name})", sector.name))
            })
        });
        std::iter::once(none).chain(sectors)
    };
    Shown::post("/administration/organisations", &asked.csrf())
        .field(Field::text("name", "Name").required())
        .field(Field::text("id", "Id").hint("Letters, digits, - _ and . It stays.").required())
        .field(Field::select("sector", "Sector", sectors()))
        .field(Field::select("sector-2", "Second sector", sectors()))
        .field(Field::checkbox("important", "It is systemically important", Checked::No))
        .submit("Found it, and own it")
}

/// Founds an organisation. Whoever does is its first owner.
pub(crate) fn put_organisation(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let made = || {
        let session = asked.administrator()?;
        asked.fresh()?;
        let id = form.text("id");
        let sectors = ["sector", "sector-2"].iter().flat_map(|name| form.all(name));
        let sectors = sectors
            .map(|text| SectorId::parse(text).map_err(|_| Problem::field("sector", "choose one")))
            .collect::<Result<Vec<_>, _>>()?;
        let party = NewParty {
            id: id.to_owned(),
            kind: PartyKind::Organisation,
            name: form.text("name").to_owned(),
            is_important: form.is_ticked("important"),
            sectors,
        };
        let actor = asked.actor()?;
        let owner = session.account.id.as_str();
        // Both or neither: nobody could reach an organisation without an owner.
        asked.serving.instance.database.write(|transaction| -> Result<(), Problem> {
            Inventory::found_party(transaction, &party, &actor, asked.now)?;
            Ok(Accounts::put_member_in(transaction, owner, (id, Role::Owner), &actor, asked.now)?)
        })?;
        Ok(Reply::see(&format!("/inventory/{id}")))
    };
    match made() {
        Err(problem) => {
            let page = administration_page(asked, Some(&problem))?;
            again(Err(problem), |_| page)
        }
        done => done,
    }
}
