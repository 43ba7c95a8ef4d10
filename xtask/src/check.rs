//! `cargo xtask check`: everything that a change must pass, but for the tests.
//!
//! Every step is run, whatever the one before found, so that one run tells everything.

use crate::step::{Outcome, Report};
use crate::workspace::{Workspace, passes};
use crate::{advisories, layers, licences, links, shape, words};

/// Runs the steps and prints the summary.
pub(crate) fn run(workspace: &Workspace, nothing_left_out: bool) -> Outcome {
    let mut report = Report::default();
    report.run("format", || passes(workspace.cargo().args(["fmt", "--all", "--check"])));
    report.run("layers", || layers::step(workspace));
    report.run("words", || words::step(workspace));
    report.run("links", || links::step(workspace));
    report.run("shape", || shape::step(workspace));
    report.run("clippy", || {
        let which = ["clippy", "--workspace", "--all-targets", "--locked"];
        passes(workspace.cargo().args(which).args(["--", "-D", "warnings"]))
    });
    report.run("docs", || {
        let which = ["doc", "--workspace", "--no-deps", "--locked"];
        passes(workspace.cargo().args(which).env("RUSTDOCFLAGS", "-D warnings"))
    });
    report.run("licences, bans and sources", || licences::step(workspace));
    report.run("known advisories", || advisories::step(workspace));
    report.finish(nothing_left_out)
}
