//! The project's own chores, as `cargo xtask CHORE`.
//!
//! | chore | what it does |
//! | --- | --- |
//! | `check` | everything a change must pass, but for the tests |
//! | `layers`, `words`, `links`, `shape`, `licences`, `advisories` | one step of `check` by itself |
//! | `tools` | installs the pinned tools into `target/tools` |
//! | `real-fix` | tries `mainstay fix` with the real resolvers and registries |
//! | `fuzz` | runs the mutation tests of every reader for a given time |
//! | `make-sbom` | writes an SPDX document of any size |
//! | `derive-allow-list` | lists the classes of a library that loading cannot make run anything |
//! | `bench-peers` | measures Mainstay and its peers on the same inputs |

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to a terminal")]

mod advisories;
mod check;
mod derive_allow_list;
mod fuzz;
mod layers;
mod licences;
mod links;
mod make_sbom;
mod peers;
mod real_fix;
mod shape;
mod step;
mod tools;
mod words;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::step::Outcome;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run everything that a change must pass, but for the tests
    Check {
        /// Fail when a step could not be done, instead of only saying so
        #[arg(long)]
        nothing_left_out: bool,
    },
    /// Check which room uses which
    Layers,
    /// Look for registry hosts and home folders in tracked files
    Words,
    /// Check that links between our documents lead somewhere
    Links,
    /// Check the size and names of source files, and the number of dependencies
    Shape,
    /// Check licences, bans and sources of our dependencies
    Licences,
    /// Look our own dependencies up in advisory data, with Mainstay
    Advisories,
    /// Install the pinned tools into target/tools
    Tools,
    /// Try `mainstay fix` with the real resolvers and registries
    RealFix {
        /// Fail when a resolver could not be tried, instead of only saying so
        #[arg(long)]
        nothing_left_out: bool,
    },
    /// Run the mutation tests of every reader
    Fuzz(fuzz::Options),
    /// Measure Mainstay and its peers on the same inputs
    BenchPeers(peers::Options),
    /// List the classes in Python wheels that run nothing of a file's choosing when loaded
    DeriveAllowList(derive_allow_list::Options),
    /// Write an SPDX document of any size, to measure with
    MakeSbom(make_sbom::Options),
    /// Run one command and write what it used as JSON (for `bench-peers`)
    #[command(hide = true)]
    Measure(peers::measure::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        Ok(Outcome::LeftOut(why)) => {
            eprintln!("left out: {why}");
            ExitCode::SUCCESS
        }
        Ok(Outcome::Failed(why)) => {
            eprintln!("failed: {why}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<Outcome> {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Check { nothing_left_out } => Ok(check::run(&workspace, nothing_left_out)),
        Chore::Layers => layers::step(&workspace),
        Chore::Words => words::step(&workspace),
        Chore::Links => links::step(&workspace),
        Chore::Shape => shape::step(&workspace),
        Chore::Licences => licences::step(&workspace),
        Chore::Advisories => advisories::step(&workspace),
        Chore::Tools => tools::install(&workspace).map(|_| Outcome::Passed),
        Chore::RealFix { nothing_left_out } => real_fix::run(&workspace, nothing_left_out),
        Chore::Fuzz(options) => Ok(fuzz::run(&workspace, &options)),
        Chore::BenchPeers(options) => peers::run(&workspace, &options),
        Chore::DeriveAllowList(options) => derive_allow_list::run(&options),
        Chore::MakeSbom(options) => make_sbom::run(&options),
        Chore::Measure(options) => peers::measure::run(&options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }
}
