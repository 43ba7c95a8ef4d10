//! `cargo xtask fuzz`: the mutation tests of the readers, for as long as one likes.
//!
//! Each reading crate has `tests/mutations.rs`, which takes its small fixtures, breaks them in
//! random but repeatable ways, and wants an answer or an error, never a panic. In `cargo test`
//! it runs for a moment; here in release mode for minutes.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use crate::step::{Outcome, Report};
use crate::workspace::{Workspace, passes};

/// How long, and what.
#[derive(Args)]
pub(crate) struct Options {
    /// Minutes in all, shared equally among the targets
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Only this target: a crate's name without the prefix
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
}

const TARGETS: &[&str] = &["types", "versions", "lockfiles", "advisories", "matching"];

/// Runs the chosen targets one after another.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let chosen: Vec<&'static str> = TARGETS
        .iter()
        .copied()
        .filter(|target| options.target.as_deref().is_none_or(|wanted| wanted == *target))
        .collect();
    if chosen.is_empty() {
        return Outcome::Failed(format!("no such target; there are {}", TARGETS.join(", ")));
    }
    let seconds = (options.minutes * 60 / chosen.len() as u64).max(1);
    let mut report = Report::default();
    for target in chosen {
        report.run(target, || mutate(workspace, target, seconds));
    }
    report.finish(false)
}

fn mutate(workspace: &Workspace, target: &str, seconds: u64) -> anyhow::Result<Outcome> {
    let package = format!("mainstay-{target}");
    if !harness(workspace, &package).is_file() {
        return Ok(Outcome::LeftOut(format!("{package} has no tests/mutations.rs")));
    }
    let mut test = workspace.cargo();
    test.args(["test", "--release", "--locked", "--package", &package, "--test", "mutations"]);
    test.args(["--", "--nocapture"]).env("MAINSTAY_FUZZ_SECONDS", seconds.to_string());
    let start = Instant::now();
    let outcome = passes(&mut test)?;
    println!("  {package}: {:.0} s, the build included", start.elapsed().as_secs_f32());
    Ok(outcome)
}

fn harness(workspace: &Workspace, package: &str) -> PathBuf {
    workspace.root.join("crates").join(package).join("tests").join("mutations.rs")
}
