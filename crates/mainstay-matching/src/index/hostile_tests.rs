//! A file made by an enemy has right checksums. It may answer nonsense, but it must not crash,
//! hang or read outside itself.

use std::fs;
use std::sync::LazyLock;

use mainstay_advisories::osv::Record;
use mainstay_types::{Ecosystem, PackageName, Release};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::Index;
use crate::layout::PAGE;
use crate::{IndexBuilder, IndexFacts, Subject};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn a_file_with_right_checksums_and_wrong_content_does_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.index");
        let mut bytes = SAMPLE.clone();
        // Only places where something stands: the rest is padding.
        let filled: Vec<usize> =
            (24..bytes.len()).filter(|at| bytes[*at] != 0 && !(PAGE..2 * PAGE).contains(at)).collect();
        for (place, value) in &changes {
            bytes[filled[place.index(filled.len())]] = *value;
        }
        seal(&mut bytes);
        fs::write(&path, bytes).unwrap();
        if let Ok(index) = Index::open(&path) {
            ask_everything(&index);
        }
    }
}

#[test]
fn a_sealed_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.index");
    let mut bytes = SAMPLE.clone();
    bytes[40..48].fill(0);
    seal(&mut bytes);
    fs::write(&path, bytes).unwrap();
    Index::open(&path).unwrap().verify().unwrap();
}

static SAMPLE: LazyLock<Vec<u8>> = LazyLock::new(sample);

fn sample() -> Vec<u8> {
    let json = br#"{"id":"X-1","aliases":["CVE-1"],"summary":"t","affected":[
        {"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0","1.5.0"],"ranges":[
            {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]},
            {"type":"GIT","events":[{"introduced":"aa11"},{"fixed":"bb22"}]}]},
        {"package":{"ecosystem":"npm","name":"b"}}],
        "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N"}]}"#;
    let mut builder = IndexBuilder::new(Ecosystem::Npm);
    builder.add(&Record::parse(json).unwrap());
    let facts = IndexFacts {
        built_from: [1; 32],
        as_of: None,
        newest: None,
        records: 1,
        sources: "one".to_owned(),
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.index");
    builder.write(&path, &facts).unwrap();
    fs::read(path).unwrap()
}

/// Makes all checksums right again. The sample has so few pages that its table is one page.
fn seal(bytes: &mut [u8]) {
    let (front, data) = bytes.split_at_mut(2 * PAGE);
    let (head, table) = front.split_at_mut(PAGE);
    for (page, entry) in data.chunks(PAGE).zip(table.chunks_mut(8)) {
        entry.copy_from_slice(&xxh3_64(page).to_le_bytes());
    }
    head[40..48].copy_from_slice(&xxh3_64(table).to_le_bytes());
    let checksum = xxh3_64(&head[24..]);
    head[16..24].copy_from_slice(&checksum.to_le_bytes());
}

fn ask_everything(index: &Index) {
    for name in ["a", "b", "c"] {
        let name = PackageName::parse(index.ecosystem(), name).unwrap();
        for subject in [Subject::Version("1.0.0"), Subject::Version("?"), Subject::Commit("aa11")] {
            let release = Release::of_osv(Ecosystem::Debian, "12");
            index.look_up(&name, release.as_ref(), subject).ok();
        }
    }
    for id in ["X-1", "CVE-1"] {
        index.advisories(id).ok();
    }
}
