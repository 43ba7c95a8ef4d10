use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use mainstay_matching::Subject;
use mainstay_testkit::{Record, zip, zip_bomb, zip_with};
use mainstay_types::PackageName;
use tempfile::TempDir;

use super::*;
use crate::folder::temporary_folder;
use crate::{Answer, EcosystemFacts, EcosystemKnowledge, Knowledge, Silent, SourceKind, status};

mod completeness;
mod damage;
mod lists;

/// A data folder and a folder of files to import, both temporary.
struct Desk {
    root: TempDir,
    folder: DataFolder,
}

impl Desk {
    fn new() -> Self {
        let root = temporary_folder();
        let folder = DataFolder::open(&root.path().join("data")).unwrap();
        std::fs::create_dir(root.path().join("in")).unwrap();
        Self { root, folder }
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, paths: &[PathBuf]) -> Result<ImportReport, KnowledgeError> {
        self.import_with(paths, None, Limits::default())
    }

    fn import_with(
        &self,
        paths: &[PathBuf],
        as_of: Option<Timestamp>,
        limits: Limits,
    ) -> Result<ImportReport, KnowledgeError> {
        import(&self.folder, paths, &ImportOptions { as_of, now: now(), limits }, &Silent)
    }

    fn open(&self) -> Knowledge {
        Knowledge::open(&self.folder, Ecosystem::all())
    }

    fn facts(&self, ecosystem: Ecosystem) -> EcosystemFacts {
        match self.open().ecosystem(ecosystem) {
            EcosystemKnowledge::Imported { facts, .. } => *facts,
            other @ (EcosystemKnowledge::Starter
            | EcosystemKnowledge::Absent
            | EcosystemKnowledge::Damaged(_)) => panic!("{other:?}"),
        }
    }

    /// The ids of the advisories that affect version 1.0.0.
    fn hits(&self, ecosystem: Ecosystem, package: &str) -> Vec<String> {
        let knowledge = self.open();
        let name = PackageName::parse(ecosystem, package).unwrap();
        match knowledge.look_up(&name, None, Subject::Version("1.0.0")) {
            Answer::Records(found) | Answer::Mentions(found) => {
                found.hits.iter().map(|hit| hit.advisory.id.to_owned()).collect()
            }
            Answer::Starter(_) => vec!["starter".to_owned()],
            Answer::Absent => vec!["absent".to_owned()],
            Answer::Unusable(_) => vec!["unusable".to_owned()],
        }
    }

    fn titles(&self, ecosystem: Ecosystem, package: &str) -> Vec<String> {
        let knowledge = self.open();
        let name = PackageName::parse(ecosystem, package).unwrap();
        match knowledge.look_up(&name, None, Subject::Version("1.0.0")) {
            Answer::Records(found) | Answer::Mentions(found) => {
                found.hits.iter().map(|hit| hit.advisory.title.to_owned()).collect()
            }
            other @ (Answer::Starter(_) | Answer::Absent | Answer::Unusable(_)) => {
                panic!("{other:?}")
            }
        }
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn npm(id: &str, package: &str) -> Record {
    Record::new(id, "npm", package)
}

#[test]
fn an_imported_zip_answers() {
    let desk = Desk::new();
    let path = desk.put("all.zip", zip([npm("X-1", "left").entry(), npm("X-2", "right").entry()]));
    let report = desk.import(&[path]).unwrap();
    assert_eq!(report.ecosystems[&Ecosystem::Npm].records, 2);
    assert_eq!(desk.hits(Ecosystem::Npm, "left"), ["X-1"]);
    assert_eq!(desk.hits(Ecosystem::PyPi, "left"), ["starter"]);
}

#[test]
fn a_folder_is_walked_for_zips_and_records() {
    let desk = Desk::new();
    desk.put("npm/all.zip", zip([npm("X-1", "left").entry()]));
    desk.put("deep/er/X-2.json", Record::new("X-2", "PyPI", "right").json());
    let report = desk.import(&[desk.root.path().join("in")]).unwrap();
    assert_eq!(report.records, 2);
    assert_eq!(desk.hits(Ecosystem::Npm, "left"), ["X-1"]);
    assert_eq!(desk.hits(Ecosystem::PyPi, "right"), ["X-2"]);
}

#[test]
fn a_zip_of_several_ecosystems_is_sorted_by_its_records() {
    let desk = Desk::new();
    let records = [npm("X-1", "a"), Record::new("X-2", "Go", "git.example/b")];
    let path = desk.put("all.zip", zip(records.iter().map(Record::entry)));
    let report = desk.import(&[path]).unwrap();
    assert_eq!(report.ecosystems.len(), 2);
    assert_eq!(desk.hits(Ecosystem::Go, "git.example/b"), ["X-2"]);
}

#[test]
fn an_unknown_ecosystem_is_counted() {
    let desk = Desk::new();
    let path = desk.put("X-1.json", Record::new("X-1", "Cobol", "a").json());
    let report = desk.import(&[path]).unwrap();
    assert_eq!(report.unknown_ecosystems["Cobol"], 1);
    assert_eq!(report.without_package, 1);
}

#[test]
fn json_that_is_no_advisory_is_named() {
    let desk = Desk::new();
    let path = desk.put(
        "all.zip",
        zip([npm("X-1", "a").entry(), ("package.json".to_owned(), br#"{"name": "a"}"#.to_vec())]),
    );
    let report = desk.import(&[path]).unwrap();
    assert_eq!(report.records, 1);
    assert!(report.not_advisories[0].path.ends_with("all.zip!/package.json"));
    assert_eq!(report.errors_count, 0);
}

#[test]
fn a_truncated_record_is_an_error_in_the_report() {
    let desk = Desk::new();
    let mut bytes = npm("X-1", "a").json();
    bytes.truncate(bytes.len() / 2);
    let report = desk.import(&[desk.put("X-1.json", bytes)]).unwrap();
    assert_eq!(report.errors_count, 1);
    assert_eq!(report.records, 0);
}

#[test]
fn a_truncated_zip_is_left_out_and_the_others_count() {
    let desk = Desk::new();
    let mut bad = zip([npm("X-1", "a").entry()]);
    bad.truncate(bad.len() - 30);
    let bad = desk.put("bad.zip", bad);
    let good = desk.put("good.zip", zip([npm("X-2", "b").entry()]));
    let report = desk.import(&[good, bad]).unwrap();
    assert_eq!(report.errors_count, 1);
    assert_eq!(desk.hits(Ecosystem::Npm, "b"), ["X-2"]);
}

#[test]
fn the_later_modified_counts_whatever_was_imported_last() {
    let desk = Desk::new();
    let new = npm("X-1", "a").modified("2025-05-01T00:00:00Z").summary("new");
    let old = npm("X-1", "a").modified("2024-05-01T00:00:00Z").summary("old");
    desk.import(&[desk.put("new.zip", zip([new.entry()]))]).unwrap();
    let report = desk.import(&[desk.put("old.zip", zip([old.entry()]))]).unwrap();
    assert_eq!(report.superseded, 1);
    assert_eq!(desk.titles(Ecosystem::Npm, "a"), ["new"]);
}

#[test]
fn the_last_import_counts_when_modified_tells_nothing() {
    let desk = Desk::new();
    let old = npm("X-1", "a").modified("0001-01-01T00:00:00Z").summary("first");
    let new = npm("X-1", "a").modified("0001-01-01T00:00:00Z").summary("second");
    desk.import(&[desk.put("a.zip", zip([old.entry()]))]).unwrap();
    desk.import(&[desk.put("b.zip", zip([new.entry()]))]).unwrap();
    assert_eq!(desk.titles(Ecosystem::Npm, "a"), ["second"]);
}

#[test]
fn importing_the_same_file_again_changes_nothing() {
    let desk = Desk::new();
    let path = desk.put("all.zip", zip([npm("X-1", "a").entry()]));
    desk.import(std::slice::from_ref(&path)).unwrap();
    let again = desk.import(&[path]).unwrap();
    assert_eq!(again.ecosystems[&Ecosystem::Npm].records, 1);
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["X-1"]);
    assert_eq!(std::fs::read_dir(desk.folder.file("records")).unwrap().count(), 1);
}

#[test]
fn many_imports_are_joined_into_one_zip() {
    let desk = Desk::new();
    for number in 0..14 {
        let record = npm(&format!("X-{number}"), &format!("p{number}"));
        desk.import(&[desk.put("one.json", record.json())]).unwrap();
    }
    assert!(std::fs::read_dir(desk.folder.file("records")).unwrap().count() <= 3);
    assert_eq!(desk.hits(Ecosystem::Npm, "p0"), ["X-0"]);
    assert_eq!(desk.hits(Ecosystem::Npm, "p13"), ["X-13"]);
    assert!(desk.open().record("X-0").unwrap().is_some());
}

#[test]
fn a_withdrawn_record_is_counted_and_does_not_hit() {
    let desk = Desk::new();
    let record = npm("X-1", "a").withdrawn("2025-02-01T00:00:00Z");
    let report = desk.import(&[desk.put("X-1.json", record.json())]).unwrap();
    assert_eq!(report.ecosystems[&Ecosystem::Npm].withdrawn, 1);
    assert!(desk.hits(Ecosystem::Npm, "a").is_empty());
}

#[test]
fn the_age_counts_from_the_newest_plausible_date() {
    let desk = Desk::new();
    let records = [
        npm("X-1", "a").modified("2025-03-01T00:00:00Z"),
        npm("X-2", "b").modified("2199-01-01T00:00:00Z"),
        npm("X-3", "c").modified("0001-01-01T00:00:00Z"),
    ];
    let report =
        desk.import(&[desk.put("all.zip", zip(records.iter().map(Record::entry)))]).unwrap();
    let npm = report.ecosystems[&Ecosystem::Npm];
    assert_eq!(npm.as_of, Some(time("2025-03-01T00:00:00Z")));
    assert_eq!(npm.newest, npm.as_of);
}

#[test]
fn the_age_counts_from_the_date_that_was_given() {
    let desk = Desk::new();
    let path = desk.put("X-1.json", npm("X-1", "a").json());
    let as_of = time("2025-12-01T00:00:00Z");
    let report = desk.import_with(&[path], Some(as_of), Limits::default()).unwrap();
    assert_eq!(report.ecosystems[&Ecosystem::Npm].as_of, Some(as_of));
}

#[test]
fn kev_and_epss_are_told_apart_and_answer() {
    let desk = Desk::new();
    let kev = r#"{"title": "t", "catalogVersion": "2025.01.01", "dateReleased":
        "2025-01-01T00:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2021-44228",
        "dateAdded": "2021-12-10", "dueDate": "2021-12-24",
        "knownRansomwareCampaignUse": "Known"}]}"#;
    let epss = "#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z\n\
                cve,epss,percentile\nCVE-2021-44228,0.94358,0.99957\nCVE-1999-0001,0.01,0.5\n";
    let path = desk.put("a.zip", zip([("kev.json", kev)]));
    let report = desk.import(&[path, desk.put("epss.csv", epss)]).unwrap();
    assert_eq!((report.kev, report.epss), (Some(1), Some(2)));
    let knowledge = desk.open();
    let entry = knowledge.kev("CVE-2021-44228").unwrap().unwrap();
    assert!(entry.ransomware);
    assert_eq!(entry.date_added.unwrap().to_string(), "2021-12-10");
    let score = knowledge.epss("CVE-2021-44228").unwrap().unwrap();
    assert!((score.probability - 0.94358).abs() < 1e-9);
    assert_eq!(score.date.unwrap().to_string(), "2025-08-25");
    assert_eq!(knowledge.kev("CVE-2021-44229").unwrap(), None);
}

#[test]
fn the_raw_record_is_kept_as_it_came() {
    let desk = Desk::new();
    let record = npm("X-1", "a");
    desk.import(&[desk.put("all.zip", zip([record.entry()]))]).unwrap();
    assert_eq!(desk.open().record("X-1").unwrap(), Some(record.json()));
    assert_eq!(desk.open().record("X-2").unwrap(), None);
}

#[test]
fn the_raw_record_is_found_under_any_name() {
    let desk = Desk::new();
    let record = npm("X-1", "a");
    desk.import(&[desk.put("all.zip", zip([("odd name.json", record.json())]))]).unwrap();
    assert_eq!(desk.open().record("X-1").unwrap(), Some(record.json()));
}

#[test]
fn status_lists_every_source_with_its_age() {
    let desk = Desk::new();
    desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap();
    let status = status(&desk.folder, time("2025-01-03T00:00:00Z")).unwrap();
    let [source] = status.sources.as_slice() else { panic!("{status:?}") };
    assert_eq!(source.kind, SourceKind::Advisories(Ecosystem::Npm));
    assert_eq!(source.age.unwrap().as_hours(), 48);
    assert!(source.digest.starts_with("sha256:"));
    assert_eq!(source.index, crate::IndexState::Ready);
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let desk = Desk::new();
    let error = desk.import(&[PathBuf::from("/no/such/file.zip")]).unwrap_err();
    assert!(error.to_string().contains("/no/such/file.zip"), "{error}");
}

#[test]
fn an_empty_folder_knows_nothing() {
    let desk = Desk::new();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["starter"]);
    assert_eq!(desk.hits(Ecosystem::Ghc, "a"), ["absent"]);
    assert!(status(&desk.folder, now()).unwrap().sources.is_empty());
}

#[test]
fn a_folder_of_a_newer_mainstay_is_refused() {
    let desk = Desk::new();
    std::fs::create_dir(desk.folder.path()).unwrap();
    std::fs::write(desk.folder.file("manifest.json"), r#"{"format": 2, "new": []}"#).unwrap();
    let error = DataFolder::open(desk.folder.path()).unwrap_err();
    assert_eq!(error.code(), "data-newer");
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["unusable"]);
}

#[test]
fn a_second_writer_is_told_to_wait() {
    let desk = Desk::new();
    let _first = desk.folder.lock().unwrap();
    let error = desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap_err();
    assert_eq!(error.code(), "data-locked");
}

#[test]
fn a_disk_that_fills_at_any_point_leaves_the_former_state() {
    let desk = Desk::new();
    desk.import(&[desk.put("old.zip", zip([npm("X-1", "a").entry()]))]).unwrap();
    let new = zip((0..50).map(|n| npm(&format!("Y-{n}"), "a").entry()));
    let new = desk.put("new.zip", new);
    let loose = desk.put("Y-99.json", npm("Y-99", "a").json());
    let mut failures = 0;
    for room in (0..20_000).step_by(500) {
        let mut folder = desk.folder.clone();
        folder.room = Some(Arc::new(AtomicU64::new(room)));
        let options = ImportOptions { as_of: None, now: now(), limits: Limits::default() };
        let paths = [new.clone(), loose.clone()];
        match import(&folder, &paths, &options, &Silent) {
            Ok(_) => break,
            Err(error) => {
                failures += 1;
                assert_eq!(error.code(), "data-io");
                assert!(error.to_string().contains("make room"), "{error}");
                assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["X-1"]);
            }
        }
    }
    assert!(failures > 5, "{failures}");
    assert_eq!(desk.hits(Ecosystem::Npm, "a").len(), 52);
}

#[test]
fn what_a_killed_writer_left_is_cleared_away() {
    let desk = Desk::new();
    drop(desk.folder.lock().unwrap());
    std::fs::write(desk.folder.file("records/.unfinished-abc"), "half").unwrap();
    desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap();
    assert!(!desk.folder.file("records/.unfinished-abc").exists());
}

#[test]
fn a_damaged_index_is_unusable_and_can_be_built_again() {
    let desk = Desk::new();
    desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap();
    let index = only_file(&desk.folder.file("index"));
    let bytes = std::fs::read(&index).unwrap();
    std::fs::write(&index, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["unusable"]);
    rebuild(&desk.folder, &[], now(), &Silent).unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["X-1"]);
}

#[test]
fn a_missing_index_is_unusable() {
    let desk = Desk::new();
    desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap();
    std::fs::remove_file(only_file(&desk.folder.file("index"))).unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["unusable"]);
}

#[test]
fn a_manifest_of_garbage_is_unusable() {
    let desk = Desk::new();
    desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap();
    std::fs::write(desk.folder.file("manifest.json"), "garbage").unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["unusable"]);
    assert!(desk.open().kev("CVE-2021-44228").is_err());
}

#[test]
fn a_zip_bomb_is_refused() {
    let desk = Desk::new();
    let path = desk.put("bomb.zip", zip_bomb(8 << 20));
    let report = desk.import(&[path]).unwrap();
    assert!(report.errors[0].problem.contains("times larger"), "{:?}", report.errors);
}

#[test]
fn a_zip_with_too_many_entries_is_left_out_whole() {
    let desk = Desk::new();
    let path = desk.put("all.zip", zip((0..20).map(|n| npm(&format!("X-{n}"), "a").entry())));
    let limits = Limits { entries: 10, ..Limits::default() };
    let report = desk.import_with(&[path], None, limits).unwrap();
    assert!(report.errors[0].problem.contains("more than 10 entries"), "{:?}", report.errors);
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["starter"]);
}

#[test]
fn a_method_that_is_not_read_is_named() {
    let desk = Desk::new();
    let method = rawzip::CompressionMethod::ZSTD;
    let path = desk.put("all.zip", zip_with(method, [npm("X-1", "a").entry()]));
    let report = desk.import(&[path]).unwrap();
    assert!(report.errors[0].problem.contains("method"), "{:?}", report.errors);
}

#[test]
fn a_name_that_climbs_out_stays_a_name() {
    let desk = Desk::new();
    let record = npm("../../X-1", "a");
    desk.import(&[desk.put("one.json", record.json())]).unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["../../X-1"]);
    assert!(!desk.root.path().join("X-1.json").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_not_followed() {
    let desk = Desk::new();
    let target = desk.put("../outside.json", npm("X-1", "a").json());
    std::os::unix::fs::symlink(target, desk.root.path().join("in/link.json")).unwrap();
    let report = desk.import(&[desk.root.path().join("in")]).unwrap();
    assert_eq!(report.records, 0);
    assert_eq!(report.not_advisories_count, 1);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn the_real_exports_are_taken_in_whole() {
    let Some(shared) = mainstay_testkit::shared_data() else {
        eprintln!("left out: the import of real exports: no shared data");
        return;
    };
    let desk = Desk::new();
    let report = desk.import(&[shared.join("osv"), shared.join("kev/kev.zip")]).unwrap();
    assert_eq!(report.errors, []);
    assert!(report.unknown_ecosystems.is_empty(), "{:?}", report.unknown_ecosystems);
    assert!(report.records > 10_000, "{}", report.records);
    assert!(report.kev.unwrap() > 1_000);
    let status = status(&desk.folder, now()).unwrap();
    assert!(status.sources.iter().all(|source| source.complete), "{status:?}");
    assert!(status.sources.iter().all(|source| source.unread == 0), "{status:?}");
}

fn only_file(folder: &Path) -> PathBuf {
    std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}
