//! A damaged index: an error or the true answer, never a crash and never another answer.

use std::fs;
use std::path::Path;

use mainstay_advisories::osv::Record;
use mainstay_matching::{BuildError, Index, IndexBuilder, IndexError, IndexFacts, Subject};
use mainstay_testkit::mutation::{self, Seed};
use mainstay_types::{Ecosystem, PackageName};

const PACKAGES: [&str; 3] = ["demo", "other", "absent"];

#[test]
fn a_damaged_index_errs_or_answers_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    build(&whole).unwrap();
    let expected = answers(&whole).unwrap();
    assert_eq!(expected.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 0]);
    let seeds = [Seed { name: "index".to_owned(), bytes: fs::read(&whole).unwrap() }];
    let damaged = folder.path().join("damaged");
    mutation::run("index", &seeds, |_, input| {
        fs::write(&damaged, input).unwrap();
        match answers(&damaged) {
            Ok(answers) => {
                assert_eq!(answers, expected);
                true
            }
            Err(_) => false,
        }
    });
}

fn build(path: &Path) -> Result<(), BuildError> {
    let mut builder = IndexBuilder::new(Ecosystem::CratesIo);
    for (number, name) in [(1, "demo"), (2, "demo"), (3, "other")] {
        let record = format!(
            r#"{{"id":"EX-{number}","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2026-{number}"],
            "summary":"A flaw","affected":[{{"package":{{"ecosystem":"crates.io","name":"{name}"}},
            "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"1.2.{number}"}}]}}],
            "versions":["1.0.0"]}}]}}"#
        );
        if let Ok(record) = Record::parse(record.as_bytes()) {
            builder.add(&record);
        }
    }
    let facts = IndexFacts {
        built_from: [7; 32],
        as_of: None,
        newest: None,
        records: 3,
        sources: "made for a test".to_owned(),
    };
    builder.write(path, &facts).map(drop)
}

/// Per package, the advisories that affect its version 1.0.0 and what fixes them.
fn answers(path: &Path) -> Result<Vec<Vec<String>>, IndexError> {
    let index = Index::open(path)?;
    let mut answers = Vec::new();
    for package in PACKAGES {
        let Ok(name) = PackageName::parse(Ecosystem::CratesIo, package) else { continue };
        let found = index.look_up(&name, None, Subject::Version("1.0.0"))?;
        let hits = found.hits.iter();
        answers.push(hits.map(|hit| format!("{} {:?}", hit.advisory.id, hit.fixed_in)).collect());
    }
    let _ = index.advisory("CVE-2026-2")?;
    Ok(answers)
}
