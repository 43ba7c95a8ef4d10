//! The advisory records of the shared data, as far as the peers' own forms need them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use super::zips;

/// One OSV record.
#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    withdrawn: Option<String>,
    #[serde(default)]
    pub(super) published: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) affected: Vec<Affected>,
}

/// One affected package.
#[derive(Deserialize)]
pub(super) struct Affected {
    pub(super) package: Option<Package>,
    #[serde(default)]
    ranges: Vec<Range>,
    #[serde(default)]
    pub(super) versions: Vec<String>,
    #[serde(default)]
    pub(super) database_specific: Value,
}

/// The package's name.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) ecosystem: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
struct Range {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<BTreeMap<String, String>>,
}

/// A run of affected versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    /// The first affected one; `None` is the beginning.
    pub(super) from: Option<String>,
    /// The end.
    pub(super) to: End,
}

/// Where an interval ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nowhere.
    Open,
    /// Before this version.
    Before(String),
    /// After this version.
    After(String),
}

/// Every record that is not withdrawn.
pub(super) fn read(zips: &[PathBuf]) -> anyhow::Result<Vec<Record>> {
    let mut records = Vec::new();
    for zip in zips {
        zips::each_file(zip, zips::is_json, |path, content| {
            let record: Record = serde_json::from_slice(&content)
                .with_context(|| format!("{}: {path} is no OSV record", zip.display()))?;
            if record.withdrawn.is_none() {
                records.push(record);
            }
            Ok(())
        })?;
    }
    Ok(records)
}

impl Affected {
    /// The intervals of its version ranges, in the order of the record.
    pub(super) fn intervals(&self) -> Vec<Interval> {
        let ranges = self.ranges.iter().filter(|range| range.kind != "GIT");
        ranges.flat_map(|range| intervals(&range.events)).collect()
    }
}

fn intervals(events: &[BTreeMap<String, String>]) -> Vec<Interval> {
    let mut intervals = Vec::new();
    let mut open: Option<Option<String>> = None;
    for (event, version) in events.iter().flatten() {
        let end = match event.as_str() {
            "introduced" => {
                let beginning = version == "0" || version == "0.0.0-0";
                open.get_or_insert((!beginning).then(|| version.clone()));
                continue;
            }
            "fixed" => End::Before(version.clone()),
            "last_affected" => End::After(version.clone()),
            _ => continue,
        };
        if let Some(from) = open.take() {
            intervals.push(Interval { from, to: end });
        }
    }
    intervals.extend(open.map(|from| Interval { from, to: End::Open }));
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affected(events: &str) -> Affected {
        serde_json::from_str(&format!(r#"{{"ranges":[{{"type":"SEMVER","events":{events}}}]}}"#))
            .unwrap()
    }

    #[test]
    fn events_become_intervals() {
        let affected = affected(
            r#"[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"last_affected":"2.3.0"}]"#,
        );
        let first = Interval { from: None, to: End::Before("1.0.0".into()) };
        let second = Interval { from: Some("2.0.0".into()), to: End::After("2.3.0".into()) };
        assert_eq!(affected.intervals(), [first, second]);
    }

    #[test]
    fn an_interval_without_an_end_is_open() {
        let affected = affected(r#"[{"introduced":"1.5.0"}]"#);
        assert_eq!(affected.intervals(), [Interval { from: Some("1.5.0".into()), to: End::Open }]);
    }
}
