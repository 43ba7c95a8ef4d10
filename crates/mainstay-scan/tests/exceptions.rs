//! What somebody accepted is to be seen in every report: the file that says so may have come with
//! the software.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use jiff::Timestamp;
use jiff::civil::date;
use mainstay_console::Styling;
use mainstay_knowledge::{DataFolder, Knowledge};
use mainstay_policy::Exception;
use mainstay_scan::{Limits, ReportFormat, Scan, Target, TextLayout, inventory, report};
use serde_json::Value;

const LOCK: &str = r#"{
  "name": "own", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": { "name": "own", "version": "1.0.0" },
    "node_modules/lodash": { "version": "4.17.20" },
    "node_modules/minimist": { "version": "0.0.8" }
  }
}"#;

/// A scan by the starter set, with what is known of lodash accepted.
fn scan() -> Scan {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("package-lock.json"), LOCK).unwrap();
    let mut target = Target::new(folder.path());
    target.exceptions = vec![Exception {
        id: "vulnerable-package".to_owned(),
        package: Some("lodash".to_owned()),
        reason: "templates are our own".to_owned(),
        owner: "build@shop.example".to_owned(),
        expires: date(2027, 6, 30),
        written: "mainstay.toml:1".to_owned(),
    }];
    let inventoried = inventory(vec![target], Limits::default());
    let data = DataFolder::open(&folder.path().join("data")).unwrap();
    let knowledge = Knowledge::open(&data, inventoried.ecosystems());
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    inventoried.judge(&knowledge, Limits::default(), now)
}

fn written(format: ReportFormat) -> String {
    let layout = TextLayout { styling: Styling::Bare, width: None, verbose: false };
    let mut written = Vec::new();
    report(&scan(), format, layout, &mut written).unwrap();
    String::from_utf8(written).unwrap()
}

#[test]
fn every_report_says_what_was_accepted_and_by_whom() {
    for format in ReportFormat::ALL {
        let text = written(format).replace('\u{2060}', "");
        for word in ["templates are our own", "build@shop.example", "2027-06-30", "mainstay.toml:1"]
        {
            assert!(text.contains(word), "{word} is not in {}", format.word());
        }
    }
}

#[test]
fn sarif_says_of_every_result_whether_it_is_suppressed() {
    let log: Value = serde_json::from_str(&written(ReportFormat::Sarif)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let suppressed = |result: &Value| result["suppressions"].as_array().unwrap().len();
    let of = |name: &str| {
        let about = results.iter().filter(|one| {
            one["properties"]["purl"].as_str().unwrap().starts_with(&format!("pkg:npm/{name}@"))
        });
        about.map(suppressed).collect::<Vec<_>>()
    };
    assert!(!of("lodash").is_empty() && of("lodash").iter().all(|count| *count == 1));
    assert!(!of("minimist").is_empty() && of("minimist").iter().all(|count| *count == 0));
}
