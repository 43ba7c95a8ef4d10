//! What to ask each ecosystem's own resolver.
//!
//! | client | lockfile | asked with |
//! | --- | --- | --- |
//! | `cargo` | Cargo.lock | `cargo update` |
//! | `npm` | package-lock.json, npm-shrinkwrap.json | `npm update --package-lock-only --ignore-scripts` |
//! | `uv` | uv.lock | `uv lock --no-build --upgrade-package` |
//! | `requirements` | requirements.txt | `uv pip compile --no-build`, or `pip install --dry-run` |
//!
//! None of these runs code of a package: Cargo's and npm's resolvers read manifests only, and
//! Python's are told to take no source distribution that would have to be built.

mod cargo;
mod npm;
mod requirements;
mod uv;

pub(crate) use npm::NO_EXACT;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mainstay_reading::Entry;
use mainstay_types::PackageName;

use crate::model::{Network, Released, RepairError};
use crate::tool::{Invocation, Output, Program, Run, ToolError};
use crate::workshop::{Take, Workshop};

/// A kind of lockfile that can be mended, by the client that writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Cargo and Cargo.lock.
    Cargo,
    /// npm and package-lock.json.
    Npm,
    /// uv and uv.lock.
    Uv,
    /// uv or pip and requirements.txt.
    Requirements,
}

/// The formats that can be mended, by the ids that reports use.
pub fn mendable_formats() -> [&'static str; 4] {
    ["cargo-lock", "package-lock", "uv-lock", "requirements-txt"]
}

/// A package that is to move.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: PackageName,
    /// The version that the lockfile has.
    pub(crate) version: String,
    /// The smallest version without the chosen findings.
    pub(crate) goal: String,
}

/// How far a question reaches, the smallest change first.
#[derive(Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// The package to its goal, and nothing else.
    Exactly,
    /// The package as far as everything else allows.
    Newest,
    /// The package, together with these that need it.
    With(&'a [&'a Entry]),
}

/// The resolver that was found on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    pub(crate) client: Client,
    pub(crate) program: Program,
    /// As it names itself: `cargo 1.95.0`.
    pub(crate) version: String,
    pub(crate) network: Network,
    /// Where Cargo keeps its copies of the index, if anywhere.
    pub(crate) cargo_home: Option<PathBuf>,
}

/// Why a question was not answered with a lockfile.
pub(crate) enum NoAnswer {
    /// The resolver refuses, in its own words.
    Refused(String),
    /// It could not be asked.
    Tool(ToolError),
    /// The workshop failed.
    Repair(RepairError),
}

impl From<ToolError> for NoAnswer {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

impl From<RepairError> for NoAnswer {
    fn from(error: RepairError) -> Self {
        Self::Repair(error)
    }
}

impl Client {
    /// The client of a format.
    pub fn of_format(id: &str) -> Option<Self> {
        match id {
            "cargo-lock" => Some(Self::Cargo),
            "package-lock" => Some(Self::Npm),
            "uv-lock" => Some(Self::Uv),
            "requirements-txt" => Some(Self::Requirements),
            _ => None,
        }
    }

    /// The manifest that asks for packages, for a person.
    pub(crate) fn manifest(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo.toml",
            Self::Npm => "package.json",
            Self::Uv => "pyproject.toml",
            Self::Requirements => "the file itself",
        }
    }

    /// Whether it reads more than the lockfile.
    pub(crate) fn reads_tree(self) -> bool {
        self != Self::Requirements
    }

    /// What becomes of a file of the project, by its path below the lockfile's folder.
    pub(crate) fn takes(self, path: &Path) -> Take {
        match self {
            Self::Cargo => cargo::takes(path),
            Self::Npm => npm::takes(path),
            Self::Uv => uv::takes(path),
            Self::Requirements => Take::Nothing,
        }
    }

    /// The programs that can answer, the better one first.
    fn programs(self) -> &'static [Program] {
        match self {
            Self::Cargo => &[Program::Cargo],
            Self::Npm => &[Program::Npm],
            Self::Uv => &[Program::Uv],
            Self::Requirements => &[Program::Uv, Program::Pip],
        }
    }

    /// Looks for a program that answers.
    pub(crate) fn resolver(
        self,
        tools: &dyn Run,
        folder: &Path,
        network: Network,
    ) -> Result<Resolver, ToolError> {
        let mut missing = None;
        for program in self.programs() {
            let arguments = vec!["--version".to_owned()];
            let folder = folder.to_owned();
            let asked = tools.run(&Invocation { program: *program, arguments, folder });
            match asked {
                Ok(output) if output.success => {
                    let version = first_words(*program, &output.stdout);
                    let cargo_home = tools.cargo_home();
                    let (client, program) = (self, *program);
                    return Ok(Resolver { client, program, version, network, cargo_home });
                }
                Ok(output) => {
                    let why = match said(&output) {
                        nothing if nothing.is_empty() => "it failed and did not say why".to_owned(),
                        said => said,
                    };
                    missing = Some(ToolError::Failed { program: program.name(), why });
                }
                Err(error) => missing = missing.or(Some(error)),
            }
        }
        Err(missing.unwrap_or(ToolError::Absent("a resolver")))
    }
}

impl Resolver {
    /// Asks for a lockfile in which the target has moved. It is in the workshop afterwards.
    pub(crate) fn ask(
        &self,
        tools: &dyn Run,
        workshop: &Workshop,
        target: &Target,
        reach: Reach<'_>,
    ) -> Result<(), NoAnswer> {
        match self.client {
            Client::Cargo => self.run(tools, workshop, cargo::question(target, reach)),
            Client::Npm => {
                // Without it npm takes the project for one that asks for nothing.
                if workshop.text("package.json").is_err() {
                    let why = "there is no package.json beside the lockfile, and without it npm \
                               would drop every package";
                    return Err(NoAnswer::Refused(why.to_owned()));
                }
                let lock = String::from_utf8_lossy(&workshop.read()?).into_owned();
                match npm::question(target, reach, &lock) {
                    Some(question) => self.run(tools, workshop, question),
                    None => Err(NoAnswer::Refused(NO_EXACT.to_owned())),
                }
            }
            Client::Uv => {
                // Without a manifest uv refuses by itself.
                let manifest = workshop.text("pyproject.toml").unwrap_or_default();
                match uv::member_outside(&manifest) {
                    None => self.run(tools, workshop, uv::question(target, reach)),
                    Some(member) => Err(NoAnswer::Refused(format!(
                        "the workspace member {member} lies outside of the folder of the \
                         lockfile, and uv might build it, which would run its code"
                    ))),
                }
            }
            Client::Requirements => requirements::ask(self, tools, workshop, target, reach),
        }
    }

    /// Asks for one release of a package that came along.
    pub(crate) fn ask_for_release(
        &self,
        tools: &dyn Run,
        workshop: &Workshop,
        name: &str,
        version: &str,
        wanted: &str,
    ) -> Result<(), NoAnswer> {
        match self.client {
            Client::Cargo => self.run(tools, workshop, cargo::exactly(name, version, wanted)),
            Client::Uv => self.run(tools, workshop, uv::exactly(name, wanted)),
            Client::Npm | Client::Requirements => {
                Err(NoAnswer::Refused("this resolver takes no exact wish".to_owned()))
            }
        }
    }

    /// When releases of a package were published, as far as this machine knows.
    pub(crate) fn releases(&self, workshop: &Workshop, name: &str) -> Vec<(String, Timestamp)> {
        match self.client {
            Client::Cargo => self
                .cargo_home
                .as_deref()
                .map(|home| cargo::releases(home, name))
                .unwrap_or_default(),
            Client::Uv => uv::releases(workshop, name),
            Client::Npm | Client::Requirements => Vec::new(),
        }
    }

    /// When one release was published.
    pub(crate) fn released(
        &self,
        tools: &dyn Run,
        workshop: &Workshop,
        name: &str,
        version: &str,
    ) -> Released {
        let known = match self.client {
            Client::Npm => npm::released(self, tools, workshop, name, version),
            Client::Cargo | Client::Uv | Client::Requirements => self
                .releases(workshop, name)
                .into_iter()
                .find(|(release, _)| release == version)
                .map(|(_, moment)| moment),
        };
        known.map_or(Released::Unknown, Released::At)
    }

    fn run(
        &self,
        tools: &dyn Run,
        workshop: &Workshop,
        mut arguments: Vec<String>,
    ) -> Result<(), NoAnswer> {
        if self.network == Network::Forbidden {
            arguments.push("--offline".to_owned());
        }
        self.answer(tools, workshop, arguments).map(drop)
    }

    /// Runs the program in the workshop; what it says when it refuses is the refusal.
    fn answer(
        &self,
        tools: &dyn Run,
        workshop: &Workshop,
        arguments: Vec<String>,
    ) -> Result<Output, NoAnswer> {
        let folder = workshop.folder().to_owned();
        let output = tools.run(&Invocation { program: self.program, arguments, folder })?;
        if output.success {
            return Ok(output);
        }
        // The folder is nobody's but ours, and another one next time.
        let here = format!("{}", workshop.folder().display());
        Err(NoAnswer::Refused(said(&output).replace(&format!(" ({here})"), "").replace(&here, ".")))
    }
}

/// What a program that failed said, without the folders of the workshop's machine.
fn said(output: &Output) -> String {
    let text = if output.stderr.trim().is_empty() { &output.stdout } else { &output.stderr };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling: Vec<&str> =
        lines.filter(|line| !is_chatter(line)).map(without_label).take(MOST_LINES).collect();
    telling.join("; ")
}

/// Lines that say how a resolver works, not why it refuses.
fn is_chatter(line: &str) -> bool {
    const CHATTER: [&str; 8] = [
        "Updating ",
        "Using CPython",
        "Blocking ",
        "Resolved ",
        "Resolving despite ",
        "npm error A complete log",
        "npm error code ",
        "Locking ",
    ];
    CHATTER.iter().any(|start| line.starts_with(start))
}

/// A line without the words that every line of a refusal begins with.
fn without_label(line: &str) -> &str {
    ["error: ", "cause: ", "npm error ", "ERROR: "]
        .iter()
        .find_map(|label| line.strip_prefix(label))
        .unwrap_or(line)
        .trim_start()
}

/// A refusal longer than this is no reason any more but a listing.
const MOST_LINES: usize = 8;

/// `cargo 1.95.0` from `cargo 1.95.0 (f2d3ce0bd 2026-03-21)`; npm gives the number alone.
fn first_words(program: Program, text: &str) -> String {
    let name = program.name();
    let mut words = text.split_whitespace().filter(|word| *word != name);
    match words.next() {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}
