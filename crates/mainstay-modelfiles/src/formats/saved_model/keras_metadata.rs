//! What Keras notes of its layers, as JSON inside a `SavedModel`: `keras_metadata.pb`, and in older
//! versions the metadata of the objects in `saved_model.pb`.
//!
//! A layer of the class `Lambda` carries a Python function as marshalled bytecode, which Keras
//! builds and calls when it loads the model (CVE-2024-3660).

use mainstay_reading::{Danger, DangerCode};
use memchr::memmem;
use serde_json::Value as Json;

use crate::findings::Findings;
use crate::protobuf::Message;

/// The most bytes of JSON that are read of one object.
const LONGEST: usize = 16 << 20;

/// Looks at every object of `keras_metadata.pb`.
pub(super) fn look_at_all(message: Message<'_>, findings: &mut Findings<'_, '_, '_>) {
    for field in message.fields() {
        if let Err(fault) = field {
            findings.fault("the metadata of Keras", fault);
        }
    }
    for metadata in message.all(1).filter_map(|object| object.last(5)) {
        look_at(metadata, findings);
    }
}

/// Looks at the JSON of one object.
pub(super) fn look_at(metadata: Message<'_>, findings: &mut Findings<'_, '_, '_>) {
    // The name may be written in escapes; what has neither has no such layer.
    let is_suspect =
        ["ambda", "\\u"].iter().any(|it| memmem::find(metadata.bytes, it.as_bytes()).is_some());
    if !is_suspect {
        return;
    }
    let parsed = if metadata.bytes.len() > LONGEST {
        None
    } else {
        serde_json::from_slice::<Json>(metadata.bytes).ok()
    };
    let Some(json) = parsed else {
        let place = findings.at(metadata.at);
        let reason = "the metadata of a Keras object is no JSON, nested too deep or too long";
        let advice = "save the model again with a current version of Keras";
        findings.examination.gap(place, reason, advice);
        return;
    };
    let mut open = vec![&json];
    while let Some(value) = open.pop() {
        match value {
            Json::Object(members) => {
                if let Some(class) = members.get("class_name").and_then(Json::as_str) {
                    class_of(class, members.get("config"), metadata.at, findings);
                }
                open.extend(members.values());
            }
            Json::Array(items) => open.extend(items),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

/// Judges an object by its class.
fn class_of(class: &str, config: Option<&Json>, at: u64, findings: &mut Findings<'_, '_, '_>) {
    if !matches!(class, "Lambda" | "__lambda__") {
        return;
    }
    let get = |key: &str| config.and_then(|config| config.get(key));
    let name = get("name").and_then(Json::as_str).unwrap_or_default();
    let name: String = name.chars().take(200).collect();
    let place = findings.at(at);
    // A function by name must be known to the program already.
    let danger = if let Some(Json::String(function)) = get("function") {
        let function: String = function.chars().take(200).collect();
        let message = format!(
            "the Keras layer {name:?} is a Lambda that calls the function {function:?} of the \
             program that loads it"
        );
        Danger::new(DangerCode::UnknownCall, place, message)
            .shown(format!("Lambda(function={function:?})"))
    } else {
        let message = format!(
            "the Keras layer {name:?} is a Lambda: it carries Python bytecode, which is run when \
             the model is loaded with Keras"
        );
        Danger::new(DangerCode::RunsCode, place, message)
            .shown(format!("Lambda(name={name:?}, function=<bytecode>)"))
            .known_as(Some("CVE-2024-3660"))
    };
    if findings.is_new(&danger.message) {
        findings.danger(danger);
    }
}
