//! A package and a range: the range itself decides, whatever the advisory data know.

use mainstay_scan::Scan;
use mainstay_types::PackageName;
use mainstay_vex::{Justification, Reason};

use super::{Found, Gathered, SeenClaim, Weight, hides_its_name, version_under};
use crate::subject::Range;

pub(super) fn gather(
    gathered: &mut Gathered,
    scan: &Scan,
    name: &PackageName,
    range: Option<&Range>,
) {
    for package in &scan.packages {
        let claim = match version_under(package, name) {
            None if hides_its_name(package, name.ecosystem()) => {
                gathered.lack("unknown-name", Weight::Bears, package.label());
                continue;
            }
            None => continue,
            Some(Found::Version(version)) => claim(range, version),
            Some(Found::NoRelease | Found::NoVersion) => SeenClaim::Undecided,
        };
        if claim == SeenClaim::Undecided {
            gathered.lack("undecided-version", Weight::Bears, package.label());
        }
        gathered.see(package, claim);
    }
}

fn claim(range: Option<&Range>, version: &str) -> SeenClaim {
    let Some(range) = range else { return SeenClaim::Affected };
    match range.contains(version) {
        None => SeenClaim::Undecided,
        Some(true) => SeenClaim::Affected,
        Some(false) if range.is_behind(version) => SeenClaim::Fixed,
        Some(false) => {
            SeenClaim::NotAffected(Reason::Justified(Justification::VulnerableCodeNotPresent, None))
        }
    }
}
