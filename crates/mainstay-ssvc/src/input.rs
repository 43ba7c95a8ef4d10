//! What is known of the inputs of a table, and why.
//!
//! SSVC's own guidance for partial information is followed ("Use SSVC", section "Partial or
//! Incomplete Information"): every value that is still possible is told. There is no default.

use std::collections::BTreeMap;

use crate::assessment::AssessError;
use crate::point::{DecisionPoint, PointId, ValueSet};

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Somebody said so: an analyst, a catalogue, a reference.
    Stated,
    /// A rule of ours, or a published mapping, concluded it from other facts.
    Derived,
}

/// Why an input has its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stated or derived.
    pub basis: Basis,
    /// Who said it, or by which rule, for a person to read.
    pub text: String,
}

/// What is known of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It has the value with this key.
    Known(String, Reason),
    /// It has one of these values, by key; nobody knows which.
    Among(Vec<String>, Reason),
    /// Nobody knows. The text says what was missing; it may be empty.
    Unknown(String),
}

/// What is known, by decision point. What is not in it is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    known: BTreeMap<PointId, Input>,
}

impl Reason {
    /// Somebody said so.
    pub fn stated(text: impl Into<String>) -> Self {
        Self { basis: Basis::Stated, text: text.into() }
    }

    /// A rule concluded so.
    pub fn derived(text: impl Into<String>) -> Self {
        Self { basis: Basis::Derived, text: text.into() }
    }
}

impl Input {
    /// Known where one key is given, among them where several are.
    pub fn of_keys(mut keys: Vec<String>, reason: Reason) -> Self {
        match (keys.pop(), keys.is_empty()) {
            (Some(key), true) => Self::Known(key, reason),
            (Some(key), false) => {
                keys.push(key);
                Self::Among(keys, reason)
            }
            (None, _) => Self::Unknown(reason.text),
        }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Why, where something is known.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Known(_, reason) | Self::Among(_, reason) => Some(reason),
            Self::Unknown(_) => None,
        }
    }
}

impl Inputs {
    /// Says what is known of a point. What was said before is replaced.
    pub fn set(&mut self, point: PointId, input: Input) -> &mut Self {
        self.known.insert(point, input);
        self
    }

    /// What was said of a point.
    pub fn of(&self, point: &PointId) -> Option<&Input> {
        self.known.get(point)
    }

    /// The points of which something was said.
    pub fn points(&self) -> impl Iterator<Item = &PointId> {
        self.known.keys()
    }

    /// The values of a point that are possible. An error for a key that the point does not
    /// have, for none of several, and for an answer to another version of the point.
    pub(crate) fn possible(&self, point: &DecisionPoint) -> Result<ValueSet, AssessError> {
        let Some(input) = self.known.get(&point.id) else {
            let other = self.known.keys().find(|id| id.is_same_point(&point.id));
            return match other {
                Some(given) => Err(AssessError::OtherVersion {
                    given: given.clone(),
                    wanted: point.id.clone(),
                }),
                None => Ok(point.every_value()),
            };
        };
        let position = |key: &String| {
            point.position(key).ok_or_else(|| AssessError::NoSuchValue {
                point: point.id.clone(),
                key: key.clone(),
            })
        };
        let set = match input {
            Input::Known(key, _) => ValueSet::one(position(key)?),
            Input::Among(keys, _) => keys.iter().map(position).collect::<Result<_, _>>()?,
            Input::Unknown(_) => point.every_value(),
        };
        if set == ValueSet::EMPTY {
            return Err(AssessError::NothingPossible { point: point.id.clone() });
        }
        Ok(set)
    }
}
