//! A decision table: inputs, and an outcome for every combination of their values.

use std::sync::Arc;

use crate::AssessError;
use crate::input::{Basis, Input, Inputs, Reason};
use crate::point::{DecisionPoint, PointId, ValueSet};

/// A decision table. Whole by construction: every combination has exactly one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub(crate) id: PointId,
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) inputs: Vec<Arc<DecisionPoint>>,
    pub(crate) outcome: Arc<DecisionPoint>,
    /// Positions of outcomes. The last input's value changes fastest.
    pub(crate) rows: Vec<u8>,
}

impl Table {
    /// Namespace, key and version: `cisa:DT_CO:2.0.3`.
    pub fn id(&self) -> &PointId {
        &self.id
    }

    /// The name that people know it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the mapping is published.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The questions, in the published order.
    pub fn inputs(&self) -> &[Arc<DecisionPoint>] {
        &self.inputs
    }

    /// What the table decides, from mild to grave.
    pub fn outcome(&self) -> &Arc<DecisionPoint> {
        &self.outcome
    }

    /// How many combinations there are.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// Every row: the positions of the inputs' values, and of the outcome.
    pub fn rows(&self) -> impl Iterator<Item = (Vec<usize>, usize)> + '_ {
        self.rows.iter().enumerate().map(|(row, outcome)| (self.positions(row), *outcome as usize))
    }

    /// Every outcome that some combination of these values gives: one set an input, in the
    /// order of [`Table::inputs`]. A missing set leaves that input open; an empty set gives
    /// nothing. Costs one step a row that fits.
    pub fn possible(&self, given: &[ValueSet]) -> ValueSet {
        self.fitting(given).iter().filter_map(|row| self.outcome_at(*row)).collect()
    }

    /// The open inputs on which the outcome depends, given what is known: what to find out.
    /// Empty exactly where one outcome is left. Costs one step an input and row that fits.
    pub fn worth_knowing(&self, inputs: &Inputs) -> Result<Vec<&DecisionPoint>, AssessError> {
        let given = self.given(inputs)?;
        let rows = self.fitting(&given);
        let mut stride = self.rows.len();
        let mut worth = Vec::new();
        for (point, set) in self.inputs.iter().zip(&given) {
            let count = point.values.len().max(1);
            stride /= count;
            let first = set.first().unwrap_or_default();
            // The same row, but for this input, which has its first possible value.
            let sibling = |row: usize| row - row / stride.max(1) % count * stride + first * stride;
            let depends = |row: &usize| self.outcome_at(*row) != self.outcome_at(sibling(*row));
            if rows.iter().any(depends) {
                worth.push(point.as_ref());
            }
        }
        Ok(worth)
    }

    /// The numbers of the rows that have one of the given values everywhere.
    fn fitting(&self, given: &[ValueSet]) -> Vec<usize> {
        let mut rows = vec![0_usize];
        for (number, point) in self.inputs.iter().enumerate() {
            let set = given.get(number).copied().unwrap_or_else(|| point.every_value());
            let count = point.values.len();
            let fits = move |before: usize| {
                (0..count).filter(move |at| set.has(*at)).map(move |at| before * count + at)
            };
            rows = rows.into_iter().flat_map(fits).collect();
        }
        rows
    }

    fn outcome_at(&self, row: usize) -> Option<usize> {
        self.rows.get(row).map(|outcome| usize::from(*outcome))
    }

    /// Answers the question that this table decides from what is known of its inputs, where
    /// nobody answered it: [`Utility`](Table::name) from Automatable and Value Density.
    /// Leaves `inputs` as they are when the question is answered or nothing can be said.
    pub fn combine(&self, inputs: &mut Inputs) -> Result<(), AssessError> {
        let answered = inputs.of(&self.outcome.id).is_some_and(|input| !input.is_unknown());
        if answered {
            return Ok(());
        }
        let given = self.given(inputs)?;
        let possible = self.possible(&given);
        if possible == self.outcome.every_value() {
            return Ok(());
        }
        let keys: Vec<_> =
            self.outcome.values_in(possible).map(|value| value.key.clone()).collect();
        let names: Vec<_> = self.inputs.iter().map(|point| point.name.as_str()).collect();
        let text = format!("table {} {} of {}", self.name, self.id.version(), names.join(" and "));
        let reason = Reason { basis: Basis::Derived, text };
        inputs.set(self.outcome.id.clone(), Input::of_keys(keys, reason));
        Ok(())
    }

    /// The values that are possible, one set an input.
    pub(crate) fn given(&self, inputs: &Inputs) -> Result<Vec<ValueSet>, AssessError> {
        self.inputs.iter().map(|point| inputs.possible(point)).collect()
    }

    fn positions(&self, row: usize) -> Vec<usize> {
        let mut rest = row;
        let mut positions: Vec<_> = self
            .inputs
            .iter()
            .rev()
            .map(|point| {
                let count = point.values.len().max(1);
                let position = rest % count;
                rest /= count;
                position
            })
            .collect();
        positions.reverse();
        positions
    }
}
