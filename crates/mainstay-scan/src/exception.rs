//! Findings that somebody has looked at and accepted: until when, why, and who answers for it.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::{Excepted, Finding};
use crate::package::Package;
use crate::source::Reading;
use crate::target::Target;

/// One `[[exception]]` of `mainstay.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The advisory, by any of its ids, or the code of the finding.
    pub id: String,
    /// The package, as its ecosystem writes it. `None` holds for every package.
    pub package: Option<String>,
    /// Why the finding is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where it is written: the settings file and the line.
    pub written: String,
}

impl Exception {
    /// Whether it still holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.expires
    }

    /// Whether it speaks about this finding.
    pub fn speaks_of(&self, ids: &[&str], package: Option<&str>) -> bool {
        ids.iter().any(|id| id.eq_ignore_ascii_case(&self.id))
            && self.package.as_deref().is_none_or(|wanted| Some(wanted) == package)
    }
}

/// Findings after the exceptions were applied.
pub(crate) struct Applied {
    pub(crate) findings: Vec<Finding>,
    pub(crate) excepted: Vec<Excepted>,
    pub(crate) warnings: Vec<String>,
}

/// Takes accepted findings out. A finding in several targets is accepted only when each of them
/// accepts it. Expired and unused exceptions become warnings.
pub(crate) fn apply(
    findings: Vec<Finding>,
    packages: &[Package],
    readings: &[Reading],
    targets: &[Target],
    now: Timestamp,
) -> Applied {
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut applied = Applied { findings: Vec::new(), excepted: Vec::new(), warnings: Vec::new() };
    let mut used: HashSet<&str> = HashSet::new();
    for finding in findings {
        let package = finding.package.and_then(|at| packages.get(at));
        let spoken = exceptions_for(&finding, package, readings, targets);
        used.extend(spoken.iter().flatten().map(|exception| &*exception.written));
        let holding: Option<Vec<&Exception>> = spoken
            .iter()
            .map(|of_target| of_target.iter().copied().find(|one| one.holds_on(today)))
            .collect();
        match holding.as_deref() {
            Some([exception, ..]) => {
                applied.excepted.push(Excepted { finding, exception: (*exception).clone() });
            }
            Some([]) | None => applied.findings.push(finding),
        }
    }
    applied.warnings = warnings(targets, &used, today);
    applied
}

/// Per target that holds the finding, the exceptions that speak of it.
fn exceptions_for<'t>(
    finding: &Finding,
    package: Option<&Package>,
    readings: &[Reading],
    targets: &'t [Target],
) -> Vec<Vec<&'t Exception>> {
    let aliases = finding.aliases();
    let mut ids: Vec<&str> = aliases;
    ids.push(finding.id());
    ids.push(finding.code);
    let name = package.map(|package| package.name.as_written());
    let mut holders: Vec<usize> = finding
        .locations
        .iter()
        .filter_map(|location| readings.get(location.reading))
        .map(|reading| reading.found.target)
        .collect();
    holders.sort_unstable();
    holders.dedup();
    holders
        .into_iter()
        .filter_map(|holder| targets.get(holder))
        .map(|target| target.exceptions.iter().filter(|one| one.speaks_of(&ids, name)).collect())
        .collect()
}

fn warnings(targets: &[Target], used: &HashSet<&str>, today: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    for exception in targets.iter().flat_map(|target| &target.exceptions) {
        let Exception { id, owner, expires, written, .. } = exception;
        if !exception.holds_on(today) {
            warnings.push(format!(
                "{written}: the exception for {id} expired on {expires} and no longer applies; \
                 {owner} should look at it again, or it should go"
            ));
        } else if !used.contains(&**written) {
            warnings
                .push(format!("{written}: the exception for {id} matches no finding; it can go"));
        }
    }
    warnings.sort_unstable();
    warnings.dedup();
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn exception() -> Exception {
        Exception {
            id: "CVE-2024-0001".to_owned(),
            package: Some("left".to_owned()),
            reason: "not reachable".to_owned(),
            owner: "ops@example".to_owned(),
            expires: date(2026, 3, 31),
            written: "mainstay.toml:1".to_owned(),
        }
    }

    #[test]
    fn it_holds_through_its_last_day() {
        assert!(exception().holds_on(date(2026, 3, 31)));
        assert!(!exception().holds_on(date(2026, 4, 1)));
    }

    #[test]
    fn any_id_of_the_finding_will_do() {
        assert!(exception().speaks_of(&["GHSA-x", "cve-2024-0001"], Some("left")));
    }

    #[test]
    fn another_package_is_not_accepted() {
        assert!(!exception().speaks_of(&["CVE-2024-0001"], Some("right")));
    }
}
