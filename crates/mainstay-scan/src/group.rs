//! One flaw, several records: records of one package that share an id become one finding.
//!
//! Each record was matched by itself. Joining adds no match and takes none away; it only puts
//! what is said about one flaw side by side, disagreements included.

use std::cmp::Ordering;
use std::collections::HashMap;

use mainstay_types::{Ecosystem, Severity};
use mainstay_versions::Version;

use crate::finding::Record;
use crate::joined::Joined;

/// Joins records that share an id or an alias. The order of the groups is that of their first
/// record; within a group the record of the ecosystem's own database comes first.
pub(crate) fn group(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut joined = Joined::none_of(records.len());
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (position, record) in records.iter().enumerate() {
        for id in std::iter::once(&record.id).chain(&record.aliases) {
            joined.by_key(&mut first, &**id, position);
        }
    }
    let mut groups = joined.groups(records.into_iter().enumerate());
    for group in &mut groups {
        group.sort_by(|a, b| (a.kind, home(&a.id), &a.id).cmp(&(b.kind, home(&b.id), &b.id)));
    }
    groups
}

/// How near a database is to the ecosystem: those that an ecosystem keeps itself come first, then
/// the general ones, then names that stand in for sources without ids.
fn home(id: &str) -> u8 {
    let prefix = id.split('-').next().unwrap_or("");
    match prefix {
        "MAL" => 0,
        "RUSTSEC" | "GO" | "HSEC" | "EEF" => 1,
        "GHSA" => 2,
        "PYSEC" => 3,
        "CVE" => 5,
        _ => 4,
    }
}

/// Versions in their order, each once; what is no version of the ecosystem is left out.
pub(crate) fn ascending<'v>(
    ecosystem: Ecosystem,
    versions: impl Iterator<Item = &'v str>,
) -> Vec<&'v str> {
    let mut read: Vec<(Version, &str)> =
        versions.filter_map(|text| Some((Version::parse(ecosystem, text).ok()?, text))).collect();
    read.sort_by(|one, two| one.0.compare(&two.0).unwrap_or(Ordering::Equal));
    read.dedup_by(|one, two| one.0.compare(&two.0) == Some(Ordering::Equal));
    read.into_iter().map(|(_, text)| text).collect()
}

/// The record that says the worst, by severity and then by score.
pub(crate) fn worst(group: &[Record]) -> Option<&Record> {
    group
        .iter()
        .max_by_key(|record| (record.severity != Severity::Unknown, record.severity, record.score))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, aliases: &[&str]) -> Record {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Record::of_ids(id.to_owned(), aliases, "range")
    }

    fn ids(groups: &[Vec<Record>]) -> Vec<Vec<&str>> {
        groups.iter().map(|group| group.iter().map(|record| &*record.id).collect()).collect()
    }

    #[test]
    fn records_that_share_an_alias_are_one_finding() {
        let groups = group(vec![
            record("GHSA-1", &["CVE-1"]),
            record("GHSA-2", &["CVE-2"]),
            record("RUSTSEC-1", &["CVE-1"]),
        ]);
        assert_eq!(ids(&groups), [vec!["RUSTSEC-1", "GHSA-1"], vec!["GHSA-2"]]);
    }

    #[test]
    fn a_chain_of_aliases_is_one_finding() {
        let groups =
            group(vec![record("A-1", &["X"]), record("B-1", &["Y"]), record("C-1", &["X", "Y"])]);
        assert_eq!(groups.len(), 1);
    }

    #[test]
    fn versions_are_in_the_order_of_their_ecosystem_and_there_once() {
        let versions = ["1.10.0", "1.9.0", "no version", "v1.9", "1.9.0"];
        assert_eq!(ascending(Ecosystem::Packagist, versions.into_iter()), ["1.9.0", "1.10.0"]);
    }

    #[test]
    fn ten_thousand_records_of_one_package_are_grouped_at_once() {
        let many = (0..10_000).map(|n| record(&format!("A-{n}"), &["X"])).collect();
        assert_eq!(group(many).len(), 1);
    }
}
