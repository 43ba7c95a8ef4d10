//! SSVC, Stakeholder-Specific Vulnerability Categorization: decision tables that say what to do
//! about a vulnerability, for a given role, from a few questions with few answers each.
//!
//! Standard: CERT/CC's SSVC (<https://certcc.github.io/SSVC/>) and CISA's tables; the mappings
//! are the published ones, see `data/tables.toml`.
//!
//! | to find | look in |
//! | --- | --- |
//! | questions and their answers | [`DecisionPoint`], [`PointId`], [`Value`] |
//! | the tables, and how a text of tables is read | [`Table`], [`Tables`], [`TableError`] |
//! | what is known of a vulnerability | [`Input`], [`Inputs`], [`Reason`] |
//! | inputs from KEV, proofs of concept and CVSS | [`Facts`] |
//! | the answer | [`Assessment`], [`Priority`] |
//!
//! **Unknown is never clean.** An input that nobody knows stays open. The answer is then every
//! outcome that some value of it would give, with the mildest and the gravest, and never the
//! outcome of a default that nobody chose. EPSS is a probability and no proof: it sets no input,
//! it only orders work of the same outcome.

mod assessment;
mod cvss;
mod facts;
mod input;
mod json;
mod point;
mod priority;
mod read;
mod table;
mod tables;
mod vector;

pub use assessment::{AssessError, Assessed, Assessment};
pub use facts::{Evidence, Facts};
pub use input::{Basis, Input, Inputs, Reason};
pub use json::{AssessmentJson, SelectionList};
pub use point::{DecisionPoint, PointId, PointIdError, Value, ValueSet};
pub use priority::{Epss, Kev, Priority};
pub use read::TableError;
pub use table::Table;
pub use tables::Tables;
