//! `mainstay submit`: an SBOM, or a VEX document, to a server.

use std::fs;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, Line, Sheet, Tone};
use mainstay_types::{SourceUrl, percent_encoded};
use mainstay_vex::{Sniffed, VexFormat};
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
    #[serde(default)]
    silenced: usize,
    #[serde(default)]
    without_effect: Vec<WithoutEffect>,
}

/// What the server says became of a VEX document.
#[derive(Deserialize)]
struct Heard {
    document: String,
    known: bool,
    statements: usize,
    silenced: usize,
    opened: usize,
    without_effect: Vec<WithoutEffect>,
}

/// A part of a document that had no effect.
#[derive(Deserialize)]
struct WithoutEffect {
    about: String,
    why: String,
}

pub(crate) fn submit(context: &Context, args: &SendArgs) -> anyhow::Result<ExitCode> {
    let token = token(context, args.token_file.as_deref())?;
    let bytes =
        fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let file = args.file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let server = args.server.trim_end_matches('/');
    let is_vex = args.vex || says_only_statements(&bytes);
    if !is_vex && args.asset.is_empty() {
        bail!("an SBOM describes something: say what by --asset NAME (a VEX document: --vex)");
    }
    let url = SourceUrl::new(&format!(
        "{server}/api/v1/organisations/{}/{}?asset={}&file={}{}",
        percent_encoded(&args.organisation),
        if is_vex { "vex" } else { "sboms" },
        percent_encoded(&args.asset),
        percent_encoded(&file),
        if is_vex { String::new() } else { format!("&release={}", percent_encoded(&args.release)) }
    ));
    let answer = done(client(&url).send(&url, &token, &bytes)?)?;
    if is_vex {
        let heard: Heard = serde_json::from_slice(&answer)
            .context("the server did not answer as Mainstay does")?;
        told_vex(context, &heard)?;
        return Ok(ExitCode::Done);
    }
    let received: Received =
        serde_json::from_slice(&answer).context("the server did not answer as Mainstay does")?;
    told(context, &received)?;
    Ok(ExitCode::Done)
}

/// Whether a file is of a format that holds statements and nothing else.
fn says_only_statements(bytes: &[u8]) -> bool {
    let sniffed = mainstay_vex::sniff(bytes);
    matches!(sniffed, Ok(Sniffed::Vex(VexFormat::OpenVex | VexFormat::Csaf)))
}

fn told_vex(context: &Context, heard: &Heard) -> anyhow::Result<()> {
    let mut sheet = context.output.sheet();
    let known = if heard.known { "It was there already, as " } else { "It is " };
    sheet.push(&Line::default().text(known).toned(Tone::Strong, &heard.document));
    sheet.push(&Line::indented(2).text(format!(
        "{} statements; {} findings answered, {} told by them alone",
        heard.statements, heard.silenced, heard.opened
    )));
    push_idle(&mut sheet, &heard.without_effect);
    context.output.result(&sheet.into_string())
}

fn push_idle(sheet: &mut Sheet, without: &[WithoutEffect]) {
    for one in without {
        let text = format!("{}: {}", one.about, one.why);
        sheet.push(&Line::indented(2).toned(Tone::Warning, "no effect: ").text(text));
    }
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
    if received.silenced > 0 {
        let text = format!("{} findings are answered by statements", received.silenced);
        sheet.push(&Line::indented(2).text(text));
    }
    push_idle(&mut sheet, &received.without_effect);
    for gap in &received.gaps {
        sheet.push(&Line::indented(2).toned(Tone::Warning, "not known: ").text(gap));
    }
    context.output.result(&sheet.into_string())
}
