//! `mainstay sbom`: SBOMs as documents. Nothing is looked up, and no network is used.

mod check;
mod diff;

use std::path::Path;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, clean_json};
use mainstay_reading::ReadErrorKind;
use mainstay_sboms::{DocumentText, Sbom, Tool, WrittenForm, hand_on, merge};
use mainstay_scan::{Limits, inventory, sbom};

use crate::Context;
use crate::args::{SbomCommand, TargetArgs};
use crate::settings::{self, UserFile, parse_size};

/// Runs one of the commands.
pub(crate) fn run(context: &Context, command: &SbomCommand) -> anyhow::Result<ExitCode> {
    match command {
        SbomCommand::Make { targets, form } => make(context, targets, form.format),
        SbomCommand::Convert { file, form } => {
            let file = File::read(context, file)?;
            let text = file.text()?;
            let sbom = file.sbom(&text)?;
            write(context, sbom, form.format)
        }
        SbomCommand::Diff { before, after, format } => diff::run(context, (before, after), *format),
        SbomCommand::Merge { files, form } => {
            let files: Vec<File> =
                files.iter().map(|file| File::read(context, file)).collect::<Result<_, _>>()?;
            let texts: Vec<DocumentText<'_>> =
                files.iter().map(File::text).collect::<Result<_, _>>()?;
            let sboms = files.iter().zip(&texts);
            let sboms = sboms.map(|(file, text)| Ok((file.shown.clone(), file.sbom(text)?)));
            let mut merged = merge(sboms.collect::<anyhow::Result<_>>()?);
            merged.document.name = Some("merged".into());
            write(context, merged, form.format)
        }
        SbomCommand::Check { file, against, format } => check::run(context, file, against, *format),
    }
}

/// Writes what is in folders and files, as far as it could be read. Nothing is looked up.
fn make(context: &Context, args: &TargetArgs, form: WrittenForm) -> anyhow::Result<ExitCode> {
    let user = UserFile::read()?;
    let (targets, limits) = settings::of_inventory(args, &context.environment, &user)?;
    let mut described = inventory(targets, limits).describe(context.environment.now()?);
    described.dated = context.environment.document_time()?;
    context.output.result(&clean_json(form.write(&sbom(&described))?))?;
    match described.unknowns.len() {
        0 => Ok(ExitCode::Done),
        count => {
            let things = if count == 1 { "thing" } else { "things" };
            context.output.warn(&format!(
                "{count} {things} could not be read, or not whole; the document says which, and \
                 so does `mainstay scan`"
            ));
            Ok(ExitCode::Unknown)
        }
    }
}

/// A document on the disk.
pub(super) struct File {
    shown: String,
    pub(super) bytes: Vec<u8>,
}

impl File {
    pub(super) fn read(context: &Context, path: &Path) -> anyhow::Result<Self> {
        let shown = path.display().to_string();
        let limit = match &context.environment.max_file_size {
            Some(size) => parse_size(size)?,
            None => Limits::default().file_bytes,
        };
        let failed = || format!("cannot read {shown}");
        let facts = std::fs::metadata(path).with_context(failed)?;
        if !facts.is_file() {
            bail!("{shown} is no file; name an SBOM");
        }
        if facts.len() > limit {
            bail!(
                "{shown} has {} bytes; the limit is {limit}; raise it with MAINSTAY_MAX_FILE_SIZE",
                facts.len()
            );
        }
        let bytes = std::fs::read(path).with_context(failed)?;
        Ok(Self { shown, bytes })
    }

    fn text(&self) -> anyhow::Result<DocumentText<'_>> {
        DocumentText::of(&self.bytes).map_err(|error| self.refused(&error))
    }

    fn sbom<'t>(&self, text: &'t DocumentText<'_>) -> anyhow::Result<Sbom<'t>> {
        text.sbom().map_err(|error| self.refused(&error))
    }

    pub(super) fn refused(&self, error: &mainstay_reading::ReadError) -> anyhow::Error {
        anyhow::anyhow!(
            "{} is not read ({}): {error}; {}",
            self.shown,
            error.kind.code(),
            advice(error.kind)
        )
    }
}

/// What to do about a document that is not read. No package manager wrote it.
fn advice(kind: ReadErrorKind) -> &'static str {
    match kind {
        ReadErrorKind::Encoding => "save it as UTF-8, or ask whoever made it for it again",
        ReadErrorKind::Syntax => "ask whoever made it for it again",
        ReadErrorKind::Shape => {
            "ask whoever made it for a whole one; if it is right as it is, report it to Mainstay"
        }
        ReadErrorKind::UnknownVersion => {
            "update Mainstay, or ask whoever made it for it in a version that is read"
        }
        ReadErrorKind::TooDeep => "look at it by hand: no tool writes such a document",
        ReadErrorKind::Archive | ReadErrorKind::UnreadSyntax => kind.advice(),
    }
}

/// Writes a document in a format. It is a document of its own: made now, with Mainstay as its last
/// tool, and named by its content.
fn write(context: &Context, mut sbom: Sbom<'_>, form: WrittenForm) -> anyhow::Result<ExitCode> {
    sbom.document.identity = None;
    sbom.document.created = Some(context.environment.document_time()?.to_string().into());
    sbom.document.tools.retain(|tool| tool.name != "mainstay");
    sbom.document.tools.push(Tool {
        name: "mainstay".into(),
        version: Some(env!("CARGO_PKG_VERSION").into()),
        ..Tool::default()
    });
    hand_on(&mut sbom);
    warn_of_gaps(context, &sbom);
    context.output.result(&clean_json(form.write(&sbom)?))?;
    Ok(ExitCode::Done)
}

/// Says on standard error what the written document says too.
fn warn_of_gaps(context: &Context, sbom: &Sbom<'_>) {
    let told = match sbom.gaps.len() {
        0 => return,
        1 => "1 thing is not known".to_owned(),
        count => format!("{count} things are not known"),
    };
    let advice = "the document says which, and so does `mainstay sbom check`";
    context.output.warn(&format!("{told}; {advice}"));
}
