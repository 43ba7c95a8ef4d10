//! Facts about models and data sets: the AI and Dataset profiles.

use super::fields::{dictionary, texts, word};
use crate::cyclonedx::value::Fields;
use crate::{Metric, ModelCard, Property, Text};

/// Fields whose values stand as they are, under the standard's name.
const FACTS: [&str; 22] = [
    "ai_autonomyType",
    "ai_energyConsumption",
    "ai_informationAboutApplication",
    "ai_informationAboutTraining",
    "ai_modelDataPreprocessing",
    "ai_modelExplainability",
    "ai_safetyRiskAssessment",
    "ai_standardCompliance",
    "ai_useSensitivePersonalInformation",
    "dataset_anonymizationMethodUsed",
    "dataset_confidentialityLevel",
    "dataset_dataCollectionProcess",
    "dataset_dataPreprocessing",
    "dataset_datasetAvailability",
    "dataset_datasetNoise",
    "dataset_datasetSize",
    "dataset_datasetType",
    "dataset_datasetUpdateMechanism",
    "dataset_hasSensitivePersonalInformation",
    "dataset_knownBias",
    "dataset_sensor",
    "software_additionalPurpose",
];

/// The facts of an element. `None` when it has none.
pub(super) fn of<'t>(fields: &mut Fields<'t>) -> Option<ModelCard<'t>> {
    let metrics = dictionary(fields, "ai_metric");
    let mut card = ModelCard {
        tasks: texts(fields, "ai_domain"),
        architectures: texts(fields, "ai_typeOfModel"),
        limitations: texts(fields, "ai_limitation"),
        use_cases: texts(fields, "dataset_intendedUse"),
        metrics: metrics
            .into_iter()
            .map(|(name, value)| Metric { name, value, slice: None })
            .collect(),
        ..ModelCard::default()
    };
    for field in ["ai_hyperparameter", "ai_metricDecisionThreshold"] {
        for (key, value) in dictionary(fields, field) {
            card.facts.push(Property { name: Text::Owned(format!("{field}.{key}")), value });
        }
    }
    for field in FACTS {
        for value in texts(fields, field) {
            card.facts.push(Property { name: Text::Borrowed(field), value: word_of(field, value) });
        }
    }
    let sensors = dictionary(fields, "dataset_sensor");
    for (key, value) in sensors {
        card.facts.push(Property { name: Text::Owned(format!("dataset_sensor.{key}")), value });
    }
    (card != ModelCard::default()).then_some(card)
}

/// Enumerated values may be IRIs; free text keeps its slashes.
fn word_of<'t>(field: &str, value: Text<'t>) -> Text<'t> {
    match field {
        "ai_autonomyType"
        | "ai_safetyRiskAssessment"
        | "dataset_confidentialityLevel"
        | "dataset_datasetAvailability"
        | "dataset_datasetType" => word(value),
        _ => value,
    }
}
