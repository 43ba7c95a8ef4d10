//! Where things are, and how a chore runs other programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::step::Outcome;

/// The checkout that the chore works on.
pub(crate) struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// The workspace that this chore was built from.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own.parent().context("xtask has no folder above it")?.to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The folder with real data for tests: `$MAINSTAY_SHARED`, or `shared` beside the checkout.
    pub(crate) fn shared(&self) -> Option<PathBuf> {
        let folder = match std::env::var_os("MAINSTAY_SHARED") {
            Some(folder) => PathBuf::from(folder),
            None => self.root.parent()?.join("shared"),
        };
        folder.join("data").is_dir().then_some(folder)
    }

    /// Cargo, in the root. The same cargo that runs this chore.
    pub(crate) fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root);
        command
    }

    /// Builds the release binary of Mainstay, and gives its path.
    pub(crate) fn build_mainstay(&self) -> anyhow::Result<PathBuf> {
        let arguments = ["build", "--release", "--locked", "-p", "mainstay"];
        must(self.cargo().args(arguments))?;
        Ok(self.target.join("release").join(format!("mainstay{}", std::env::consts::EXE_SUFFIX)))
    }

    /// What `cargo metadata` says of the members alone.
    pub(crate) fn metadata(&self) -> anyhow::Result<Value> {
        let arguments = ["metadata", "--no-deps", "--format-version", "1", "--locked"];
        let text = output(self.cargo().args(arguments))?;
        serde_json::from_slice(&text).context("cargo metadata wrote no JSON")
    }

    /// The tracked files, relative to the root, with `/`.
    pub(crate) fn tracked_files(&self) -> anyhow::Result<Vec<String>> {
        let listed = output(Command::new("git").args(["ls-files", "-z"]).current_dir(&self.root))?;
        let text = String::from_utf8(listed).context("a tracked file's name is not UTF-8")?;
        Ok(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }
}

/// Runs a command whose failure is a failed step.
pub(crate) fn passes(command: &mut Command) -> anyhow::Result<Outcome> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if status.success() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(format!("{} ended with {status}", shown(command))))
}

/// Runs a command that the chore cannot go on without.
pub(crate) fn must(command: &mut Command) -> anyhow::Result<()> {
    match passes(command)? {
        Outcome::Passed => Ok(()),
        Outcome::Failed(why) | Outcome::LeftOut(why) => bail!(why),
    }
}

/// What a command writes to its standard output. Its standard error goes to ours.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let done = command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    if !done.status.success() {
        bail!("{} ended with {}", shown(command), done.status);
    }
    Ok(done.stdout)
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", shown(command))
}

/// A command as a person would type it, to name it in an error.
pub(crate) fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
