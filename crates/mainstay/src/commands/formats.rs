//! `mainstay formats`: what is read.

use mainstay_console::{ExitCode, Line, Tone};
use mainstay_distributions::DATABASES;
use mainstay_installed::TREES;
use mainstay_lockfiles::{FORMATS, Role};
use mainstay_sboms::SBOM_FILES;
use mainstay_types::Ecosystem;

use crate::Context;

pub(crate) fn formats(context: &Context) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    let rows: Vec<(&str, String, &str)> = rows().collect();
    let widest = rows.iter().map(|(title, ..)| title.len()).max().unwrap_or(0);
    for (title, role, id) in rows {
        let line = Line::default()
            .toned(Tone::Strong, format!("{title:widest$}"))
            .text(format!("  {role}"))
            .toned(Tone::Dim, format!("  {id}"));
        sheet.push(&line);
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

/// Of every format: what its users call it, what it is, and its stable name.
fn rows() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let files = FORMATS.iter().map(|format| {
        let role = match format.role {
            Role::Lockfile => "lockfile",
            Role::Manifest { .. } => "manifest",
        };
        (format.title, format!("{role}, {}", format.ecosystem), format.id)
    });
    let trees = TREES
        .iter()
        .map(|tree| (tree.title, format!("installed tree, {}", tree.ecosystem), tree.id));
    let sboms = SBOM_FILES.iter().map(|file| (file.title, "SBOM".to_owned(), file.id));
    let archives = mainstay_artifacts::FORMATS
        .iter()
        .map(|format| (format.title, format!("archive, {}", named(format.ecosystems)), format.id));
    let program = &mainstay_artifacts::PROGRAM;
    let program = (program.title, format!("program, {}", named(program.ecosystems)), program.id);
    let databases =
        DATABASES.iter().map(|one| (one.title, "packages of a distribution".to_owned(), one.id));
    let models = mainstay_modelfiles::FORMATS
        .iter()
        .map(|format| (format.title, "model file".to_owned(), format.id));
    files.chain(trees).chain(sboms).chain(archives).chain([program]).chain(databases).chain(models)
}

/// Ecosystems as one text.
fn named(ecosystems: &[Ecosystem]) -> String {
    let names: Vec<&str> = ecosystems.iter().map(|one| one.osv_name()).collect();
    names.join(", ")
}
