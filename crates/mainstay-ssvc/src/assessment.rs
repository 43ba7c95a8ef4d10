//! The answer of a table for one vulnerability, at one moment.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use thiserror::Error;

use crate::input::{Basis, Input, Inputs};
use crate::point::{DecisionPoint, PointId, Value, ValueSet};
use crate::table::Table;

/// What a table says, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    pub(crate) table: PointId,
    pub(crate) table_name: String,
    pub(crate) source: String,
    pub(crate) targets: Vec<String>,
    pub(crate) at: Timestamp,
    pub(crate) inputs: Vec<Assessed>,
    pub(crate) outcome: Arc<DecisionPoint>,
    pub(crate) possible: ValueSet,
    pub(crate) unused: Vec<PointId>,
}

/// One input of a table, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// The question.
    pub point: Arc<DecisionPoint>,
    /// What was said.
    pub input: Input,
    /// The values that are possible; all where nobody knows.
    pub possible: ValueSet,
}

/// Why inputs cannot be assessed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AssessError {
    /// A value that the point does not have.
    #[error("{point} has no value {key:?}")]
    NoSuchValue {
        /// The point.
        point: PointId,
        /// The key that was given.
        key: String,
    },
    /// An input that is one of no values.
    #[error("no value of {point} is said to be possible: say that it is unknown")]
    NothingPossible {
        /// The point.
        point: PointId,
    },
    /// An answer to another version of the question, whose values may mean something else.
    #[error("the answer is to {given}, the table asks {wanted}: answer that version")]
    OtherVersion {
        /// The version that was answered.
        given: PointId,
        /// The version that the table has.
        wanted: PointId,
    },
}

impl Table {
    /// What the table says about some vulnerability (`targets`: its ids, such as a CVE; doubles
    /// are dropped) at a moment, from what is known.
    pub fn assess(
        &self,
        inputs: &Inputs,
        targets: &[&str],
        at: Timestamp,
    ) -> Result<Assessment, AssessError> {
        let given = self.given(inputs)?;
        let possible = self.possible(&given);
        let assessed = self.inputs().iter().zip(&given).map(|(point, set)| Assessed {
            point: Arc::clone(point),
            input: inputs.of(&point.id).cloned().unwrap_or(Input::Unknown(String::new())),
            possible: *set,
        });
        let is_used = |id: &PointId| self.inputs().iter().any(|point| point.id == *id);
        let mut seen = BTreeSet::new();
        let ids = targets.iter().filter(|target| !target.is_empty() && seen.insert(**target));
        Ok(Assessment {
            table: self.id().clone(),
            table_name: self.name().to_owned(),
            source: self.source().to_owned(),
            targets: ids.map(|id| (*id).to_owned()).collect(),
            at,
            inputs: assessed.collect(),
            outcome: Arc::clone(self.outcome()),
            possible,
            unused: inputs.points().filter(|id| !is_used(id)).cloned().collect(),
        })
    }
}

impl Assessment {
    /// Namespace, key and version of the table.
    pub fn table(&self) -> &PointId {
        &self.table
    }

    /// The name of the table.
    pub fn table_name(&self) -> &str {
        &self.table_name
    }

    /// What it is about: the ids that were given.
    pub fn targets(&self) -> &[String] {
        &self.targets
    }

    /// When it was made.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The table's inputs, in its order, with what is known of each and why.
    pub fn inputs(&self) -> &[Assessed] {
        &self.inputs
    }

    /// What was said of points for which this table does not ask.
    pub fn unused(&self) -> &[PointId] {
        &self.unused
    }

    /// The outcome, where what is unknown cannot change it. `None` while several are possible.
    pub fn outcome(&self) -> Option<&Value> {
        (self.possible.count() == 1).then(|| self.best()).flatten()
    }

    /// The mildest outcome that is possible.
    pub fn best(&self) -> Option<&Value> {
        self.outcome.value(self.possible.first()?)
    }

    /// The gravest outcome that is possible.
    pub fn worst(&self) -> Option<&Value> {
        self.outcome.value(self.possible.last()?)
    }

    /// Every outcome that is possible, mildest first. Not always all between mildest and
    /// gravest.
    pub fn possible(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.outcome.values_in(self.possible)
    }

    /// The position of the gravest possible outcome, 0 being the mildest of the table.
    pub fn worst_position(&self) -> usize {
        self.possible.last().unwrap_or_default()
    }

    /// The inputs that are not known to one value.
    pub fn open(&self) -> impl Iterator<Item = &Assessed> {
        self.inputs.iter().filter(|assessed| assessed.possible.count() != 1)
    }

    /// Whether some input was concluded by a rule and not stated by somebody.
    pub fn rests_on_rules(&self) -> bool {
        let reasons = self.inputs.iter().filter_map(|assessed| assessed.input.reason());
        reasons.into_iter().any(|reason| reason.basis == Basis::Derived)
    }
}
