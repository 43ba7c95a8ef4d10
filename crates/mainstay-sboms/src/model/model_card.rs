//! Facts about a machine-learning model or a data set.
//!
//! CycloneDX's `modelCard` (1.5) and `data`, SPDX 3.0's AI and Dataset profiles.

use super::component::{ComponentId, Property};
use crate::Text;

/// What a document tells about a model or a data set. What has no field of its own stands in
/// `facts`, under the standard's name for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelCard<'a> {
    /// How it learned: `supervised`.
    pub approach: Option<Text<'a>>,
    /// What it does: `text-classification`; SPDX's domain.
    pub tasks: Vec<Text<'a>>,
    /// The family of its architecture: `transformer`.
    pub architecture_family: Option<Text<'a>>,
    /// Its architecture: `ResNet-50`; SPDX's type of model.
    pub architectures: Vec<Text<'a>>,
    /// Data sets by name, that are no components of the document.
    pub datasets: Vec<Text<'a>>,
    /// Data sets that are components of the document.
    pub dataset_components: Vec<ComponentId>,
    /// Formats that it takes.
    pub inputs: Vec<Text<'a>>,
    /// Formats that it gives.
    pub outputs: Vec<Text<'a>>,
    /// How well it did.
    pub metrics: Vec<Metric<'a>>,
    /// What it is for.
    pub use_cases: Vec<Text<'a>>,
    /// What it cannot do.
    pub limitations: Vec<Text<'a>>,
    /// Everything else, by the standard's name: `ai_hyperparameter.learning-rate`.
    pub facts: Vec<Property<'a>>,
}

/// One measure of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metric<'a> {
    /// What was measured.
    pub name: Text<'a>,
    /// The result.
    pub value: Text<'a>,
    /// On which part of the data.
    pub slice: Option<Text<'a>>,
}
