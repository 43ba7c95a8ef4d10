//! TensorFlow: `saved_model.pb`, a `MetaGraph` (`.meta`), a frozen graph, and the small messages that
//! lie beside them.
//!
//! Specification: the messages of TensorFlow's `saved_model.proto`, `meta_graph.proto`,
//! `graph.proto`, `function.proto`, `node_def.proto`, `saved_object_graph.proto` and Keras'
//! `saved_metadata.proto`; all are Protocol Buffers and none has a magic.
//!
//! Dangers: a graph is a program, and some operators of TensorFlow read and write files, connect,
//! or call Python; operators that no release has need a library of native code; Keras layers of
//! the class `Lambda` carry Python bytecode (CVE-2024-3660); paths of assets that lead away.
//! Nodes of the library of functions count as those of the graph do.

mod graph;
mod keras_metadata;
pub(crate) mod operators;
mod tensor;

use crate::examination::Examination;
use crate::findings::Findings;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use crate::protobuf::{Field, Message, Value};

pub(crate) const FORMAT: Format = Format {
    id: "tensorflow",
    title: "a TensorFlow graph",
    role: Role::Model,
    endings: &["pb"],
    likeness,
    read,
};

/// How many fields of one message are asked what it is.
const ASKED: usize = 64;
/// The name that a saved model has always.
pub(crate) const SAVED_MODEL: &str = "saved_model.pb";
/// `tfhub_module.pb`: a `ModuleDef` that says format 3.
const HUB_MODULE: &[u8] = &[0x08, 0x03];

/// What a message is. One can look like several, and then is read as each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SavedModel,
    MetaGraph,
    Graph,
    /// `keras_metadata.pb`.
    KerasMetadata,
}

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    // Lengths that leave the file are looked at when it is read.
    let message = Message::beginning(beginning.bytes, u64::MAX);
    if !kinds(message).is_empty() {
        return Likeness::Certain;
    }
    let is_companion = beginning.ending() == "pb"
        && (is_fingerprint(message, beginning.name)
            || (beginning.is_whole() && beginning.bytes == HUB_MODULE));
    if is_companion { Likeness::Possible } else { Likeness::No }
}

/// What a message is, by what its fields look like. The fields of a graph are its nodes: of many
/// the first ones are asked.
fn kinds(message: Message<'_>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let mut others = 0;
    for field in message.fields().map_while(Result::ok) {
        let Value::Bytes(inner) = field.value else { continue };
        let kind = match field.number {
            1 if others >= ASKED || kinds.contains(&Kind::Graph) => continue,
            1 if is_node(inner) => Some(Kind::Graph),
            1 if is_keras_node(inner) => Some(Kind::KerasMetadata),
            1 => {
                others += 1;
                is_meta_info(inner).then_some(Kind::MetaGraph)
            }
            2 if is_meta_graph(inner) => Some(Kind::SavedModel),
            2 if is_library(inner) => Some(Kind::Graph),
            2 if is_graph(inner) => Some(Kind::MetaGraph),
            _ => None,
        };
        if let Some(kind) = kind.filter(|kind| !kinds.contains(kind)) {
            kinds.push(kind);
        }
    }
    kinds
}

fn is_meta_graph(message: Message<'_>) -> bool {
    message.fields().map_while(Result::ok).take(ASKED).any(|field| {
        field.bytes_of(1).is_some_and(is_meta_info) || field.bytes_of(2).is_some_and(is_graph)
    })
}

/// A `MetaInfoDef` lists known operators, or says a version of TensorFlow.
fn is_meta_info(message: Message<'_>) -> bool {
    let lists_operators = |list: Message<'_>| {
        let first = list.all(1).next().and_then(|operator| operator.all(1).next());
        first.is_some_and(|name| operators::is_known(&name.text()))
    };
    let is_version = |version: Message<'_>| {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+".contains(byte);
        matches!(version.bytes, [b'0'..=b'9', b'.', ..]) && version.bytes.iter().all(is_part)
    };
    message.fields().map_while(Result::ok).take(ASKED).any(|field| {
        field.bytes_of(2).is_some_and(lists_operators) || field.bytes_of(5).is_some_and(is_version)
    })
}

/// A `GraphDef` has nodes of known operators, or a library of functions.
fn is_graph(message: Message<'_>) -> bool {
    message.fields().map_while(Result::ok).take(ASKED).any(|field| {
        field.bytes_of(1).is_some_and(is_node) || field.bytes_of(2).is_some_and(is_library)
    })
}

/// A library has functions, and the first has nodes of known operators.
fn is_library(message: Message<'_>) -> bool {
    let mut functions = message.all(1).take(ASKED);
    functions.any(|function| function.all(3).take(ASKED).any(is_node))
}

/// A `NodeDef` has texts and attributes, and a known operator.
fn is_node(message: Message<'_>) -> bool {
    let mut fields = message.fields().take(ASKED);
    let is_text = |field: &Result<_, _>| {
        matches!(field, Ok(Field { number: 1..=7, value: Value::Bytes(_), .. }))
    };
    fields.all(|field| is_text(&field))
        && message.all(1).next().is_some_and(|name| !name.bytes.is_empty())
        && message.all(2).next().is_some_and(|name| operators::is_known(&name.text()))
}

/// A node of `keras_metadata.pb`: its path and an identifier of Keras.
fn is_keras_node(message: Message<'_>) -> bool {
    message.all(4).next().is_some_and(|identifier| identifier.bytes.starts_with(b"_tf_keras_"))
}

/// `fingerprint.pb` has up to five hashes, a version and perhaps a name. Hashes that are zero are
/// left out; the name of the file then has to speak for it.
fn is_fingerprint(message: Message<'_>, name: &str) -> bool {
    let mut hashes = 0;
    for field in message.fields().take(ASKED) {
        match field {
            Ok(field) if matches!((field.number, field.value), (1..=5, Value::Number(_))) => {
                hashes += 1;
            }
            Ok(field) if matches!((field.number, field.value), (6 | 7, Value::Bytes(_))) => {}
            _ => return false,
        }
    }
    hashes >= 2 || (hashes == 1 && name == "fingerprint.pb")
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let message = Message::whole(part.bytes);
    let kinds = kinds(Message::beginning(part.bytes, u64::MAX));
    if kinds.is_empty() && part.name.as_ref() == SAVED_MODEL {
        graph::look_at(message, graph::Frame::SavedModel, part, examination);
    }
    for kind in kinds {
        match kind {
            Kind::KerasMetadata => {
                let mut findings = Findings::new(part, examination);
                keras_metadata::look_at_all(message, &mut findings);
            }
            Kind::SavedModel => {
                graph::look_at(message, graph::Frame::SavedModel, part, examination);
            }
            Kind::MetaGraph => graph::look_at(message, graph::Frame::MetaGraph, part, examination),
            Kind::Graph => {
                graph::look_at(message, graph::Frame::graph(), part, examination);
            }
        }
    }
}
