//! How well: each scanner's verdicts on a corpus whose manifest says what is hostile.
//!
//! The manifest is `manifest.jsonl` in the folder: one `{"path", "label", "class"}` a line, the
//! label `hostile` or `benign`, the path relative to the folder. Mainstay and modelscan are run
//! over whole folders and say what they think of each file; the others get a process for each
//! file, on a sample of every class when that would take too long.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

mod figures;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use super::programs::{Kind, Program};
use super::verdict::Verdict;
use super::{Bench, measure};
use figures::Judged;

/// A line of the manifest.
#[derive(Clone, Debug, Deserialize)]
struct Entry {
    path: String,
    label: String,
    class: String,
}

impl Entry {
    fn is_hostile(&self) -> bool {
        self.label == "hostile"
    }
}

/// Runs every program over the corpus, and gives the tables.
pub(super) fn measure(
    bench: &Bench<'_>,
    folder: &Path,
    sample: Option<usize>,
) -> anyhow::Result<String> {
    let folder = folder.canonicalize().with_context(|| format!("no {}", folder.display()))?;
    let entries = read_manifest(&folder)?;
    let sampled = sampled(&entries, sample.unwrap_or(usize::MAX));
    let mut all = Vec::new();
    for program in &bench.programs {
        println!("corpus: {}", program.name());
        let judged = match program.kind {
            Kind::Mainstay => mainstay(bench, program, &folder, &entries)?,
            Kind::Modelscan => modelscan(bench, program, &folder, &entries)?,
            Kind::Picklescan | Kind::Fickling | Kind::Modelaudit => {
                each(bench, program, &folder, &sampled)?
            }
        };
        all.push(judged);
    }
    Ok(figures::markdown(&entries, &all))
}

fn read_manifest(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let path = folder.join("manifest.jsonl");
    let text = fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line)
            .with_context(|| format!("{}, line {}", path.display(), number + 1))
    };
    text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()).map(line).collect()
}

/// About so many entries, the same at every run: of every class its share, and one at least.
fn sampled(entries: &[Entry], wanted: usize) -> Vec<Entry> {
    if wanted >= entries.len() {
        return entries.to_vec();
    }
    let mut classes: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        classes.entry((&entry.label, &entry.class)).or_default().push(entry);
    }
    let mut chosen = Vec::new();
    for members in classes.values() {
        let share = (members.len() * wanted + entries.len() / 2) / entries.len();
        let share = share.max(1);
        let places = (0..share).map(|number| number * members.len() / share);
        chosen.extend(places.filter_map(|place| members.get(place)).map(|entry| (*entry).clone()));
    }
    chosen
}

/// The folders in which the files of the manifest lie: the first part of their paths.
fn tops(folder: &Path, entries: &[Entry]) -> Vec<PathBuf> {
    let first = |entry: &Entry| entry.path.split('/').next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = entries.iter().map(first).collect();
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// A process for each file.
fn each(
    bench: &Bench<'_>,
    program: &Program,
    folder: &Path,
    entries: &[Entry],
) -> anyhow::Result<Judged> {
    let mut judged = Judged::of(program);
    for entry in entries {
        let ran = bench.ran(program, &[&folder.join(&entry.path)])?;
        judged.cpu_ms += ran.usage.cpu_ms;
        judged.verdicts.insert(entry.path.clone(), program.kind.verdict(&ran.said));
    }
    Ok(judged)
}

/// One process for all.
fn mainstay(
    bench: &Bench<'_>,
    program: &Program,
    folder: &Path,
    entries: &[Entry],
) -> anyhow::Result<Judged> {
    let tops = tops(folder, entries);
    let tops: Vec<&Path> = tops.iter().map(PathBuf::as_path).collect();
    let ran = bench.ran(program, &tops)?;
    let said: Value = serde_json::from_slice(&ran.said.text)
        .with_context(|| format!("Mainstay wrote no JSON (exit code {:?})", ran.usage.code))?;
    let mut judged = Judged::of(program);
    judged.cpu_ms = ran.usage.cpu_ms;
    judged.verdicts = verdicts_of_mainstay(&said, folder, entries);
    Ok(judged)
}

fn verdicts_of_mainstay(
    said: &Value,
    folder: &Path,
    entries: &[Entry],
) -> HashMap<String, Verdict> {
    let owners = Owners::of(folder, entries);
    let mut verdicts: HashMap<String, Verdict> =
        entries.iter().map(|entry| (entry.path.clone(), Verdict::Skipped)).collect();
    let mut found: HashMap<&str, Verdict> = HashMap::new();
    for finding in list(&said["findings"]) {
        let verdict = Verdict::of_severity(finding["severity"].as_str().unwrap_or_default());
        for owner in list(&finding["locations"]).iter().filter_map(|l| owners.find(&l["path"])) {
            let worst = found.entry(owner).or_insert(verdict);
            *worst = verdict.max(*worst);
        }
    }
    let mut unknown: HashSet<&str> = HashSet::new();
    for gap in list(&said["unknowns"]) {
        if matches!(gap["code"].as_str(), Some("nothing-to-read" | "unsupported-file")) {
            continue;
        }
        unknown.extend(owners.find(&gap["subject"]));
        unknown.extend(list(&gap["locations"]).iter().filter_map(|l| owners.find(&l["path"])));
    }
    let mut read: HashSet<&str> = HashSet::new();
    for source in list(&said["sources"]) {
        let Some(owner) = owners.find(&source["path"]) else { continue };
        match source["status"].as_str() {
            Some("unsupported") => {}
            Some("read") => drop(read.insert(owner)),
            _ => drop(unknown.insert(owner)),
        }
    }
    for (path, verdict) in &mut verdicts {
        let worst = found.get(path.as_str()).copied().unwrap_or(Verdict::Clean);
        if worst > Verdict::Clean {
            *verdict = worst;
        } else if unknown.contains(path.as_str()) {
            *verdict = Verdict::Unknown;
        } else if read.contains(path.as_str()) || found.contains_key(path.as_str()) {
            *verdict = Verdict::Clean;
        }
    }
    verdicts
}

/// One process for each folder, as it wants it.
fn modelscan(
    bench: &Bench<'_>,
    program: &Program,
    folder: &Path,
    entries: &[Entry],
) -> anyhow::Result<Judged> {
    let mut judged = Judged::of(program);
    for top in tops(folder, entries) {
        let report = bench.scratch.join("folder.json");
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let command = program.reporting(&top, &report);
        let (usage, _) = measure::measured_within(bench.scratch, &command, bench.limits)?;
        judged.cpu_ms += usage.cpu_ms;
        let said = fs::read(&report).unwrap_or_default();
        let said: Value = serde_json::from_slice(&said).unwrap_or_default();
        judged.verdicts.extend(verdicts_of_modelscan(&said, folder, &top, entries));
    }
    Ok(judged)
}

fn verdicts_of_modelscan(
    said: &Value,
    folder: &Path,
    top: &Path,
    entries: &[Entry],
) -> HashMap<String, Verdict> {
    let owners = Owners::of(folder, entries);
    let owner = |path: &Value| {
        // A member stands behind a colon.
        let path = path.as_str()?.split(':').next()?;
        owners.find(&Value::from(top.join(path).to_string_lossy()))
    };
    let mine = entries.iter().filter(|entry| folder.join(&entry.path).starts_with(top));
    let mut verdicts: HashMap<String, Verdict> =
        mine.map(|entry| (entry.path.clone(), Verdict::Skipped)).collect();
    let mut note = |owner: Option<&str>, verdict: Verdict, always: bool| {
        if let Some(known) = owner.and_then(|owner| verdicts.get_mut(owner))
            && (always || verdict > *known)
        {
            *known = verdict;
        }
    };
    for scanned in list(&said["summary"]["scanned"]["scanned_files"]) {
        note(owner(scanned), Verdict::Clean, true);
    }
    for error in list(&said["errors"]) {
        // A reader that would need a further package has skipped the file.
        let lacks = error["description"].as_str().is_some_and(|text| text.contains("extras"));
        if !lacks {
            note(owner(&error["source"]), Verdict::Error, false);
        }
    }
    for issue in list(&said["issues"]) {
        let grave = matches!(issue["severity"].as_str(), Some("CRITICAL" | "HIGH"));
        let verdict = if grave { Verdict::Alert } else { Verdict::Warn };
        note(owner(&issue["source"]), verdict, false);
    }
    verdicts
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The files of the corpus, to find the one that a path means: itself, or a member of it.
struct Owners<'a> {
    folder: &'a Path,
    paths: HashMap<PathBuf, &'a str>,
}

impl<'a> Owners<'a> {
    fn of(folder: &'a Path, entries: &'a [Entry]) -> Self {
        let paths = entries.iter().map(|entry| (folder.join(&entry.path), &*entry.path)).collect();
        Self { folder, paths }
    }

    fn find(&self, path: &Value) -> Option<&'a str> {
        let path = path.as_str()?;
        let ends = [path.len()].into_iter().chain(path.find("!/")).chain(path.find(':'));
        for end in ends {
            let full = self.folder.join(path.get(..end)?);
            let mut at = full.as_path();
            while at.starts_with(self.folder) {
                if let Some(owner) = self.paths.get(at) {
                    return Some(owner);
                }
                at = at.parent()?;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(path: &str, label: &str) -> Entry {
        Entry { path: path.into(), label: label.into(), class: "x".into() }
    }

    #[test]
    fn a_file_takes_the_worst_of_its_findings() {
        let entries = [entry("h/a", "hostile"), entry("h/b", "hostile"), entry("b/c", "benign")];
        let said = json!({
            "findings": [
                {"severity": "medium", "locations": [{"path": "/d/h/a"}]},
                {"severity": "critical", "locations": [{"path": "/d/h/a!/data.pkl"}]}],
            "unknowns": [{"code": "too-deep", "subject": "/d/h/b", "locations": []}],
            "sources": [{"path": "/d/b/c", "status": "read"}, {"path": "/d/h/b", "status": "read"}],
        });
        let verdicts = verdicts_of_mainstay(&said, Path::new("/d"), &entries);
        assert_eq!(verdicts["h/a"], Verdict::Alert);
        assert_eq!(verdicts["h/b"], Verdict::Unknown);
        assert_eq!(verdicts["b/c"], Verdict::Clean);
    }

    #[test]
    fn a_file_that_no_source_names_was_skipped() {
        let entries = [entry("h/a", "hostile")];
        let verdicts = verdicts_of_mainstay(&json!({}), Path::new("/d"), &entries);
        assert_eq!(verdicts["h/a"], Verdict::Skipped);
    }

    #[test]
    fn modelscan_names_files_below_the_folder_it_was_given() {
        let entries = [entry("h/a.pkl", "hostile"), entry("h/b.bin", "hostile")];
        let said = json!({
            "summary": {"scanned": {"scanned_files": ["a.pkl"]}},
            "issues": [{"severity": "CRITICAL", "source": "a.pkl:data.pkl"}],
        });
        let (folder, top) = (Path::new("/d"), Path::new("/d/h"));
        let verdicts = verdicts_of_modelscan(&said, folder, top, &entries);
        assert_eq!(verdicts["h/a.pkl"], Verdict::Alert);
        assert_eq!(verdicts["h/b.bin"], Verdict::Skipped);
    }

    #[test]
    fn a_sample_has_one_of_every_class() {
        let mut entries: Vec<Entry> = (0..98).map(|n| entry(&n.to_string(), "benign")).collect();
        entries.push(entry("98", "hostile"));
        let chosen = sampled(&entries, 10);
        assert_eq!(chosen.iter().filter(|entry| entry.is_hostile()).count(), 1);
        assert_eq!(chosen.len(), 11);
    }
}
