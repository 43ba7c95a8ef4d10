//! Who changed what.

use mainstay_store::log;
use mainstay_ui::{Markup, Pages, Place, Table, command, html, moment, section};
use serde::Deserialize;

use super::{page, shown};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

const ON_A_PAGE: i64 = 50;

/// Which part: entries up to this number.
#[derive(Deserialize)]
pub(crate) struct Part {
    upto: Option<i64>,
}

pub(crate) fn log(asked: &Asked, part: &Part) -> Result<Reply, Problem> {
    asked.administrator()?;
    let database = &asked.serving.instance.database;
    let (head, upto, entries) = database.read::<_, mainstay_store::StoreError>(|transaction| {
        let head = log::head(transaction)?;
        let upto = part.upto.unwrap_or(head.size).clamp(0, head.size);
        Ok((head, upto, log::entries(transaction, (upto - ON_A_PAGE).max(0), ON_A_PAGE.min(upto))?))
    })?;
    let mut table = Table::new("Entries, newest first")
        .number("Number")
        .text("When")
        .text("What")
        .text("To")
        .text("By")
        .text("From")
        .text("More")
        .empty("Nothing was changed yet.");
    for entry in entries.iter().rev() {
        table = table.row([
            html! { (entry.sequence) },
            moment(entry.at),
            html! { (entry.action) },
            html! { code { (entry.subject) } },
            html! { code { (entry.actor) } },
            html! { (entry.origin) },
            detail(&entry.detail),
        ]);
    }
    let link = |upto: i64| format!("/log?upto={upto}");
    let pages = Pages::new(format!("{} entries in all", head.size))
        .previous((upto < head.size).then(|| link((upto + ON_A_PAGE).min(head.size))))
        .next((upto > ON_A_PAGE).then(|| link(upto - ON_A_PAGE)));
    let proof = html! {
        p { "Each entry's hash covers the one before. Keep a checkpoint where this machine cannot change it." }
        (command("mainstay log checkpoint > checkpoint.txt"))
        (command("mainstay log verify --checkpoint checkpoint.txt"))
    };
    let page = page(asked, "Log").nav(Place::Log).content(html! {
        (table) (pages) (section("The proof", proof))
    });
    Ok(shown(&page))
}

fn detail(json: &str) -> Markup {
    html! { @if json != "{}" { details { summary { "detail" } code { (json) } } } }
}
