//! Advisory data that are not there, too old, or only a part.

use std::fs;

use mainstay_testkit::Record;

use super::{assert_unknown, assert_unknown_with};
use crate::sandbox::{Sandbox, cargo_lock, nobody_there};

/// A project, and no advisory data.
fn without_data() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    sandbox
}

#[test]
fn without_data_and_offline_nothing_is_clean() {
    assert_unknown(&without_data(), &["no-data"]);
}

#[test]
fn without_data_and_without_a_network_nothing_is_clean() {
    let mut sandbox = without_data();
    sandbox.go_online(&nobody_there());
    assert_unknown(&sandbox, &["no-data"]);
}

#[test]
fn a_network_that_fails_is_told_on_standard_error() {
    let mut sandbox = without_data();
    sandbox.go_online(&nobody_there());
    let answer = sandbox.check(&[]);
    assert!(
        answer.stderr.starts_with("warning: the advisory data of crates.io were not updated"),
        "{answer:?}"
    );
}

#[test]
fn an_empty_data_folder_is_no_data() {
    let sandbox = without_data();
    fs::create_dir(sandbox.data()).unwrap();
    assert_unknown(&sandbox, &["no-data"]);
}

#[test]
fn a_package_that_only_the_starter_set_was_asked_about_is_unchecked() {
    let report = without_data().scan(&[]);
    assert_eq!(report["packages"][0]["status"], "unchecked");
    assert_eq!(report["knowledge"][0]["source"], "starter");
}

#[test]
fn an_ecosystem_that_nothing_is_known_about_is_no_data() {
    let sandbox = Sandbox::clean();
    sandbox.write("cran/renv.lock", RENV);
    assert_unknown(&sandbox, &["no-data"]);
}

const RENV: &str = r#"{"R": {"Version": "4.3.0"}, "Packages": {
    "left": {"Package": "left", "Version": "1.0.0", "Source": "Repository", "Repository": "CRAN"}
}}"#;

/// A clock that lags would make any data look fresh.
#[test]
fn data_from_the_future_have_no_age_and_are_stale() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("MAINSTAY_NOW", "2020-01-01T00:00:00Z");
    assert_unknown(&sandbox, &["stale-data"]);
}

#[test]
fn data_older_than_a_week_are_stale() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("MAINSTAY_NOW", "2026-03-07T00:00:01Z");
    assert_unknown(&sandbox, &["stale-data"]);
}

#[test]
fn data_of_exactly_a_week_are_fresh() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("MAINSTAY_NOW", "2026-03-07T00:00:00Z");
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn the_limit_of_age_can_be_set() {
    assert_unknown_with(&Sandbox::clean(), &["--max-data-age", "12h"], &["stale-data"]);
}

#[test]
fn data_that_are_stale_and_cannot_be_refreshed_stay_stale() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("MAINSTAY_NOW", "2026-06-01T00:00:00Z");
    sandbox.go_online(&nobody_there());
    assert_unknown(&sandbox, &["stale-data"]);
}

#[test]
fn data_of_no_known_age_are_stale() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left");
    record.0["modified"] = "0001-01-01T00:00:00Z".into();
    record.0["published"] = "0001-01-01T00:00:00Z".into();
    let records = sandbox.beside("records");
    fs::create_dir(&records).unwrap();
    fs::write(records.join("record.json"), record.json()).unwrap();
    assert_eq!(sandbox.run(&["db", "import", records.to_str().unwrap()]).exit, 0);
    assert_unknown(&sandbox, &["stale-data"]);
}

#[test]
fn data_that_only_mention_an_ecosystem_are_not_its_data() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    let mut records: Vec<Record> =
        (0..50).map(|n| Record::new(&format!("TEST-{n}"), "npm", &format!("p{n}"))).collect();
    records.push(Record::new("TEST-X", "npm", "left").and("crates.io", "left"));
    sandbox.import(&records);
    assert_unknown(&sandbox, &["no-data"]);
}

#[test]
fn an_import_with_an_unreadable_record_does_not_count_as_all_data() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    let good = Record::new("TEST-1", "crates.io", "right").entry();
    let bad = ("TEST-2.json".to_owned(), b"{\"id\": \"TEST-2\", \"affected\": [".to_vec());
    let export = sandbox.beside("export.zip");
    fs::write(&export, mainstay_testkit::zip([good, bad])).unwrap();
    sandbox.import_file(&export);
    assert_unknown(&sandbox, &["no-data"]);
}

#[test]
fn a_folder_with_an_unreadable_record_does_not_count_as_all_data() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    let records = sandbox.beside("records");
    fs::create_dir(&records).unwrap();
    fs::write(records.join("1.json"), Record::new("TEST-1", "crates.io", "right").json()).unwrap();
    fs::write(records.join("2.json"), "{\"id\": \"TEST-2\", \"affected\": [").unwrap();
    sandbox.import_file(&records);
    assert_unknown(&sandbox, &["no-data"]);
}
