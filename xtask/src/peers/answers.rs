//! What each program says that it found: how many packages, how many findings.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

use std::collections::BTreeSet;

use serde_json::Value;

/// Whose answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Teller {
    Mainstay,
    CargoAudit,
    Trivy,
    Syft,
}

/// The counts of one answer. `None` where the program does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) packages: Option<usize>,
    pub(super) findings: Option<usize>,
}

impl Teller {
    /// The name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mainstay => "mainstay",
            Self::CargoAudit => "cargo-audit 0.22.2",
            Self::Trivy => "trivy 0.76.0",
            Self::Syft => "syft 1.18.1",
        }
    }

    /// Whether the exit code says that the program could do its work. cargo-audit ends with 1
    /// when it found something.
    pub(super) fn worked(self, code: Option<i64>) -> bool {
        code == Some(0) || self == Self::CargoAudit && code == Some(1)
    }

    /// The counts in what it wrote.
    pub(super) fn answer(self, written: &[u8]) -> anyhow::Result<Answer> {
        let said: Value = serde_json::from_slice(written)?;
        Ok(match self {
            Self::Mainstay => {
                Answer { packages: count(&said["packages"]), findings: count(&said["findings"]) }
            }
            Self::CargoAudit => cargo_audit(&said),
            Self::Trivy => trivy(&said),
            Self::Syft => {
                Answer { packages: count(&said["components"]).or(Some(0)), findings: None }
            }
        })
    }
}

fn cargo_audit(said: &Value) -> Answer {
    let warnings =
        said["warnings"].as_object().map_or(0, |kinds| kinds.values().filter_map(count).sum());
    let vulnerabilities = count(&said["vulnerabilities"]["list"]);
    let packages = said["lockfile"]["dependency-count"].as_u64();
    Answer {
        packages: packages.and_then(|count| usize::try_from(count).ok()),
        findings: vulnerabilities.map(|count| count + warnings),
    }
}

/// A package that several files name counts once.
fn trivy(said: &Value) -> Answer {
    let results = said["Results"].as_array().map_or(&[][..], Vec::as_slice);
    let mut packages = BTreeSet::new();
    let mut findings = 0;
    for result in results {
        for package in result["Packages"].as_array().map_or(&[][..], Vec::as_slice) {
            packages.insert((package["Name"].to_string(), package["Version"].to_string()));
        }
        findings += count(&result["Vulnerabilities"]).unwrap_or(0);
    }
    Answer { packages: Some(packages.len()), findings: Some(findings) }
}

fn count(list: &Value) -> Option<usize> {
    list.as_array().map(Vec::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_of_cargo_audit_are_findings() {
        let said = br#"{"lockfile":{"dependency-count":7},"vulnerabilities":{"list":[{}]},
            "warnings":{"unmaintained":[{},{}],"unsound":[{}]}}"#;
        let answer = Teller::CargoAudit.answer(said).unwrap();
        assert_eq!(answer, Answer { packages: Some(7), findings: Some(4) });
    }

    #[test]
    fn trivys_results_are_added_up() {
        let said = br#"{"Results":[
            {"Packages":[{"Name":"a","Version":"1"},{"Name":"b","Version":"1"}]},
            {"Packages":[{"Name":"a","Version":"1"}],"Vulnerabilities":[{}]}]}"#;
        let answer = Teller::Trivy.answer(said).unwrap();
        assert_eq!(answer, Answer { packages: Some(2), findings: Some(1) });
    }

    #[test]
    fn an_answer_that_is_no_json_is_an_error() {
        assert!(Teller::Mainstay.answer(b"no").is_err());
    }
}
