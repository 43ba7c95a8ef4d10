//! The advisories as trivy reads them: `db/trivy.db` and `db/metadata.json` in a cache folder.
//!
//! Root buckets are named `<trivy's ecosystem>::<source>` and hold one bucket per package, with
//! one value per advisory; `vulnerability` has the titles, `data-source` names the sources.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::bolt::{self, Bucket};
use super::records::{Affected, End, Interval, Record};

const SOURCE: &str = "the same records";

/// Ecosystems that trivy knows: OSV's name, trivy's name, the sign of equality.
const ECOSYSTEMS: &[(&str, &str, &str)] = &[
    ("crates.io", "cargo", "="),
    ("npm", "npm", "="),
    ("PyPI", "pip", "=="),
    ("Go", "go", "="),
    ("Maven", "maven", "="),
    ("RubyGems", "rubygems", "="),
    ("Packagist", "composer", "="),
    ("NuGet", "nuget", "="),
    ("Hex", "erlang", "="),
    ("Pub", "pub", "="),
    ("SwiftURL", "swift", "="),
];

/// Writes the two files into a cache folder.
pub(super) fn write(records: &[Record], cache: &Path) -> anyhow::Result<()> {
    let folder = cache.join("db");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("trivy.db"), bolt::file(&root(records)))
        .context("cannot write trivy.db")?;
    let metadata = json!({
        "Version": 2,
        "NextUpdate": "2100-01-01T00:00:00Z",
        "UpdatedAt": "2026-01-01T00:00:00Z",
        "DownloadedAt": "2026-01-01T00:00:00Z",
    });
    fs::write(folder.join("metadata.json"), metadata.to_string())?;
    Ok(())
}

fn root(records: &[Record]) -> Bucket {
    let mut root = Bucket::default();
    for record in records {
        for affected in &record.affected {
            add(&mut root, record, affected);
        }
        let title = json!({ "Title": record.summary, "Severity": "UNKNOWN" }).to_string();
        root.bucket("vulnerability").put(&record.id, title);
    }
    root
}

fn add(root: &mut Bucket, record: &Record, affected: &Affected) {
    let Some(package) = &affected.package else { return };
    let row = ECOSYSTEMS.iter().find(|(osv, _, _)| *osv == package.ecosystem);
    let Some((_, ecosystem, equals)) = row else { return };
    let intervals = affected.intervals();
    let mut vulnerable: Vec<String> = intervals.iter().map(constraint).collect();
    if vulnerable.is_empty() {
        vulnerable.extend(affected.versions.iter().map(|version| format!("{equals}{version}")));
    }
    let patched: Vec<&String> = intervals.iter().filter_map(|interval| fix(&interval.to)).collect();
    let source = format!("{ecosystem}::{SOURCE}");
    let described = json!({ "ID": "osv", "Name": SOURCE, "URL": "" }).to_string();
    root.bucket("data-source").put(&source, described);
    let name = match *ecosystem {
        "pip" => package.name.to_lowercase().replace(['_', '.'], "-"),
        _ => package.name.clone(),
    };
    let advisory = json!({ "VulnerableVersions": vulnerable, "PatchedVersions": patched });
    root.bucket(&source).bucket(&name).put(&record.id, advisory.to_string());
}

fn constraint(interval: &Interval) -> String {
    let from = interval.from.as_ref().map(|from| format!(">={from}"));
    let to = match &interval.to {
        End::Open => None,
        End::Before(version) => Some(format!("<{version}")),
        End::After(version) => Some(format!("<={version}")),
    };
    match (from, to) {
        (Some(from), Some(to)) => format!("{from}, {to}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => ">=0".to_owned(),
    }
}

fn fix(end: &End) -> Option<&String> {
    match end {
        End::Before(version) => Some(version),
        End::Open | End::After(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_a_constraint() {
        let whole = Interval { from: None, to: End::Open };
        assert_eq!(constraint(&whole), ">=0");
        let both = Interval { from: Some("1.0".into()), to: End::After("1.5".into()) };
        assert_eq!(constraint(&both), ">=1.0, <=1.5");
    }

    #[test]
    fn an_advisory_lies_under_its_ecosystem_and_package() {
        let record: Record = serde_json::from_str(
            r#"{"id":"X-1","affected":[{"package":{"ecosystem":"PyPI","name":"Some_Thing"},
                "versions":["1.0"]}]}"#,
        )
        .unwrap();
        let mut expected = Bucket::default();
        expected.bucket("vulnerability").put("X-1", r#"{"Severity":"UNKNOWN","Title":""}"#);
        let source = "pip::the same records";
        let described = r#"{"ID":"osv","Name":"the same records","URL":""}"#;
        expected.bucket("data-source").put(source, described);
        let advisory = r#"{"PatchedVersions":[],"VulnerableVersions":["==1.0"]}"#;
        expected.bucket(source).bucket("some-thing").put("X-1", advisory);
        assert_eq!(bolt::file(&root(&[record])), bolt::file(&expected));
    }
}
