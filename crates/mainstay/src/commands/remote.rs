//! A server of Mainstay, as its client sees it: the token, the way there, and what it says when
//! it does not take something (RFC 9457).

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use mainstay_fetch::{Fetcher, Limits, Proxies, Sent};
use mainstay_types::SourceUrl;
use serde::Deserialize;

use super::db::fetcher;
use crate::Context;

/// A problem as the server tells it.
#[derive(Deserialize)]
struct Problem {
    title: String,
    #[serde(default)]
    detail: String,
    hint: Option<String>,
}

/// The API token: of a file, else of the environment.
pub(super) fn token(context: &Context, file: Option<&Path>) -> anyhow::Result<String> {
    let token = match file {
        Some(path) => fs::read_to_string(path)
            .with_context(|| format!("the token in {} cannot be read", path.display()))?,
        None => context.environment.token.clone().context(
            "no token: make one on the page \"Account\" of the server, and give it in \
             MAINSTAY_TOKEN or by --token-file",
        )?,
    };
    Ok(token.trim().to_owned())
}

/// The client for an address. To this machine no proxy leads, and without TLS none may see the
/// token.
pub(super) fn client(url: &SourceUrl) -> Fetcher {
    let is_plain = url.scheme().as_deref() == Some("http");
    fetcher(Limits::default(), if is_plain { Proxies::None } else { Proxies::FromEnvironment })
}

/// What the server answered, when it did what was asked.
pub(super) fn done(answer: Sent) -> anyhow::Result<Vec<u8>> {
    if answer.is_success() {
        return Ok(answer.body);
    }
    let Ok(problem) = serde_json::from_slice::<Problem>(&answer.body) else {
        bail!("the server answered with {}, and not as Mainstay does", answer.status);
    };
    let hint = problem.hint.map_or_else(String::new, |hint| format!(" ({hint})"));
    let detail =
        if problem.detail.is_empty() { String::new() } else { format!(": {}", problem.detail) };
    bail!("the server did not take it: {}{detail}{hint}", problem.title)
}
