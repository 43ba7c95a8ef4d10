//! Known advisories of our own dependencies: Mainstay's gate on Mainstay.
//!
//! The data come from `shared/data/osv`, where that is (a machine that builds without reaching
//! OSV), else from the network by `mainstay db update`. The age of the data is not judged here,
//! since shared data are a snapshot: Mainstay prints it.

use std::path::Path;
use std::process::Command;

use crate::step::Outcome;
use crate::workspace::{Workspace, passes, shown};

/// Looks every package of our `Cargo.lock` up.
pub(crate) fn step(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mainstay = workspace.build_mainstay()?;
    let data = workspace.target.join("xtask").join("knowledge");
    if let Outcome::Failed(why) | Outcome::LeftOut(why) = learn(workspace, &mainstay, &data)? {
        return Ok(Outcome::LeftOut(format!("no advisory data: {why}")));
    }
    let mut check = Command::new(mainstay);
    check.arg("--data-dir").arg(data).args(["check", "--offline", "--max-data-age", "3650d"]);
    check.arg("Cargo.lock").current_dir(&workspace.root);
    judged(&mut check)
}

fn learn(workspace: &Workspace, mainstay: &Path, data: &Path) -> anyhow::Result<Outcome> {
    let mut learn = Command::new(mainstay);
    learn.arg("--data-dir").arg(data).arg("db").current_dir(&workspace.root);
    let shared = workspace.shared().map(|shared| shared.join("data/osv/crates.io/all.zip"));
    match shared.filter(|zip| zip.is_file()) {
        Some(zip) => passes(learn.arg("import").arg(zip)),
        None => passes(learn.args(["update", "--ecosystem", "crates.io"])),
    }
}

/// Exit code 3 is "nothing wrong found, but not everything known": for the gate on ourselves
/// that is a failure too.
fn judged(check: &mut Command) -> anyhow::Result<Outcome> {
    let status = check.status()?;
    Ok(match status.code() {
        Some(0) => Outcome::Passed,
        Some(1) => Outcome::Failed("a dependency has a known advisory".into()),
        Some(3) => Outcome::Failed("not every dependency could be judged".into()),
        _ => Outcome::Failed(format!("{} ended with {status}", shown(check))),
    })
}
