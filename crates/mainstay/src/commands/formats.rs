//! `mainstay formats`: what is read.

use mainstay_console::{ExitCode, Line, Tone};
use mainstay_lockfiles::{FORMATS, Role};

use crate::Context;

pub(crate) fn formats(context: &Context) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    let widest = FORMATS.iter().map(|format| format.title.len()).max().unwrap_or(0);
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
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}
