//! From words to a page: organisations in sight, packages, advisories.

use mainstay_inventory::PartyKind;
use mainstay_types::Purl;
use mainstay_ui::{Hit, href, html, search_results};
use serde::Deserialize;

use super::{page, shown};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

const MOST: usize = 20;

/// What is looked for; `fragment` asks for the list alone.
#[derive(Deserialize)]
pub(crate) struct Words {
    #[serde(default)]
    q: String,
    fragment: Option<String>,
}

pub(crate) fn search(asked: &Asked, words: &Words) -> Result<Reply, Problem> {
    asked.session()?;
    let hits = hits(asked, words.q.trim())?;
    let list = search_results(&hits);
    if words.fragment.is_some() {
        return Ok(Reply::html(axum::http::StatusCode::OK, list.into_string()));
    }
    let page = page(asked, "Search").content(html! { p { "For: " strong { (words.q) } } (list) });
    Ok(shown(&page))
}

fn hits(asked: &Asked, words: &str) -> Result<Vec<Hit>, Problem> {
    let mut hits = Vec::new();
    if words.is_empty() {
        return Ok(hits);
    }
    let mut push = |title: &str, href: String, kind: &str, note: &str| {
        hits.push(Hit {
            title: title.to_owned(),
            href,
            kind: kind.to_owned(),
            note: note.to_owned(),
        });
    };
    if Purl::parse(words).is_ok() {
        push(words, href("/affected", &[("package", words)]), "package", "who uses it");
    }
    let knowledge = asked.inventory().knowledge();
    if let Ok(Some(advisory)) = knowledge.advisory(&words.to_ascii_uppercase()) {
        push(advisory.id, href("/advisories", &[("q", advisory.id)]), "advisory", advisory.title);
    }
    let sight = asked.sight()?;
    let small = words.to_lowercase();
    let parties = asked.inventory().parties(PartyKind::Organisation)?;
    for party in parties.iter().filter(|party| sight.has(&party.id)) {
        if party.name.to_lowercase().contains(&small) || party.id.to_lowercase().contains(&small) {
            push(&party.name, format!("/inventory/{}", party.id), "organisation", "");
        }
    }
    hits.truncate(MOST);
    Ok(hits)
}
