//! Asks the starter set about a package, with the answer of an index.

use std::cmp::Ordering;

use mainstay_matching::{Advisory, Basis, Hit, LookUp, Subject, Undecided};
use mainstay_types::PackageName;
use mainstay_versions::{Version, VersionError, intervals};

use super::{RangeEnd, StarterFact, facts_on};

/// What the set says about a package. No hit says nothing.
pub(crate) fn look_up(name: &PackageName, subject: Subject<'_>) -> LookUp<'static> {
    let facts = facts_on(name);
    let mut found = LookUp { known_name: !facts.is_empty(), ..LookUp::default() };
    let Subject::Version(text) = subject else {
        return found;
    };
    let version = match Version::parse(name.ecosystem(), text) {
        Ok(version) => Some(version),
        Err(error) => {
            found.unreadable_version = Some(error);
            None
        }
    };
    for fact in facts {
        match affects(fact, text, version.as_ref()) {
            Ok(Some(basis)) => found.hits.push(Hit {
                advisory: advisory(fact),
                fixed_in: version.as_ref().map_or_else(Vec::new, |version| fixes(fact, version)),
                basis,
            }),
            Ok(None) => {}
            Err(error) => found
                .undecided
                .push(Undecided { advisory: advisory(fact), reason: error.to_string() }),
        }
    }
    found
}

/// Why the version is affected, if it is. Without a readable version only the list is asked.
fn affects(
    fact: &StarterFact,
    text: &str,
    version: Option<&Version>,
) -> Result<Option<Basis>, VersionError> {
    if fact.versions.iter().any(|listed| listed == text) {
        return Ok(Some(Basis::ListedVersion));
    }
    let Some(version) = version else {
        return Ok(None);
    };
    for listed in &fact.versions {
        if Version::parse(fact.ecosystem, listed)?.compare(version) == Some(Ordering::Equal) {
            return Ok(Some(Basis::ListedVersion));
        }
    }
    for range in &fact.ranges {
        for interval in intervals(fact.ecosystem, &range.events())? {
            if interval.contains(version)? {
                return Ok(Some(Basis::Range));
            }
        }
    }
    Ok(None)
}

/// The versions above this one that fix the flaw, ascending.
fn fixes(fact: &'static StarterFact, version: &Version) -> Vec<&'static str> {
    let mut fixes: Vec<(Version, &'static str)> = Vec::new();
    for range in &fact.ranges {
        let RangeEnd::Fixed(text) = &range.end else { continue };
        let Ok(fix) = Version::parse(fact.ecosystem, text) else { continue };
        let affected = affects(fact, text, Some(&fix)).map_or(true, |basis| basis.is_some());
        if fix.compare(version) == Some(Ordering::Greater) && !affected {
            fixes.push((fix, text));
        }
    }
    fixes.sort_by(|(a, _), (b, _)| a.compare(b).unwrap_or(Ordering::Equal));
    fixes.into_iter().map(|(_, text)| text).collect()
}

fn advisory(fact: &'static StarterFact) -> Advisory<'static> {
    Advisory {
        id: &fact.id,
        aliases: fact.aliases.iter().map(String::as_str).collect(),
        upstream: Vec::new(),
        kind: fact.kind,
        severity: fact.severity,
        score: None,
        vector: None,
        title: &fact.title,
        url: &fact.url,
        published: None,
        modified: None,
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::Ecosystem;

    use super::*;

    fn ask(ecosystem: Ecosystem, name: &str, version: &str) -> LookUp<'static> {
        let name = PackageName::parse(ecosystem, name).unwrap();
        look_up(&name, Subject::Version(version))
    }

    fn ids(found: &LookUp<'static>) -> Vec<&'static str> {
        found.hits.iter().map(|hit| hit.advisory.id).collect()
    }

    #[test]
    fn a_listed_version_is_a_hit_and_its_neighbour_is_not() {
        let found = ask(Ecosystem::Npm, "event-stream", "3.3.6");
        assert_eq!(ids(&found), ["GHSA-mh6f-8j2x-4483"]);
        assert_eq!(found.hits[0].basis, Basis::ListedVersion);
        assert!(ask(Ecosystem::Npm, "event-stream", "3.3.5").hits.is_empty());
    }

    #[test]
    fn a_version_in_a_range_is_a_hit_with_the_versions_that_fix_it() {
        let found = ask(Ecosystem::Maven, "org.apache.logging.log4j:log4j-core", "2.12.1");
        assert_eq!(ids(&found), ["GHSA-7rjr-3q55-vv33", "GHSA-jfh8-c2jp-5v3q"]);
        assert_eq!(found.hits[0].fixed_in, ["2.12.2", "2.16.0"]);
        assert_eq!(found.hits[1].fixed_in, ["2.12.2", "2.15.0"]);
        assert_eq!(found.hits[1].basis, Basis::Range);
    }

    #[test]
    fn a_version_that_nobody_can_read_is_said() {
        let found = ask(Ecosystem::Npm, "lodash", "latest");
        assert!(found.hits.is_empty() && found.unreadable_version.is_some());
    }

    #[test]
    fn an_unknown_package_has_no_known_name() {
        let found = ask(Ecosystem::Npm, "a-name-nobody-took", "1.0.0");
        assert!(!found.known_name && found.hits.is_empty());
    }

    #[test]
    fn a_commit_is_nothing_that_the_set_knows() {
        let name = PackageName::parse(Ecosystem::Npm, "event-stream").unwrap();
        let found = look_up(&name, Subject::Commit("e3163361fed01384c986b9b4c18feb1fc42b8285"));
        assert!(found.known_name && found.hits.is_empty());
    }
}
