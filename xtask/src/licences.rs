//! Licences, bans and sources of our dependencies: cargo-deny with `deny.toml`.
//!
//! Known advisories are not asked here: cargo-deny clones its database from a Git host, which not
//! every build machine reaches. See `advisories`.

use std::process::Command;

use crate::step::Outcome;
use crate::tools;
use crate::workspace::{Workspace, passes};

/// Runs cargo-deny on the whole workspace.
pub(crate) fn step(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let deny = match tools::find(workspace, "cargo-deny") {
        Ok(path) => path,
        Err(why) => return Ok(Outcome::LeftOut(why)),
    };
    let mut command = Command::new(deny);
    command.args(["--workspace", "--all-features", "--locked"]);
    command.args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]);
    passes(command.current_dir(&workspace.root))
}
