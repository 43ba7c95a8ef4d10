//! `mainstay policy`: a policy's own examples, and what it says.

use std::path::{Path, PathBuf};

use anyhow::bail;
use mainstay_console::{ExitCode, Line, Sheet, Tone};
use mainstay_policy::{Decision, Example, ExampleResult, Fact, Policy};

use crate::Context;
use crate::args::PolicyCommand;
use crate::settings::{find_upwards, gate};

pub(crate) fn run(context: &Context, command: &PolicyCommand) -> anyhow::Result<ExitCode> {
    let (PolicyCommand::Test { file } | PolicyCommand::Show { file }) = command;
    let policy = policy(file.as_deref())?;
    for doubt in policy.doubts() {
        context.output.warn(&doubt);
    }
    match command {
        PolicyCommand::Test { .. } => test(context, &policy),
        PolicyCommand::Show { .. } => show(context, &policy),
    }
}

fn policy(file: Option<&Path>) -> anyhow::Result<Policy> {
    let found: Option<PathBuf> =
        file.map(Path::to_owned).or_else(|| find_upwards(Path::new("."), gate::POLICY_FILE));
    match found {
        Some(path) => gate::read(&path),
        None => {
            bail!("there is no {} here or in a folder above; name the policy", gate::POLICY_FILE)
        }
    }
}

/// Runs every example. Exits 1 when one does not hold. A policy without examples proves nothing,
/// which is wrong use.
fn test(context: &Context, policy: &Policy) -> anyhow::Result<ExitCode> {
    if policy.examples.is_empty() {
        bail!("{} has no [[example]]; write what must follow from which facts", policy.path);
    }
    let now = context.environment.now()?;
    let mut sheet = context.output.sheet();
    let mut failed = 0_usize;
    for example in &policy.examples {
        let result = example.run(policy, now);
        failed += usize::from(!example.holds(&result));
        tell(&mut sheet, example, &result);
    }
    sheet.gap();
    let count = policy.examples.len();
    let tone = if failed == 0 { Tone::Good } else { Tone::Bad };
    let line = format!("{} of {count} examples hold", count - failed);
    sheet.push(&Line::default().toned(tone, line));
    context.output.result(&sheet.into_string())?;
    Ok(if failed == 0 { ExitCode::Done } else { ExitCode::Findings })
}

fn tell(sheet: &mut Sheet, example: &Example, result: &ExampleResult) {
    let (tone, word) =
        if example.holds(result) { (Tone::Good, "holds") } else { (Tone::Bad, "does not hold") };
    let line = Line::default()
        .toned(tone, word)
        .text(format!("  {} ({})", example.name.name, example.name.written));
    sheet.push(&line);
    if example.holds(result) {
        return;
    }
    let text = format!("expected {}, got {}", example.expect.word(), result.outcome.word());
    sheet.push(&Line::indented(2).text(text));
    for decision in &result.decisions {
        decided(sheet, decision);
    }
}

fn decided(sheet: &mut Sheet, decision: &Decision) {
    let Decision { outcome, rule, message, facts, .. } = decision;
    let text = format!("{} by {} ({}): {message}", outcome.word(), rule.name, rule.written);
    sheet.push(&Line::indented(2).text(text));
    for Fact { name, value, told_by } in facts {
        let value = value.as_deref().unwrap_or("not known");
        let told_by = if told_by.is_empty() { "nobody" } else { told_by };
        sheet.push(&Line::indented(4).toned(Tone::Dim, format!("{name}: {value} ({told_by})")));
    }
}

/// Lists rules and exceptions with their places.
fn show(context: &Context, policy: &Policy) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    sheet.push(&Line::default().toned(Tone::Strong, "Rules"));
    for rule in policy.rules() {
        sheet.push(&Line::indented(2).text(format!("{}  {}", rule.written, rule.name)));
    }
    sheet.gap();
    if !policy.exceptions.is_empty() {
        sheet.push(&Line::default().toned(Tone::Strong, "Exceptions"));
        for one in &policy.exceptions {
            let package = one.package.as_deref().unwrap_or("every package");
            let text = format!(
                "{}  {} for {package}: {} ({}, until {})",
                one.written, one.id, one.reason, one.owner, one.expires
            );
            sheet.push(&Line::indented(2).text(text));
        }
        sheet.gap();
    }
    let examples = policy.examples.len();
    sheet.push(&Line::default().text(format!("Examples: {examples}")));
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}
