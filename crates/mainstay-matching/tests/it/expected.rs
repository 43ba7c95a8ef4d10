//! The answers of an independent matcher on real records, where the shared data are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use mainstay_advisories::osv::Record;
use mainstay_matching::Index;
use mainstay_types::Ecosystem;
use serde::Deserialize;

use crate::support::{ask, build};

#[test]
fn every_expected_finding_of_the_projects_is_a_hit_and_nothing_else_is() {
    compare("findings.json");
}

#[test]
fn every_expected_finding_of_the_fixtures_is_a_hit_and_nothing_else_is() {
    compare("fixtures-findings.json");
}

#[derive(Deserialize)]
struct Source {
    ecosystem: Option<String>,
    #[serde(default)]
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    name: String,
    version: String,
    ids: BTreeSet<String>,
}

fn compare(file: &str) {
    let Some(data) = shared_data() else {
        left_out(file);
        return;
    };
    let text = fs::read(data.join("expected").join(file)).unwrap();
    let sources: BTreeMap<String, Source> = serde_json::from_slice(&text).unwrap();
    let mut indexes = HashMap::new();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (path, source) in &sources {
        let Some(ecosystem) = source.ecosystem.as_deref().and_then(Ecosystem::from_osv_name) else {
            continue;
        };
        if source.findings.is_empty() {
            continue;
        }
        let index = indexes.entry(ecosystem).or_insert_with(|| index(&data, ecosystem));
        for finding in &source.findings {
            compared += finding.ids.len();
            let found = found(index, finding);
            if found != finding.ids {
                wrong.push(format!("{path}: {} {}: {found:?}", finding.name, finding.version));
            }
        }
    }
    assert!(compared > 0);
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn found(index: &Index, finding: &Finding) -> BTreeSet<String> {
    let answer = ask(index, &finding.name, &finding.version).unwrap();
    answer.hits.iter().map(|hit| hit.advisory.id.to_owned()).collect()
}

fn index(data: &Path, ecosystem: Ecosystem) -> crate::support::Built {
    let path = data.join("osv").join(ecosystem.osv_name()).join("all.zip");
    let bytes = fs::read(path).unwrap();
    let archive = rawzip::ZipArchive::from_slice(&bytes).unwrap();
    let mut entries = archive.entries();
    let mut records = Vec::new();
    while let Some(entry) = entries.next_entry().unwrap() {
        let body = archive.get_entry(entry.wayfinder()).unwrap();
        let mut json = Vec::new();
        if entry.compression_method() == rawzip::CompressionMethod::STORE {
            json.extend(body.data());
        } else {
            flate2::read::DeflateDecoder::new(body.data()).read_to_end(&mut json).unwrap();
        }
        assert!(Record::parse(&json).is_ok(), "{:?}", Record::parse(&json));
        records.push(json);
    }
    build(ecosystem, &records)
}

fn shared_data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("MAINSTAY_SHARED").map_or_else(beside, PathBuf::from);
    let data = shared.join("data");
    data.join("expected").is_dir().then_some(data)
}

#[expect(clippy::print_stderr, reason = "a person must see that the test looked at nothing")]
fn left_out(what: &str) {
    eprintln!("left out: {what}: no shared data");
}
