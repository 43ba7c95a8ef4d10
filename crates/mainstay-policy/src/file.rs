//! The policy file: TOML into rules. Strict, and every error names file and line.

pub(crate) mod shape;

use std::ops::Range;

use jiff::civil::Date;
use mainstay_types::{FindingKind, Scope, Severity};
use toml::Spanned;

use crate::age::parse_age;
use crate::decision::{Outcome, RuleName};
use crate::example::Example;
use crate::exception::{Exception, WrittenException};
use crate::finding_rule::{Condition, FindingRule, Threshold};
use crate::licence_rule::{LicencePattern, LicenceRule, Unstated};
use crate::package_rule::{BanRule, DataRule, ReleaseRule, SourceRule};
use crate::pattern::{PackagePattern, Wildcard};
use crate::policy::Policy;
use crate::settings_toml::{self, SettingsError, line_at};
use crate::version_range::VersionRange;
use shape::{
    BanToml, ExampleToml, FindingToml, LicencesToml, PolicyToml, ReleasesToml, SourcesToml,
};

impl Policy {
    /// The most bytes of a policy file.
    pub const MAX_BYTES: u64 = 4 << 20;

    /// Reads a policy. `path` is how reports and errors name the file.
    pub fn parse(path: &str, text: &str) -> Result<Self, SettingsError> {
        let file: PolicyToml = settings_toml::parse(path, text)?;
        let reader = Reader { path, text };
        if file.version.is_some_and(|version| version != 1) {
            let message = "the newest version of the policy file that is known is 1";
            return Err(reader.error(None, message));
        }
        let policy = Self {
            path: path.to_owned(),
            findings: reader.each(file.finding, Reader::finding)?,
            allow_unknown: file.allow_unknown,
            project_exceptions: file.project_exceptions.into(),
            project_exclusions: file.project_exclusions.into(),
            project_statements: file.project_statements.into(),
            exceptions: reader.each(file.exception, Reader::exception)?,
            examples: reader.each(file.example, Reader::example)?,
            licences: file.licences.map(|one| reader.licences(one)).transpose()?,
            bans: reader.each(file.ban, Reader::ban)?,
            sources: file.sources.map(|one| reader.sources(one)),
            releases: file.releases.map(|one| reader.releases(one)).transpose()?,
            data: file.data.map(|one| reader.data(one)).transpose()?,
        };
        reader.check_names(&policy)?;
        Ok(policy)
    }
}

impl WrittenException {
    /// Checks one `[[exception]]`, of a policy or of `mainstay.toml`.
    pub fn read(path: &str, text: &str, one: Spanned<Self>) -> Result<Exception, SettingsError> {
        let span = one.span();
        Reader { path, text }.exception(&span, one.into_inner())
    }
}

/// The file under reading, for places.
#[derive(Clone, Copy)]
struct Reader<'t> {
    path: &'t str,
    text: &'t str,
}

impl Reader<'_> {
    fn error(&self, span: Option<&Range<usize>>, message: impl Into<String>) -> SettingsError {
        let line = span.map(|span| line_at(self.text, span.start));
        SettingsError { path: self.path.to_owned(), line, message: message.into() }
    }

    fn each<T, R>(
        &self,
        list: Vec<Spanned<T>>,
        read: impl Fn(&Self, &Range<usize>, T) -> Result<R, SettingsError>,
    ) -> Result<Vec<R>, SettingsError> {
        list.into_iter()
            .map(|one| {
                let span = one.span();
                read(self, &span, one.into_inner())
            })
            .collect()
    }

    /// The rule's own name, or what stands in for it; and where it is written.
    fn name(&self, own: Option<String>, stand_in: &str, span: &Range<usize>) -> RuleName {
        let line = line_at(self.text, span.start);
        let name = own.unwrap_or_else(|| stand_in.to_owned());
        RuleName { name, written: format!("{}:{line}", self.path) }
    }

    fn finding(&self, span: &Range<usize>, one: FindingToml) -> Result<FindingRule, SettingsError> {
        let mut conditions = Vec::new();
        if let Some(word) = one.severity {
            let severity = Severity::from_word(&word).filter(|one| *one > Severity::None);
            let severity = severity.ok_or_else(|| {
                let message =
                    format!("\"{word}\" is no threshold; choose low, medium, high or critical");
                self.error(Some(span), message)
            })?;
            conditions.push(Condition::Severity(severity));
        }
        conditions.extend(one.known_exploited.map(Condition::KnownExploited));
        if let Some(number) = one.epss {
            let threshold = Threshold::new(number).ok_or_else(|| {
                self.error(Some(span), "\"epss\" is a probability between 0 and 1")
            })?;
            conditions.push(Condition::ExploitProbability(threshold));
        }
        for (key, list) in [("kind", &one.kind), ("scope", &one.scope), ("package", &one.package)] {
            if list.as_ref().is_some_and(Vec::is_empty) {
                let message = format!(
                    "\"{key}\" names nothing, so the rule would never refuse anything; name \
                     something, or take the key out"
                );
                return Err(self.error(Some(span), message));
            }
        }
        if let Some(words) = one.kind {
            let known = FindingKind::ALL.map(FindingKind::word).join(", ");
            let kinds = self.words(span, "kind", &words, &known, FindingKind::from_word)?;
            conditions.push(Condition::Kind(kinds));
        }
        if let Some(words) = &one.scope {
            conditions.push(Condition::Scope(self.scopes(span, words)?));
        }
        conditions.extend(one.direct.map(Condition::Direct));
        conditions.extend(one.fixable.map(Condition::Fixable));
        if let Some(patterns) = one.package {
            let patterns: Result<Vec<_>, _> =
                patterns.iter().map(|text| self.package(span, text)).collect();
            conditions.push(Condition::Package(patterns?));
        }
        let stand_in = format!("finding at line {}", line_at(self.text, span.start));
        let name = self.name(one.name, &stand_in, span);
        Ok(FindingRule { name, conditions, reason: one.reason })
    }

    fn licences(&self, one: Spanned<LicencesToml>) -> Result<LicenceRule, SettingsError> {
        let span = one.span();
        let one = one.into_inner();
        if one.allow.is_empty() && one.deny.is_empty() {
            let message = "[licences] says neither what is allowed (\"allow\") nor what is denied \
                           (\"deny\")";
            return Err(self.error(Some(&span), message));
        }
        let read = |texts: &[String]| -> Result<Vec<LicencePattern>, SettingsError> {
            let parse = |text: &String| LicencePattern::parse(text);
            texts
                .iter()
                .map(|text| parse(text).map_err(|why| self.error(Some(&span), why)))
                .collect()
        };
        Ok(LicenceRule {
            name: self.name(None, "licences", &span),
            allow: read(&one.allow)?,
            deny: read(&one.deny)?,
            scope: self.scopes(&span, &one.scope)?,
            unstated: match one.unstated.as_deref() {
                None | Some("unknown") => Unstated::Unknown,
                Some("refuse") => Unstated::Refuse,
                Some(other) => {
                    let message = format!(
                        "\"unstated\" is \"unknown\" or \"refuse\", not \"{other}\": a licence \
                         that nobody knows is never allowed"
                    );
                    return Err(self.error(Some(&span), message));
                }
            },
        })
    }

    fn ban(&self, span: &Range<usize>, one: BanToml) -> Result<BanRule, SettingsError> {
        let package = self.package(span, &one.package)?;
        let versions = one.versions.as_deref().map(VersionRange::parse).transpose();
        let versions = versions.map_err(|why| self.error(Some(span), why.to_string()))?;
        if let (Some(range), Some(ecosystem)) = (&versions, package.ecosystem()) {
            range.check(ecosystem).map_err(|why| self.error(Some(span), why.to_string()))?;
        }
        self.say(span, "reason", &one.reason)?;
        Ok(BanRule {
            name: self.name(one.name, &format!("ban {package}"), span),
            package,
            versions,
            scope: self.scopes(span, &one.scope)?,
            reason: one.reason,
        })
    }

    fn sources(&self, one: Spanned<SourcesToml>) -> SourceRule {
        let span = one.span();
        let one = one.into_inner();
        let patterns = |list: Option<Vec<String>>| {
            let bare = |text: &String| Wildcard::new(text.trim_end_matches('/'));
            list.map(|list| list.iter().map(bare).collect())
        };
        SourceRule {
            name: self.name(None, "sources", &span),
            registries: patterns(one.registries),
            git: patterns(one.git),
            addresses: patterns(one.addresses),
            paths: one.paths,
        }
    }

    fn releases(&self, one: Spanned<ReleasesToml>) -> Result<ReleaseRule, SettingsError> {
        let span = one.span();
        let one = one.into_inner();
        let age = |text: Option<String>| {
            let age = text.as_deref().map(parse_age).transpose();
            age.map_err(|why| self.error(Some(&span), why.to_string()))
        };
        let (cooldown, max_age) = (age(one.cooldown)?, age(one.max_age)?);
        if cooldown.is_none() && max_age.is_none() {
            let message = "[releases] says neither \"cooldown\" nor \"max-age\"";
            return Err(self.error(Some(&span), message));
        }
        let scope = self.scopes(&span, &one.scope)?;
        Ok(ReleaseRule { name: self.name(None, "releases", &span), cooldown, max_age, scope })
    }

    fn data(&self, one: Spanned<shape::DataToml>) -> Result<DataRule, SettingsError> {
        let span = one.span();
        let max_age = parse_age(&one.into_inner().max_age)
            .map_err(|why| self.error(Some(&span), why.to_string()))?;
        Ok(DataRule { name: self.name(None, "data", &span), max_age })
    }

    fn exception(
        &self,
        span: &Range<usize>,
        one: WrittenException,
    ) -> Result<Exception, SettingsError> {
        let WrittenException { id, package, reason, owner, expires } = one;
        for (key, value) in [("id", &id), ("reason", &reason), ("owner", &owner)] {
            if value.trim().is_empty() {
                let message = format!(
                    "the exception's \"{key}\" is empty; say it, or take the exception out"
                );
                return Err(self.error(Some(span), message));
            }
        }
        if let Some(pattern) = package.as_deref().filter(|text| text.starts_with("pkg:")) {
            self.package(span, pattern)?;
        }
        let expires: Date = expires.parse().map_err(|_| {
            let message =
                format!("\"{expires}\" is no date such as 2026-12-31; an exception must expire");
            self.error(Some(span), message)
        })?;
        let written = format!("{}:{}", self.path, line_at(self.text, span.start));
        Ok(Exception { id, package, reason, owner, expires, written })
    }

    fn example(&self, span: &Range<usize>, one: ExampleToml) -> Result<Example, SettingsError> {
        let Some(expect) = Outcome::from_word(&one.expect) else {
            let known = Outcome::ALL.map(Outcome::word).join(", ");
            let message = format!("\"expect\" is \"{}\"; choose {known}", one.expect);
            return Err(self.error(Some(span), message));
        };
        let stand_in = format!("example at line {}", line_at(self.text, span.start));
        let name = self.name(one.name.clone(), &stand_in, span);
        Example::read(name, expect, one).map_err(|why| self.error(Some(span), why))
    }

    fn package(&self, span: &Range<usize>, text: &str) -> Result<PackagePattern, SettingsError> {
        PackagePattern::parse(text).map_err(|why| self.error(Some(span), why.to_string()))
    }

    fn scopes(&self, span: &Range<usize>, words: &[String]) -> Result<Vec<Scope>, SettingsError> {
        let known = Scope::ALL.map(Scope::word).join(", ");
        self.words(span, "scope", words, &known, Scope::from_word)
    }

    fn words<T>(
        &self,
        span: &Range<usize>,
        key: &str,
        words: &[String],
        known: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, SettingsError> {
        let one = |word: &String| {
            read(word).ok_or_else(|| {
                self.error(Some(span), format!("\"{word}\" is no {key}; choose {known}"))
            })
        };
        words.iter().map(one).collect()
    }

    fn say(&self, span: &Range<usize>, key: &str, value: &str) -> Result<(), SettingsError> {
        if value.trim().is_empty() {
            return Err(self.error(Some(span), format!("\"{key}\" is empty; say it")));
        }
        Ok(())
    }

    /// A name is for telling rules apart; examples must name rules that are there.
    fn check_names(&self, policy: &Policy) -> Result<(), SettingsError> {
        let mut seen = std::collections::HashSet::new();
        for rule in policy.rules() {
            if !seen.insert(rule.name.to_lowercase()) {
                let message = format!("{}: two rules are called \"{}\"", rule.written, rule.name);
                return Err(self.error(None, message));
            }
        }
        for example in &policy.examples {
            if let Some(rule) = example.rule.as_ref().filter(|rule| !policy.names_rule(rule)) {
                let message = format!("{}: no rule is called \"{rule}\"", example.name.written);
                return Err(self.error(None, message));
            }
        }
        Ok(())
    }
}
