//! Assessments as JSON.
//!
//! [`SelectionList`] follows SSVC's schema `SelectionList_2_0_0`, which CSAF 2.1 carries as
//! well: for each decision point the values that are still possible. It has no place for
//! reasons, table or outcome. [`AssessmentJson`] is Mainstay's own and has them, with the list
//! inside.

use serde::Serialize;

use crate::assessment::{Assessed, Assessment};
use crate::input::{Basis, Input};
use crate::point::Value;

/// An SSVC selection list, version 2.0.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelectionList<'a> {
    timestamp: String,
    #[serde(rename = "schemaVersion")]
    schema_version: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    target_ids: &'a [String],
    selections: Vec<Selection<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Selection<'a> {
    namespace: &'a str,
    key: &'a str,
    version: &'a str,
    name: &'a str,
    values: Vec<Selected<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Selected<'a> {
    key: &'a str,
    name: &'a str,
}

/// An assessment in Mainstay's own form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssessmentJson<'a> {
    table: TableJson<'a>,
    /// `null` while several outcomes are possible.
    outcome: Option<Selected<'a>>,
    possible_outcomes: Vec<Selected<'a>>,
    inputs: Vec<InputJson<'a>>,
    unused_inputs: Vec<String>,
    vector: String,
    selection_list: SelectionList<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct TableJson<'a> {
    id: String,
    name: &'a str,
    version: &'a str,
    source: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct InputJson<'a> {
    id: String,
    name: &'a str,
    /// `known`, `among` or `unknown`.
    state: &'static str,
    possible: Vec<Selected<'a>>,
    /// `stated` or `derived`; `null` where nothing is known.
    basis: Option<&'static str>,
    reason: &'a str,
}

impl Assessment {
    /// The inputs as an SSVC selection list.
    pub fn selection_list(&self) -> SelectionList<'_> {
        SelectionList {
            timestamp: self.second(),
            schema_version: "2.0.0",
            target_ids: &self.targets,
            selections: self.inputs.iter().map(selection).collect(),
        }
    }

    /// The whole assessment, in Mainstay's own form.
    pub fn json(&self) -> AssessmentJson<'_> {
        AssessmentJson {
            table: TableJson {
                id: self.table.to_string(),
                name: &self.table_name,
                version: self.table.version(),
                source: &self.source,
            },
            outcome: self.outcome().map(selected),
            possible_outcomes: self.possible().map(selected).collect(),
            inputs: self.inputs.iter().map(input).collect(),
            unused_inputs: self.unused.iter().map(ToString::to_string).collect(),
            vector: self.vector(),
            selection_list: self.selection_list(),
        }
    }
}

fn selection(assessed: &Assessed) -> Selection<'_> {
    Selection {
        namespace: assessed.point.id.namespace(),
        key: assessed.point.id.key(),
        version: assessed.point.id.version(),
        name: &assessed.point.name,
        values: assessed.point.values_in(assessed.possible).map(selected).collect(),
    }
}

fn selected(value: &Value) -> Selected<'_> {
    Selected { key: &value.key, name: &value.name }
}

fn input(assessed: &Assessed) -> InputJson<'_> {
    let (state, basis, reason) = match &assessed.input {
        Input::Known(_, reason) => ("known", Some(reason.basis), reason.text.as_str()),
        Input::Among(_, reason) => ("among", Some(reason.basis), reason.text.as_str()),
        Input::Unknown(why) => ("unknown", None, why.as_str()),
    };
    InputJson {
        id: assessed.point.id.to_string(),
        name: &assessed.point.name,
        state,
        possible: assessed.point.values_in(assessed.possible).map(selected).collect(),
        basis: basis.map(|basis| match basis {
            Basis::Stated => "stated",
            Basis::Derived => "derived",
        }),
        reason,
    }
}
