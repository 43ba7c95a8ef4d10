//! Core ML: `.mlmodel`, and the `model.mlmodel` of a package, as Protocol Buffers.
//!
//! Specification: `Model.proto`, `NeuralNetwork.proto` and `MIL.proto` of coremltools. A model is
//! of one kind, and a pipeline has models inside.
//!
//! Dangers: custom layers and custom models, which are classes of the program by their names;
//! links to other models and files of weights whose paths lead away (`@model_path/..`).

mod walk;

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::licence;
use crate::part::Part;
use crate::protobuf::{Message, Value};

pub(crate) const FORMAT: Format = Format {
    id: "coreml",
    title: "Core ML",
    role: Role::Model,
    endings: &["mlmodel"],
    likeness,
    read,
};

/// A model says the version of its specification, a small number, and describes its inputs and
/// outputs, each by a name and a type.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    // Lengths that leave the file are looked at when it is read.
    let message = Message::beginning(beginning.bytes, u64::MAX);
    let [mut has_version, mut has_description, mut has_kind] = [false; 3];
    for field in message.fields().map_while(Result::ok) {
        match (field.number, field.value) {
            (1, Value::Number(1..=100)) => has_version = true,
            (2, Value::Bytes(description)) => has_description |= is_description(description),
            (200..=3000, Value::Bytes(_)) => has_kind = true,
            _ => {}
        }
    }
    let says = u8::from(has_version) + u8::from(has_description) + u8::from(has_kind);
    if has_description && says >= 2 {
        Likeness::Certain
    } else if has_version && has_kind && beginning.ending() == "mlmodel" {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

/// A `ModelDescription` has inputs or outputs, or functions that have them.
fn is_description(message: Message<'_>) -> bool {
    message.fields().map_while(Result::ok).any(|field| {
        let feature = field.bytes_of(1).or(field.bytes_of(10));
        feature.is_some_and(is_feature)
            || field
                .bytes_of(20)
                .is_some_and(|function| function.all(2).chain(function.all(3)).any(is_feature))
    })
}

/// A `FeatureDescription` has a name and a type: one of the kinds of `FeatureType`.
fn is_feature(message: Message<'_>) -> bool {
    let is_type = |kind: Message<'_>| {
        kind.fields()
            .next()
            .is_some_and(|field| matches!(field, Ok(field) if matches!(field.number, 1..=8 | 1000)))
    };
    message.last(1).is_some_and(|name| !name.bytes.is_empty())
        && message.last(3).is_some_and(is_type)
        && message.last(4).is_none()
        && message.last(5).is_none()
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let message = Message::whole(part.bytes);
    if examination.describes() {
        describe(message, examination);
    }
    walk::look_at(message, part, examination);
}

/// The header of a model.
fn describe(model: Message<'_>, examination: &mut Examination<'_>) {
    if let Some(version) = model.number(1) {
        examination.describe(|it| it.fact("specification_version", &version.to_string()));
    }
    let Some(metadata) = model.last(2).and_then(|description| description.last(100)) else {
        return;
    };
    for (key, number) in [("about", 1), ("model_version", 2), ("author", 3)] {
        if let Some(text) = metadata.last(number) {
            examination.describe(|it| it.fact(key, &text.text()));
        }
    }
    for entry in metadata.all(100).take(1000) {
        if let Some((key, value)) = entry.last(1).zip(entry.last(2)) {
            examination.describe(|it| it.fact(&key.text(), &value.text()));
        }
    }
    if let Some(licence) = metadata.last(4) {
        licence::stated(&licence.text(), examination);
    }
}
