//! Who has which role in an organisation; invitations.

use mainstay_accounts::{Membership, Right};
use mainstay_ui::{
    Choice, Csrf, Field, Form as Shown, Markup, Page, Place, Render as _, Table, TextKind, Tone,
    Trail, alert, html, moment, section, tag,
};

use super::passkeys::{are_offered, join_form};
use super::sign_in::{Link, Nothing, new_password};
use super::{again, fault, page, shown};
use crate::api::inventory::OfOrganisation;
use crate::asked::{Asked, Who};
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

const ROLES: [(&str, &str); 5] = [
    ("reader", "reader: sees the inventory"),
    ("analyst", "analyst: also sends SBOMs"),
    ("maintainer", "maintainer: also shares the inventory and manages members"),
    ("auditor", "auditor: sees the inventory; may come from outside"),
    ("owner", "owner: everything, and makes owners"),
];

pub(crate) fn members(asked: &Asked, of: &OfOrganisation) -> Result<Reply, Problem> {
    asked.needs(Right::SeeInventory, &of.organisation)?;
    Ok(shown(&members_page(asked, &of.organisation, None)?))
}

fn members_page(asked: &Asked, id: &str, problem: Option<&Problem>) -> Result<Page, Problem> {
    let party = asked.inventory().party(id)?;
    let manages = asked.may(Right::ManageMembers, id);
    let content = html! {
        (fault(problem))
        (section("Members", list(asked, id, manages)?))
        @if manages {
            (section("Invite somebody", invite_form(asked, id)))
            (section("Invitations that wait", waiting(asked, id)?))
        }
    };
    let trail =
        Trail::new().to("Inventory", "/inventory").to(party.name, format!("/inventory/{id}"));
    Ok(page(asked, "Members and roles").nav(Place::Inventory).trail(trail).content(content))
}

fn list(asked: &Asked, id: &str, manages: bool) -> Result<Markup, Problem> {
    let members = asked.serving.instance.accounts.members(asked.session()?, id)?;
    let mut table =
        Table::new("People with a role here").text("Name").text("Mail").text("Role").text("Since");
    if manages {
        table = table.text("Change");
    }
    for (number, member) in members.iter().enumerate() {
        let role = member.role.word();
        let mut row =
            vec![html! { (member.name) }, html! { (member.mail) }, tag(role), moment(member.since)];
        if manages {
            let form = Shown::post(format!("/inventory/{id}/members"), &asked.csrf())
                .id(format!("member-{number}"))
                .hidden("account", member.account.as_str())
                .field(role_field(role))
                .submit("Change")
                .choice("End membership", "end", "yes");
            row.push(form.render());
        }
        table = table.row(row);
    }
    Ok(table.render())
}

fn role_field(value: &str) -> Field {
    let choices = ROLES.iter().map(|(word, text)| Choice::new(*word, *text));
    Field::select("role", "Role", choices).value(value)
}

fn invite_form(asked: &Asked, id: &str) -> Markup {
    Shown::post(format!("/inventory/{id}/invitations"), &asked.csrf())
        .field(Field::text("mail", "Mail address").kind(TextKind::Email).required())
        .field(role_field("reader"))
        .submit("Invite")
        .render()
}

fn waiting(asked: &Asked, id: &str) -> Result<Markup, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let mut table = Table::new("Invitations")
        .text("To")
        .text("Role")
        .text("Valid until")
        .text("Withdraw")
        .empty("None.");
    for (number, one) in
        accounts.invitations(asked.session()?, id, asked.now)?.into_iter().enumerate()
    {
        let form = Shown::post(format!("/inventory/{id}/invitations"), &asked.csrf())
            .id(format!("invitation-{number}"))
            .hidden("withdraw", &one.id)
            .submit("Withdraw");
        table = table.row([
            html! { (one.mail) },
            tag(one.role.word()),
            moment(one.expires_at),
            form.render(),
        ]);
    }
    Ok(table.render())
}

pub(crate) fn change(asked: &Asked, of: &OfOrganisation, form: &Form) -> Result<Reply, Problem> {
    let id = of.organisation.as_str();
    let changed = || {
        let role = if form.is_ticked("end") {
            None
        } else {
            Some(Membership::role_of(form.text("role"))?)
        };
        let about = (id, form.text("account"), role);
        let accounts = &asked.serving.instance.accounts;
        accounts.change_member(asked.fresh()?, about, &asked.caller, asked.now)?;
        Ok(Reply::see(&format!("/inventory/{id}/members")))
    };
    told(asked, id, changed())
}

pub(crate) fn invite(asked: &Asked, of: &OfOrganisation, form: &Form) -> Result<Reply, Problem> {
    let id = of.organisation.as_str();
    let accounts = &asked.serving.instance.accounts;
    let done = || {
        let withdrawn = form.text("withdraw");
        if !withdrawn.is_empty() {
            let about = (id, withdrawn);
            accounts.withdraw_invitation(asked.session()?, about, &asked.caller, asked.now)?;
            return Ok(Reply::see(&format!("/inventory/{id}/members")));
        }
        let mail = form.text("mail").parse()?;
        let role = Membership::role_of(form.text("role"))?;
        let about = (id, &mail, role);
        let secret = accounts.invite(asked.fresh()?, about, &asked.caller, asked.now)?;
        let link = mainstay_ui::href("/join", &[("code", secret.reveal())]);
        let link = format!("{}{link}", asked.serving.manner.origin);
        Ok(shown(&page(asked, "The invitation").nav(Place::Inventory).content(html! {
            (alert(Tone::Success, html! { "Invited: " (mail) }))
            p { "The link is shown this once. It is valid for seven days, for one person:" }
            p { code { (link) } }
            p { a href={ "/inventory/" (id) "/members" } { "Back to the members" } }
        })))
    };
    told(asked, id, done())
}

fn told(asked: &Asked, id: &str, outcome: Result<Reply, Problem>) -> Result<Reply, Problem> {
    match outcome {
        Err(problem) => {
            let Ok(page) = members_page(asked, id, Some(&problem)) else { return Err(problem) };
            again(Err(problem), |_| page)
        }
        done => done,
    }
}

pub(crate) fn join(asked: &Asked, link: &Link) -> Result<Reply, Problem> {
    Ok(shown(&join_page(asked, &link.code, None)?))
}

fn join_page(asked: &Asked, code: &str, problem: Option<&Problem>) -> Result<Page, Problem> {
    let accounts = &asked.serving.instance.accounts;
    let invitation = accounts.invitation(code, asked.now)?;
    let party = asked.inventory().party(&invitation.organisation)?;
    let csrf: Csrf = asked.csrf();
    let form = Shown::post("/join", &csrf).hidden("code", code);
    let form = match asked.who {
        Who::Person(_) => form.submit("Join with this account"),
        Who::Nobody | Who::Program(_) => form
            .field(Field::text("name", "Your name").autocomplete("name").required())
            .field(new_password())
            .submit("Make an account and join"),
    };
    let back = mainstay_ui::href("/join", &[("code", code)]);
    let there = mainstay_ui::href("/sign-in", &[("back", &back)]);
    let content = html! {
        (fault(problem))
        p {
            "You, " strong { (invitation.mail) } ", are invited to " strong { (party.name) }
            " as " (tag(invitation.role.word())) "."
        }
        @if matches!(asked.who, Who::Nobody) && are_offered(asked) { (join_form(asked, code)) }
        (form)
        @if matches!(asked.who, Who::Nobody) { p { a href=(there) { "I have an account: sign in first" } } }
    };
    Ok(page(asked, "An invitation").content(content))
}

pub(crate) fn take_invitation(asked: &Asked, _: &Nothing, form: &Form) -> Result<Reply, Problem> {
    let code = form.text("code");
    let accounts = &asked.serving.instance.accounts;
    let taken = || -> Result<Reply, Problem> {
        if let Who::Person(session) = &asked.who {
            let invitation = accounts.join(session, code, &asked.caller, asked.now)?;
            return Ok(Reply::see(&format!("/inventory/{}", invitation.organisation)));
        }
        let person = (&form.text("name").parse()?, form.exact("password"));
        let (secret, invitation) = accounts.join_as_new(code, person, &asked.caller, asked.now)?;
        Ok(Reply::see(&format!("/inventory/{}", invitation.organisation))
            .with_cookie(&asked.cookie(Some(secret.reveal()))))
    };
    match taken() {
        Err(problem) => {
            let Ok(page) = join_page(asked, code, Some(&problem)) else { return Err(problem) };
            again(Err(problem), |_| page)
        }
        done => done,
    }
}
