//! Building and replacing an index.

use std::fs;

use mainstay_advisories::osv::Record;
use mainstay_matching::{Added, BuildError, Index, IndexBuilder, IndexError};
use mainstay_types::{Ecosystem, PackageName};

use crate::support::{build, facts, record};

#[test]
fn a_record_says_what_became_of_it() {
    let mut builder = IndexBuilder::new(Ecosystem::Npm);
    let mut add = |json: &str| builder.add(&Record::parse(json.as_bytes()).unwrap());
    assert_eq!(add(&record("X-1", "npm", "a", r#""versions":["1"]"#)), Added::Rows(1));
    assert_eq!(add(&record("X-2", "PyPI", "a", r#""versions":["1"]"#)), Added::OtherEcosystem);
    assert_eq!(add(r#"{"id":"X-3"}"#), Added::OtherEcosystem);
    let withdrawn =
        record("X-4", "npm", "a", r#""versions":["1"]}],"withdrawn":"2020","x":[{"y":1"#);
    assert_eq!(add(&withdrawn), Added::Withdrawn);
}

#[test]
fn the_index_says_where_it_comes_from() {
    let index = build::<&[u8]>(Ecosystem::PyPi, &[]);
    assert_eq!(index.facts(), facts());
    assert_eq!(index.ecosystem(), Ecosystem::PyPi);
}

#[test]
fn a_package_of_another_ecosystem_is_refused() {
    let index = build::<&[u8]>(Ecosystem::PyPi, &[]);
    let name = PackageName::parse(Ecosystem::Npm, "a").unwrap();
    let answer = index.look_up(&name, None, mainstay_matching::Subject::Version("1"));
    assert!(matches!(answer, Err(IndexError::OtherEcosystem { .. })));
}

#[test]
fn a_reader_keeps_the_index_that_it_opened() {
    let old = build(Ecosystem::Npm, &[record("X-1", "npm", "a", r#""versions":["1.0.0"]"#)]);
    IndexBuilder::new(Ecosystem::Npm).write(&old.path, &facts()).unwrap();
    assert_eq!(crate::support::hits(&old, "a", "1.0.0"), ["X-1"]);
    let new = Index::open(&old.path).unwrap();
    assert!(crate::support::hits(&new, "a", "1.0.0").is_empty());
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    // A folder stands where the file should go, so the last step fails.
    let path = folder.path().join("advisories.index");
    fs::create_dir(&path).unwrap();
    let result = IndexBuilder::new(Ecosystem::Npm).write(&path, &facts());
    assert!(matches!(result, Err(BuildError::Io { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_same_records_make_the_same_file() {
    let records = [
        record("X-1", "npm", "a", r#""versions":["1.0.0","2.0.0"]"#),
        record("X-2", "npm", "b", r#""versions":["1.0.0"]"#),
    ];
    let files = [1, 2].map(|_| fs::read(&build(Ecosystem::Npm, &records).path).unwrap());
    assert!(files[0] == files[1]);
}

#[test]
fn a_line_about_the_sources_that_is_too_long_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.index");
    let mut long = facts();
    long.sources = "ä".repeat(10_000);
    IndexBuilder::new(Ecosystem::Npm).write(&path, &long).unwrap();
    assert_eq!(Index::open(&path).unwrap().facts().sources, "ä".repeat(1024));
}
