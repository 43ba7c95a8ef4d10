//! The rule on licences: an SPDX expression against what is allowed and denied.
//!
//! Of `OR` one side is enough, of `AND` both are needed; `WITH` belongs to its licence. A licence
//! that nobody states, or whose text is no SPDX expression, is unknown: it is never allowed. So is
//! an identifier that the SPDX License List does not have, unless the policy itself names it in
//! full; and what a document calls by a reference of its own (`LicenseRef-...`), where the policy
//! only denies and names it nowhere.
//!
//! A licence that leaves the choice of a later version is what it is called, and else the best of
//! the versions that the list has: the licensee takes one that is allowed, if there is any.

use mainstay_types::{Licence, LicenceMeaning, LicenceNode, LicenceTerm, Scope, listed_licences};

use crate::decision::{Decision, Fact, Objection, RuleName};
use crate::facts::PackageFacts;
use crate::pattern::Wildcard;

/// `[licences]` of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LicenceRule {
    pub(crate) name: RuleName,
    /// What may be used. Empty: all that is not denied.
    pub(crate) allow: Vec<LicencePattern>,
    /// What may not be used.
    pub(crate) deny: Vec<LicencePattern>,
    /// The scopes that it is about. Empty: all.
    pub(crate) scope: Vec<Scope>,
    pub(crate) unstated: Unstated,
}

/// What follows from a licence that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unstated {
    /// The answer is not known.
    Unknown,
    /// It is refused.
    Refuse,
}

/// A licence as a policy names it: an identifier, in which `*` may stand, and perhaps what follows
/// `WITH`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LicencePattern {
    id: Wildcard,
    exception: Option<String>,
    /// Whether `*` stands in the identifier.
    is_open: bool,
    /// Whether the SPDX License List has what it names, or it is a reference of a document.
    is_listed: bool,
    written: Box<str>,
}

impl LicencePattern {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "\"{text}\" is no licence; write an SPDX identifier such as MIT, BSD-* or \
                 GPL-2.0-only WITH Classpath-exception-2.0"
            )
        };
        if text.contains('*') {
            let mut words = text.split_whitespace();
            let id = words.next().ok_or_else(wrong)?;
            let exception = match (words.next(), words.next(), words.next()) {
                (None, _, _) => None,
                (Some(with), Some(name), None) if with.eq_ignore_ascii_case("with") => {
                    Some(name.to_owned())
                }
                _ => return Err(wrong()),
            };
            let id = Wildcard::new(&id.to_ascii_lowercase());
            let is_listed = listed_licences().any(|one| id.names(&one.to_ascii_lowercase()))
                || text.to_ascii_lowercase().starts_with("licenseref-");
            return Ok(Self { id, exception, is_open: true, is_listed, written: text.into() });
        }
        let licence = Licence::stated(text).ok_or_else(wrong)?;
        let LicenceMeaning::Expression([LicenceNode::Term(term)]) = licence.meaning() else {
            return Err(wrong());
        };
        Ok(Self {
            id: Wildcard::new(&term.id.to_ascii_lowercase()),
            exception: term.exception.as_deref().map(str::to_owned),
            is_open: false,
            is_listed: term.known || term.is_reference(),
            written: text.into(),
        })
    }

    /// The entry, as the policy writes it.
    pub(crate) fn as_written(&self) -> &str {
        &self.written
    }

    /// What was meant, most likely, by an entry that the SPDX License List does not have.
    pub(crate) fn suggestion(&self) -> Option<String> {
        let stem = self.id.as_str().split('*').next().unwrap_or_default();
        // Deprecated, and each means one of two others: `GPL-3.0`.
        let is_told_apart = |one: &&str| {
            let is_only = |it: &str| it.strip_suffix("-only") == Some(one);
            !one.ends_with('+') && !listed_licences().any(is_only)
        };
        let open = if self.is_open { "*" } else { "" };
        let cut = |one: &'static str| {
            if self.is_open { one.get(..stem.len()).unwrap_or(one) } else { one }
        };
        let likeness = |one: &str| {
            let one = one.to_ascii_lowercase();
            let begins = !stem.is_empty() && one.starts_with(stem);
            if begins { 1.0 } else { strsim::jaro_winkler(stem, &one) }
        };
        let named = listed_licences().filter(is_told_apart).map(cut);
        let ranked = named.map(|one| (likeness(one), one));
        // Of several the first stays.
        let best = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.filter(|(likeness, _)| *likeness > 0.85).map(|(_, one)| format!("{one}{open}"))
    }

    /// Whether it names this licence, with this very exception.
    fn names(&self, term: &LicenceTerm) -> bool {
        self.names_bare(term)
            && match (&self.exception, &term.exception) {
                (None, None) => true,
                (Some(wanted), Some(is)) => {
                    Wildcard::new(&wanted.to_ascii_lowercase()).names(&is.to_ascii_lowercase())
                }
                (Some(_), None) | (None, Some(_)) => false,
            }
    }

    /// Whether it names this licence, whatever exception it has. What is written with `+` is no
    /// more than the version itself to whoever names that.
    fn names_bare(&self, term: &LicenceTerm) -> bool {
        self.id.names(&term.id.to_ascii_lowercase())
    }

    /// Whether it allows this licence. A star stands for what the list has: nobody who writes
    /// `BSD-*` means a licence that somebody makes up.
    fn allows(&self, term: &LicenceTerm) -> bool {
        self.names(term) && (term.known || !self.is_open)
    }
}

/// What may be said of an expression or a part of it, the best first: of `OR` the better side
/// counts, of `AND` the worse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Allowed,
    Unknown(String),
    Refused(String),
}

impl LicenceRule {
    /// What the rule says about a package. `None`: it does not object.
    pub(crate) fn judge(&self, package: &PackageFacts<'_>) -> Option<Decision> {
        if !self.scope.is_empty() && !self.scope.contains(&package.scope) {
            return None;
        }
        let told_by = &package.told_by;
        // Where sources say different things, each must be allowed.
        let mut objections: Vec<(Standing, Fact)> = Vec::new();
        for licence in package.licences {
            let standing = self.standing(licence);
            if standing != Standing::Allowed {
                objections.push((standing, Fact::known("licence", licence.as_written(), told_by)));
            }
        }
        if package.licences.is_empty() {
            let why = "nobody says what its licence is".to_owned();
            objections.push((Standing::Unknown(why), Fact::missing("licence", told_by)));
        }
        // The worst is told first.
        objections.sort_by(|one, other| other.0.cmp(&one.0));
        let (standings, facts): (Vec<Standing>, Vec<Fact>) = objections.into_iter().unzip();
        let objection = match (standings.into_iter().next()?, self.unstated) {
            (Standing::Allowed, _) => return None,
            (Standing::Unknown(why), Unstated::Unknown) => Objection::unknown(why, facts),
            (Standing::Unknown(why), Unstated::Refuse) | (Standing::Refused(why), _) => {
                Objection::refused(why, facts)
            }
        };
        Some(objection.by(&self.name))
    }

    /// The entries that the SPDX License List does not have, as they are written. They name only
    /// what a document calls by the same letters; most often they are misspelt.
    pub(crate) fn unlisted(&self) -> impl Iterator<Item = &LicencePattern> {
        self.allow.iter().chain(&self.deny).filter(|one| !one.is_listed)
    }

    fn standing(&self, licence: &Licence) -> Standing {
        let nodes = match licence.meaning() {
            LicenceMeaning::Expression(nodes) => nodes,
            LicenceMeaning::NoLicence => {
                return Standing::Refused("it has no licence".to_owned());
            }
            LicenceMeaning::Unread(error) => {
                return Standing::Unknown(format!("its licence cannot be read: {error}"));
            }
        };
        let mut stack: Vec<Standing> = Vec::new();
        for node in nodes {
            let next = match node {
                LicenceNode::Term(term) => self.of_term(term),
                LicenceNode::And | LicenceNode::Or => {
                    // An expression is whole, so there are two.
                    let (Some(one), Some(other)) = (stack.pop(), stack.pop()) else { break };
                    if matches!(node, LicenceNode::And) { other.max(one) } else { other.min(one) }
                }
            };
            stack.push(next);
        }
        stack.pop().unwrap_or_else(|| Standing::Unknown("its licence is empty".to_owned()))
    }

    fn of_term(&self, term: &LicenceTerm) -> Standing {
        if let Some(standing) = self.named(term) {
            return standing;
        }
        let choices = term.choices();
        let best =
            choices.iter().map(|choice| self.named(choice).unwrap_or_else(|| self.unnamed(choice)));
        best.min().unwrap_or_else(|| self.unnamed(term))
    }

    /// What follows when an entry names the licence.
    fn named(&self, term: &LicenceTerm) -> Option<Standing> {
        // What is named with its exception is more particular than a licence denied as such.
        if self.allow.iter().any(|one| one.allows(term)) {
            let denied = self.deny.iter().any(|one| one.names(term));
            let particular = term.exception.is_some();
            if !denied && (particular || !self.is_denied(term)) {
                return Some(Standing::Allowed);
            }
        }
        self.is_denied(term).then(|| Standing::Refused(format!("the licence {term} is denied")))
    }

    /// What follows when no entry does.
    fn unnamed(&self, term: &LicenceTerm) -> Standing {
        if !term.known {
            return Standing::Unknown(format!("{term} is not on the SPDX License List"));
        }
        if !self.allow.is_empty() {
            return Standing::Refused(format!("the licence {term} is not allowed"));
        }
        if term.is_reference() {
            let why = format!("nobody says what {term} is: it is a reference of the document");
            return Standing::Unknown(why);
        }
        Standing::Allowed
    }

    /// Denied as such, whatever exception it has.
    fn is_denied(&self, term: &LicenceTerm) -> bool {
        self.deny
            .iter()
            .any(|one| one.names(term) || one.exception.is_none() && one.names_bare(term))
    }
}

#[cfg(test)]
mod tests {
    use mainstay_types::{Ecosystem, PackageName};

    use super::*;
    use crate::decision::Outcome;
    use crate::facts::{Called, SourceFacts};

    fn rule(allow: &[&str], deny: &[&str]) -> LicenceRule {
        let read = |texts: &[&str]| {
            texts.iter().map(|text| LicencePattern::parse(text).unwrap()).collect()
        };
        LicenceRule {
            name: RuleName { name: "licences".to_owned(), written: "p:1".to_owned() },
            allow: read(allow),
            deny: read(deny),
            scope: Vec::new(),
            unstated: Unstated::Unknown,
        }
    }

    fn judged(rule: &LicenceRule, licences: &[&str]) -> Outcome {
        let name = PackageName::parse(Ecosystem::Npm, "left").unwrap();
        let licences: Vec<Licence> =
            licences.iter().filter_map(|text| Licence::stated(text)).collect();
        let package = PackageFacts {
            name: Called::Package(&name),
            version: Some("1.0.0"),
            scope: Scope::Runtime,
            direct: None,
            sources: vec![SourceFacts::Public],
            licences: &licences,
            released: None,
            told_by: "package-lock.json:1".to_owned(),
        };
        rule.judge(&package).map_or(Outcome::Passed, |decision| decision.outcome)
    }

    #[test]
    fn an_entry_that_the_list_does_not_have_is_told() {
        let rule = rule(&["MIT", "Apche-2.0", "BSD-*"], &["GPL-3", "AGLP-*", "LicenseRef-house"]);
        let told: Vec<_> =
            rule.unlisted().map(|one| (one.as_written(), one.suggestion())).collect();
        let meant = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("Apche-2.0", meant("Apache-2.0")),
                ("GPL-3", meant("GPL-3.0-only")),
                ("AGLP-*", meant("AGPL-*")),
            ]
        );
    }

    #[test]
    fn one_side_of_or_is_enough() {
        let rule = rule(&["MIT"], &[]);
        assert_eq!(judged(&rule, &["GPL-3.0-only OR MIT"]), Outcome::Passed);
        assert_eq!(judged(&rule, &["GPL-3.0-only AND MIT"]), Outcome::Refused);
    }

    #[test]
    fn a_licence_that_nobody_knows_is_never_allowed() {
        for texts in [&[][..], &["see LICENSE"], &["BSD"], &["NOASSERTION"]] {
            assert_eq!(judged(&rule(&["MIT", "BSD-*"], &[]), texts), Outcome::Unknown, "{texts:?}");
            assert_eq!(judged(&rule(&[], &["GPL-3.0-only"]), texts), Outcome::Unknown, "{texts:?}");
        }
    }

    #[test]
    fn an_unlisted_licence_beside_an_allowed_one_may_be_left() {
        assert_eq!(judged(&rule(&["MIT"], &[]), &["MIT OR Foo"]), Outcome::Passed);
        assert_eq!(judged(&rule(&["MIT"], &[]), &["MIT AND Foo"]), Outcome::Unknown);
    }

    #[test]
    fn no_licence_is_refused() {
        assert_eq!(judged(&rule(&[], &["MIT"]), &["NONE"]), Outcome::Refused);
    }

    #[test]
    fn of_several_statements_each_must_be_allowed() {
        assert_eq!(judged(&rule(&["MIT"], &[]), &["MIT", "ISC"]), Outcome::Refused);
    }

    #[test]
    fn a_later_version_may_be_chosen_where_the_licence_lets() {
        assert_eq!(judged(&rule(&["GPL-3.0-only"], &[]), &["GPL-2.0-or-later"]), Outcome::Passed);
        assert_eq!(judged(&rule(&["GPL-3.0-only"], &[]), &["GPL-2.0-only"]), Outcome::Refused);
        assert_eq!(judged(&rule(&["GPL-2.0-only"], &[]), &["GPL-3.0-or-later"]), Outcome::Refused);
        assert_eq!(judged(&rule(&["Apache-2.0"], &[]), &["Apache-1.1+"]), Outcome::Passed);
    }

    #[test]
    fn what_may_be_taken_under_a_version_that_is_not_denied_passes() {
        let rule = rule(&[], &["GPL-3.0-only"]);
        assert_eq!(judged(&rule, &["GPL-2.0-or-later"]), Outcome::Passed);
        assert_eq!(judged(&rule, &["GPL-2.0+"]), Outcome::Passed);
        assert_eq!(judged(&rule, &["GPL-3.0-or-later"]), Outcome::Refused);
        assert_eq!(judged(&rule, &["GPL-3.0-or-later WITH GCC-exception-3.1"]), Outcome::Refused);
    }

    #[test]
    fn a_licence_denied_by_its_own_name_is_denied_whatever_it_lets_one_choose() {
        let rule = rule(&[], &["GPL-2.0-or-later"]);
        assert_eq!(judged(&rule, &["GPL-2.0-or-later"]), Outcome::Refused);
        assert_eq!(judged(&rule, &["GPL-3.0-only"]), Outcome::Passed);
    }

    #[test]
    fn a_reference_of_the_document_is_unknown_to_whoever_only_denies() {
        assert_eq!(judged(&rule(&[], &["MIT"]), &["LicenseRef-x"]), Outcome::Unknown);
        assert_eq!(judged(&rule(&[], &["LicenseRef-*"]), &["LicenseRef-x"]), Outcome::Refused);
        assert_eq!(judged(&rule(&["MIT"], &[]), &["LicenseRef-x"]), Outcome::Refused);
        assert_eq!(judged(&rule(&["LicenseRef-x"], &[]), &["LicenseRef-x"]), Outcome::Passed);
    }

    #[test]
    fn a_star_allows_only_what_the_list_has() {
        assert_eq!(judged(&rule(&["BSD-*"], &[]), &["BSD-Evil"]), Outcome::Unknown);
        assert_eq!(judged(&rule(&["BSD-Evil"], &[]), &["BSD-Evil"]), Outcome::Passed);
        assert_eq!(judged(&rule(&[], &["BSD-*"]), &["BSD-Evil"]), Outcome::Refused);
    }

    #[test]
    fn an_exception_must_be_named_to_be_allowed() {
        let text = &["GPL-2.0-only WITH Classpath-exception-2.0"];
        assert_eq!(judged(&rule(&["GPL-2.0-only"], &[]), text), Outcome::Refused);
        assert_eq!(judged(&rule(text, &[]), text), Outcome::Passed);
    }

    #[test]
    fn what_is_allowed_with_its_exception_is_not_denied_with_its_licence() {
        let rule = rule(&["GPL-2.0-only WITH Classpath-exception-2.0"], &["GPL-*"]);
        assert_eq!(judged(&rule, &["GPL-2.0-only WITH Classpath-exception-2.0"]), Outcome::Passed);
        assert_eq!(judged(&rule, &["GPL-2.0-only WITH GCC-exception-2.0"]), Outcome::Refused);
    }

    #[test]
    fn denied_is_stronger_than_allowed() {
        assert_eq!(judged(&rule(&["*"], &["AGPL-*"]), &["AGPL-3.0-only"]), Outcome::Refused);
        assert_eq!(judged(&rule(&["*"], &["AGPL-*"]), &["MIT"]), Outcome::Passed);
    }

    #[test]
    fn a_choice_goes_around_what_is_denied() {
        let rule = rule(&[], &["GPL-*"]);
        assert_eq!(judged(&rule, &["MIT OR GPL-2.0-only"]), Outcome::Passed);
        assert_eq!(judged(&rule, &["GPL-2.0+"]), Outcome::Refused);
    }

    #[test]
    fn an_expression_is_no_pattern() {
        assert!(LicencePattern::parse("MIT OR ISC").is_err());
        assert!(LicencePattern::parse("").is_err());
    }
}
