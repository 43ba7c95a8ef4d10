//! `mainstay submit`: an SBOM to a server.

use std::fs;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_fetch::{Limits, Proxies};
use mainstay_types::{SourceUrl, percent_encoded};
use serde::Deserialize;

use crate::Context;
use crate::args::SendArgs;
use crate::commands::db::fetcher;

/// What the server says became of it; other fields are its own affair.
#[derive(Deserialize)]
struct Received {
    sbom: String,
    asset: String,
    known: bool,
    packages: usize,
    unchecked: usize,
    opened: usize,
    closed: usize,
    gaps: Vec<String>,
}

/// A problem as the server tells it (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: String,
    #[serde(default)]
    detail: String,
    hint: Option<String>,
}

pub(crate) fn submit(context: &Context, args: &SendArgs) -> anyhow::Result<ExitCode> {
    let token = match &args.token_file {
        Some(path) => fs::read_to_string(path)
            .with_context(|| format!("the token in {} cannot be read", path.display()))?,
        None => context.environment.token.clone().context(
            "no token: make one on the page \"Account\" of the server, and give it in \
             MAINSTAY_TOKEN or by --token-file",
        )?,
    };
    let bytes =
        fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let file = args.file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let server = args.server.trim_end_matches('/');
    let url = format!(
        "{server}/api/v1/organisations/{}/sboms?asset={}&release={}&file={}",
        percent_encoded(&args.organisation),
        percent_encoded(&args.asset),
        percent_encoded(&args.release),
        percent_encoded(&file)
    );
    // To this machine no proxy leads, and without TLS none may see the token.
    let is_plain = url.starts_with("http:");
    let proxies = if is_plain { Proxies::None } else { Proxies::FromEnvironment };
    let answer =
        fetcher(Limits::default(), proxies).send(&SourceUrl::new(&url), token.trim(), &bytes)?;
    if !answer.is_success() {
        let Ok(problem) = serde_json::from_slice::<Problem>(&answer.body) else {
            bail!("the server answered with {}, and not as Mainstay does", answer.status);
        };
        let hint = problem.hint.map_or_else(String::new, |hint| format!(" ({hint})"));
        let detail =
            if problem.detail.is_empty() { String::new() } else { format!(": {}", problem.detail) };
        bail!("the server did not take it: {}{detail}{hint}", problem.title);
    }
    let received: Received = serde_json::from_slice(&answer.body)
        .context("the server did not answer as Mainstay does")?;
    told(context, &received)?;
    Ok(ExitCode::Done)
}

fn told(context: &Context, received: &Received) -> anyhow::Result<()> {
    let mut sheet = context.output.sheet();
    let known = if received.known { "It was there already, as " } else { "It is " };
    sheet.push(&Line::default().text(known).toned(Tone::Strong, &received.sbom));
    sheet.push(&Line::indented(2).text(format!(
        "asset {}; {} packages; {} findings opened, {} closed",
        received.asset, received.packages, received.opened, received.closed
    )));
    if received.unchecked > 0 {
        let text = format!(
            "{} packages are not checked: nobody can say that they are without flaws",
            received.unchecked
        );
        sheet.push(&Line::indented(2).toned(Tone::Warning, text));
    }
    for gap in &received.gaps {
        sheet.push(&Line::indented(2).toned(Tone::Warning, "not known: ").text(gap));
    }
    context.output.result(&sheet.into_string())
}
