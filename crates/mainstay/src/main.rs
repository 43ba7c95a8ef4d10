//! `mainstay`: the command line. It reads what the user wants (arguments, environment, settings
//! files), calls the rooms that do the work, and prints what they answer. No rules live here.
//!
//! * [`args`]: what can be typed
//! * [`environment`]: every variable that is read, in one place
//! * [`settings`]: flag, variable, project file, user file, default, in this order
//! * [`commands`]: one module per command
//! * [`output`]: the only place that writes to standard output and standard error
//!
//! `documents` and `integrations` hold tests only: the pages in `docs/user` name everything that is
//! here, and what the files for other hosts run can be typed.

mod args;
mod commands;
#[cfg(test)]
mod documents;
mod environment;
#[cfg(test)]
mod integrations;
mod output;
mod settings;

use clap::Parser as _;
use clap::error::ErrorKind;
use mainstay_console::ExitCode;

use crate::args::Args;
use crate::output::Output;

fn main() -> ExitCode {
    output::report_panics();
    let run = std::panic::catch_unwind(|| match Args::try_parse() {
        Ok(args) => commands::run(args),
        Err(error) => wrong_use(&error),
    });
    run.unwrap_or(ExitCode::Bug)
}

/// Help and version are answers; everything else that clap says is wrong use.
fn wrong_use(error: &clap::Error) -> ExitCode {
    // Only a closed pipe can fail here, and then nobody reads.
    let _ = error.print();
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if is_answer { ExitCode::Done } else { ExitCode::Usage }
}

/// What every command is given.
struct Context {
    output: Output,
    environment: environment::Environment,
}
