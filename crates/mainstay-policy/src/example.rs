//! Examples: a policy's own tests. Each gives facts and what must follow from them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mainstay_types::{
    Ecosystem, FindingKind, Licence, PackageName, Purl, Scope, Severity, SourceUrl,
};

use crate::address::Place;
use crate::age::parse_age;
use crate::decision::{Decision, Outcome, RuleName};
use crate::facts::{Called, DataFacts, FindingFacts, PackageFacts, SourceFacts};
use crate::file::shape::{ExampleFindingToml, ExampleToml};
use crate::finding_rule::Threshold;
use crate::policy::Policy;

/// One `[[example]]` of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Its name and place.
    pub name: RuleName,
    /// What must follow.
    pub expect: Outcome,
    /// The rule that must say so, and the only one asked. `None`: all are asked.
    pub rule: Option<String>,
    on: Option<Timestamp>,
    package: Option<ExamplePackage>,
    finding: Option<ExampleFinding>,
    data_age: Option<SignedDuration>,
}

#[derive(Clone, Debug, PartialEq)]
struct ExamplePackage {
    name: ExampleName,
    version: Option<String>,
    licences: Vec<Licence>,
    scope: Scope,
    direct: Option<bool>,
    sources: Vec<SourceFacts>,
    released: Option<Timestamp>,
}

/// What the package of an example is called.
#[derive(Clone, Debug, PartialEq)]
enum ExampleName {
    Package(PackageName),
    /// A package URL of a type that no ecosystem has.
    Purl(Purl),
}

#[derive(Clone, Debug, PartialEq)]
struct ExampleFinding {
    id: String,
    kind: FindingKind,
    severity: Severity,
    known_exploited: Option<bool>,
    epss: Option<f64>,
    fixed_in: Option<String>,
}

/// What came of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleResult {
    /// What followed.
    pub outcome: Outcome,
    /// The decisions that it followed from.
    pub decisions: Vec<Decision>,
}

impl Example {
    pub(crate) fn read(name: RuleName, expect: Outcome, one: ExampleToml) -> Result<Self, String> {
        let package = one.package.as_deref().map(|purl| package(purl, &one)).transpose()?;
        let finding = one.finding.as_ref().map(finding).transpose()?;
        let data_age = one.data_age.as_deref().map(parse_age).transpose();
        let data_age = data_age.map_err(|why| why.to_string())?;
        if package.is_none() && finding.is_none() && data_age.is_none() {
            return Err(
                "an example needs a \"package\", a \"finding\" or a \"data-age\"".to_owned()
            );
        }
        let on = one.on.as_deref().map(moment).transpose()?;
        Ok(Self { name, expect, rule: one.rule, on, package, finding, data_age })
    }

    /// Whether what followed is what the example expects. A named rule must have said so itself.
    pub fn holds(&self, result: &ExampleResult) -> bool {
        result.outcome == self.expect
    }

    /// Asks the policy. `now` is the moment where the example names none.
    pub fn run(&self, policy: &Policy, now: Timestamp) -> ExampleResult {
        let now = self.on.unwrap_or(now);
        let package = self.package.as_ref().map(|package| package.facts(&self.name.written));
        let mut decisions = Vec::new();
        if let Some(finding) = &self.finding {
            decisions.extend(policy.on_finding(&finding.facts(package), now));
        } else if let Some(package) = &package {
            decisions.extend(policy.on_package(package, now));
        }
        if let Some(age) = self.data_age {
            let data = DataFacts { name: "the example's data".to_owned(), age: Some(age) };
            decisions.extend(policy.on_data(&data));
        }
        if let Some(rule) = &self.rule {
            decisions.retain(|one| one.rule.name.eq_ignore_ascii_case(rule));
        }
        let outcome = decisions.iter().map(|one| one.outcome).max().unwrap_or(Outcome::Passed);
        ExampleResult { outcome, decisions }
    }
}

impl ExamplePackage {
    fn facts(&self, told_by: &str) -> PackageFacts<'_> {
        PackageFacts {
            name: match &self.name {
                ExampleName::Package(name) => Called::Package(name),
                ExampleName::Purl(purl) => Called::Purl(purl),
            },
            version: self.version.as_deref(),
            scope: self.scope,
            direct: self.direct,
            sources: self.sources.clone(),
            licences: &self.licences,
            released: self.released,
            told_by: told_by.to_owned(),
        }
    }
}

impl ExampleFinding {
    fn facts<'e>(&'e self, package: Option<PackageFacts<'e>>) -> FindingFacts<'e> {
        FindingFacts {
            id: &self.id,
            ids: vec![&self.id],
            kind: self.kind,
            severity: self.severity,
            known_exploited: self.known_exploited,
            exploit_probability: self.epss,
            fixed_in: self.fixed_in.as_deref(),
            package,
        }
    }
}

fn package(text: &str, one: &ExampleToml) -> Result<ExamplePackage, String> {
    let purl = Purl::parse(&text.replacen("/@", "/%40", 1))
        .map_err(|why| format!("the example's \"package\" is no package URL: {why}"))?;
    let scope = match one.scope.as_deref() {
        None => Scope::Runtime,
        Some(word) => Scope::from_word(word).ok_or_else(|| format!("\"{word}\" is no scope"))?,
    };
    Ok(ExamplePackage {
        name: name_of(&purl)?,
        version: purl.version().map(Into::into),
        licences: one.licence.as_deref().and_then(Licence::stated).into_iter().collect(),
        scope,
        direct: one.direct,
        sources: one.source.as_deref().map_or_else(|| vec![SourceFacts::Public], sources),
        released: one.released.as_deref().map(moment).transpose()?,
    })
}

/// The package of an ecosystem that a package URL names: the one whose own URL is the same.
fn name_of(purl: &Purl) -> Result<ExampleName, String> {
    if Ecosystem::all().all(|ecosystem| ecosystem.purl_type() != purl.package_type()) {
        return Ok(ExampleName::Purl(purl.clone()));
    }
    let joined = |separator: &str| match purl.namespace() {
        Some(namespace) => format!("{namespace}{separator}{}", purl.name()),
        None => purl.name().into_owned(),
    };
    let spellings = [joined("/"), joined(":"), purl.name().into_owned()];
    Ecosystem::all()
        .filter(|ecosystem| ecosystem.purl_type() == purl.package_type())
        .flat_map(|ecosystem| {
            spellings.iter().filter_map(move |text| PackageName::parse(ecosystem, text).ok())
        })
        .find(|name| {
            let own = Purl::of_package(name, None);
            own.namespace() == purl.namespace() && own.name() == purl.name()
        })
        .map(ExampleName::Package)
        .ok_or_else(|| format!("{purl} names no package of its ecosystem"))
}

fn finding(one: &ExampleFindingToml) -> Result<ExampleFinding, String> {
    let kind = match one.kind.as_deref() {
        None => FindingKind::Vulnerability,
        Some(word) => {
            FindingKind::from_word(word).ok_or_else(|| format!("\"{word}\" is no kind"))?
        }
    };
    let severity = match one.severity.as_deref() {
        None => Severity::Unknown,
        Some(word) => {
            Severity::from_word(word).ok_or_else(|| format!("\"{word}\" is no severity"))?
        }
    };
    let epss = match one.epss.map(Threshold::new) {
        None => None,
        Some(Some(threshold)) => Some(threshold.probability()),
        Some(None) => return Err("\"epss\" is a probability between 0 and 1".to_owned()),
    };
    Ok(ExampleFinding {
        id: one.id.clone().unwrap_or_else(|| "the example's finding".to_owned()),
        kind,
        severity,
        known_exploited: one.known_exploited,
        epss,
        fixed_in: one.fixed_in.clone(),
    })
}

/// A day or a moment: `2026-03-01`, `2026-03-01T12:00:00Z`.
fn moment(text: &str) -> Result<Timestamp, String> {
    let of_day = || {
        let day: Date = text.parse().ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse::<Timestamp>().ok().or_else(of_day).ok_or_else(|| {
        format!("\"{text}\" is no day such as 2026-03-01 and no time such as 2026-03-01T12:00:00Z")
    })
}

/// Sources as an example writes them: `public`, `git+https://...`, `https://...`, or a path.
/// `registry+https://...` is another registry.
fn sources(text: &str) -> Vec<SourceFacts> {
    let (kind, address) = match text.split_once('+') {
        Some((kind, address)) if address.contains("://") => (kind, address),
        _ => ("", text),
    };
    let url = SourceUrl::new(address);
    match (kind, Place::of(&url)) {
        ("", _) if text == "public" => vec![SourceFacts::Public],
        ("git", place) => SourceFacts::of_place(place, SourceFacts::Git),
        ("registry" | "sparse", place) => SourceFacts::of_place(place, SourceFacts::Registry),
        (_, Place::Host { address, .. }) if url.host().is_some() => {
            vec![SourceFacts::Address(address)]
        }
        (_, Place::Unclear(text)) => vec![SourceFacts::Unclear(text)],
        _ => vec![SourceFacts::Path(text.to_owned())],
    }
}
