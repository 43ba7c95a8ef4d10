//! A policy: all rules of one file, and its answer.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::decision::{Decision, Outcome};
use crate::example::Example;
use crate::exception::Exception;
use crate::facts::{DataFacts, FindingFacts, PackageFacts};
use crate::finding_rule::FindingRule;
use crate::licence_rule::{LicencePattern, LicenceRule};
use crate::package_rule::{BanRule, DataRule, ReleaseRule, SourceRule};

/// The rules of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The file, as reports show it.
    pub path: String,
    /// Which findings are refused.
    pub findings: Vec<FindingRule>,
    /// The words of `allow-unknown`: which unknowns of a scan may pass.
    pub allow_unknown: Vec<String>,
    /// Whether exceptions of a project may accept what this policy refuses.
    pub project_exceptions: Allowance,
    /// Whether a project may leave files out, and say how large and how old what is read may be.
    pub project_exclusions: Allowance,
    /// Whether VEX statements that the software brings may silence what this policy refuses.
    pub project_statements: Allowance,
    /// What somebody accepted.
    pub exceptions: Vec<Exception>,
    /// The policy's own tests.
    pub examples: Vec<Example>,
    pub(crate) licences: Option<LicenceRule>,
    pub(crate) bans: Vec<BanRule>,
    pub(crate) sources: Option<SourceRule>,
    pub(crate) releases: Option<ReleaseRule>,
    pub(crate) data: Option<DataRule>,
}

/// Whether something that a project brings may let more pass under a policy that the user named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allowance {
    /// It may not.
    #[default]
    Ignored,
    /// It may.
    Allowed,
}

impl From<bool> for Allowance {
    fn from(is_allowed: bool) -> Self {
        if is_allowed { Self::Allowed } else { Self::Ignored }
    }
}

impl Policy {
    /// A policy of rules on findings alone, as `--fail-on` makes it.
    pub fn of_findings(path: &str, findings: Vec<FindingRule>) -> Self {
        Self { path: path.to_owned(), findings, ..Self::default() }
    }

    /// What the policy says about a finding: one decision per rule that objects or cannot tell.
    pub fn on_finding(&self, finding: &FindingFacts<'_>, now: Timestamp) -> Vec<Decision> {
        let decided = self.findings.iter().filter_map(|rule| rule.judge(finding));
        let day = now.to_zoned(TimeZone::UTC).date();
        decided
            .map(|decision| {
                let rule = decision.rule.name.clone();
                let name = finding.package.as_ref().and_then(|one| one.name.package());
                let mut ids = finding.ids.clone();
                ids.push(&rule);
                let accepting = self
                    .exceptions
                    .iter()
                    .find(|one| one.holds_on(day) && one.speaks_of(&ids, name));
                accepted(decision, accepting)
            })
            .collect()
    }

    /// What the policy says about a package, whatever is wrong with it.
    pub fn on_package(&self, package: &PackageFacts<'_>, now: Timestamp) -> Vec<Decision> {
        let bans = self.bans.iter().filter_map(|rule| rule.judge(package));
        let sources = self.sources.iter().filter_map(|rule| rule.judge(package));
        let licences = self.licences.iter().filter_map(|rule| rule.judge(package));
        let releases = self.releases.iter().filter_map(|rule| rule.judge(package, now));
        let day = now.to_zoned(TimeZone::UTC).date();
        bans.chain(sources)
            .chain(licences)
            .chain(releases)
            .map(|decision| {
                let accepting = self
                    .exceptions
                    .iter()
                    .find(|one| one.accepts(&decision.rule.name, package, day));
                accepted(decision, accepting)
            })
            .collect()
    }

    /// What the policy says about the data that were asked.
    pub fn on_data(&self, data: &DataFacts) -> Option<Decision> {
        self.data.as_ref().and_then(|rule| rule.judge(data))
    }

    /// Whether it has rules on packages, beside those on findings.
    pub fn judges_packages(&self) -> bool {
        !self.bans.is_empty()
            || self.sources.is_some()
            || self.licences.is_some()
            || self.releases.is_some()
    }

    /// Entries that are read and most likely misspelt: warnings for whoever wrote it.
    pub fn doubts(&self) -> Vec<String> {
        let told = |rule: &LicenceRule| -> Vec<String> {
            let at = &rule.name.written;
            let tell = |entry: &LicencePattern| {
                let hint = entry.suggestion();
                let hint = hint.map(|one| format!("; did you mean \"{one}\"?")).unwrap_or_default();
                let entry = entry.as_written();
                format!(
                    "{at}: the SPDX License List does not have \"{entry}\", so [licences] names \
                     with it only what a document writes in these very letters{hint}"
                )
            };
            rule.unlisted().map(tell).collect()
        };
        self.licences.iter().flat_map(told).collect()
    }

    /// The names of all rules, with their places, in the order of judging.
    pub fn rules(&self) -> Vec<&crate::RuleName> {
        let findings = self.findings.iter().map(|rule| &rule.name);
        let bans = self.bans.iter().map(|rule| &rule.name);
        let sources = self.sources.iter().map(|rule| &rule.name);
        let licences = self.licences.iter().map(|rule| &rule.name);
        let releases = self.releases.iter().map(|rule| &rule.name);
        let data = self.data.iter().map(|rule| &rule.name);
        findings.chain(bans).chain(sources).chain(licences).chain(releases).chain(data).collect()
    }

    /// The exceptions that name one of its rules. All others speak of findings.
    pub fn exceptions_to_rules(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(|one| self.names_rule(&one.id))
    }

    /// Whether one of its rules has this name.
    pub fn names_rule(&self, id: &str) -> bool {
        self.rules().iter().any(|rule| rule.name.eq_ignore_ascii_case(id))
    }
}

fn accepted(decision: Decision, exception: Option<&Exception>) -> Decision {
    match exception {
        Some(exception) => {
            Decision { outcome: Outcome::Accepted, exception: Some(exception.clone()), ..decision }
        }
        None => decision,
    }
}
