//! Every range of the starter set against the real records of the shared data, where a record has
//! the same id or alias.
//!
//! Both sides are asked about every version that either of them names: the bounds of the ranges
//! and the listed versions. Records of one database are taken together, because some databases
//! split one flaw over several records. A database that lists versions and has no ranges need not
//! list every one: it is not asked where our ranges begin.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read as _;
use std::path::PathBuf;

use mainstay_knowledge::starter::{StarterFact, StarterRange, facts};
use mainstay_types::{Ecosystem, PackageName};
use mainstay_versions::{Event, Version, intervals};
use serde::Deserialize;
use serde_json::Value;

/// Where a fact and a database differ, by the fact's id and the beginning of the record's id, and
/// why the fact stands.
const DIFFERENCES: [(&str, &str, &str); 4] = [
    (
        "GHSA-qxxx-2pp7-5hmx",
        "KB",
        "lists 2.6.7.1, 2.7.9.1 and 2.8.9, which are the releases that fix it",
    ),
    (
        "GHSA-qxxx-2pp7-5hmx",
        "VICTIMS",
        "ends at 2.7.0 where 2.7.9 is affected, and at 2.8.9, which fixes it",
    ),
    ("PYSEC-2018-19", "PYSEC", "leaves out 2.4.0, which its own text names"),
    ("GHSA-f82v-jwr5-mffw", "RETIREJS", "begins at 12.0.0; the advisory says 11.1.4"),
];

/// Ecosystems of the starter set for which the shared data have records.
const ECOSYSTEMS: [Ecosystem; 9] = [
    Ecosystem::CratesIo,
    Ecosystem::Npm,
    Ecosystem::PyPi,
    Ecosystem::Go,
    Ecosystem::Maven,
    Ecosystem::RubyGems,
    Ecosystem::Packagist,
    Ecosystem::NuGet,
    Ecosystem::Hex,
];

#[test]
fn every_range_says_what_the_records_say() {
    let mut compared = 0;
    let mut differences = Vec::new();
    for ecosystem in ECOSYSTEMS {
        let Some(records) = shared_records(ecosystem) else { return };
        for fact in facts().iter().filter(|fact| fact.ecosystem == ecosystem) {
            for (database, affected) in entries_on(fact, &records) {
                compared += 1;
                if let Some(versions) = difference(fact, &affected) {
                    differences.push((fact.id.as_str(), database, versions));
                }
            }
        }
    }
    assert!(compared > 60, "only {compared} facts have records");
    let explained = |id: &str, database: &str| {
        DIFFERENCES.iter().any(|(fact, prefix, _)| (*fact, *prefix) == (id, database))
    };
    let unexplained: Vec<_> =
        differences.iter().filter(|(id, database, _)| !explained(id, database)).collect();
    assert!(unexplained.is_empty(), "of {compared}: {unexplained:#?}");
    for (id, database, _) in DIFFERENCES {
        let still =
            differences.iter().any(|(fact, other, _)| (*fact, other.as_str()) == (id, database));
        assert!(still, "{id} no longer differs from {database}");
    }
}

/// The records' entries on the fact's package, by database.
fn entries_on<'r>(fact: &StarterFact, records: &'r [Value]) -> BTreeMap<String, Vec<&'r Value>> {
    let mut entries: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for record in records.iter().filter(|record| record["withdrawn"].is_null()) {
        let id = record["id"].as_str().unwrap_or("");
        let aliases = record["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut ids = aliases.chain([id]);
        if !ids.any(|id| fact.id == id || fact.aliases.iter().any(|alias| alias == id)) {
            continue;
        }
        let database = id.split('-').next().unwrap_or("");
        for affected in record["affected"].as_array().into_iter().flatten() {
            let name = affected.pointer("/package/name").and_then(Value::as_str).unwrap_or("");
            if PackageName::parse(fact.ecosystem, name).as_ref() == Ok(&fact.package) {
                entries.entry(database.to_owned()).or_default().push(affected);
            }
        }
    }
    entries
}

/// The versions on which the two sides differ, each with what the fact says.
fn difference(fact: &StarterFact, affected: &[&Value]) -> Option<Vec<(String, bool)>> {
    let list = |entry: &'_ &Value, key: &str| entry[key].as_array().cloned().unwrap_or_default();
    let ranges: Vec<Value> = affected.iter().flat_map(|entry| list(entry, "ranges")).collect();
    let listed: Vec<Value> = affected.iter().flat_map(|entry| list(entry, "versions")).collect();
    let ours = Side {
        ranges: fact.ranges.iter().map(StarterRange::events).collect(),
        listed: fact.versions.iter().map(String::as_str).collect(),
    };
    let theirs = Side {
        ranges: ranges.iter().filter(|range| range["type"] != "GIT").map(events).collect(),
        listed: listed.iter().filter_map(Value::as_str).collect(),
    };
    let differing: Vec<_> = ours
        .named(!theirs.ranges.is_empty())
        .chain(theirs.named(true))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|version| {
            let answer = ours.affects(fact.ecosystem, version)?;
            (answer != theirs.affects(fact.ecosystem, version)?).then(|| (version.into(), answer))
        })
        .collect();
    (!differing.is_empty()).then_some(differing)
}

/// What a fact or a database's records say about one package.
struct Side<'a> {
    ranges: Vec<Vec<Event<'a>>>,
    listed: BTreeSet<&'a str>,
}

impl<'a> Side<'a> {
    /// Every version that is named: bounds, but not the beginning and the end of all, and lists.
    fn named(&self, beginnings: bool) -> impl Iterator<Item = &'a str> {
        let bounds = self.ranges.iter().flatten().filter_map(move |event| match *event {
            Event::Introduced("0") | Event::Limit("*") => None,
            Event::Introduced(_) if !beginnings => None,
            Event::Introduced(version)
            | Event::Fixed(version)
            | Event::LastAffected(version)
            | Event::Limit(version) => Some(version),
        });
        bounds.chain(self.listed.iter().copied())
    }

    /// `None` when the version or a bound cannot be read.
    fn affects(&self, ecosystem: Ecosystem, version: &str) -> Option<bool> {
        if self.listed.contains(version) {
            return Some(true);
        }
        let version = Version::parse(ecosystem, version).ok()?;
        for range in &self.ranges {
            for interval in intervals(ecosystem, range).ok()? {
                if interval.contains(&version).ok()? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }
}

fn events(range: &Value) -> Vec<Event<'_>> {
    let events = range["events"].as_array().into_iter().flatten();
    events
        .filter_map(Value::as_object)
        .flatten()
        .filter_map(|(key, value)| match (key.as_str(), value.as_str()?) {
            ("introduced", version) => Some(Event::Introduced(version)),
            ("fixed", version) => Some(Event::Fixed(version)),
            ("last_affected", version) => Some(Event::LastAffected(version)),
            ("limit", version) => Some(Event::Limit(version)),
            _ => None,
        })
        .collect()
}

/// The ids of a record; reading only these is quick.
#[derive(Deserialize)]
struct Names {
    id: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
}

impl Names {
    fn all(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().flatten().chain([&self.id]).map(String::as_str)
    }
}

/// The records of an ecosystem that name an id of the starter set. `None`, and a line that says so, without the shared data.
#[expect(clippy::expect_used, reason = "damaged test data fail the test")]
fn shared_records(ecosystem: Ecosystem) -> Option<Vec<Value>> {
    let shared = std::env::var_os("MAINSTAY_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let zip = shared.join("data/osv").join(ecosystem.osv_name()).join("all.zip");
    let Ok(bytes) = std::fs::read(zip) else {
        left_out(ecosystem);
        return None;
    };
    let archive = rawzip::ZipArchive::from_slice(&bytes).expect("a zip");
    let mut entries = archive.entries();
    let ids: HashSet<&str> = facts()
        .iter()
        .flat_map(|fact| fact.aliases.iter().chain([&fact.id]))
        .map(String::as_str)
        .collect();
    let mut records = Vec::new();
    while let Some(entry) = entries.next_entry().expect("a zip entry") {
        let local = archive.get_entry(entry.wayfinder()).expect("an entry's data");
        let mut text = String::new();
        match entry.compression_method() {
            rawzip::CompressionMethod::DEFLATE => local
                .verifying_reader(flate2::bufread::DeflateDecoder::new(local.data()))
                .read_to_string(&mut text),
            _ => local.verifying_reader(local.data()).read_to_string(&mut text),
        }
        .expect("text");
        let names: Names = serde_json::from_str(&text).expect("a record");
        if names.all().any(|id| ids.contains(id)) {
            records.push(serde_json::from_str(&text).expect("JSON"));
        }
    }
    Some(records)
}

#[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
fn left_out(ecosystem: Ecosystem) {
    eprintln!("left out: records of {ecosystem}: no shared data");
}
