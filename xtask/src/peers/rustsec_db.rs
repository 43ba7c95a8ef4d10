//! The advisories as cargo-audit reads them: `crates/<name>/<id>.md`, TOML before Markdown.
//!
//! `RustSec` names what is *not* affected (`patched`, `unaffected`), OSV what is; so the gaps
//! between the intervals are written.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use super::records::{Affected, End, Interval, Record};
use crate::workspace::must;

/// Writes every `RustSec` record into a folder, as the Git repository that cargo-audit expects.
pub(super) fn write(records: &[Record], folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    for record in records.iter().filter(|record| record.id.starts_with("RUSTSEC-")) {
        for affected in &record.affected {
            let Some(package) = &affected.package else { continue };
            let of_package = folder.join("crates").join(&package.name);
            fs::create_dir_all(&of_package)?;
            let text = advisory(record, &package.name, affected);
            fs::write(of_package.join(format!("{}.md", record.id)), text)?;
        }
    }
    let git = |arguments: &[&str]| must(Command::new("git").current_dir(folder).args(arguments));
    git(&["init", "--quiet"])?;
    git(&["add", "--all"])?;
    git(&[
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@bench.example",
        "commit",
        "-q",
        "-m",
        "x",
    ])
}

fn advisory(record: &Record, package: &str, affected: &Affected) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let date = record.published.get(..10).unwrap_or("2020-01-01");
    let mut text = String::from("```toml\n[advisory]\n");
    let _ = writeln!(text, "id = {}", quoted(&record.id));
    let _ = write!(text, "package = {}\ndate = {}\n", quoted(package), quoted(date));
    if let Some(kind) = affected.database_specific["informational"].as_str() {
        let _ = writeln!(text, "informational = {}", quoted(kind));
    }
    if let Some(vector) = affected.database_specific["cvss"].as_str() {
        let _ = writeln!(text, "cvss = {}", quoted(vector));
    }
    let (patched, unaffected) = gaps(&affected.intervals());
    let _ = write!(text, "\n[versions]\npatched = {}\n", Value::from(patched));
    let _ = write!(text, "unaffected = {}\n```\n\n", Value::from(unaffected));
    let _ = write!(text, "# {}\n\nAs in the record.\n", record.summary.replace('\n', " "));
    text
}

/// What lies behind the intervals, and what lies before the first.
fn gaps(intervals: &[Interval]) -> (Vec<String>, Vec<String>) {
    let mut patched = Vec::new();
    for (position, interval) in intervals.iter().enumerate() {
        let from = match &interval.to {
            End::Open => continue,
            End::Before(version) => format!(">= {version}"),
            End::After(version) => format!("> {version}"),
        };
        let next = intervals.get(position + 1).and_then(|next| next.from.as_ref());
        patched.push(match next {
            Some(next) => format!("{from}, < {next}"),
            None => from,
        });
    }
    let first = intervals.first().and_then(|interval| interval.from.as_ref());
    (patched, first.map(|first| format!("< {first}")).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaps_between_intervals_are_not_affected() {
        let intervals = [
            Interval { from: Some("0.2.0".into()), to: End::Before("0.2.5".into()) },
            Interval { from: Some("0.3.0".into()), to: End::After("0.3.9".into()) },
        ];
        let (patched, unaffected) = gaps(&intervals);
        assert_eq!(patched, [">= 0.2.5, < 0.3.0", "> 0.3.9"]);
        assert_eq!(unaffected, ["< 0.2.0"]);
    }

    #[test]
    fn nothing_is_patched_while_an_interval_is_open() {
        let (patched, unaffected) = gaps(&[Interval { from: None, to: End::Open }]);
        assert!(patched.is_empty() && unaffected.is_empty());
    }
}
