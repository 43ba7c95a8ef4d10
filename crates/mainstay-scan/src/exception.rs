//! Applying exceptions: findings that somebody has looked at and accepted.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mainstay_policy::Exception;

use crate::finding::{Excepted, Finding};
use crate::package::Package;
use crate::source::Reading;
use crate::target::Target;

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
    let name = package.map(|package| &package.name);
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
        warnings.extend(idle(exception, used.contains(&*exception.written), today));
    }
    warnings.sort_unstable();
    warnings.dedup();
    warnings
}

/// Why an exception does nothing, if so.
pub(crate) fn idle(exception: &Exception, is_used: bool, today: Date) -> Option<String> {
    let Exception { id, owner, expires, written, .. } = exception;
    if !exception.holds_on(today) {
        return Some(format!(
            "{written}: the exception for {id} expired on {expires} and no longer applies; \
             {owner} should look at it again, or it should go"
        ));
    }
    (!is_used).then(|| format!("{written}: the exception for {id} matches no finding; it can go"))
}
