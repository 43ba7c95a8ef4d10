//! Positions in arrays that the native code of `SciPy` and scikit-learn takes on trust: one that leads
//! out of its array has that code read or write outside of its memory when the object is used.
//!
//! Specification: `check_format` of `scipy/sparse/_compressed.py`, `_bsr.py` and `_coo.py`, which
//! constructors run and unpickling does not; `Tree` of `sklearn/tree/_tree.pyx` and `TreePredictor`
//! of its histogram gradient boosting, whose nodes name their children by number.

use mainstay_reading::DangerCode;

use super::{Machine, Trust};
use crate::pickle::indexed::{Indexed, Matrix};
use crate::pickle::numbers::Numbers;
use crate::pickle::value::Value;

/// Why positions are not known to be right.
enum Objection {
    /// They are wrong, and so.
    Wrong(String),
    /// Something that is needed to judge them is not known.
    Unknown,
}

impl From<String> for Objection {
    fn from(wrong: String) -> Self {
        Self::Wrong(wrong)
    }
}

impl<'a> Machine<'a, '_> {
    /// Checks the positions in a state, if the object keeps any.
    pub(super) fn check_indices(&mut self, object: Value, class: u32, state: Value, at: usize) {
        let (what, judged) = match self.shared.globals.indexed(class) {
            Indexed::Matrix(matrix) => ("sparse matrix", self.judge_matrix(matrix, state)),
            Indexed::Tree => ("tree of scikit-learn", self.judge_tree(object, state)),
            Indexed::Predictor => ("tree of scikit-learn", self.judge_predictor(state)),
            Indexed::No | Indexed::Array | Indexed::Buffer | Indexed::Wrapper => return,
        };
        match judged {
            Ok(()) => {}
            Err(Objection::Wrong(wrong)) => {
                let message = format!(
                    "{wrong}: native code that uses this {what} goes by it and reads or writes \
                     outside of its memory"
                );
                self.shared.findings.note(at, DangerCode::Malformed, message, None);
            }
            Err(Objection::Unknown) => self.tell_unknown_positions(at),
        }
    }

    /// A matrix that is made of its arrays at once: its constructor looks at few of the positions,
    /// and no writer of pickles calls it so.
    pub(super) fn check_made(&mut self, class: u32, arguments: Value, at: usize) {
        let is_matrix = matches!(self.shared.globals.indexed(class), Indexed::Matrix(_));
        let given = self.items(arguments);
        let is_bare = given.is_some_and(|given| given.items.is_empty() && !given.has_more);
        if is_matrix && !is_bare {
            self.tell_unknown_positions(at);
        }
    }

    fn tell_unknown_positions(&mut self, at: usize) {
        // What is read as a pickle by mistake knows nothing.
        if self.reading.trust == Trust::Declared {
            let reason = "whether the positions in a sparse matrix or a tree lead out of its \
                          arrays is not known";
            self.tell_gap(at, reason);
        }
    }

    fn judge_matrix(&mut self, matrix: Matrix, state: Value) -> Result<(), Objection> {
        let shape = self.field(state, "_shape").or_else(|| self.field(state, "shape"));
        let (rows, columns) =
            shape.and_then(|shape| self.shape(shape)).ok_or(Objection::Unknown)?;
        let data = self.field(state, "data").and_then(|data| self.array(data));
        let data = data.ok_or(Objection::Unknown)?;
        let values = data.length(0).ok_or(Objection::Unknown)?;
        let (lines, width) = match matrix {
            Matrix::Rows => (rows, columns),
            Matrix::Columns => (columns, rows),
            Matrix::Blocks => {
                let block = data.length(1).zip(data.length(2)).ok_or(Objection::Unknown)?;
                if block.0 == 0 || block.1 == 0 {
                    return Err("the blocks of a sparse matrix are empty".to_owned().into());
                }
                (rows / block.0, columns / block.1)
            }
            Matrix::Pairs => return self.judge_pairs(state, (rows, columns), values),
        };
        let starts = self.numbers_of(state, "indptr")?;
        let indices = self.numbers_of(state, "indices")?;
        judge_starts(&starts, lines, indices.count().min(values))?;
        let used = starts.iter().last().and_then(|last| usize::try_from(last).ok()).unwrap_or(0);
        within("an index of a sparse matrix", indices.iter().take(used), width)?;
        Ok(())
    }

    fn judge_pairs(
        &mut self,
        state: Value,
        (rows, columns): (u64, u64),
        values: u64,
    ) -> Result<(), Objection> {
        let (row, column) = match self.field(state, "coords") {
            Some(both) => match *self.items(both).ok_or(Objection::Unknown)?.items {
                [row, column] => (Some(row), Some(column)),
                [column] => (None, Some(column)),
                _ => return Err(Objection::Unknown),
            },
            None => (self.field(state, "row"), self.field(state, "col")),
        };
        for (what, value, size) in [("row", row, rows), ("column", column, columns)] {
            // A matrix of one axis has no rows.
            let Some(value) = value else { continue };
            let numbers = self.numbers(value).ok_or(Objection::Unknown)?;
            if numbers.count() < values {
                let count = numbers.count();
                let wrong = format!("a sparse matrix has {values} values, and a {what} of {count}");
                return Err(wrong.into());
            }
            within(&format!("a {what} of a sparse matrix"), numbers.iter(), size)?;
        }
        let is_known = column.is_some() && (row.is_some() || rows == 1);
        if is_known { Ok(()) } else { Err(Objection::Unknown) }
    }

    fn judge_tree(&mut self, object: Value, state: Value) -> Result<(), Objection> {
        let nodes = self.field(state, "nodes").ok_or(Objection::Unknown)?;
        let there =
            self.array(nodes).and_then(|nodes| nodes.length(0)).ok_or(Objection::Unknown)?;
        let count = self.field(state, "node_count").and_then(|count| self.int(count));
        let count = count.and_then(|count| u64::try_from(count).ok()).ok_or(Objection::Unknown)?;
        if count > there {
            let wrong = format!("a tree counts {count} nodes, and has {there}");
            return Err(wrong.into());
        }
        let features = self.features(object);
        let features = features.and_then(|features| u64::try_from(features).ok());
        let mut field = |name| self.field_numbers(nodes, name).ok_or(Objection::Unknown);
        let (left, right, feature) =
            (field("left_child")?, field("right_child")?, field("feature")?);
        let of_nodes = left.iter().zip(right.iter()).zip(feature.iter()).zip(0_i64..);
        for (((left, right), feature), node) in of_nodes {
            // A leaf has no children, and its feature means nothing.
            if left != -1 {
                judge_node(node, [left, right], there)?;
                within("a feature of a tree", [feature].into_iter(), features.unwrap_or(u64::MAX))?;
            }
        }
        if features.is_some() { Ok(()) } else { Err(Objection::Unknown) }
    }

    fn judge_predictor(&mut self, state: Value) -> Result<(), Objection> {
        let nodes = self.field(state, "nodes").ok_or(Objection::Unknown)?;
        let there =
            self.array(nodes).and_then(|nodes| nodes.length(0)).ok_or(Objection::Unknown)?;
        let mut field = |name| self.field_numbers(nodes, name).ok_or(Objection::Unknown);
        let (left, right, leaf) = (field("left")?, field("right")?, field("is_leaf")?);
        for (((left, right), leaf), node) in
            left.iter().zip(right.iter()).zip(leaf.iter()).zip(0_i64..)
        {
            if leaf == 0 {
                judge_node(node, [left, right], there)?;
            }
        }
        Ok(())
    }

    fn numbers_of(&mut self, state: Value, name: &str) -> Result<Numbers<'a>, Objection> {
        let value = self.field(state, name).ok_or(Objection::Unknown)?;
        self.numbers(value).ok_or(Objection::Unknown)
    }

    /// Rows and columns. What has one axis is one row.
    fn shape(&self, value: Value) -> Option<(u64, u64)> {
        let length = |value: &Value| u64::try_from(self.int(*value)?).ok();
        match self.items(value)?.items {
            [columns] => Some((1, length(columns)?)),
            [rows, columns] => Some((length(rows)?, length(columns)?)),
            _ => None,
        }
    }
}

/// Where the lines of a compressed matrix begin, and where the last one ends: they go up from zero,
/// to no more than there is.
fn judge_starts(starts: &Numbers<'_>, lines: u64, there: u64) -> Result<(), String> {
    let wanted = lines.saturating_add(1);
    if starts.count() < wanted {
        let count = starts.count();
        return Err(format!(
            "a sparse matrix of {lines} rows or columns says where {count} begin, and should say \
             {wanted}"
        ));
    }
    let mut last = 0;
    for (start, position) in starts.iter().zip(0_u64..) {
        if start < last || position == 0 && start != 0 {
            return Err(format!(
                "the rows or columns of a sparse matrix go from {last} to {start}"
            ));
        }
        last = start;
    }
    if u64::try_from(last).is_ok_and(|last| last > there) {
        return Err(format!(
            "a sparse matrix has values up to {last} by where its rows or columns end, and {there} \
             are there"
        ));
    }
    Ok(())
}

/// A node of a tree comes before its children: one that did not would lead round in a circle.
fn judge_node(node: i64, children: [i64; 2], count: u64) -> Result<(), String> {
    within("a child in a tree", children.into_iter(), count)?;
    match children.into_iter().find(|child| *child <= node) {
        Some(child) => {
            Err(format!("node {node} of a tree has node {child} below it, so it goes in circles"))
        }
        None => Ok(()),
    }
}

fn within(what: &str, mut positions: impl Iterator<Item = i64>, count: u64) -> Result<(), String> {
    let leads_out = |position: &i64| u64::try_from(*position).map_or(true, |one| one >= count);
    match positions.find(leads_out) {
        Some(position) => Err(format!("{what} is {position}, and {count} are there")),
        None => Ok(()),
    }
}
