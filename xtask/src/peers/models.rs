//! Model files: Mainstay and the scanners of model files on the same inputs.
//!
//! Two questions, a table each. How fast: large files and a tree of small ones, which [`inputs`]
//! writes, several runs of each program, medians. How well: a corpus with a manifest that says
//! which files are hostile, read once by each program; [`corpus`] counts what was found, missed
//! and flagged in vain.
//!
//! The scanners are Python programs. They are looked for in a virtual environment that the caller
//! names, else on the `PATH`; one that is not there is said and left out.

mod corpus;
mod inputs;
mod pickles;
mod programs;
mod speed;
mod verdict;
mod weights;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::measure::{self, Limits};
use crate::step::Outcome;
use crate::workspace::Workspace;
use programs::Program;

/// A program that took longer than this on a file is not run on it again.
const LONG_MS: f64 = 20_000.0;

/// What to measure of model files.
#[derive(Args)]
#[group(id = "model-files")]
pub(super) struct Options {
    /// Measure model files too
    #[arg(long)]
    models: bool,
    /// Measure model files, and nothing else
    #[arg(long)]
    pub(super) models_only: bool,
    /// A virtual environment with the scanners of model files, instead of those on the PATH
    #[arg(long, value_name = "DIR")]
    python_tools: Option<PathBuf>,
    /// Count what is found in a folder whose manifest.jsonl says what is hostile, too
    #[arg(long, value_name = "DIR")]
    model_corpus: Option<PathBuf>,
    /// Of the corpus, run a scanner that takes a process for each file on so many files only
    #[arg(long, value_name = "FILES", requires = "model_corpus")]
    model_sample: Option<usize>,
    /// Measure this binary of Mainstay instead of building one
    #[arg(long, value_name = "PATH")]
    pub(super) mainstay: Option<PathBuf>,
    /// Seconds after which a scanner is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    model_limit: u64,
    /// Fail when a scanner of model files is not there, instead of only saying so
    #[arg(long)]
    nothing_left_out: bool,
}

impl Options {
    pub(super) fn is_wanted(&self) -> bool {
        self.models || self.models_only || self.model_corpus.is_some()
    }
}

/// What every measurement of model files needs.
struct Bench<'a> {
    scratch: &'a Path,
    programs: Vec<Program>,
    limits: Limits,
}

/// Writes the inputs, measures, and prints the tables.
pub(super) fn run(
    workspace: &Workspace,
    options: &Options,
    mainstay: &Path,
    runs: u32,
) -> anyhow::Result<Outcome> {
    let folder = workspace.target.join("peers").join("models");
    let scratch = folder.join("scratch");
    fs::create_dir_all(&scratch)?;
    let (programs, absent) = programs::find(mainstay, options.python_tools.as_deref())?;
    for program in &programs {
        println!("{}: {}", program.name(), program.path().display());
    }
    for name in &absent {
        println!("left out: {name} is not installed");
    }
    let limits = Limits { seconds: options.model_limit };
    let bench = Bench { scratch: &scratch, programs, limits };
    if options.models || options.models_only {
        let inputs = inputs::prepare(&folder.join("inputs"))?;
        println!("\n{}", speed::measure(&bench, &inputs, runs)?);
    }
    if let Some(corpus) = &options.model_corpus {
        println!("\n{}", corpus::measure(&bench, corpus, options.model_sample)?);
    }
    if options.nothing_left_out && !absent.is_empty() {
        return Ok(Outcome::Failed(format!("not installed: {}", absent.join(", "))));
    }
    Ok(Outcome::Passed)
}

/// One run of a program, and what it said.
struct Ran {
    usage: measure::Usage,
    said: programs::Said,
}

impl Bench<'_> {
    /// Runs a program on a file or folder.
    fn ran(&self, program: &Program, targets: &[&Path]) -> anyhow::Result<Ran> {
        let report = self.scratch.join("report.json");
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let command: Vec<OsString> = program.command(targets, &report);
        let (usage, text) = measure::measured_within(self.scratch, &command, self.limits)?;
        let report = fs::read(&report).unwrap_or_default();
        Ok(Ran { usage, said: programs::Said { code: usage.code, text, report } })
    }
}
