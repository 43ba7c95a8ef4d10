//! With whom an organisation shares its inventory.
//!
//! A form says what it showed and what was ticked then. So one that is old cannot share again with
//! whom somebody has just shut out: it is refused, and the page is shown as things are now.

use std::collections::BTreeSet;

use mainstay_accounts::Right;
use mainstay_inventory::{PartyKind, SharingChoice};
use mainstay_ui::{Checked, Field, Form as Shown, Markup, html};
use mainstay_visibility::OrganisationId;

use super::again;
use super::inventory::organisation_page;
use crate::api::inventory::OfOrganisation;
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// Organisations that are shown at once. Others are found by name.
const SHOWN: usize = 100;

/// The form, for the organisations whose name or id has `find` in it; those with which the
/// inventory is shared come first.
pub(super) fn sharing(asked: &Asked, id: &str, find: &str) -> Result<Markup, Problem> {
    let shared: BTreeSet<String> =
        asked.inventory().shared_with(id)?.into_iter().map(|(with, _)| with.to_string()).collect();
    let all = asked.inventory().parties(PartyKind::Organisation)?;
    let find = find.trim().to_lowercase();
    let mut found: Vec<_> = all
        .iter()
        .filter(|party| party.id != id)
        .filter(|party| party.name.to_lowercase().contains(&find) || party.id.contains(&find))
        .collect();
    found.sort_by_key(|party| !shared.contains(&party.id));
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    let ids = |is_wanted: &dyn Fn(&str) -> bool| {
        let ids = found.iter().map(|party| party.id.as_str()).filter(|id| is_wanted(id));
        ids.collect::<Vec<_>>().join(" ")
    };
    let mut form = Shown::post(format!("/inventory/{id}/sharing"), &asked.csrf())
        .id("sharing")
        .hidden("among", &ids(&|_| true))
        .hidden("seen", &ids(&|id| shared.contains(id)));
    for party in &found {
        let is_shared = Checked::from(shared.contains(&party.id));
        form = form.field(Field::checkbox(
            format!("with-{}", party.id),
            party.name.clone(),
            is_shared,
        ));
    }
    if all.len() < 2 {
        return Ok(html! { p { "There is no other organisation here to share with." } });
    }
    let look = Shown::get(format!("/inventory/{id}"))
        .id("find-organisation")
        .field(Field::text("find", "Find an organisation").value(&*find))
        .submit("Find");
    Ok(html! {
        p {
            "Those that are ticked see everything on this page. Under TLP:AMBER they may tell it \
             within their organisation and to clients who need it. All others see nothing of it."
        }
        p { "It is shared with " (shared.len()) " of " (all.len() - 1) "." }
        @if more > 0 || !find.is_empty() {
            @if more > 0 { p { (more) " more are not shown here: find them by name." } }
            (look)
        }
        @if found.is_empty() { p { "No organisation has that in its name." } } @else {
            (form.submit("Share with these"))
        }
    })
}

pub(crate) fn share(asked: &Asked, of: &OfOrganisation, form: &Form) -> Result<Reply, Problem> {
    let id = of.organisation.as_str();
    asked.needs(Right::Share, id)?;
    let done = || {
        let fresh = asked.fresh()?;
        let named = |field: &str| -> Result<BTreeSet<OrganisationId>, Problem> {
            let ids = form.text(field).split_whitespace().map(str::parse);
            ids.collect::<Result<_, _>>().map_err(|_| Problem::request("the form is damaged"))
        };
        let (among, seen) = (named("among")?, named("seen")?);
        let ticked = |one: &&OrganisationId| form.is_ticked(&format!("with-{one}"));
        let with = among.iter().filter(ticked).cloned().collect();
        let choice = SharingChoice { among, seen, with };
        let actor = fresh.session().actor(&asked.caller);
        asked.inventory().choose_sharing(id, &choice, &actor, asked.now)?;
        Ok(Reply::see(&format!("/inventory/{id}")))
    };
    match done() {
        Err(problem) => {
            let page = organisation_page(asked, (id, ""), Some(&problem))?;
            again(Err(problem), |_| page)
        }
        done => done,
    }
}
