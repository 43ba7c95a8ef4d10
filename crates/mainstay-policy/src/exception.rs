//! Exceptions: what somebody has looked at and accepted, why, until when, and who answers for it.

use jiff::civil::Date;
use mainstay_types::PackageName;
use serde::Deserialize;

use crate::facts::{Called, PackageFacts};
use crate::pattern::{Fit, PackagePattern};

/// One `[[exception]]`, of `mainstay.toml` or of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The advisory, by any of its ids; the code of the finding; or the name of a policy's rule.
    pub id: String,
    /// The package: its name as its ecosystem writes it, or a pattern of package URLs. `None`
    /// holds for every package.
    pub package: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
    /// Where it is written: the file and the line.
    pub written: String,
}

/// One `[[exception]]` as a file writes it, before it is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenException {
    pub(crate) id: String,
    pub(crate) package: Option<String>,
    pub(crate) reason: String,
    pub(crate) owner: String,
    pub(crate) expires: String,
}

impl Exception {
    /// Whether it still holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.expires
    }

    /// Whether it speaks about a finding with these ids, or a rule of this name, on the package
    /// of this name.
    pub fn speaks_of(&self, ids: &[&str], package: Option<&PackageName>) -> bool {
        ids.iter().any(|id| id.eq_ignore_ascii_case(&self.id))
            && match (&self.package, package) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(wanted), Some(name)) if wanted.starts_with("pkg:") => {
                    PackagePattern::parse(wanted).is_ok_and(|pattern| pattern.names(name))
                }
                (Some(wanted), Some(name)) => {
                    PackageName::parse(name.ecosystem(), wanted).is_ok_and(|wanted| wanted == *name)
                }
            }
    }

    /// Whether it accepts what a rule says about a package.
    pub(crate) fn accepts(&self, rule: &str, package: &PackageFacts<'_>, day: Date) -> bool {
        self.holds_on(day)
            && match package.name {
                Called::Package(name) => self.speaks_of(&[rule], Some(name)),
                called @ (Called::Purl(_) | Called::Name(_)) => {
                    rule.eq_ignore_ascii_case(&self.id) && self.calls(called)
                }
            }
    }

    /// Whether it is about something that is no package of an ecosystem.
    fn calls(&self, called: Called<'_>) -> bool {
        self.package.as_deref().is_none_or(|wanted| {
            if wanted.starts_with("pkg:") {
                PackagePattern::parse(wanted).is_ok_and(|one| one.fits(called) == Fit::Yes)
            } else {
                called == Called::Name(wanted)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use mainstay_types::Ecosystem;

    use super::*;

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

    fn npm(name: &str) -> PackageName {
        PackageName::parse(Ecosystem::Npm, name).unwrap()
    }

    #[test]
    fn it_holds_through_its_last_day() {
        assert!(exception().holds_on(date(2026, 3, 31)));
        assert!(!exception().holds_on(date(2026, 4, 1)));
    }

    #[test]
    fn any_id_of_the_finding_will_do() {
        assert!(exception().speaks_of(&["GHSA-x", "cve-2024-0001"], Some(&npm("left"))));
    }

    #[test]
    fn another_package_is_not_accepted() {
        assert!(!exception().speaks_of(&["CVE-2024-0001"], Some(&npm("right"))));
    }

    #[test]
    fn any_spelling_of_the_package_will_do() {
        let exception = Exception { package: Some("django".to_owned()), ..exception() };
        let name = PackageName::parse(Ecosystem::PyPi, "Django").unwrap();
        assert!(exception.speaks_of(&["CVE-2024-0001"], Some(&name)));
    }

    #[test]
    fn packages_may_be_named_by_a_pattern() {
        let wide = Exception { package: Some("pkg:npm/@acme/*".to_owned()), ..exception() };
        assert!(wide.speaks_of(&["CVE-2024-0001"], Some(&npm("@acme/web"))));
        assert!(!wide.speaks_of(&["CVE-2024-0001"], Some(&npm("@other/web"))));
    }
}
