//! A place for one test: a project, a home, a data folder and a clock, away from those of the
//! machine.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mainstay_testkit::{Record, zip};
use serde_json::Value;
use tempfile::TempDir;

/// The time in every sandbox.
pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";
/// When the imported data were true: a day earlier.
pub(crate) const AS_OF: &str = "2026-02-28";

/// The place. It vanishes when it is dropped.
pub(crate) struct Sandbox {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// What a run of the binary answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    /// An empty project, no advisory data, no network.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["project", "home"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder, variables: vec![("MAINSTAY_OFFLINE", "1".to_owned())] }
    }

    /// A project with one Cargo.lock, and fresh data that know a flaw in `left` below 2.0.0.
    pub(crate) fn with_lock(packages: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        sandbox.write("Cargo.lock", cargo_lock(packages));
        sandbox.import(&[Record::new("TEST-2024-0001", "crates.io", "left")]);
        sandbox
    }

    /// A project in which all is well, and known to be.
    pub(crate) fn clean() -> Self {
        Self::with_lock(&[("left", "2.0.0")])
    }

    /// A project with one finding and nothing unknown.
    pub(crate) fn flawed() -> Self {
        Self::with_lock(&[("left", "1.0.0")])
    }

    /// Sets a variable for every later run.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
    }

    /// Lets every later run use the network, which reaches as far as this address.
    pub(crate) fn go_online(&mut self, url: &str) {
        self.set("MAINSTAY_OFFLINE", "0");
        self.set("MAINSTAY_OSV_URL", url);
        self.set("MAINSTAY_KEV_URL", format!("{url}/kev.json"));
        self.set("MAINSTAY_EPSS_URL", format!("{url}/epss.csv.gz"));
    }

    /// A path in the project.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("project").join(name)
    }

    /// A path beside the project.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder. The first import makes it.
    pub(crate) fn data(&self) -> PathBuf {
        self.beside("data")
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        write(&self.path(name), content.as_ref());
    }

    /// Imports records, true as of [`AS_OF`].
    pub(crate) fn import(&self, records: &[Record]) {
        let export = self.beside("records.zip");
        write(&export, &zip(records.iter().map(Record::entry)));
        self.import_file(&export);
    }

    /// Imports a file, true as of [`AS_OF`].
    pub(crate) fn import_file(&self, file: &Path) {
        let answer = self.run(&["db", "import", "--as-of", AS_OF, file.to_str().unwrap()]);
        assert_eq!(answer.exit, 0, "{answer:?}");
    }

    /// The command, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
        self.prepare(&mut command);
        command.args(arguments);
        command
    }

    /// Gives any command the sandbox's surroundings, and nothing of the machine's.
    pub(crate) fn prepare(&self, command: &mut Command) {
        let home = self.beside("home");
        command
            .current_dir(self.beside("project"))
            .env_clear()
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("MAINSTAY_NOW", NOW)
            .env("MAINSTAY_DATA_DIR", self.data())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.answer(&mut self.command(arguments))
    }

    /// Runs a prepared command to its end.
    pub(crate) fn answer(&self, command: &mut Command) -> Answer {
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            text.replace(self.folder.path().to_str().unwrap(), "SANDBOX")
        };
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Answer { exit: output.status.code().unwrap_or(-1), stdout, stderr }
    }

    /// Runs `check` with a JSON report.
    pub(crate) fn check(&self, arguments: &[&str]) -> Answer {
        self.run(&[&["check", "--format", "json"], arguments].concat())
    }

    /// Runs `scan` with a JSON report, which must work.
    pub(crate) fn scan(&self, arguments: &[&str]) -> Value {
        let answer = self.run(&[&["scan", "--format", "json"], arguments].concat());
        assert_eq!(answer.exit, 0, "{answer:?}");
        answer.json()
    }
}

impl Answer {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The codes of what is not known, in order, each once.
    pub(crate) fn unknown_codes(&self) -> Vec<String> {
        let document = self.json();
        let unknowns = document["unknowns"].as_array().unwrap();
        let mut codes: Vec<String> =
            unknowns.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
        codes.dedup();
        codes
    }
}

/// A Cargo.lock of version 4: a project that needs each of these packages from a registry.
pub(crate) fn cargo_lock(packages: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut text =
        String::from("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    text.push_str("dependencies = [\n");
    for (name, _) in packages {
        writeln!(text, " \"{name}\",").unwrap();
    }
    text.push_str("]\n");
    for (name, version) in packages {
        write!(
            text,
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://registry.example/index\"\nchecksum = \"{:064}\"\n",
            0
        )
        .unwrap();
    }
    text
}

/// The address of a loopback port at which nobody listens.
pub(crate) fn nobody_there() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn write(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}
