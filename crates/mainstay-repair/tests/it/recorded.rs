//! A project, advisory data and a resolver whose answers are written down.
//!
//! The answers are those that the real programs gave to the same questions, shortened by hand.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use mainstay_knowledge::{DataFolder, ImportOptions, Knowledge, Limits as DataLimits, import};
use mainstay_repair::{
    Choice, Invocation, Mended, Network, Options, Outcome, Output, Plan, Rescan, Run, ToolError,
    plan,
};
use mainstay_scan::{Limits, Scan, StatementSources, Statements, Target, inventory};
use mainstay_testkit::{Record, zip};
use mainstay_types::Ecosystem;
use tempfile::TempDir;

/// One question and its answer.
pub(crate) struct Answer {
    question: String,
    /// What the resolver writes beside the lockfile.
    writes: Vec<(&'static str, String)>,
    output: Output,
}

/// The resolver writes this lockfile.
pub(crate) fn writes(
    question: &'static str,
    file: &'static str,
    text: impl Into<String>,
) -> Answer {
    let output = Output { success: true, stdout: String::new(), stderr: String::new() };
    Answer { question: question.into(), writes: vec![(file, text.into())], output }
}

/// The resolver moves the only package, `left` 1.0.0, to exactly this version.
pub(crate) fn moves_left(to: &str) -> Answer {
    let question = format!("cargo update left@1.0.0 --precise {to}");
    Answer { question, ..writes("", "Cargo.lock", chain(&[("left", to)])) }
}

/// The resolver prints this.
pub(crate) fn prints(question: &'static str, stdout: &str) -> Answer {
    let output = Output { success: true, stdout: stdout.to_owned(), stderr: String::new() };
    Answer { question: question.into(), writes: Vec::new(), output }
}

/// The resolver refuses.
pub(crate) fn refuses(question: &'static str, stderr: &str) -> Answer {
    let output = Output { success: false, stdout: String::new(), stderr: stderr.to_owned() };
    Answer { question: question.into(), writes: Vec::new(), output }
}

/// A resolver that answers what is written down, and refuses everything else.
pub(crate) struct Recorded {
    answers: Vec<Answer>,
    pub(crate) asked: RefCell<Vec<String>>,
    pub(crate) seen: RefCell<Vec<String>>,
}

impl Recorded {
    pub(crate) fn new(answers: Vec<Answer>) -> Self {
        Self { answers, asked: RefCell::default(), seen: RefCell::default() }
    }
}

impl Run for Recorded {
    fn run(&self, invocation: &Invocation) -> Result<Output, ToolError> {
        let question = invocation.to_string();
        let answer = self.answers.iter().find(|answer| answer.question == question);
        if !question.ends_with("--version") {
            self.asked.borrow_mut().push(question);
            self.seen.borrow_mut().extend(tree(&invocation.folder));
        }
        let Some(answer) = answer else { return Err(ToolError::Absent(invocation.program.name())) };
        for (name, text) in &answer.writes {
            fs::write(invocation.folder.join(name), text).unwrap();
        }
        Ok(answer.output.clone())
    }

    fn cargo_home(&self) -> Option<PathBuf> {
        None
    }
}

fn tree(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::metadata(&path).unwrap().len();
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.push(if bytes == 0 { format!("{name} (empty)") } else { name });
            }
        }
    }
    found
}

/// A project with data.
pub(crate) struct Bench {
    folder: TempDir,
    knowledge: Knowledge,
    statements: Option<Statements>,
}

impl Bench {
    pub(crate) fn new(records: &[Record]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let export = folder.path().join("records.zip");
        fs::write(&export, zip(records.iter().map(Record::entry))).unwrap();
        fs::create_dir(folder.path().join("project")).unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let options =
            ImportOptions { as_of: Some(now()), now: now(), limits: DataLimits::default() };
        import(&data, &[export], &options, &mainstay_knowledge::Silent).unwrap();
        let knowledge =
            Knowledge::open(&data, [Ecosystem::CratesIo, Ecosystem::Npm, Ecosystem::PyPi]);
        Self { folder, knowledge, statements: None }
    }

    /// Hears a VEX document from now on.
    pub(crate) fn hear(&mut self, document: &str) {
        self.write("said.json", document);
        let sources =
            StatementSources { named: vec![self.path("said.json")], ..StatementSources::default() };
        let nothing = inventory(Vec::new(), Limits::default());
        self.statements = Some(nothing.with_statements(&sources, Limits::default()).statements());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("project").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn plan(&self, file: &str, choice: &Choice, tools: &Recorded) -> Vec<Plan> {
        let scan = self.scan(&self.path(file));
        let options = Options {
            cooldown: SignedDuration::from_hours(7 * 24),
            now: now(),
            network: Network::Allowed,
        };
        let within = self.folder.path().join("workshops");
        plan(&scan, choice, &options, tools, self, &within).unwrap().plans
    }

    /// The one plan for a file, all findings chosen.
    pub(crate) fn mended(&self, file: &str, tools: &Recorded) -> Mended {
        let mut plans = self.plan(file, &Choice::default(), tools);
        assert_eq!(plans.len(), 1);
        match plans.remove(0).outcome {
            Outcome::Tried(mended) => mended,
            Outcome::NotTried { why, .. } => panic!("not tried: {why}"),
        }
    }
}

impl Rescan for Bench {
    fn scan(&self, path: &Path) -> Scan {
        let limits = Limits::default();
        let inventoried = inventory(vec![Target::new(path)], limits);
        let heard = match &self.statements {
            Some(statements) => inventoried.hearing(statements),
            None => inventoried,
        };
        heard.judge(&self.knowledge, limits, now())
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// `app` needs the first package; each package needs the next.
pub(crate) fn chain(packages: &[(&str, &str)]) -> String {
    let mut lock =
        String::from("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    let needs = |name: Option<&(&str, &str)>| {
        name.map(|(name, _)| format!("dependencies = [\n \"{name}\",\n]\n")).unwrap_or_default()
    };
    lock += &needs(packages.first());
    for (position, (name, version)) in packages.iter().enumerate() {
        lock += "\n[[package]]\nname = \"";
        lock += name;
        lock += "\"\nversion = \"";
        lock += version;
        lock += "\"\nsource = \"registry+https://crates.example/index\"\n";
        lock += &needs(packages.get(position + 1));
    }
    lock
}

/// A flaw of a crate in all versions below the fixed one, from the first one on.
pub(crate) fn flaw(id: &str, name: &str, from: &str, fixed: &str) -> Record {
    let mut record = Record::new(id, "crates.io", name);
    record.0["affected"][0]["ranges"][0]["events"] =
        serde_json::json!([{"introduced": from}, {"fixed": fixed}]);
    record.0["affected"][0]["versions"] = serde_json::json!([]);
    record
}
