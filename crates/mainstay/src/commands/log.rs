//! `mainstay log`: what was changed, by whom, and the proof that this is all.

use std::fs;

use anyhow::Context as _;
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_store::{Checkpoint, StoreError, VerifyingKey, log};

use super::instance::Instance;
use crate::Context;
use crate::args::{Common, LogArgs, LogCommand};

pub(crate) fn run(context: &Context, common: &Common, args: &LogArgs) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(context, common, &args.instance)?;
    match &args.command {
        LogCommand::Show { after, count } => show(context, &instance, (*after, *count)),
        LogCommand::Checkpoint => checkpoint(context, &instance),
        LogCommand::Key => {
            context.output.result(&format!("{}\n", instance.key()?.verifying()))?;
            Ok(ExitCode::Done)
        }
        LogCommand::Verify { checkpoint, key } => {
            let kept = match checkpoint {
                None => None,
                Some(path) => {
                    let text = fs::read_to_string(path)
                        .with_context(|| format!("cannot read {}", path.display()))?;
                    let key: VerifyingKey = match key {
                        Some(key) => {
                            key.parse().map_err(|why: &str| anyhow::anyhow!("--key: {why}"))?
                        }
                        None => instance.key()?.verifying(),
                    };
                    let kept = Checkpoint::read(&text, &key)
                        .with_context(|| format!("{} is not taken", path.display()))?;
                    Some(kept)
                }
            };
            verify(context, &instance, kept.as_ref())
        }
    }
}

fn show(
    context: &Context,
    instance: &Instance,
    (after, count): (i64, i64),
) -> anyhow::Result<ExitCode> {
    let entries = instance
        .database
        .read::<_, StoreError>(|transaction| log::entries(transaction, after, count.max(0)))?;
    let mut sheet = context.output.sheet();
    if entries.is_empty() {
        sheet.push(&Line::default().text("No entries."));
    }
    for entry in entries {
        let head = Line::default()
            .toned(Tone::Dim, format!("{:>6}  {:.0}  ", entry.sequence, entry.at))
            .toned(Tone::Strong, &entry.action);
        sheet.push(
            &head.text(format!("  {}  by {} from {}", entry.subject, entry.actor, entry.origin)),
        );
        sheet.push(&Line::indented(8).toned(Tone::Dim, &entry.detail));
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn checkpoint(context: &Context, instance: &Instance) -> anyhow::Result<ExitCode> {
    // What is signed is proved first: a signature under a log that was altered would hide that.
    let head = log::verify(&instance.database, None)?;
    let now = context.environment.now()?;
    context.output.result(&Checkpoint::sign(&head, now, &instance.key()?).to_string())?;
    Ok(ExitCode::Done)
}

/// Exits 1 when the log was changed: that is a finding, not wrong use.
fn verify(
    context: &Context,
    instance: &Instance,
    kept: Option<&Checkpoint>,
) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    let code = match log::verify(&instance.database, kept) {
        Ok(head) => {
            let text = format!("{} entries, each as the next one says.", head.size);
            sheet.push(&Line::default().toned(Tone::Good, "Unchanged: ").text(text));
            let text = match kept {
                Some(kept) => format!(
                    "The first {} are those of the checkpoint of {:.0}. Of what came after it, \
                     only its own chain speaks: keep newer checkpoints.",
                    kept.size(),
                    kept.made_at()
                ),
                None => "Without a checkpoint that was kept elsewhere, whoever can write into the \
                         database can also write a whole new log. `mainstay log checkpoint` makes \
                         one."
                    .to_owned(),
            };
            sheet.push(&Line::default().text(text));
            ExitCode::Done
        }
        Err(StoreError::Log(fault)) => {
            sheet.push(&Line::default().toned(Tone::Bad, "Changed: ").text(fault.to_string()));
            ExitCode::Findings
        }
        Err(error) => return Err(error.into()),
    };
    context.output.result(&sheet.into_string())?;
    Ok(code)
}
