//! `mainstay backup` and `mainstay restore`: an instance as one file, and back.

use std::fs::File;
use std::io::{IsTerminal as _, Read, Write};
use std::path::Path;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_store::backup::{self, Contents, Kept, Place};
use mainstay_store::{DataDir, FolderBlobs, Location};

use super::instance::{Instance, place};
use crate::Context;
use crate::args::{BackupArgs, Common, RestoreArgs};

pub(crate) fn backup(
    context: &Context,
    common: &Common,
    args: &BackupArgs,
) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(context, common, &args.instance)?;
    let now = context.environment.now()?;
    let blobs = instance.blobs()?;
    let kept = Kept { database: &instance.database, blobs: &blobs, folder: instance.folder() };
    let contents = if args.file == Path::new("-") {
        let mut out = std::io::stdout().lock();
        if out.is_terminal() {
            bail!("a backup is no text: name a file, or send it into a pipe");
        }
        let contents = backup::write(kept, now, Path::new("standard output"), &mut out)?;
        out.flush().context("cannot write to standard output")?;
        contents
    } else {
        let contents =
            into_new_file(&args.file, |out| Ok(backup::write(kept, now, &args.file, out)?))?;
        let head = format!("{} holds", args.file.display());
        context.output.show(&told(context, &head, &contents))?;
        context.output.warn(
            "whoever has this file has all that the instance knows, its key and the means to try \
             passwords: keep it as you keep the instance",
        );
        contents
    };
    if !contents.unread.is_empty() {
        bail!(
            "the backup was written, and {} files of the instance are not in it, for they cannot \
             be read: {}",
            contents.unread.len(),
            contents.unread.join("; ")
        );
    }
    Ok(ExitCode::Done)
}

pub(crate) fn restore(
    context: &Context,
    common: &Common,
    args: &RestoreArgs,
) -> anyhow::Result<ExitCode> {
    let (name, input): (&Path, Box<dyn Read>) = if args.file == Path::new("-") {
        (Path::new("standard input"), Box::new(std::io::stdin()))
    } else {
        let opened = File::open(&args.file);
        let file = opened.with_context(|| format!("cannot read {}", args.file.display()))?;
        (&args.file, Box::new(file))
    };
    if args.check {
        let folder = tempfile::tempdir().context("no folder to try the backup in")?;
        let place = DataDir::open(folder.path())?;
        let contents = restore_into(&place, &Location::sqlite(&place.database()), name, input)?;
        let head = format!("{} is whole. It holds", name.display());
        context.output.result(&told(context, &head, &contents))?;
        return Ok(ExitCode::Done);
    }
    let (folder, location) = place(context, common, &args.instance)?;
    let contents = restore_into(&folder, &location, name, input)?;
    Instance::open(context, common, &args.instance)?.inventory()?.was_restored()?;
    let head = format!("Restored into {location}:");
    context.output.result(&told(context, &head, &contents))?;
    Ok(ExitCode::Done)
}

fn restore_into(
    folder: &DataDir,
    location: &Location,
    name: &Path,
    input: impl Read,
) -> anyhow::Result<Contents> {
    let blobs = FolderBlobs::open(&folder.blobs())?;
    let place = Place { database: location, blobs: &blobs, folder };
    Ok(backup::restore(place, name, input)?)
}

fn told(context: &Context, head: &str, contents: &Contents) -> String {
    let Contents { made_at, rows, blobs, log, unread } = contents;
    let mut sheet = context.output.sheet();
    sheet.push(&Line::default().text(head));
    let entries = format!("a log of {log} entries, {rows} rows, {blobs} files");
    sheet.push(&Line::indented(2).toned(Tone::Strong, entries));
    sheet.push(&Line::indented(2).text(format!("as of {made_at:.0}")));
    for why in unread {
        sheet.push(&Line::indented(2).toned(Tone::Warning, format!("not in it: {why}")));
    }
    sheet.push(
        &Line::indented(2)
            .toned(Tone::Dim, "advisory data are not in it: `mainstay db update` brings them"),
    );
    sheet.into_string()
}

/// Writes a file that is not there yet and that its owner alone may read: whole and durable, or
/// not at all.
fn into_new_file<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let failed = || format!("cannot write {}", path.display());
    if path.symlink_metadata().is_ok() {
        bail!("{} is there already, and nothing is overwritten: name another file", path.display());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist_noclobber(path).with_context(failed)?;
    Ok(written)
}
