//! `mainstay fix`: a scan, then a plan for what it found, then, with `--apply`, the lockfiles.

use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use mainstay_console::ExitCode;
use mainstay_knowledge::{DataFolder, Knowledge};
use mainstay_policy::parse_age;
use mainstay_repair::{
    Carried, Choice, Network, Options, Outcome, Plan, Planned, Rescan, SystemTools, apply, json,
    plan, stay, text,
};
use mainstay_scan::{Limits, Scan, Statements, Target, inventory};
use mainstay_types::Severity;

use crate::Context;
use crate::args::{Common, FixArgs, FixFormat};
use crate::commands::scan::{Refresh, open};
use crate::settings::{self, UserFile};

pub(crate) fn fix(context: &Context, common: &Common, args: &FixArgs) -> anyhow::Result<ExitCode> {
    let user = UserFile::read()?;
    let (targets, limits) = settings::of_inventory(&args.targets, &context.environment, &user)?;
    let offline = args.offline || settings::is_offline(&context.environment, &user)?;
    let choice = Choice { only: args.only.clone(), least: least(args.severity.as_deref())? };
    let now = context.environment.now()?;
    let options = Options {
        cooldown: parse_age(&args.cooldown)?,
        now,
        network: if offline { Network::Forbidden } else { Network::Allowed },
    };
    let data = settings::data_dir(common, &context.environment, &user)?;
    let folder = DataFolder::open(&data)?;
    let sources = settings::of_statements(&args.statements, &args.targets)?;
    let inventoried = inventory(targets, limits).with_statements(&sources, limits);
    let statements = inventoried.statements();
    let refresh = Refresh { offline, now };
    let knowledge = open(context, &folder, &user, &inventoried.ecosystems(), refresh);
    let scan = inventoried.judge(&knowledge, limits, now);
    let eyes = Eyes { knowledge: &knowledge, statements, limits, now };
    let tools = SystemTools { cargo_home: context.environment.cargo_home.clone() };
    let planned = plan(&scan, &choice, &options, &tools, &eyes, &data.join("workshops"))?;
    let mut carried = Carried::Planned;
    if args.apply {
        carried = Carried::Out;
        carry_all_out(&planned.plans, &eyes)?;
    }
    for warning in &scan.warnings {
        context.output.warn(warning);
    }
    for word in &planned.idle {
        context.output.warn(&format!("--only {word} names no finding"));
    }
    show(context, args.format, &planned, &scan, carried)?;
    if !scan.unknowns.is_empty() {
        context.output.warn("not everything is known here: see what `mainstay scan` says");
    }
    Ok(exit(&planned.plans, &scan))
}

/// Writes one lockfile after the other. When one fails, says which were written before it.
fn carry_all_out(plans: &[Plan], eyes: &Eyes<'_>) -> anyhow::Result<()> {
    let mut written: Vec<&str> = Vec::new();
    for plan in plans {
        match carry_out(plan, eyes) {
            Ok(true) => written.push(&plan.path),
            Ok(false) => {}
            Err(error) if written.is_empty() => return Err(error),
            Err(error) => {
                return Err(error.context(format!("written before that: {}", written.join(", "))));
            }
        }
    }
    Ok(())
}

/// A plan that brings in something unknown is shown, and not written: it is not proved.
fn carry_out(plan: &Plan, eyes: &Eyes<'_>) -> anyhow::Result<bool> {
    if let Outcome::Tried(mended) = &plan.outcome
        && !mended.newly_unknown.is_empty()
    {
        anyhow::bail!(
            "{} was not written: its upgrades bring in something that is not known ({}); choose \
             fewer with --only, or move them with the client itself",
            plan.path,
            mended.newly_unknown.join("; ")
        );
    }
    apply(plan, eyes).with_context(|| format!("{} could not be mended", plan.path))
}

/// Scans one file as the first scan did, hearing the same statements.
struct Eyes<'k> {
    knowledge: &'k Knowledge,
    statements: Statements,
    limits: Limits,
    now: Timestamp,
}

impl Rescan for Eyes<'_> {
    fn scan(&self, path: &Path) -> Scan {
        inventory(vec![Target::new(path)], self.limits).hearing(&self.statements).judge(
            self.knowledge,
            self.limits,
            self.now,
        )
    }
}

fn show(
    context: &Context,
    format: FixFormat,
    planned: &Planned,
    scan: &Scan,
    carried: Carried,
) -> anyhow::Result<()> {
    let result = match format {
        FixFormat::Text => {
            let mut sheet = context.output.sheet();
            text(planned, &scan.stated, carried, &mut sheet);
            sheet.into_string()
        }
        FixFormat::Json => {
            let text = serde_json::to_string_pretty(&json(planned, &scan.stated, carried)?)?;
            mainstay_console::clean_json(text) + "\n"
        }
        FixFormat::Diff => {
            tell_aside(context, planned, scan);
            let whole: anyhow::Result<String> = planned.plans.iter().map(diff).collect();
            let whole = whole?;
            if context.output.to_terminal { for_terminal(&whole) } else { whole }
        }
    };
    context.output.result(&result)
}

/// What a diff has no place for.
fn tell_aside(context: &Context, planned: &Planned, scan: &Scan) {
    let (alone, idle) = (planned.left_alone.len(), scan.stated.without_effect.len());
    if alone > 0 {
        context
            .output
            .warn(&format!("{alone} findings were left alone: VEX statements silence them"));
    }
    if idle > 0 {
        context.output.warn(&format!(
            "{idle} VEX statements had no effect; `mainstay fix` without --format diff says why"
        ));
    }
}

fn diff(plan: &Plan) -> anyhow::Result<String> {
    match &plan.outcome {
        Outcome::Tried(mended) => mended.rewrite.diff(&plan.path).with_context(|| {
            format!(
                "{} is not UTF-8, so no diff of it would apply; take --format text or json, or \
                 write it with --apply",
                plan.path
            )
        }),
        Outcome::NotTried { .. } => Ok(String::new()),
    }
}

/// A diff that somebody looks at: what the lockfile says must not act on the terminal. Into a file
/// or a pipe it goes as it is, so that it applies.
fn for_terminal(diff: &str) -> String {
    diff.lines().map(|line| mainstay_console::clean(line).into_owned() + "\n").collect()
}

fn exit(plans: &[Plan], scan: &Scan) -> ExitCode {
    let is_unproved = |plan: &Plan| match &plan.outcome {
        Outcome::Tried(mended) => !mended.newly_unknown.is_empty(),
        Outcome::NotTried { .. } => false,
    };
    if plans.iter().any(|plan| stay(&plan.outcome) > 0) {
        ExitCode::Findings
    } else if plans.iter().any(is_unproved) || !scan.unknowns.is_empty() {
        ExitCode::Unknown
    } else {
        ExitCode::Done
    }
}

fn least(word: Option<&str>) -> anyhow::Result<Option<Severity>> {
    let Some(word) = word else { return Ok(None) };
    match Severity::from_word(word) {
        Some(severity) if severity > Severity::None => Ok(Some(severity)),
        _ => anyhow::bail!(
            "--severity \"{word}\" is not known; choose low, medium, high or critical"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::for_terminal;

    #[test]
    fn a_diff_does_not_act_on_the_terminal() {
        let text = for_terminal("+a \u{1b}[31m\u{202e}\n-b\r\n");
        assert_eq!(text, "+a \\u{1b}[31m\\u{202e}\n-b\n");
    }
}
