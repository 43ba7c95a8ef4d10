//! Rules on findings. A rule has conditions, and refuses a finding that meets all of them.

use mainstay_types::{FindingKind, Scope, Severity};

use crate::decision::{Decision, Fact, Objection, RuleName};
use crate::facts::FindingFacts;
use crate::pattern::{Fit, PackagePattern};

/// One `[[finding]]` of a policy, or one word of `--fail-on`.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingRule {
    /// Its name and place.
    pub name: RuleName,
    /// What must hold. Empty: it refuses every finding.
    pub conditions: Vec<Condition>,
    /// Why the rule is there, for whoever meets it.
    pub reason: Option<String>,
}

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The severity is at least this. A severity that nobody tells may be as bad, so it meets
    /// every threshold.
    Severity(Severity),
    /// It is in the catalogue of known exploited vulnerabilities, or is not.
    KnownExploited(bool),
    /// The chance of exploitation within 30 days is at least this.
    ExploitProbability(Threshold),
    /// It is of one of these kinds.
    Kind(Vec<FindingKind>),
    /// The package is there for one of these reasons.
    Scope(Vec<Scope>),
    /// The project asks for the package itself, or does not.
    Direct(bool),
    /// A version that fixes it is known, or is not.
    Fixable(bool),
    /// The package is one of these.
    Package(Vec<PackagePattern>),
}

/// A probability between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold(f64);

impl Threshold {
    /// `None` outside 0 to 1, and for what is no number.
    pub fn new(probability: f64) -> Option<Self> {
        (0.0..=1.0).contains(&probability).then_some(Self(probability))
    }

    /// The probability.
    pub fn probability(self) -> f64 {
        self.0
    }
}

/// Whether a condition holds, and the fact that says so.
enum Answer {
    Holds(Fact),
    HoldsNot,
    Unknown(Fact, &'static str),
}

impl FindingRule {
    /// A rule with one condition, or with none.
    pub fn simple(name: &str, written: &str, condition: Option<Condition>) -> Self {
        let name = RuleName { name: name.to_owned(), written: written.to_owned() };
        Self { name, conditions: condition.into_iter().collect(), reason: None }
    }

    /// What the rule says about a finding. `None`: it does not object.
    pub fn judge(&self, finding: &FindingFacts<'_>) -> Option<Decision> {
        let mut facts = Vec::new();
        let mut missing = Vec::new();
        for condition in &self.conditions {
            match condition.asks(finding) {
                Answer::HoldsNot => return None,
                Answer::Holds(fact) => facts.push(fact),
                Answer::Unknown(fact, what) => {
                    facts.push(fact);
                    missing.push(what);
                }
            }
        }
        let objection = if missing.is_empty() {
            Objection::refused(self.sentence(&facts), facts)
        } else {
            let message = format!("nobody can say {}", missing.join(", nor "));
            Objection::unknown(message, facts)
        };
        Some(objection.by(&self.name))
    }

    fn sentence(&self, facts: &[Fact]) -> String {
        if let Some(reason) = &self.reason {
            return reason.clone();
        }
        let told: Vec<String> = facts
            .iter()
            .map(|fact| format!("{} {}", fact.name, fact.value.as_deref().unwrap_or("unknown")))
            .collect();
        if told.is_empty() { "every finding is refused".to_owned() } else { told.join(", ") }
    }
}

impl Condition {
    fn asks(&self, finding: &FindingFacts<'_>) -> Answer {
        let package = finding.package.as_ref();
        let by_package = package.map_or("", |package| &package.told_by);
        match self {
            Self::Severity(least) => {
                let severity = finding.severity;
                let fact = Fact::known("severity", severity.word(), finding.id);
                met(severity >= *least || severity == Severity::Unknown, fact)
            }
            Self::KnownExploited(wanted) => match finding.known_exploited {
                Some(is) => {
                    let value = if is { "yes" } else { "no" };
                    met(is == *wanted, Fact::known("known exploited", value, "KEV"))
                }
                None => Answer::Unknown(
                    Fact::missing("known exploited", "KEV"),
                    "whether it is known to be exploited (the KEV catalogue is not there or too old)",
                ),
            },
            Self::ExploitProbability(least) => match finding.exploit_probability {
                Some(is) => {
                    let fact = Fact::known("chance of exploitation", format!("{is:.4}"), "EPSS");
                    met(is >= least.probability(), fact)
                }
                None => Answer::Unknown(
                    Fact::missing("chance of exploitation", "EPSS"),
                    "how likely its exploitation is (EPSS has no score for it, or is not there or too old)",
                ),
            },
            Self::Kind(kinds) => {
                let fact = Fact::known("kind", finding.kind.word(), finding.id);
                met(kinds.contains(&finding.kind), fact)
            }
            Self::Scope(scopes) => match package {
                Some(package) => {
                    let fact = Fact::known("scope", package.scope.word(), by_package);
                    met(scopes.contains(&package.scope), fact)
                }
                // A finding about a file concerns everything that is installed by it.
                None => Answer::Holds(Fact::known("scope", "the whole file", finding.id)),
            },
            Self::Direct(wanted) => match package.map(|package| package.direct) {
                Some(Some(is)) => {
                    let value = if is { "yes" } else { "no" };
                    met(is == *wanted, Fact::known("direct", value, by_package))
                }
                Some(None) => Answer::Unknown(
                    Fact::missing("direct", by_package),
                    "whether the project asks for the package itself",
                ),
                None => Answer::HoldsNot,
            },
            Self::Fixable(wanted) => {
                let value = finding.fixed_in.unwrap_or("none");
                met(finding.fixed_in.is_some() == *wanted, Fact::known("fix", value, finding.id))
            }
            Self::Package(patterns) => {
                let found = package.and_then(|package| {
                    patterns.iter().find(|pattern| pattern.fits(package.name) == Fit::Yes)
                });
                match found {
                    Some(pattern) => {
                        Answer::Holds(Fact::known("package", pattern.to_string(), by_package))
                    }
                    None => Answer::HoldsNot,
                }
            }
        }
    }
}

fn met(holds: bool, fact: Fact) -> Answer {
    if holds { Answer::Holds(fact) } else { Answer::HoldsNot }
}
