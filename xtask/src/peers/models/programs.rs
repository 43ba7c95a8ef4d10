//! The scanners of model files: where they are, how they are called, and how what they say is
//! read.
//!
//! Each says it in its own way: picklescan and modelscan in their text and exit code, fickling
//! and modelaudit in a JSON file that they write.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use super::verdict::Verdict;

/// Which scanner it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Mainstay,
    Picklescan,
    Modelscan,
    Fickling,
    Modelaudit,
}

const PEERS: [Kind; 4] = [Kind::Picklescan, Kind::Modelscan, Kind::Fickling, Kind::Modelaudit];

/// A scanner that is there.
pub(super) struct Program {
    pub(super) kind: Kind,
    path: PathBuf,
    version: Option<String>,
}

/// What a scanner left behind: its exit code, what it wrote to its terminal, and the report.
pub(super) struct Said {
    pub(super) code: Option<i64>,
    pub(super) text: Vec<u8>,
    pub(super) report: Vec<u8>,
}

/// Mainstay and the peers that are there, and the names of those that are not.
pub(super) fn find(
    mainstay: &Path,
    tools: Option<&Path>,
) -> anyhow::Result<(Vec<Program>, Vec<&'static str>)> {
    let path = mainstay
        .canonicalize()
        .with_context(|| format!("there is no {} to measure", mainstay.display()))?;
    let mut programs = vec![Program { kind: Kind::Mainstay, path, version: None }];
    let mut absent = Vec::new();
    for kind in PEERS {
        match place(kind.name(), tools) {
            Some(path) => {
                let version = version(&path, kind.package());
                programs.push(Program { kind, path, version });
            }
            None => absent.push(kind.name()),
        }
    }
    Ok((programs, absent))
}

fn place(name: &str, tools: Option<&Path>) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let there = |folder: PathBuf| {
        let path = folder.join(&file);
        path.is_file().then_some(path).and_then(|path| path.canonicalize().ok())
    };
    match tools {
        Some(tools) => ["bin", "Scripts", ""].iter().find_map(|sub| there(tools.join(sub))),
        None => env::split_paths(&env::var_os("PATH")?).find_map(there),
    }
}

/// The version of the Python package that a program is installed from. Its interpreter stands
/// beside it; not every scanner has an option that tells its version.
fn version(program: &Path, package: &str) -> Option<String> {
    let python = program.with_file_name(format!("python{}", env::consts::EXE_SUFFIX));
    let asks = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))";
    let mut command = Command::new(python);
    command.args(["-c", asks, package]).stdin(Stdio::null()).stderr(Stdio::null());
    let told = command.output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?.trim().to_owned();
    (!told.is_empty()).then_some(told)
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Mainstay => "mainstay",
            Self::Picklescan => "picklescan",
            Self::Modelscan => "modelscan",
            Self::Fickling => "fickling",
            Self::Modelaudit => "modelaudit",
        }
    }

    /// The name of its Python package.
    fn package(self) -> &'static str {
        self.name()
    }

    /// Whether it takes a folder.
    pub(super) fn takes_folders(self) -> bool {
        self != Self::Fickling
    }
}

impl Program {
    /// Name and version.
    pub(super) fn name(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.kind.name()),
            None => self.kind.name().to_owned(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The command that looks at files or folders. Only Mainstay takes more than one.
    pub(super) fn command(&self, targets: &[&Path], report: &Path) -> Vec<OsString> {
        let mut command: Vec<OsString> = vec![self.path.clone().into()];
        if self.kind == Kind::Mainstay {
            // No advisories: they are not the question here.
            command.extend(["--data-dir".into(), report.with_file_name("no-data").into()]);
        }
        let before: &[&str] = match self.kind {
            Kind::Mainstay => &["scan", "--offline", "--format", "json"],
            Kind::Picklescan | Kind::Modelscan => &["-p"],
            Kind::Fickling => &["--check-safety", "-p", "--json-output"],
            Kind::Modelaudit => &["scan", "--no-cache", "-f", "json", "-o"],
        };
        command.extend(before.iter().map(OsString::from));
        if matches!(self.kind, Kind::Fickling | Kind::Modelaudit) {
            command.push(report.into());
        }
        command.extend(targets.iter().map(OsString::from));
        command
    }

    /// The command of modelscan that reports on a whole folder, file by file.
    pub(super) fn reporting(&self, folder: &Path, report: &Path) -> Vec<OsString> {
        let mut command: Vec<OsString> = vec![self.path.clone().into()];
        command.extend(["scan", "-p"].map(OsString::from));
        command.push(folder.into());
        command.extend(["-r", "json", "-o"].map(OsString::from));
        command.push(report.into());
        command
    }
}

impl Kind {
    /// What it says of the file or folder that it was run on.
    pub(super) fn verdict(self, said: &Said) -> Verdict {
        let text = String::from_utf8_lossy(&said.text);
        match self {
            Self::Mainstay => mainstay(&said.text),
            Self::Picklescan => picklescan(said.code, &text),
            Self::Modelscan => modelscan(said.code, &text),
            Self::Fickling => fickling(said.code, &said.report),
            Self::Modelaudit => modelaudit(said.code, &said.report),
        }
    }
}

fn mainstay(written: &[u8]) -> Verdict {
    let Ok(said) = serde_json::from_slice::<Value>(written) else { return Verdict::Error };
    let severity = |finding: &Value| finding["severity"].as_str().map(Verdict::of_severity);
    let worst = list(&said["findings"]).iter().filter_map(severity).max();
    match worst {
        Some(worst) if worst > Verdict::Clean => worst,
        _ if !list(&said["unknowns"]).is_empty() => Verdict::Unknown,
        _ => Verdict::Clean,
    }
}

fn picklescan(code: Option<i64>, text: &str) -> Verdict {
    match code {
        Some(1) => Verdict::Alert,
        Some(0) if number_after(text, "Suspicious globals:") > 0 => Verdict::Warn,
        Some(0) if number_after(text, "Scanned files:") == 0 => Verdict::Skipped,
        Some(0) if text.contains("could not parse") => Verdict::Error,
        Some(0) => Verdict::Clean,
        _ => Verdict::Error,
    }
}

fn modelscan(code: Option<i64>, text: &str) -> Verdict {
    let grave = number_after(text, "CRITICAL:") + number_after(text, "HIGH:") > 0;
    match code {
        Some(0) => Verdict::Clean,
        Some(1) if grave => Verdict::Alert,
        Some(1) => Verdict::Warn,
        Some(3) => Verdict::Skipped,
        _ => Verdict::Error,
    }
}

fn fickling(code: Option<i64>, report: &[u8]) -> Verdict {
    let report: Value = serde_json::from_slice(report).unwrap_or_default();
    match (code, report["severity"].as_str()) {
        (Some(0), _) => Verdict::Clean,
        (Some(1), Some("POSSIBLY_UNSAFE" | "SUSPICIOUS")) => Verdict::Warn,
        (Some(1), Some(_)) => Verdict::Alert,
        _ => Verdict::Error,
    }
}

fn modelaudit(code: Option<i64>, report: &[u8]) -> Verdict {
    let Ok(report) = serde_json::from_slice::<Value>(report) else { return Verdict::Error };
    let has = |severity: &str| list(&report["issues"]).iter().any(|i| i["severity"] == severity);
    match code {
        _ if has("critical") => Verdict::Alert,
        _ if has("warning") => Verdict::Warn,
        Some(0 | 1) if report["files_scanned"].as_u64().unwrap_or(0) == 0 => Verdict::Skipped,
        Some(0 | 1) => Verdict::Clean,
        _ => Verdict::Error,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The number that stands after a label; 0 when there is none.
fn number_after(text: &str, label: &str) -> u64 {
    let after = text.split_once(label).map_or("", |(_, after)| after).trim_start();
    let digits = after.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: i64, text: &str, report: &str) -> Said {
        Said { code: Some(code), text: text.into(), report: report.into() }
    }

    #[test]
    fn the_worst_finding_of_mainstay_counts() {
        let both = r#"{"findings":[{"severity":"medium"},{"severity":"high"}],"unknowns":[]}"#;
        assert_eq!(Kind::Mainstay.verdict(&said(1, both, "")), Verdict::Alert);
        let none = r#"{"findings":[{"severity":"low"}],"unknowns":[{}]}"#;
        assert_eq!(Kind::Mainstay.verdict(&said(0, none, "")), Verdict::Unknown);
        assert_eq!(Kind::Mainstay.verdict(&said(2, "", "")), Verdict::Error);
    }

    #[test]
    fn picklescan_counts_suspicious_names_in_its_text() {
        let text = "Scanned files: 1\nInfected files: 0\nSuspicious globals: 2\n";
        assert_eq!(Kind::Picklescan.verdict(&said(0, text, "")), Verdict::Warn);
        let none = "Scanned files: 0\nSuspicious globals: 0\n";
        assert_eq!(Kind::Picklescan.verdict(&said(0, none, "")), Verdict::Skipped);
    }

    #[test]
    fn modelscan_ends_with_3_when_it_does_not_know_the_format() {
        assert_eq!(Kind::Modelscan.verdict(&said(3, "", "")), Verdict::Skipped);
        let issues = "    - LOW: 0\n    - MEDIUM: 1\n    - HIGH: 0\n    - CRITICAL: 0\n";
        assert_eq!(Kind::Modelscan.verdict(&said(1, issues, "")), Verdict::Warn);
    }

    #[test]
    fn a_fickling_that_wrote_no_report_has_failed() {
        assert_eq!(Kind::Fickling.verdict(&said(1, "", "")), Verdict::Error);
        let report = r#"{"severity":"SUSPICIOUS"}"#;
        assert_eq!(Kind::Fickling.verdict(&said(1, "", report)), Verdict::Warn);
    }

    #[test]
    fn what_modelaudit_says_of_severity_counts_more_than_its_code() {
        let report = r#"{"files_scanned":1,"issues":[{"severity":"critical"}]}"#;
        assert_eq!(Kind::Modelaudit.verdict(&said(1, "", report)), Verdict::Alert);
        let clean = r#"{"files_scanned":1,"issues":[{"severity":"info"}]}"#;
        assert_eq!(Kind::Modelaudit.verdict(&said(0, "", clean)), Verdict::Clean);
        assert_eq!(Kind::Modelaudit.verdict(&said(2, "", clean)), Verdict::Error);
    }

    #[test]
    fn the_report_stands_in_front_of_the_file() {
        let program = Program { kind: Kind::Modelaudit, path: "x".into(), version: None };
        let command = program.command(&[Path::new("a.pkl")], Path::new("r.json"));
        assert_eq!(command.get(5..), Some(&["-o", "r.json", "a.pkl"].map(OsString::from)[..]));
    }

    #[test]
    fn a_scanner_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mainstay = folder.path().join("mainstay");
        std::fs::write(&mainstay, "").unwrap();
        let (there, absent) = find(&mainstay, Some(folder.path())).unwrap();
        assert_eq!(there.len(), 1);
        assert_eq!(absent, ["picklescan", "modelscan", "fickling", "modelaudit"]);
    }
}
