//! Decisions: what a rule says about one package or finding, and what it stands on.

use crate::exception::Exception;

/// What follows from a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// No rule objects.
    Passed,
    /// A rule objects, and somebody has accepted that.
    Accepted,
    /// A rule needs a fact that nobody knows.
    Unknown,
    /// A rule objects.
    Refused,
}

impl Outcome {
    /// Every outcome, the mildest first.
    pub const ALL: [Self; 4] = [Self::Passed, Self::Accepted, Self::Unknown, Self::Refused];

    /// The word used in reports and examples.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Accepted => "accepted",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }

    /// The outcome with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// Which rule, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleName {
    /// Its name: given by the file, or made of what it is about.
    pub name: String,
    /// The file and the line; or the flag.
    pub written: String,
}

/// One fact that a decision stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is: `severity`, `licence`, `released`.
    pub name: &'static str,
    /// Its value; `None` when nobody knows it.
    pub value: Option<String>,
    /// Who told it: an advisory, a file and line, a catalogue.
    pub told_by: String,
}

/// What one rule says about one package or finding. A rule that does not object says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What follows.
    pub outcome: Outcome,
    /// The rule.
    pub rule: RuleName,
    /// The reason, as a sentence without a full stop.
    pub message: String,
    /// What it stands on.
    pub facts: Vec<Fact>,
    /// The exception that accepts it.
    pub exception: Option<Exception>,
}

impl Fact {
    pub(crate) fn known(name: &'static str, value: impl Into<String>, told_by: &str) -> Self {
        Self { name, value: Some(value.into()), told_by: told_by.to_owned() }
    }

    pub(crate) fn missing(name: &'static str, told_by: &str) -> Self {
        Self { name, value: None, told_by: told_by.to_owned() }
    }
}

/// A rule's own answer, before exceptions.
pub(crate) struct Objection {
    pub(crate) outcome: Outcome,
    pub(crate) message: String,
    pub(crate) facts: Vec<Fact>,
}

impl Objection {
    pub(crate) fn refused(message: impl Into<String>, facts: Vec<Fact>) -> Self {
        Self { outcome: Outcome::Refused, message: message.into(), facts }
    }

    pub(crate) fn unknown(message: impl Into<String>, facts: Vec<Fact>) -> Self {
        Self { outcome: Outcome::Unknown, message: message.into(), facts }
    }

    pub(crate) fn by(self, rule: &RuleName) -> Decision {
        let Self { outcome, message, facts } = self;
        Decision { outcome, rule: rule.clone(), message, facts, exception: None }
    }
}
