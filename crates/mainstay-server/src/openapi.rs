//! The API's description, made from the types of the functions that answer. Standards: `OpenAPI`
//! 3.1.0, JSON Schema 2020-12.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::problem::ProblemDocument;
use crate::route::Route;

/// An operation of the API.
pub(crate) struct Described {
    pub(crate) method: &'static str,
    path: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) takes_bytes: bool,
    /// JSON that it takes.
    takes: Option<fn(&mut SchemaGenerator) -> Value>,
    status: StatusCode,
    /// Path and query, the answer.
    schemas: fn(&mut SchemaGenerator) -> (Value, Value),
}

/// Describes an operation by its types.
pub(crate) fn described<Q: JsonSchema, T: JsonSchema>(
    method: &'static str,
    path: &'static str,
    status: StatusCode,
) -> Described {
    Described {
        method,
        path,
        summary: "",
        takes_bytes: false,
        takes: None,
        status,
        schemas: |generator| {
            (Q::json_schema(generator).to_value(), generator.subschema_for::<T>().to_value())
        },
    }
}

impl Described {
    /// With JSON of this type as the body.
    pub(crate) fn takes<B: JsonSchema>(mut self) -> Self {
        self.takes = Some(|generator| generator.subschema_for::<B>().to_value());
        self
    }
}

/// The whole description.
pub(crate) fn document(routes: &[Route]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<ProblemDocument>().to_value();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for described in routes.iter().filter_map(|route| route.described.as_ref()) {
        let operation = operation(described, &mut generator, &problem);
        paths.entry(described.path).or_default().insert(described.method.to_owned(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Mainstay",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Who uses what, who is affected, and whom to tell. Every answer says \
                            what is not known. Problems are application/problem+json.",
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token, made on the page \"Account\".",
                },
            },
        },
        "security": [{ "token": [] }],
    })
}

fn operation(described: &Described, generator: &mut SchemaGenerator, problem: &Value) -> Value {
    let (given, answer) = (described.schemas)(generator);
    let mut operation = json!({
        "summary": described.summary,
        "operationId": operation_id(described),
        "parameters": parameters(described.path, &given),
        "responses": {
            described.status.as_str(): {
                "description": "The answer.",
                "content": { "application/json": { "schema": answer } },
            },
            "default": {
                "description": "A problem: what happened, and what to do next.",
                "content": { "application/problem+json": { "schema": problem } },
            },
        },
    });
    if let (Some(schema), Some(fields)) = (described.takes, operation.as_object_mut()) {
        let content = json!({ "application/json": { "schema": schema(generator) } });
        fields.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    if described.takes_bytes
        && let Some(fields) = operation.as_object_mut()
    {
        let content = json!({ "application/octet-stream": {} });
        fields.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    operation
}

/// `get /api/v1/organisations/{organisation}/assets` is `getOrganisationsOrganisationAssets`.
fn operation_id(described: &Described) -> String {
    let path = described.path.trim_start_matches("/api/v1/");
    let words = path.split(['/', '-', '.', '{', '}']).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    described.method.to_owned() + &words.map(capital).collect::<String>()
}

/// What stands in the path's braces is a parameter of the path; the others are of the query.
fn parameters(path: &str, given: &Value) -> Value {
    let required = given.get("required").and_then(Value::as_array);
    let is_required = |name: &str| {
        required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
    };
    let fields = given.get("properties").and_then(Value::as_object);
    let parameters = fields.into_iter().flatten().map(|(name, schema)| {
        let in_path = path.contains(&format!("{{{name}}}"));
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|fields| fields.remove("description"));
        json!({
            "name": name,
            "in": if in_path { "path" } else { "query" },
            "required": in_path || is_required(name),
            "description": description.unwrap_or_default(),
            "schema": schema,
        })
    });
    parameters.collect()
}
