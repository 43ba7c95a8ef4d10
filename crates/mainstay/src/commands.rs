//! One module per command. Each gives an exit code or an error; an error is wrong use or a broken
//! environment, which exits 2.

mod account;
mod affected;
mod backup;
mod check;
mod db;
mod explain;
mod fix;
mod formats;
mod instance;
mod inventory;
mod log;
mod manual;
mod model;
mod plumbing;
mod policy;
mod question;
mod remote;
mod sbom;
mod scan;
mod serve;
mod submit;
mod vex;
mod why;

use mainstay_console::ExitCode;

use crate::Context;
use crate::args::{Args, Command};
use crate::environment::Environment;
use crate::output::Output;

/// Runs what was typed.
pub(crate) fn run(args: Args) -> ExitCode {
    let environment = Environment::read();
    let output = Output::new(&args.common, &environment);
    let context = Context { output, environment };
    let common = &args.common;
    let done = match args.command {
        Command::Scan(args) => scan::scan(&context, common, &args),
        Command::Check(args) => check::check(&context, common, &args),
        Command::Fix(args) => fix::fix(&context, common, &args),
        Command::Explain { id } => explain::explain(&context, common, &id),
        Command::Why { package, targets } => why::why(&context, &package, &targets),
        Command::Sbom(command) => sbom::run(&context, &command),
        Command::Model(command) => model::run(&context, &command),
        Command::Db(command) => db::run(&context, common, &command),
        Command::Vex(command) => vex::run(&context, &command),
        Command::Inventory(args) => inventory::run(&context, common, &args),
        Command::Serve(args) => serve::serve(&context, common, &args),
        Command::Submit(args) => submit::submit(&context, &args),
        Command::Account(args) => account::run(&context, common, &args),
        Command::Affected(args) => affected::affected(&context, common, *args),
        Command::Question(command) => question::run(&context, common, &command),
        Command::Backup(args) => backup::backup(&context, common, &args),
        Command::Restore(args) => backup::restore(&context, common, &args),
        Command::Log(args) => log::run(&context, common, &args),
        Command::Formats => formats::formats(&context),
        Command::Completions { shell } => manual::completions(&context, shell),
        Command::Man { folder } => manual::man(&context, folder.as_deref()),
        Command::Policy(command) => policy::run(&context, &command),
        Command::Plumbing(command) => plumbing::run(&command),
    };
    done.unwrap_or_else(|error| {
        context.output.error(&error);
        ExitCode::Usage
    })
}
