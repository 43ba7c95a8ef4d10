//! `mainstay formats`: what is read.

use mainstay_console::{ExitCode, Line, Tone};
use mainstay_distributions::DATABASES;
use mainstay_lockfiles::{FORMATS, Role};
use mainstay_sboms::SBOM_FILES;

use crate::Context;

pub(crate) fn formats(context: &Context) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    let titles = FORMATS.iter().map(|format| format.title);
    let titles = titles.chain(SBOM_FILES.iter().map(|file| file.title));
    let titles = titles.chain(mainstay_artifacts::FORMATS.iter().map(|format| format.title));
    let titles = titles.chain(DATABASES.iter().map(|database| database.title));
    let widest = titles.map(str::len).max().unwrap_or(0);
    for format in FORMATS {
        let role = match format.role {
            Role::Lockfile => "lockfile",
            Role::Manifest { .. } => "manifest",
        };
        let line = Line::default()
            .toned(Tone::Strong, format!("{:widest$}", format.title))
            .text(format!("  {role}, {}", format.ecosystem))
            .toned(Tone::Dim, format!("  {}", format.id));
        sheet.push(&line);
    }
    for file in SBOM_FILES {
        let line = Line::default()
            .toned(Tone::Strong, format!("{:widest$}", file.title))
            .text("  SBOM")
            .toned(Tone::Dim, format!("  {}", file.id));
        sheet.push(&line);
    }
    for format in mainstay_artifacts::FORMATS {
        let line = Line::default()
            .toned(Tone::Strong, format!("{:widest$}", format.title))
            .text(format!("  archive, {}", format.ecosystem))
            .toned(Tone::Dim, format!("  {}", format.id));
        sheet.push(&line);
    }
    for database in DATABASES {
        let line = Line::default()
            .toned(Tone::Strong, format!("{:widest$}", database.title))
            .text("  packages of a distribution")
            .toned(Tone::Dim, format!("  {}", database.id));
        sheet.push(&line);
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}
