//! `cargo xtask fuzz`: the mutation tests of the readers, for as long as one likes.
//!
//! Each reading crate has `tests/fuzz.rs`, which takes its small fixtures, breaks them in
//! random but repeatable ways, and wants an answer or an error, never a panic. In `cargo test`
//! it runs for a moment; here in release mode for minutes, and from another first round each time.
//! The first round is printed, and `--seed` repeats it.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::Args;
use wait4::Wait4;

use crate::step::{Outcome, Report};
use crate::workspace::{Workspace, must, output};

/// How long, and what.
#[derive(Args)]
pub(crate) struct Options {
    /// Minutes in all, shared equally among the targets
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Only this target: a crate's name without the prefix
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// The number of the first round
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

const TARGETS: &[&str] = &[
    "types",
    "versions",
    "archives",
    "metadata",
    "lockfiles",
    "installed",
    "artifacts",
    "modelfiles",
    "images",
    "distributions",
    "sboms",
    "vex",
    "webauthn",
    "questions",
    "advisories",
    "matching",
];

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
    let seed = options.seed.unwrap_or_else(another);
    println!("each target for {seconds} s; the first round is {seed}");
    let mut report = Report::default();
    for target in chosen {
        report.run(target, || mutate(workspace, target, seconds, seed));
    }
    report.finish(false)
}

/// Tests of a harness that mutate nothing: the module that it takes its seeds from.
const OTHER_TESTS: &str = "it::";

fn mutate(workspace: &Workspace, target: &str, seconds: u64, seed: u64) -> anyhow::Result<Outcome> {
    let package = format!("mainstay-{target}");
    if !harness(workspace, &package).is_file() {
        return Ok(Outcome::LeftOut(format!("{package} has no tests/fuzz.rs")));
    }
    let test = ["test", "--release", "--locked", "--package", &package, "--test", "fuzz"];
    must(workspace.cargo().args(test).arg("--no-run"))?;
    // One test after another: each has the whole time, and its own line.
    let tests = names(workspace, &test)?;
    let each = (seconds / tests.len().max(1) as u64).max(1);
    let child = workspace
        .cargo()
        .args(test)
        .args(["--", "--nocapture", "--test-threads=1", "--skip", OTHER_TESTS])
        .env("MAINSTAY_FUZZ_SECONDS", each.to_string())
        .env("MAINSTAY_FUZZ_SEED", seed.to_string())
        .spawn()
        .context("cannot start cargo")?;
    let used = child.wait4().context("cannot wait for cargo")?;
    println!("  {package}: at most {} MiB, cargo's own included", used.rusage.maxrss >> 20);
    if used.status.success() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(format!("found something; the first round was {seed}")))
}

/// The tests of the harness.
fn names(workspace: &Workspace, which: &[&str]) -> anyhow::Result<Vec<String>> {
    let listed = output(workspace.cargo().args(which).args([
        "--quiet",
        "--",
        "--list",
        "--skip",
        OTHER_TESTS,
    ]))?;
    let text = String::from_utf8_lossy(&listed).into_owned();
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// A first round that was not run before, as good as certainly.
fn another() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs() << 24
}

fn harness(workspace: &Workspace, package: &str) -> PathBuf {
    workspace.root.join("crates").join(package).join("tests").join("fuzz.rs")
}
