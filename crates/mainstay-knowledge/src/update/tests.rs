use mainstay_fetch::{Limits as FetchLimits, Proxies};
use mainstay_testkit::{BucketServer, Fault, Record, zip};
use tempfile::TempDir;

use super::*;
use crate::folder::temporary_folder;
use crate::{EcosystemKnowledge, ImportOptions, Knowledge, Silent, import};

/// A data folder and a bucket.
struct Desk {
    _root: TempDir,
    folder: DataFolder,
    server: BucketServer,
}

impl Desk {
    fn new() -> Self {
        let root = temporary_folder();
        let folder = DataFolder::open(&root.path().join("data")).unwrap();
        let server = BucketServer::start();
        server.put("/kev.json", KEV);
        server.put("/epss.csv", EPSS);
        Self { _root: root, folder, server }
    }

    fn put_export(&self, records: &[Record]) {
        self.server.put("/npm/all.zip", zip(records.iter().map(Record::entry)));
    }

    fn update(&self) -> UpdateReport {
        self.update_at("2026-01-01T00:00:00Z", Duration::ZERO)
    }

    fn update_at(&self, now: &str, back_off: Duration) -> UpdateReport {
        let base = self.server.url();
        let options = UpdateOptions {
            ecosystems: vec![Ecosystem::Npm],
            addresses: Addresses {
                osv: SourceUrl::new(&base),
                kev: SourceUrl::new(&format!("{base}/kev.json")),
                epss: SourceUrl::new(&format!("{base}/epss.csv")),
            },
            now: now.parse().unwrap(),
            limits: Limits::default(),
            back_off,
        };
        update(&self.folder, &options, &fetcher(), &Silent).unwrap()
    }

    fn facts(&self) -> Option<crate::EcosystemFacts> {
        let knowledge = Knowledge::open(&self.folder, [Ecosystem::Npm]);
        match knowledge.ecosystem(Ecosystem::Npm) {
            EcosystemKnowledge::Imported { facts, .. } => Some(*facts),
            EcosystemKnowledge::Starter
            | EcosystemKnowledge::Absent
            | EcosystemKnowledge::Damaged(_) => None,
        }
    }

    fn asked(&self, path: &str) -> usize {
        self.server.requests().iter().filter(|request| request.starts_with(path)).count()
    }
}

const KEV: &str = r#"{"catalogVersion": "1", "dateReleased": "2025-01-01T00:00:00Z",
    "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10"}]}"#;
const EPSS: &str = "#model_version:v1,score_date:2025-08-25T12:55:00Z\ncve,epss,percentile\n\
    CVE-2021-44228,0.9,0.99\n";

fn fetcher() -> Fetcher {
    Fetcher::new(FetchLimits::default(), "mainstay-test", Proxies::None)
}

/// One change more than is fetched record by record.
fn many_changes() -> String {
    let lines: Vec<String> = (0..=500).map(|n| format!("2025-02-01T00:00:00Z,Y-{n}")).collect();
    lines.join("\n")
}

fn npm(id: &str) -> Record {
    Record::new(id, "npm", "left")
}

fn how(report: &UpdateReport) -> Updated {
    report.ecosystems[&Ecosystem::Npm].as_ref().unwrap().how
}

#[test]
fn the_first_update_fetches_everything() {
    let desk = Desk::new();
    desk.put_export(&[npm("X-1"), npm("X-2")]);
    let report = desk.update();
    assert_eq!(how(&report), Updated::Whole);
    let facts = desk.facts().unwrap();
    assert_eq!(facts.records, 2);
    assert!(facts.complete);
    assert_eq!(facts.as_of, Some("2026-01-01T00:00:00Z".parse().unwrap()));
    assert!(report.kev.unwrap().is_ok());
    assert!(report.epss.unwrap().is_ok());
}

#[test]
fn a_later_update_fetches_only_what_changed() {
    let desk = Desk::new();
    desk.put_export(&[npm("X-1"), npm("X-2")]);
    desk.update();
    let changed = npm("X-3").modified("2025-02-01T00:00:00Z");
    desk.server.put("/npm/X-3.json", changed.json());
    desk.server.put(
        "/npm/modified_id.csv",
        "2025-02-01T00:00:00Z,X-3\n2025-01-01T00:00:00Z,X-1\n2025-01-01T00:00:00Z,X-2\n",
    );
    desk.server.forget_requests();
    assert_eq!(how(&desk.update()), Updated::Changes(1));
    assert_eq!(desk.facts().unwrap().records, 3);
    assert_eq!(desk.asked("/npm/all.zip"), 0);
    assert_eq!(how(&desk.update_at("2026-01-02T00:00:00Z", Duration::ZERO)), Updated::Current);
    assert_eq!(desk.facts().unwrap().as_of, Some("2026-01-02T00:00:00Z".parse().unwrap()));
}

#[test]
fn many_changes_fetch_everything_again() {
    let desk = Desk::new();
    desk.put_export(&[npm("X-1")]);
    desk.update();
    desk.server.put("/npm/modified_id.csv", many_changes());
    desk.put_export(&[npm("X-1"), npm("X-2")]);
    assert_eq!(how(&desk.update()), Updated::Whole);
    assert_eq!(desk.facts().unwrap().records, 2);
}

#[test]
fn unchanged_tables_are_not_fetched_again() {
    let desk = Desk::new();
    desk.put_export(&[npm("X-1")]);
    desk.update();
    let report = desk.update();
    assert_eq!(report.kev.unwrap().unwrap().how, Updated::Current);
    assert_eq!(report.epss.unwrap().unwrap().how, Updated::Current);
}

#[test]
fn a_download_that_breaks_is_resumed() {
    let desk = Desk::new();
    desk.put_export(&[npm("X-1"), npm("X-2")]);
    desk.server.fault("/npm/all.zip", Fault::BreakOnceAfter(100));
    assert_eq!(how(&desk.update()), Updated::Whole);
    assert_eq!(desk.server.requests()[..2], ["/npm/all.zip", "/npm/all.zip bytes=100-"]);
}

#[test]
fn a_wrong_download_harms_nothing() {
    let good = zip([npm("X-1").entry()]);
    let mut damaged = good.clone();
    damaged[60] ^= 0xff;
    let other = zip([Record::new("Y-1", "PyPI", "right").entry()]);
    let downloads = [
        b"<html>sign in</html>".to_vec(),
        good[..good.len() / 2].to_vec(),
        damaged,
        other,
        Vec::new(),
        zip::<&str, &[u8]>([]),
    ];
    for bytes in downloads {
        let desk = Desk::new();
        desk.put_export(&[npm("X-1")]);
        desk.update();
        let before = desk.facts();
        desk.server.put("/npm/all.zip", bytes);
        desk.server.put("/npm/modified_id.csv", many_changes());
        let report = desk.update_at("2026-01-09T00:00:00Z", Duration::ZERO);
        let error = report.ecosystems[&Ecosystem::Npm].as_ref().unwrap_err();
        assert_eq!(error.code(), "data-wrong-download", "{error}");
        assert_eq!(desk.facts(), before);
    }
}

#[test]
fn a_changed_record_that_is_another_one_is_refused() {
    let desk = Desk::new();
    desk.put_export(&[npm("X-1")]);
    desk.update();
    desk.server.put("/npm/modified_id.csv", "2025-02-01T00:00:00Z,X-3\n");
    desk.server.put("/npm/X-3.json", npm("X-4").json());
    assert!(desk.update().ecosystems[&Ecosystem::Npm].is_err());
    assert_eq!(desk.facts().unwrap().records, 1);
}

#[test]
fn a_server_error_is_told_and_the_other_sources_go_on() {
    let desk = Desk::new();
    desk.server.fault("/npm/all.zip", Fault::Status(500));
    let report = desk.update();
    let error = report.ecosystems[&Ecosystem::Npm].as_ref().unwrap_err();
    assert_eq!(error.code(), "fetch-status");
    assert!(report.kev.unwrap().is_ok());
}

#[test]
fn a_source_that_failed_is_left_alone_for_a_while() {
    let desk = Desk::new();
    desk.server.fault("/npm/all.zip", Fault::Status(500));
    desk.update();
    desk.server.mend("/npm/all.zip");
    desk.put_export(&[npm("X-1")]);
    let ten_minutes = Duration::from_mins(10);
    let soon = desk.update_at("2026-01-01T00:05:00Z", ten_minutes);
    assert_eq!(soon.not_tried, [Ecosystem::Npm]);
    let later = desk.update_at("2026-01-01T00:11:00Z", ten_minutes);
    assert_eq!(how(&later), Updated::Whole);
}

#[test]
fn without_a_network_the_first_failure_ends_it() {
    let desk = Desk::new();
    // Nobody listens at a port that was just given back.
    let closed = BucketServer::start().url();
    let options = UpdateOptions {
        ecosystems: vec![Ecosystem::Npm, Ecosystem::PyPi],
        addresses: Addresses {
            osv: SourceUrl::new(&closed),
            kev: SourceUrl::new(&closed),
            epss: SourceUrl::new(&closed),
        },
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        limits: Limits::default(),
        back_off: Duration::ZERO,
    };
    let report = update(&desk.folder, &options, &fetcher(), &Silent).unwrap();
    assert_eq!(report.not_tried, [Ecosystem::PyPi]);
    assert!(report.kev.is_none() && report.epss.is_none());
}

#[test]
fn a_name_with_a_space_is_percent_encoded() {
    let desk = Desk::new();
    let base = desk.server.url();
    let record = Record::new("RHSA-1", "Red Hat", "left");
    desk.server.put("/Red%20Hat/all.zip", zip([record.entry()]));
    let options = UpdateOptions {
        ecosystems: vec![Ecosystem::RedHat],
        addresses: Addresses { osv: SourceUrl::new(&base), ..Addresses::default() },
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        limits: Limits::default(),
        back_off: Duration::ZERO,
    };
    let fetcher = fetcher();
    let mut job = Job {
        folder: &desk.folder,
        options: &options,
        fetcher: &fetcher,
        progress: &Silent,
        manifest: Manifest::read(&desk.folder).unwrap(),
        bytes: 0,
    };
    let _lock = desk.folder.lock().unwrap();
    assert_eq!(job.update_ecosystem(Ecosystem::RedHat).unwrap().state.records, 1);
}

#[test]
fn imported_records_stay_beside_fetched_ones() {
    let desk = Desk::new();
    let own = desk.folder.path().with_file_name("own.json");
    std::fs::write(&own, npm("OWN-1").json()).unwrap();
    let options = ImportOptions {
        as_of: None,
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        limits: Limits::default(),
    };
    import(&desk.folder, &[own], &options, &Silent).unwrap();
    desk.put_export(&[npm("X-1")]);
    desk.update();
    assert_eq!(desk.facts().unwrap().records, 2);
}
