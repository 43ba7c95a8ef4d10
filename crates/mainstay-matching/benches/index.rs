//! Building and asking an index, on generated records: `cargo bench -p mainstay-matching`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot do its work must stop")]

use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use mainstay_advisories::osv::Record;
use mainstay_matching::{Index, IndexBuilder, IndexFacts, Subject};
use mainstay_types::{Ecosystem, PackageName};

fn main() {
    divan::main();
}

/// Records of about the mean size of real ones, three for each package.
fn records(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| {
            let (name, minor) = (n / 3, n % 17);
            format!(
                r#"{{"schema_version":"1.7.0","id":"GEN-{n}","modified":"2025-01-01T00:00:00Z",
                "published":"2024-01-01T00:00:00Z","aliases":["CVE-2024-{n}"],
                "summary":"Generated flaw number {n}","details":"{}",
                "affected":[{{"package":{{"ecosystem":"npm","name":"package-{name}"}},
                "ranges":[{{"type":"SEMVER","events":[{{"introduced":"1.{minor}.0"}},{{"fixed":"1.{}.3"}}]}}],
                "versions":["1.{minor}.0","1.{minor}.1","1.{minor}.2"]}}],
                "severity":[{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N"}}]}}"#,
                "text ".repeat(200),
                minor + 1,
            )
        })
        .collect()
}

fn facts() -> IndexFacts {
    IndexFacts {
        built_from: [0; 32],
        as_of: None,
        newest: None,
        records: 0,
        sources: "generated".to_owned(),
    }
}

fn write(records: &[String], path: &std::path::Path) {
    let mut builder = IndexBuilder::new(Ecosystem::Npm);
    for record in records {
        builder.add(&Record::parse(record.as_bytes()).expect("a generated record can be read"));
    }
    builder.write(path, &facts()).expect("the index can be written");
}

fn built(count: usize) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for the index");
    let path = folder.path().join("npm.index");
    write(&records(count), &path);
    (folder, path)
}

/// As many packages as three large projects lock; one in ten has advisories.
fn packages() -> Vec<(PackageName, String)> {
    (0..2130)
        .map(|n| {
            let name = if n % 10 == 0 { format!("package-{n}") } else { format!("harmless-{n}") };
            let name = PackageName::parse(Ecosystem::Npm, &name).expect("a generated name");
            (name, format!("1.{}.{}", n % 17, n % 5))
        })
        .collect()
}

#[divan::bench(args = [10_000, 50_000], sample_count = 5)]
fn parse_and_build(bencher: Bencher<'_, '_>, count: usize) {
    let records = records(count);
    let folder = tempfile::tempdir().expect("a folder for the index");
    let path = folder.path().join("npm.index");
    bencher.counter(ItemsCount::new(count)).bench_local(|| write(&records, &path));
}

#[divan::bench(args = [10_000, 50_000])]
fn open_and_match_2130_packages(bencher: Bencher<'_, '_>, count: usize) {
    let (_folder, path) = built(count);
    let packages = packages();
    bencher.counter(ItemsCount::new(packages.len())).bench_local(|| {
        let index = Index::open(&path).expect("the index can be opened");
        look_up(&index, &packages)
    });
}

#[divan::bench]
fn match_2130_packages_warm(bencher: Bencher<'_, '_>) {
    let (_folder, path) = built(50_000);
    let packages = packages();
    let index = Index::open(&path).expect("the index can be opened");
    bencher.counter(ItemsCount::new(packages.len())).bench_local(|| look_up(&index, &packages));
}

fn look_up(index: &Index, packages: &[(PackageName, String)]) -> usize {
    let answers = packages.iter().map(|(name, version)| {
        let answer = index.look_up(name, None, Subject::Version(version));
        answer.expect("the index is whole").hits.len()
    });
    answers.sum()
}
