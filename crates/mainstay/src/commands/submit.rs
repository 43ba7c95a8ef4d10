//! `mainstay submit`: an SBOM to a server.

use std::fs;

use anyhow::Context as _;
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_types::{SourceUrl, percent_encoded};
use serde::Deserialize;

use crate::Context;
use crate::args::SendArgs;
use crate::commands::remote::{client, done, token};

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

pub(crate) fn submit(context: &Context, args: &SendArgs) -> anyhow::Result<ExitCode> {
    let token = token(context, args.token_file.as_deref())?;
    let bytes =
        fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let file = args.file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let server = args.server.trim_end_matches('/');
    let url = SourceUrl::new(&format!(
        "{server}/api/v1/organisations/{}/sboms?asset={}&release={}&file={}",
        percent_encoded(&args.organisation),
        percent_encoded(&args.asset),
        percent_encoded(&args.release),
        percent_encoded(&file)
    ));
    let answer = done(client(&url).send(&url, &token, &bytes)?)?;
    let received: Received =
        serde_json::from_slice(&answer).context("the server did not answer as Mainstay does")?;
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
