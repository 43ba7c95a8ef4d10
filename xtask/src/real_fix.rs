//! `cargo xtask real-fix`: `mainstay fix` end to end, with the real resolvers and registries.
//!
//! For each resolver a small project is made that locks an old release and whose manifest allows a
//! newer one; a record made up here says that the old one has a flaw. Then `mainstay fix --apply`
//! must mend the lockfile, and `mainstay check` must find it clean. The releases are real and old;
//! nothing of them is installed or run.
//!
//! uv comes pinned from PyPI; Cargo and npm are those of the machine. Without a network, or
//! without npm, the case is left out, and said.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use crate::step::{Outcome, Report};
use crate::tools;
use crate::workspace::{Workspace, must};

/// A resolver to try.
struct Case {
    name: &'static str,
    ecosystem: &'static str,
    package: &'static str,
    old: &'static str,
    fixed: &'static str,
    lockfile: &'static str,
    /// Makes a project that locks the old release, with the programs at hand.
    make: fn(&Stage<'_>) -> anyhow::Result<()>,
}

const CASES: [Case; 4] = [
    Case {
        name: "cargo",
        ecosystem: "crates.io",
        package: "smallvec",
        old: "1.6.0",
        fixed: "1.6.1",
        lockfile: "Cargo.lock",
        make: |stage| {
            let manifest = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
                [dependencies]\nsmallvec = \"1.6\"\n[workspace]\n";
            stage.write("Cargo.toml", manifest)?;
            stage.write("src/lib.rs", "")?;
            stage.run("cargo", &["generate-lockfile", "--quiet"])?;
            stage.run("cargo", &["update", "--quiet", "smallvec", "--precise", "1.6.0"])
        },
    },
    Case {
        name: "npm",
        ecosystem: "npm",
        package: "minimist",
        old: "1.2.0",
        fixed: "1.2.6",
        lockfile: "package-lock.json",
        make: |stage| {
            stage.write("package.json", "{\"name\":\"demo\",\"version\":\"1.0.0\"}")?;
            let flags = ["install", "--package-lock-only", "--ignore-scripts", "minimist@1.2.0"];
            stage.run("npm", &flags)?;
            stage.replace("package.json", "\"1.2.0\"", "\"^1.2.0\"")
        },
    },
    Case {
        name: "uv",
        ecosystem: "PyPI",
        package: "idna",
        old: "3.6",
        fixed: "3.7",
        lockfile: "uv.lock",
        make: |stage| {
            let manifest = "[project]\nname = \"demo\"\nversion = \"0.1.0\"\n\
                requires-python = \">=3.9\"\ndependencies = [\"idna==3.6\"]\n";
            stage.write("pyproject.toml", manifest)?;
            stage.run("uv", &["lock", "--quiet", "--no-build"])?;
            stage.replace("pyproject.toml", "idna==3.6", "idna>=3.6")?;
            stage.replace("uv.lock", "specifier = \"==3.6\"", "specifier = \">=3.6\"")
        },
    },
    Case {
        name: "requirements.txt",
        ecosystem: "PyPI",
        package: "idna",
        old: "3.6",
        fixed: "3.7",
        lockfile: "requirements.txt",
        make: |stage| {
            stage.write("requirements.in", "idna==3.6\n")?;
            let flags = ["pip", "compile", "--quiet", "--no-build", "--generate-hashes"];
            let files = ["requirements.in", "--output-file", "requirements.txt"];
            stage.run("uv", &[&flags[..], &files[..]].concat())
        },
    },
];

/// Runs every case.
pub(crate) fn run(workspace: &Workspace, nothing_left_out: bool) -> anyhow::Result<Outcome> {
    let mainstay = workspace.build_mainstay()?;
    let scratch = workspace.target.join("real-fix");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).context("cannot empty the scratch folder")?;
    }
    let path = path_with(tools::install(workspace).ok())?;
    let mut report = Report::default();
    for case in &CASES {
        let folder = scratch.join(case.name);
        let stage = Stage { case, folder, path: &path, mainstay: &mainstay };
        report.run(case.name, || stage.play());
    }
    Ok(report.finish(nothing_left_out))
}

/// The `PATH` with the pinned programs first.
fn path_with(programs: Option<PathBuf>) -> anyhow::Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(programs.into_iter().chain(env::split_paths(&old)))?)
}

/// One case in its folder.
struct Stage<'a> {
    case: &'a Case,
    folder: PathBuf,
    path: &'a OsString,
    mainstay: &'a Path,
}

impl Stage<'_> {
    fn play(&self) -> anyhow::Result<Outcome> {
        fs::create_dir_all(self.project())?;
        if let Err(error) = (self.case.make)(self) {
            return Ok(Outcome::LeftOut(format!("the project cannot be made: {error:#}")));
        }
        self.learn()?;
        ensure!(self.check()? == Some(1), "the old release is not found");
        let fixed = self.mainstay(&["fix", "--apply", "--format", "json", self.case.lockfile]);
        let done = output(fixed)?;
        let told: Value = serde_json::from_slice(&done.stdout)
            .with_context(|| String::from_utf8_lossy(&done.stderr).into_owned())?;
        let plan = told.pointer("/plans/0").unwrap_or(&Value::Null);
        let gone = plan.get("gone").and_then(Value::as_array).map_or(0, Vec::len);
        if done.status.code() != Some(0) || gone != 1 {
            bail!("fix ended with {}: {plan:#}", done.status);
        }
        let resolver = plan.get("resolver").and_then(Value::as_str).unwrap_or_default();
        for change in plan.get("changes").and_then(Value::as_array).into_iter().flatten() {
            let said =
                |key: &str| change.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
            println!("  {resolver}: {} {} -> {}", said("package"), said("from"), said("to"));
        }
        ensure!(self.check()? == Some(0), "the mended lockfile is not clean");
        Ok(Outcome::Passed)
    }

    /// Advisory data that know one flaw: the old release has it, the fixed one does not.
    fn learn(&self) -> anyhow::Result<()> {
        let Case { ecosystem, package, fixed, old, .. } = *self.case;
        let records = self.folder.join("records");
        fs::create_dir_all(&records)?;
        let record = json!({
            "schema_version": "1.7.0",
            "id": "TEST-2026-0001",
            "modified": "2026-01-01T00:00:00Z",
            "summary": format!("A flaw made up to try fixing {package} {old}"),
            "affected": [{
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
            }],
        });
        fs::write(records.join("TEST-2026-0001.json"), record.to_string())?;
        let records = records.to_string_lossy().into_owned();
        must(&mut self.mainstay(&["db", "import", &records]))
    }

    /// The exit code of the gate.
    fn check(&self) -> anyhow::Result<Option<i32>> {
        let gate = ["check", "--offline", self.case.lockfile];
        Ok(output(self.mainstay(&gate))?.status.code())
    }

    fn mainstay(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.mainstay);
        command.args(arguments).current_dir(self.project()).env("PATH", self.path);
        command.env("MAINSTAY_DATA_DIR", self.folder.join("data"));
        // A day after the record was true, so that the data are fresh.
        command.env("MAINSTAY_NOW", "2026-01-02T00:00:00Z");
        // The advisory data are ours alone, and are not to be refreshed from anywhere.
        command.env("MAINSTAY_OSV_URL", "http://127.0.0.1:9/");
        command
    }

    fn project(&self) -> PathBuf {
        self.folder.join("project")
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.project().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    fn replace(&self, name: &str, old: &str, new: &str) -> anyhow::Result<()> {
        let text = fs::read_to_string(self.project().join(name))?;
        self.write(name, &text.replace(old, new))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.project()).env("PATH", self.path);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        must(&mut command)
    }
}

fn output(mut command: Command) -> anyhow::Result<std::process::Output> {
    command.stdin(Stdio::null()).output().context("mainstay cannot be started")
}
