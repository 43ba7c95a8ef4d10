//! Real lockfiles and real records: which record affects which locked version, as an independent
//! matcher found it. Every answer is compared in both directions: nothing is missing, and nothing
//! is there that should not be.
//!
//! The data are not part of the repository (see `mainstay_testkit::shared_data`). Without them
//! these tests say what they leave out, and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use mainstay_knowledge::{DataFolder, ImportOptions, Knowledge, Silent, import};
use mainstay_scan::{Limits, Scan, Target, inventory};
use mainstay_testkit::{shared_data, unzip};
use mainstay_types::{Ecosystem, PackageName};
use serde_json::Value;
use tempfile::TempDir;

/// Record ids by locked package: name as its ecosystem compares it, and version.
type Hits = BTreeMap<(String, String), BTreeSet<String>>;

/// Files whose expected answer the makers of the data call doubtful, and what holds instead.
const DOUBTFUL: &[(&str, Instead)] = &[
    // The lodash of this file is a tarball beside it, not the package of the registry.
    ("npm_and_yarn/projects/npm4/shrinkwrap_relative/npm-shrinkwrap.json", Instead::Optional),
    // Keys without colons: whoever guesses what such a file means may guess wrong.
    ("npm_and_yarn/projects/yarn/unparseable/yarn.lock", Instead::Refused),
    ("npm_and_yarn/projects/yarn/bad_content/yarn.lock", Instead::Refused),
    // `lockfileVersion` is no number. They hold no package, so no hit is lost either way.
    ("bun/projects/javascript/lockfile_version_unparseable/package-lock.json", Instead::Refused),
    ("npm_and_yarn/projects/npm/lockfile_version_unparseable/package-lock.json", Instead::Refused),
];

/// What holds for a doubtful file.
#[derive(Clone, Copy)]
enum Instead {
    /// The expected hits may be there.
    Optional,
    /// The file is not read, and the report says so.
    Refused,
}

/// The records of the shared data, imported once.
static KNOWLEDGE: LazyLock<Option<(TempDir, Knowledge)>> = LazyLock::new(|| {
    let shared = shared_data()?;
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    let options =
        ImportOptions { as_of: None, now: now(), limits: mainstay_knowledge::Limits::default() };
    import(&data, &[shared.join("osv")], &options, &Silent).unwrap();
    let knowledge = Knowledge::open(&data, Ecosystem::all());
    Some((folder, knowledge))
});

fn now() -> jiff::Timestamp {
    crate::sandbox::NOW.parse().unwrap()
}

/// The shared data, what they know, and one of their zips unpacked. `None` when they are absent.
struct Case {
    answers: BTreeMap<String, Value>,
    files: TempDir,
    knowledge: &'static Knowledge,
}

#[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
fn case(answers: &str, zip: &str) -> Option<Case> {
    let (Some(shared), Some((_, knowledge))) = (shared_data(), &*KNOWLEDGE) else {
        eprintln!("left out: the answers of {answers}: no shared data");
        return None;
    };
    let text = fs::read(shared.join("expected").join(answers)).unwrap();
    let files = tempfile::tempdir().unwrap();
    for (name, bytes) in unzip(&fs::read(shared.join("lockfiles").join(zip)).unwrap()) {
        let path = files.path().join(name);
        if path.to_string_lossy().ends_with('/') {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    Some(Case { answers: serde_json::from_slice(&text).unwrap(), files, knowledge })
}

impl Case {
    fn scan(&self, path: &str) -> Scan {
        let path: PathBuf = self.files.path().join(path);
        assert!(path.is_file(), "{} is not in the zip", path.display());
        let limits = Limits::default();
        inventory(vec![Target::new(path)], limits).judge(self.knowledge, limits, now())
    }

    /// Every difference between what is expected and what is found.
    fn differences(&self) -> Vec<String> {
        self.answers.iter().flat_map(|(path, answer)| self.differences_of(path, answer)).collect()
    }

    fn differences_of(&self, path: &str, answer: &Value) -> Vec<String> {
        let scan = self.scan(path);
        let (wanted, found) = (expected_hits(answer), hits(&scan));
        let refused = scan.sources.iter().any(|source| !source.problems.is_empty());
        let doubt =
            DOUBTFUL.iter().find(|(end, _)| path.ends_with(end)).map(|(_, instead)| instead);
        let told = |what: &str| vec![format!("{path}: {what}")];
        match doubt {
            Some(Instead::Refused) if refused && found.is_empty() => Vec::new(),
            Some(Instead::Refused) => told("should be refused"),
            Some(Instead::Optional) if found.is_empty() => Vec::new(),
            Some(Instead::Optional) | None if answer.get("error").is_some() => {
                if refused {
                    Vec::new()
                } else {
                    told("is broken, and the report does not say so")
                }
            }
            Some(Instead::Optional) | None => compare(path, &wanted, &found),
        }
    }
}

fn expected_hits(answer: &Value) -> Hits {
    let ecosystem = Ecosystem::from_osv_name(answer["ecosystem"].as_str().unwrap()).unwrap();
    let mut hits = Hits::new();
    for finding in answer["findings"].as_array().into_iter().flatten() {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let ids =
            finding["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
        let name = PackageName::parse(ecosystem, &text("name")).unwrap();
        hits.entry((name.key().to_owned(), text("version"))).or_default().extend(ids);
    }
    hits
}

fn hits(scan: &Scan) -> Hits {
    let mut hits = Hits::new();
    for finding in &scan.findings {
        if finding.records.is_empty() {
            continue;
        }
        let package = &scan.packages[finding.package.unwrap()];
        let version = package.version.exact().unwrap_or("").to_owned();
        hits.entry((package.name.key().to_owned(), version))
            .or_default()
            .extend(finding.records.iter().map(|record| record.id.clone()));
    }
    hits
}

fn compare(path: &str, wanted: &Hits, found: &Hits) -> Vec<String> {
    let none = BTreeSet::new();
    let mut differences = Vec::new();
    let packages: BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
    for package in packages {
        let (name, version) = package;
        let wanted = wanted.get(package).unwrap_or(&none);
        let found = found.get(package).unwrap_or(&none);
        for id in wanted.difference(found) {
            differences.push(format!("{path}: {name} {version}: {id} is missing"));
        }
        for id in found.difference(wanted) {
            differences.push(format!("{path}: {name} {version}: {id} should not be there"));
        }
    }
    differences
}

#[test]
fn the_lockfiles_of_real_projects_have_the_expected_findings() {
    let Some(case) = case("findings.json", "projects.zip") else { return };
    assert_eq!(case.differences(), [""; 0]);
}

#[test]
fn the_fixtures_have_the_expected_findings() {
    let Some(case) = case("fixtures-findings.json", "fixtures.zip") else { return };
    for (end, _) in DOUBTFUL {
        assert!(case.answers.keys().any(|path| path.ends_with(end)), "{end} is not there");
    }
    assert_eq!(case.differences(), [""; 0]);
}

#[test]
fn what_cargo_audit_says_of_real_lockfiles_is_found_with_its_kind() {
    let Some(case) = case("cargo-audit.json", "projects.zip") else { return };
    let lockfiles = case.answers["lockfiles"].as_object().unwrap();
    for (path, answer) in lockfiles {
        let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        let wanted: BTreeSet<[String; 4]> = answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| ["id", "kind", "name", "version"].map(|key| text(one, key)))
            .collect();
        assert_eq!(rustsec(&case.scan(path)), wanted, "{path}");
    }
}

/// RustSec's records in a scan: id, kind, package, version.
fn rustsec(scan: &Scan) -> BTreeSet<[String; 4]> {
    let mut found = BTreeSet::new();
    for finding in &scan.findings {
        let Some(package) = finding.package.map(|at| &scan.packages[at]) else { continue };
        for record in finding.records.iter().filter(|one| one.id.starts_with("RUSTSEC-")) {
            found.insert([
                record.id.clone(),
                record.kind.word().to_owned(),
                package.name.as_written().to_owned(),
                package.version.exact().unwrap_or("").to_owned(),
            ]);
        }
    }
    found
}
