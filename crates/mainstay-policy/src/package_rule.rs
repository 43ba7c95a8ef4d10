//! Rules on packages: banned ones, allowed sources, and how old or young a release may be.

use jiff::{SignedDuration, Timestamp};
use mainstay_types::Scope;

use crate::age::in_words;
use crate::decision::{Decision, Fact, Objection, RuleName};
use crate::facts::{DataFacts, PackageFacts, SourceFacts};
use crate::pattern::{Fit, PackagePattern, Wildcard};
use crate::version_range::VersionRange;

/// One `[[ban]]` of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BanRule {
    pub(crate) name: RuleName,
    pub(crate) package: PackagePattern,
    /// `None`: every version.
    pub(crate) versions: Option<VersionRange>,
    pub(crate) scope: Vec<Scope>,
    pub(crate) reason: String,
}

/// `[sources]` of a policy. A list that is not there is not judged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SourceRule {
    pub(crate) name: RuleName,
    /// Hosts and paths; `public` is the public registry of the ecosystem.
    pub(crate) registries: Option<Vec<Wildcard>>,
    pub(crate) git: Option<Vec<Wildcard>>,
    pub(crate) addresses: Option<Vec<Wildcard>>,
    pub(crate) paths: Option<bool>,
}

/// `[releases]` of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReleaseRule {
    pub(crate) name: RuleName,
    /// A release must be at least this old.
    pub(crate) cooldown: Option<SignedDuration>,
    /// A release may be at most this old.
    pub(crate) max_age: Option<SignedDuration>,
    pub(crate) scope: Vec<Scope>,
}

/// `[data]` of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DataRule {
    pub(crate) name: RuleName,
    pub(crate) max_age: SignedDuration,
}

impl BanRule {
    pub(crate) fn judge(&self, package: &PackageFacts<'_>) -> Option<Decision> {
        if !holds_for(&self.scope, package) {
            return None;
        }
        let by = &package.told_by;
        let mut facts = vec![Fact::known("package", package.name.to_string(), by)];
        match self.package.fits(package.name) {
            Fit::No => return None,
            Fit::Yes => {}
            Fit::Perhaps => {
                facts.push(Fact::missing("package URL", by));
                let message = format!("nobody can say whether it is {}", self.package);
                return Some(Objection::unknown(message, facts).by(&self.name));
            }
        }
        let Some(range) = &self.versions else {
            return Some(Objection::refused(&*self.reason, facts).by(&self.name));
        };
        let Some(version) = package.version else {
            facts.push(Fact::missing("version", by));
            let message = format!("nobody can say whether its version is one of {range}");
            return Some(Objection::unknown(message, facts).by(&self.name));
        };
        facts.push(Fact::known("version", version, by));
        let Some(name) = package.name.package() else {
            // The order of the versions of its type is not known.
            let message = format!("nobody can say whether {version} is one of {range}");
            return Some(Objection::unknown(message, facts).by(&self.name));
        };
        match range.contains(name.ecosystem(), version) {
            Ok(false) => None,
            Ok(true) => Some(Objection::refused(&*self.reason, facts).by(&self.name)),
            Err(error) => Some(Objection::unknown(error.to_string(), facts).by(&self.name)),
        }
    }
}

impl SourceRule {
    pub(crate) fn judge(&self, package: &PackageFacts<'_>) -> Option<Decision> {
        let listed = |list: &Option<Vec<Wildcard>>, address: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| fits(one, address)))
        };
        let is_allowed = |source: &SourceFacts| match source {
            SourceFacts::Public => listed(&self.registries, "public"),
            SourceFacts::Registry(address) => listed(&self.registries, address),
            SourceFacts::Git(address) => listed(&self.git, address),
            SourceFacts::Address(address) => listed(&self.addresses, address),
            SourceFacts::Path(_) => self.paths.unwrap_or(true),
            // Told below.
            SourceFacts::Unclear(_) => true,
        };
        let foreign = package.sources.iter().filter(|source| !is_allowed(source));
        let foreign: Vec<String> = foreign.map(SourceFacts::in_words).collect();
        let fact = |source: &String| Fact::known("source", &**source, &package.told_by);
        if let Some(first) = foreign.first() {
            let message = format!("it comes from {first}, which is no allowed source");
            let facts = foreign.iter().map(fact).collect();
            return Some(Objection::refused(message, facts).by(&self.name));
        }
        let is_asked = self.registries.is_some() || self.git.is_some() || self.addresses.is_some();
        let unclear = |source: &&SourceFacts| matches!(source, SourceFacts::Unclear(_));
        let unclear: Vec<String> =
            package.sources.iter().filter(unclear).map(SourceFacts::in_words).collect();
        if is_asked && package.sources.is_empty() {
            let message = "nobody says where it comes from";
            let facts = vec![Fact::missing("source", &package.told_by)];
            return Some(Objection::unknown(message, facts).by(&self.name));
        }
        let first = unclear.first().filter(|_| is_asked)?;
        let message = format!("nobody can say where it comes from: {first}");
        Some(Objection::unknown(message, unclear.iter().map(fact).collect()).by(&self.name))
    }
}

/// A pattern names an address, or a folder above it: `git.example/acme` names
/// `git.example/acme/web`.
fn fits(pattern: &Wildcard, address: &str) -> bool {
    pattern.names(address) || pattern.above().names(address)
}

impl ReleaseRule {
    pub(crate) fn judge(&self, package: &PackageFacts<'_>, now: Timestamp) -> Option<Decision> {
        if !holds_for(&self.scope, package) {
            return None;
        }
        let by = &package.told_by;
        let version = match package.version {
            Some(version) => Fact::known("version", version, by),
            None => Fact::missing("version", by),
        };
        let Some(released) = package.released else {
            let facts = vec![version, Fact::missing("released", by)];
            let message = "nobody says when it was published";
            return Some(Objection::unknown(message, facts).by(&self.name));
        };
        let age = now.duration_since(released);
        let facts = vec![version, Fact::known("released", released.to_string(), by)];
        if let Some(limit) = self.cooldown.filter(|limit| age < *limit) {
            let age = in_words(age.max(SignedDuration::ZERO));
            let message =
                format!("it was published {age} ago; wait until it is {}", in_words(limit));
            return Some(Objection::refused(message, facts).by(&self.name));
        }
        if let Some(limit) = self.max_age.filter(|limit| age > *limit) {
            let message =
                format!("it was published {} ago; the limit is {}", in_words(age), in_words(limit));
            return Some(Objection::refused(message, facts).by(&self.name));
        }
        None
    }
}

impl DataRule {
    pub(crate) fn judge(&self, data: &DataFacts) -> Option<Decision> {
        let limit = in_words(self.max_age);
        let (message, fact) = match data.age {
            Some(age) if age <= self.max_age => return None,
            Some(age) => (
                format!("{} is {} old; the limit is {limit}", data.name, in_words(age)),
                Fact::known("age", in_words(age), &data.name),
            ),
            None => (
                format!("nobody can say how old {} is; the limit is {limit}", data.name),
                Fact::missing("age", &data.name),
            ),
        };
        Some(Objection::unknown(message, vec![fact]).by(&self.name))
    }
}

fn holds_for(scope: &[Scope], package: &PackageFacts<'_>) -> bool {
    scope.is_empty() || scope.contains(&package.scope)
}
