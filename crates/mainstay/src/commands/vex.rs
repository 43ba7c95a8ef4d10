//! `mainstay vex`: statements recorded, listed, and written in other formats.

use std::path::Path;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_types::Purl;
use mainstay_vex::{
    Claim, Document, Flaw, Justification, NewStatement, Publication, Reason, Sniffed, Statement,
    add, read, read_purl, sniff, write,
};

use crate::Context;
use crate::args::vex::{Status, VexAddArgs, VexCommand, VexExportArgs};
use crate::output::write_file;

/// The most bytes of a document that is named here.
const MOST: u64 = 256 << 20;

pub(crate) fn run(context: &Context, command: &VexCommand) -> anyhow::Result<ExitCode> {
    match command {
        VexCommand::Add(args) => record(context, args),
        VexCommand::Export(args) => export(context, args),
        VexCommand::Show { files } => show(context, files),
    }
}

fn record(context: &Context, args: &VexAddArgs) -> anyhow::Result<ExitCode> {
    if args.id.trim().is_empty() {
        bail!("the id of the flaw is empty");
    }
    let expires = args.expires.as_deref().map(|text| {
        text.parse().with_context(|| format!("--expires \"{text}\" is no date such as 2026-12-31"))
    });
    let expires = expires.transpose()?;
    let now = context.environment.now()?;
    if let Some(last) = expires
        && last < now.to_zoned(jiff::tz::TimeZone::UTC).date()
    {
        bail!("the last day, {last}, is over: the statement would have no effect");
    }
    let new = NewStatement {
        flaw: Flaw { id: args.id.trim().to_owned(), aliases: args.alias.clone() },
        products: purls(&args.product, "--product")?,
        parts: purls(&args.part, "--part")?,
        claim: claim(args)?,
        evidence: args.evidence.clone(),
        notes: args.notes.clone(),
        expires,
        time: now,
    };
    let file = &args.file;
    let existing = match std::fs::read(file) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", file.display()));
        }
    };
    let text = add(existing.as_deref(), args.author.as_deref(), &new)
        .with_context(|| format!("nothing was written to {}", file.display()))?;
    write_file(file, |to| Ok(to.write_all(text.as_bytes())?))?;
    let products = args.product.join(", ");
    let said = new.claim.word().replace('_', " ");
    let mut sheet = context.output.sheet();
    let line = Line::default().toned(Tone::Strong, &new.flaw.id);
    sheet.push(&line.text(format!(" {said} in {products}, recorded in {}", file.display())));
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

/// What is said, with the reason or the action that it needs.
fn claim(args: &VexAddArgs) -> anyhow::Result<Claim> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let has_reason = args.justification.is_some() || args.impact.is_some();
    if args.status != Status::NotAffected && has_reason {
        bail!("--justification and --impact say why a product is not affected");
    }
    if args.status != Status::Affected && args.action.is_some() {
        bail!("--action says what to do about a product that is affected");
    }
    Ok(match args.status {
        Status::NotAffected => {
            let impact = args.impact.as_deref().filter(|_| given(&args.impact)).map(Into::into);
            let reason = Reason::of(args.justification, impact).context(
                "not_affected needs a reason: --justification WORD, or --impact TEXT, or both",
            )?;
            Claim::NotAffected(reason)
        }
        Status::Affected => {
            if !given(&args.action) {
                bail!("affected needs an action: say with --action what to do about it");
            }
            Claim::Affected { action: args.action.as_deref().map(Into::into) }
        }
        Status::Fixed => Claim::Fixed,
        Status::UnderInvestigation => Claim::UnderInvestigation,
    })
}

fn purls(texts: &[String], flag: &str) -> anyhow::Result<Vec<Purl>> {
    texts
        .iter()
        .map(|text| {
            read_purl(text).with_context(|| {
                format!("{flag} \"{text}\" is no package URL such as pkg:npm/left-pad@1.3.0")
            })
        })
        .collect()
}

fn export(context: &Context, args: &VexExportArgs) -> anyhow::Result<ExitCode> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut authors: Vec<String> = Vec::new();
    for file in &args.files {
        let document = document(file)?;
        for remark in &document.remarks {
            let place = place(file, remark.line);
            context.output.warn(&format!("{place}: {}: {}", remark.about, remark.why));
        }
        authors.extend(document.said_by.author.clone());
        statements.extend(document.statements);
    }
    authors.sort_unstable();
    authors.dedup();
    let author = match (&args.author, authors.as_slice()) {
        (Some(author), _) => author.clone(),
        (None, [only]) => only.clone(),
        (None, []) => bail!("the documents name no author; say who publishes with --author"),
        (None, _) => bail!(
            "the documents have several authors ({}); say who publishes with --author",
            authors.join(", ")
        ),
    };
    let publication = Publication {
        author,
        id: args.id.clone(),
        namespace: args.namespace.clone(),
        time: context.environment.document_time()?,
        now: context.environment.now()?,
    };
    let left_out = |is: fn(&Statement, jiff::Timestamp) -> bool, what: &str| {
        let those: Vec<&Statement> =
            statements.iter().filter(|one| is(one, publication.now)).collect();
        let text = match those.as_slice() {
            [] => return,
            [one] => format!("one statement, on {}, is left out: {what}", one.flaw.id),
            [one, ..] => format!(
                "{} statements, the first of them on {}, are left out: {what}",
                those.len(),
                one.flaw.id
            ),
        };
        context.output.warn(&text);
    };
    left_out(Statement::is_expired, "the last day is over");
    left_out(Statement::is_early, "the date is after now");
    context.output.result(&write(&statements, args.format, &publication)?)?;
    Ok(ExitCode::Done)
}

fn show(context: &Context, files: &[std::path::PathBuf]) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    for file in files {
        let document = document(file)?;
        let said_by = &document.said_by;
        let author = said_by.author.as_deref().unwrap_or("nobody is named as author");
        let heading = Line::default().toned(Tone::Strong, file.display().to_string());
        sheet.push(&heading.text(format!(" ({}, {author})", said_by.format.word())));
        for one in &document.statements {
            let time = one.time().map_or_else(|| "no date".to_owned(), |time| time.to_string());
            let until = one.expires.map(|day| format!(", until {day}")).unwrap_or_default();
            let line = Line::indented(2).toned(Tone::Strong, &one.flaw.id);
            let said = one.claim.word().replace('_', " ");
            let text = format!("  {said}  {}  ({time}{until})", one.product.written);
            sheet.push(&line.text(text));
            detail(&mut sheet, one);
        }
        for remark in &document.remarks {
            let line = Line::indented(2).toned(Tone::Warning, "says nothing: ");
            let place = place(file, remark.line);
            sheet.push(&line.text(format!("{place}: {}: {}", remark.about, remark.why)));
        }
        sheet.gap();
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

/// Reason, action and evidence of a statement.
fn detail(sheet: &mut mainstay_console::Sheet, one: &Statement) {
    let reason = one.claim.reason();
    let justification = reason.and_then(Reason::justification).map(Justification::word);
    let lines = [
        ("why: ", justification),
        ("why: ", reason.and_then(Reason::impact)),
        ("to do: ", one.claim.action()),
        ("notes: ", one.notes.as_deref()),
    ];
    let evidence = one.evidence.iter().map(|text| ("evidence: ", text.as_str()));
    let lines = lines.into_iter().filter_map(|(label, text)| Some((label, text?)));
    for (label, text) in lines.chain(evidence) {
        sheet.push(&Line::indented(4).toned(Tone::Dim, label).text(text));
    }
}

fn document(file: &Path) -> anyhow::Result<Document> {
    let cannot = || format!("cannot read {}", file.display());
    let length = std::fs::metadata(file).with_context(cannot)?.len();
    if length > MOST {
        bail!("{} has {length} bytes; the limit is {MOST}", file.display());
    }
    let bytes = std::fs::read(file).with_context(cannot)?;
    match sniff(&bytes).with_context(cannot)? {
        Sniffed::Vex(format) => read(&bytes, format).with_context(cannot),
        Sniffed::Other => {
            bail!("{} is no VEX document: neither OpenVEX, nor CycloneDX, nor CSAF", file.display())
        }
    }
}

fn place(file: &Path, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", file.display()),
        None => file.display().to_string(),
    }
}
