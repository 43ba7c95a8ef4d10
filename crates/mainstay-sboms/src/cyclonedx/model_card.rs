//! Machine-learning models and data sets.
//!
//! Standard: CycloneDX reference, "modelCard" and "data" (1.5 and later). Considerations that are
//! more than a text (ethics, environment, fairness) are kept as facts by the standard's names.

use super::reader::Reader;
use super::value::{Fields, Value};
use crate::{ComponentId, Metric, ModelCard, Property, Text};

const PATH: &str = "components.modelCard";

impl<'t> Reader<'t> {
    /// The model card and the data of the component that is about to be added.
    pub(super) fn model_card(
        &mut self,
        fields: &mut Fields<'t>,
        id: ComponentId,
    ) -> Option<Box<ModelCard<'t>>> {
        let card = self.object(fields, "modelCard", "components");
        let data = self.objects(fields, "data", "components");
        if card.is_none() && data.is_empty() {
            return None;
        }
        let mut model = ModelCard::default();
        if let Some(mut card) = card {
            let line = self.line(&card);
            if let Some(parameters) = self.object(&mut card, "modelParameters", PATH) {
                self.parameters(&mut model, parameters, id);
            }
            if let Some(analysis) = self.object(&mut card, "quantitativeAnalysis", PATH) {
                self.analysis_of_model(&mut model, analysis);
            }
            if let Some(considerations) = self.object(&mut card, "considerations", PATH) {
                self.considerations(&mut model, considerations);
            }
            model.facts.extend(self.properties_in(&mut card, PATH));
            card.take("bom-ref");
            self.leave(&card, PATH, line);
        }
        for one in data {
            flatten(&mut model.facts, "data", one);
        }
        Some(Box::new(model))
    }

    fn parameters(&mut self, model: &mut ModelCard<'t>, mut fields: Fields<'t>, id: ComponentId) {
        let line = self.line(&fields);
        let f = &mut fields;
        if let Some(mut approach) = self.object(f, "approach", PATH) {
            model.approach = self.text(&mut approach, "type", PATH);
        }
        model.tasks.extend(self.text(f, "task", PATH));
        model.architecture_family = self.text(f, "architectureFamily", PATH);
        model.architectures.extend(self.text(f, "modelArchitecture", PATH));
        for mut dataset in self.objects(f, "datasets", PATH) {
            if let Some(name) = self.text(&mut dataset, "ref", PATH) {
                let end = self.graph.end(name, line);
                self.graph.dataset(id, end);
            } else {
                model.datasets.extend(self.text(&mut dataset, "name", PATH));
                flatten(&mut model.facts, "dataset", dataset);
            }
        }
        for mut input in self.objects(f, "inputs", PATH) {
            model.inputs.extend(self.text(&mut input, "format", PATH));
        }
        for mut output in self.objects(f, "outputs", PATH) {
            model.outputs.extend(self.text(&mut output, "format", PATH));
        }
        self.leave(&fields, PATH, line);
    }

    fn analysis_of_model(&mut self, model: &mut ModelCard<'t>, mut fields: Fields<'t>) {
        let line = self.line(&fields);
        for mut metric in self.objects(&mut fields, "performanceMetrics", PATH) {
            model.metrics.push(Metric {
                name: self.text(&mut metric, "type", PATH).unwrap_or_default(),
                value: self.text(&mut metric, "value", PATH).unwrap_or_default(),
                slice: self.text(&mut metric, "slice", PATH),
            });
            self.leave(&metric, "components.modelCard.performanceMetrics", line);
        }
        self.leave(&fields, PATH, line);
    }

    fn considerations(&mut self, model: &mut ModelCard<'t>, mut fields: Fields<'t>) {
        model.use_cases = self.texts(&mut fields, "useCases", PATH);
        model.limitations = self.texts(&mut fields, "technicalLimitations", PATH);
        flatten(&mut model.facts, "considerations", fields);
    }
}

/// Keeps everything in an object as names and values: `considerations.ethicalConsiderations.name`.
/// The parser has bounded how deep it goes.
fn flatten<'t>(facts: &mut Vec<Property<'t>>, path: &str, fields: Fields<'t>) {
    let mut waiting: Vec<(String, Value<'t>)> = vec![(path.to_owned(), Value::Object(fields))];
    while let Some((path, value)) = waiting.pop() {
        match value {
            Value::Null => {}
            Value::Bool(value) => {
                let value = Text::Borrowed(if value { "true" } else { "false" });
                facts.push(Property { name: path.into(), value });
            }
            Value::Text(value) => facts.push(Property { name: path.into(), value }),
            Value::List(list) => {
                waiting.extend(list.into_iter().rev().map(|value| (path.clone(), value)));
            }
            Value::Object(fields) => {
                let entries = fields.entries.into_iter().rev();
                waiting.extend(entries.map(|(key, value)| (longer(&path, &key), value)));
            }
        }
    }
}

/// A path with one more name. Names are the document's: what would make the path longer than any
/// real one is not added, or a few long names would be repeated for every value beneath them.
fn longer(path: &str, key: &str) -> String {
    const LONGEST: usize = 200;
    if path.len() + key.len() > LONGEST { path.to_owned() } else { format!("{path}.{key}") }
}
