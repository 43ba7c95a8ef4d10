//! The description of an `MLflow` model (`MLmodel`), and the environments beside it.
//!
//! Specification: `mlflow/models/model.py`, `mlflow/pyfunc/__init__.py`. `flavors` says how each
//! library loads the model. Dangers: a `loader_module` that is not `MLflow`'s is imported, from the
//! folder `code` if there is one; a path that leaves the folder of the model; a Python file that
//! is the model; requirements that are installed from an address.

use mainstay_reading::{Danger, DangerCode, Place, yaml};
use serde_json::Value;

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::keras::known::{Origin, origin_of};
use crate::formats::keras_yaml;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "mlflow",
    title: "an MLflow model",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// The most bytes that are read.
const MOST_READ: usize = 8 * 1024 * 1024;
/// The most characters that are shown.
const SHOWN: usize = 200;

/// Modules of `MLflow` that load models.
const LOADERS: &[&str] = &[
    "ag2",
    "anthropic",
    "autogen",
    "bedrock",
    "catboost",
    "crewai",
    "diviner",
    "dspy",
    "fastai",
    "gluon",
    "h2o",
    "johnsnowlabs",
    "keras",
    "langchain",
    "lightgbm",
    "llama_index",
    "mleap",
    "mxnet",
    "onnx",
    "openai",
    "paddle",
    "pmdarima",
    "promptflow",
    "prophet",
    "pyfunc",
    "pyspark",
    "pytorch",
    "sentence_transformers",
    "shap",
    "sklearn",
    "smolagents",
    "spacy",
    "spark",
    "statsmodels",
    "tensorflow",
    "transformers",
    "xgboost",
];

/// Keys whose values are paths inside the folder of the model.
const PATHS: &[&str] = &[
    "artifacts_path",
    "code",
    "conda",
    "data",
    "env",
    "keras_model_path",
    "model_code_path",
    "model_config",
    "model_data",
    "model_path",
    "path",
    "pickled_model",
    "python_model",
    "saved_model_dir",
    "tokenizer_path",
    "virtualenv",
];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes;
    let has = |key: &str| starts_a_line(bytes, key);
    let says_model = ["mlflow_version:", "model_uuid:", "utc_time_created:", "artifact_path:"];
    let is_model = has("flavors:") && says_model.iter().any(|key| has(key))
        || has("flavors:") && memchr::memmem::find(bytes, b"loader_module:").is_some();
    Likeness::certain_if(is_model || is_environment(beginning))
}

/// Whether it is a `conda.yaml` or `python_env.yaml`, as `MLflow` writes them beside a model.
fn is_environment(beginning: &Beginning<'_>) -> bool {
    let has = |key: &str| starts_a_line(beginning.bytes, key);
    match beginning.name {
        "conda.yaml" => has("dependencies:") && (has("channels:") || has("name:")),
        "python_env.yaml" => has("dependencies:") && has("build_dependencies:"),
        _ => false,
    }
}

fn starts_a_line(bytes: &[u8], key: &str) -> bool {
    let bytes = bytes.get(..64 * 1024).unwrap_or(bytes);
    memchr::memmem::find_iter(bytes, key.as_bytes())
        .any(|at| at.checked_sub(1).is_none_or(|before| bytes.get(before) == Some(&b'\n')))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    keras_yaml::tags(part, examination);
    if part.bytes.len() > MOST_READ {
        let reason = format!("of the description of the model only {MOST_READ} bytes were read");
        examination.gap(part.whole(), reason, "look at the file by hand: no real one is so long");
    }
    let text = String::from_utf8_lossy(part.bytes.get(..MOST_READ).unwrap_or(part.bytes));
    let value = match yaml::parse::<Value>(&text) {
        Ok(value) => value,
        Err(error) => {
            let reason = format!("the description of the model was not read as YAML: {error}");
            examination.gap(part.whole(), reason, "save the model again with MLflow");
            return;
        }
    };
    let mut judge = Judge { part, examination };
    judge.facts(&value);
    judge.walk(&value);
}

struct Judge<'p, 'a, 'e, 'b> {
    part: &'p Part<'a>,
    examination: &'e mut Examination<'b>,
}

impl Judge<'_, '_, '_, '_> {
    fn facts(&mut self, value: &Value) {
        for key in ["mlflow_version", "model_uuid", "run_id", "utc_time_created"] {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                self.examination.describe(|description| description.fact(key, text));
            }
        }
    }

    fn walk(&mut self, value: &Value) {
        let mut values = vec![("", value)];
        while let Some((key, value)) = values.pop() {
            match value {
                Value::Object(entries) => {
                    if let Some(module) = entries.get("loader_module").and_then(Value::as_str) {
                        let code = entries.get("code").and_then(Value::as_str);
                        self.loader(module, code);
                    }
                    values.extend(entries.iter().map(|(key, value)| (key.as_str(), value)));
                }
                Value::Array(list) => values.extend(list.iter().map(|value| (key, value))),
                Value::String(text) => self.text(key, text),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    fn loader(&mut self, module: &str, code: Option<&str>) {
        let of_mlflow = module.strip_prefix("mlflow.");
        let part = of_mlflow.map(|rest| rest.split('.').next().unwrap_or_default());
        if part.is_some_and(|part| LOADERS.contains(&part)) {
            return;
        }
        let shown = format!("import {}", bounded(module));
        let (code, message) = if origin_of(module) == Origin::Hostile {
            let message = format!(
                "the model is loaded by the module {}, which is no loader of models and can run \
                 code",
                bounded(module)
            );
            (DangerCode::RunsCode, message)
        } else if let Some(folder) = code {
            let message = format!(
                "the model is loaded by the module {}, which may come from the folder {} of the \
                 model",
                bounded(module),
                bounded(folder)
            );
            (DangerCode::RemoteCode, message)
        } else {
            let message = format!(
                "the model is loaded by the module {}, which is not of MLflow: what it does is \
                 not in the file",
                bounded(module)
            );
            (DangerCode::UnknownCall, message)
        };
        self.danger(code, module, message, Some(shown));
    }

    fn text(&mut self, key: &str, text: &str) {
        match key {
            "code" => {
                let message = format!(
                    "the folder {} of the model is put before all other places where Python looks \
                     for modules",
                    bounded(text)
                );
                self.danger(DangerCode::CarriesCode, text, message, None);
            }
            "model_code_path" => {
                let message = format!("the Python file {} is run as the model", bounded(text));
                self.danger(DangerCode::CarriesCode, text, message, None);
            }
            "pip" | "dependencies" | "requirements" | "pip_requirements" | "build_dependencies" => {
                self.requirement(text);
            }
            _ => {}
        }
        if PATHS.contains(&key) {
            self.path(key, text);
        }
    }

    /// A path that leaves the folder of the model.
    fn path(&mut self, key: &str, path: &str) {
        if path.contains("://") {
            let message = format!("the {key} of the model is fetched from an address");
            self.danger(DangerCode::UsesNetwork, path, message, Some(bounded(path)));
            return;
        }
        let is_absolute = path.starts_with(['/', '\\', '~']) || path.get(1..2) == Some(":");
        let climbs = path.split(['/', '\\']).any(|segment| segment == "..");
        if is_absolute || climbs {
            let message = format!("the {key} of the model is a path that leaves its folder");
            self.danger(DangerCode::TouchesFiles, path, message, Some(bounded(path)));
        }
    }

    /// A line of requirements.
    fn requirement(&mut self, line: &str) {
        let line = line.trim();
        let is_option = line.starts_with('-');
        let has_address = line.contains("://");
        if is_option && has_address {
            let message = "packages that the model needs are looked for at another index";
            self.danger(DangerCode::UnknownCall, line, message, Some(bounded(line)));
        } else if has_address || line.starts_with("git+") {
            let message = "a package that the model needs is installed from an address, not from \
                           an index";
            self.danger(DangerCode::RemoteCode, line, message, Some(bounded(line)));
        }
    }

    fn danger(
        &mut self,
        code: DangerCode,
        written: &str,
        message: impl Into<String>,
        shown: Option<String>,
    ) {
        let mut danger = Danger::new(code, self.place(written), message);
        danger.shown = shown.map(String::into_boxed_str);
        self.examination.danger(danger);
    }

    /// Where something is written: where it is first, if it is written as it is.
    fn place(&self, written: &str) -> Place {
        let within = self.part.bytes.get(..MOST_READ.min(64 * 1024)).unwrap_or(self.part.bytes);
        let found = memchr::memmem::find(within, written.as_bytes());
        found.map_or_else(|| self.part.whole(), |at| self.part.at(at as u64))
    }
}

fn bounded(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
