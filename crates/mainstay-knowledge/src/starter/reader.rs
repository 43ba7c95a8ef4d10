//! Reads the embedded facts.

use mainstay_types::{Ecosystem, FindingKind, PackageName, Severity};
use serde::Deserialize;
use thiserror::Error;

use super::{RangeEnd, StarterFact, StarterRange};

/// One file per ecosystem.
const FILES: [(Ecosystem, &str); 11] = [
    (Ecosystem::CratesIo, include_str!("facts/crates_io.toml")),
    (Ecosystem::Npm, include_str!("facts/npm.toml")),
    (Ecosystem::PyPi, include_str!("facts/pypi.toml")),
    (Ecosystem::Go, include_str!("facts/go.toml")),
    (Ecosystem::Maven, include_str!("facts/maven.toml")),
    (Ecosystem::RubyGems, include_str!("facts/rubygems.toml")),
    (Ecosystem::Packagist, include_str!("facts/packagist.toml")),
    (Ecosystem::NuGet, include_str!("facts/nuget.toml")),
    (Ecosystem::Hex, include_str!("facts/hex.toml")),
    (Ecosystem::Debian, include_str!("facts/debian.toml")),
    (Ecosystem::Alpine, include_str!("facts/alpine.toml")),
];

/// What is wrong with a file of facts.
#[derive(Debug, Error)]
#[error("the starter set for {ecosystem}, {place}: {problem}")]
pub(super) struct FactsError {
    ecosystem: Ecosystem,
    /// The id of the fact, or where in the file.
    place: String,
    problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fact: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    package: String,
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    url: Option<String>,
    kind: Option<String>,
    severity: String,
    title: String,
    #[serde(default)]
    ranges: Vec<RangeRow>,
    #[serde(default)]
    versions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeRow {
    introduced: String,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// Reads every file, and sorts the facts by package.
pub(super) fn read_all() -> Result<Vec<StarterFact>, FactsError> {
    let mut facts = Vec::new();
    for (ecosystem, text) in FILES {
        let file: File = toml::from_str(text).map_err(|error| FactsError {
            ecosystem,
            place: "TOML".to_owned(),
            problem: error.to_string(),
        })?;
        for row in file.fact {
            facts.push(row.into_fact(ecosystem)?);
        }
    }
    facts.sort_by(|a, b| a.package.cmp(&b.package).then_with(|| a.id.cmp(&b.id)));
    Ok(facts)
}

impl Row {
    fn into_fact(self, ecosystem: Ecosystem) -> Result<StarterFact, FactsError> {
        let error = |problem: String| FactsError { ecosystem, place: self.id.clone(), problem };
        let package = PackageName::parse(ecosystem, &self.package)
            .map_err(|problem| error(problem.to_string()))?;
        let kind = match &self.kind {
            None => FindingKind::Vulnerability,
            Some(word) => FindingKind::from_word(word)
                .ok_or_else(|| error(format!("\"{word}\" is no kind of finding")))?,
        };
        let severity = Severity::from_word(&self.severity)
            .ok_or_else(|| error(format!("\"{}\" is no severity", self.severity)))?;
        let ranges: Option<Vec<_>> = self.ranges.into_iter().map(RangeRow::into_range).collect();
        let ranges = ranges.ok_or_else(|| FactsError {
            ecosystem,
            place: self.id.clone(),
            problem: "a range ends in `fixed` or in `last_affected`, not in both".to_owned(),
        })?;
        Ok(StarterFact {
            ecosystem,
            package,
            url: self.url.unwrap_or_else(|| page_of(&self.id)),
            id: self.id,
            aliases: self.aliases,
            kind,
            severity,
            title: self.title,
            ranges,
            versions: self.versions,
        })
    }
}

impl RangeRow {
    /// `None` when the range has two ends.
    fn into_range(self) -> Option<StarterRange> {
        let end = match (self.fixed, self.last_affected) {
            (None, None) => RangeEnd::Open,
            (Some(fixed), None) => RangeEnd::Fixed(fixed),
            (None, Some(last)) => RangeEnd::LastAffected(last),
            (Some(_), Some(_)) => return None,
        };
        Some(StarterRange { introduced: self.introduced, end })
    }
}

/// The public page of an advisory: NVD's for a CVE id, OSV's for the ids of OSV's own sources.
fn page_of(id: &str) -> String {
    if id.starts_with("CVE-") {
        format!("https://nvd.nist.gov/vuln/detail/{id}")
    } else if id.starts_with("STARTER-") {
        String::new()
    } else {
        format!("https://osv.dev/vulnerability/{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_leads_to_its_page() {
        assert_eq!(page_of("CVE-2021-44228"), "https://nvd.nist.gov/vuln/detail/CVE-2021-44228");
        assert_eq!(page_of("GO-2024-2491"), "https://osv.dev/vulnerability/GO-2024-2491");
        assert_eq!(page_of("STARTER-2022-torchtriton"), "");
    }

    #[test]
    fn a_range_with_two_ends_is_refused() {
        let range = RangeRow {
            introduced: "0".to_owned(),
            fixed: Some("1".to_owned()),
            last_affected: Some("2".to_owned()),
        };
        assert_eq!(range.into_range(), None);
    }
}
