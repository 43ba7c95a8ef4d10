//! Facts about machine-learning models and data.

use serde::Serialize;

use super::Context;
use super::parts::PropertyOut;
use crate::{Component, ComponentKind, End, ModelCard};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ModelCardOut<'c> {
    model_parameters: ParametersOut<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantitative_analysis: Option<AnalysisOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    considerations: Option<ConsiderationsOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<PropertyOut<'c>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ParametersOut<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    approach: Option<ApproachOut<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture_family: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_architecture: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    datasets: Vec<DatasetOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<FormatOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<FormatOut<'c>>,
}

#[derive(Serialize)]
struct ApproachOut<'c> {
    #[serde(rename = "type")]
    kind: &'c str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DatasetOut<'c> {
    Component {
        #[serde(rename = "ref")]
        reference: &'c str,
    },
    Name {
        #[serde(rename = "type")]
        kind: &'static str,
        name: &'c str,
    },
}

#[derive(Serialize)]
struct FormatOut<'c> {
    format: &'c str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnalysisOut<'c> {
    performance_metrics: Vec<MetricOut<'c>>,
}

#[derive(Serialize)]
struct MetricOut<'c> {
    #[serde(rename = "type")]
    name: &'c str,
    value: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    slice: Option<&'c str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConsiderationsOut<'c> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    use_cases: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    technical_limitations: Vec<&'c str>,
}

/// What a property begins with that holds a fact about something that is no model.
pub(crate) const FACT: &str = "mainstay:fact:";

/// The approaches that the standard names.
const APPROACHES: [&str; 5] =
    ["supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised"];

impl<'c> ModelCardOut<'c> {
    /// The card of a model; of anything else (a data set) its facts as properties.
    pub(super) fn of(
        context: &'c Context<'c>,
        component: &'c Component<'c>,
    ) -> (Option<Self>, Vec<PropertyOut<'c>>) {
        let Some(card) = &component.details().model_card else { return (None, Vec::new()) };
        if component.kind != ComponentKind::Model {
            let facts = card.facts.iter();
            let named =
                facts.map(|one| PropertyOut::new(format!("{FACT}{}", one.name), &*one.value));
            return (None, named.collect());
        }
        let mut facts: Vec<_> = PropertyOut::all(&card.facts).collect();
        let unnamed = card.approach.as_deref().filter(|one| !APPROACHES.contains(one));
        facts.extend(unnamed.map(|one| PropertyOut::new("approach", one)));
        let analysis = (!card.metrics.is_empty()).then(|| AnalysisOut {
            performance_metrics: card
                .metrics
                .iter()
                .map(|one| MetricOut {
                    name: &one.name,
                    value: &one.value,
                    slice: one.slice.as_deref(),
                })
                .collect(),
        });
        let texts = |list: &'c [crate::Text<'_>]| list.iter().map(|one| &**one).collect();
        let considered = !card.use_cases.is_empty() || !card.limitations.is_empty();
        let considerations = considered.then(|| ConsiderationsOut {
            use_cases: texts(&card.use_cases),
            technical_limitations: texts(&card.limitations),
        });
        let out = Self {
            model_parameters: ParametersOut::of(context, card),
            quantitative_analysis: analysis,
            considerations,
            properties: facts,
        };
        (Some(out), Vec::new())
    }
}

impl<'c> ParametersOut<'c> {
    fn of(context: &'c Context<'c>, card: &'c ModelCard<'_>) -> Self {
        let approach = card.approach.as_deref().filter(|one| APPROACHES.contains(one));
        let joined = |list: &[crate::Text<'_>]| (!list.is_empty()).then(|| list.join(", "));
        let components = card.dataset_components.iter();
        let components = components.filter_map(|id| context.name(End::Component(*id)));
        let datasets = components.map(|reference| DatasetOut::Component { reference });
        let named = card.datasets.iter().map(|name| DatasetOut::Name { kind: "dataset", name });
        let format = |one: &'c crate::Text<'_>| FormatOut { format: one };
        Self {
            approach: approach.map(|kind| ApproachOut { kind }),
            task: joined(&card.tasks),
            architecture_family: card.architecture_family.as_deref(),
            model_architecture: joined(&card.architectures),
            datasets: datasets.chain(named).collect(),
            inputs: card.inputs.iter().map(format).collect(),
            outputs: card.outputs.iter().map(format).collect(),
        }
    }
}
