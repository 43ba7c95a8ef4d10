//! ONNX: a graph of operators and its weights, as one message of Protocol Buffers.
//!
//! Specification: onnx.ai/onnx/repo-docs/IR.html, and the messages of `onnx.proto`: `ModelProto`,
//! `GraphProto`, `NodeProto`, `TensorProto`. A file of a single `TensorProto` (`input_0.pb`) is
//! read as well.
//!
//! Dangers: weights in other files by a path that leads away (CVE-2022-25882, CVE-2024-27318,
//! CVE-2025-51480); operators that run Python; operators of domains and names that need a library
//! of their own; tensors that declare other sizes than they have; settings of the runtime that name
//! a library. Nodes are looked at wherever
//! they lie: in the bodies of `If`, `Loop` and `Scan`, in local functions, in training graphs.

mod graph;
mod operators;
mod settings;
mod tensor;

use crate::examination::Examination;
use crate::findings::Findings;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::licence;
use crate::part::Part;
use crate::protobuf::{Message, Value};

pub(crate) const FORMAT: Format = Format {
    id: "onnx",
    title: "ONNX",
    role: Role::Model,
    endings: &["onnx", "pb"],
    likeness,
    read,
};

/// How many fields of a node or a tensor are asked whether it is one.
const ASKED: usize = 64;

/// A model has a graph that is one, and says its version or its operator sets. A lone tensor is
/// only possible, and only where the name says so.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    // Lengths that leave the file are looked at when it is read.
    let message = Message::beginning(beginning.bytes, u64::MAX);
    let ending = beginning.ending();
    let header = Header::of(message);
    if header.is_model() {
        Likeness::Certain
    } else if (header.has_start() && ending == "onnx") || (ending == "pb" && is_tensor(message)) {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

/// What speaks for a `ModelProto`.
#[derive(Default)]
struct Header {
    has_version: bool,
    has_graph: bool,
    /// Whether the name of its producer or its operator sets are there.
    has_statement: bool,
}

impl Header {
    fn of(message: Message<'_>) -> Self {
        let mut header = Self::default();
        for field in message.fields().map_while(Result::ok) {
            match (field.number, field.value) {
                (1, Value::Number(1..=255)) => header.has_version = true,
                (2, Value::Bytes(producer)) => header.has_statement |= producer.is_identifier(),
                (7, Value::Bytes(graph)) => header.has_graph |= is_graph(graph),
                (8, Value::Bytes(set)) => {
                    header.has_statement |= set.number(2).is_some_and(|version| version < 1000);
                }
                _ => {}
            }
        }
        header
    }

    fn is_model(&self) -> bool {
        self.has_graph && (self.has_version || self.has_statement)
    }

    /// Whether it begins as a model whose graph is not there.
    fn has_start(&self) -> bool {
        self.has_version && self.has_statement
    }
}

/// Whether a message is a `GraphProto`: it has a node, a tensor, an input or an output.
fn is_graph(graph: Message<'_>) -> bool {
    graph.fields().map_while(Result::ok).any(|field| match (field.number, field.value) {
        (1, Value::Bytes(node)) => is_node(node),
        (5, Value::Bytes(tensor)) => is_tensor(tensor),
        (11 | 12, Value::Bytes(value)) => {
            value.last(1).is_some_and(Message::is_identifier) && value.last(2).is_some()
        }
        _ => false,
    })
}

/// Whether a message is a `NodeProto`: only texts and attributes, and the name of an operator.
fn is_node(node: Message<'_>) -> bool {
    let mut fields = node.fields().take(ASKED);
    fields.all(|field| {
        matches!(field, Ok(field) if matches!(field.value, Value::Bytes(_)) && field.number <= 10)
    }) && node.last(4).is_some_and(Message::is_identifier)
}

/// Whether a message is a `TensorProto`: a type of elements that exists, and a name or values.
fn is_tensor(tensor: Message<'_>) -> bool {
    let mut has_type = false;
    let mut has_content = false;
    for field in tensor.fields().take(ASKED) {
        let Ok(field) = field else { return false };
        match (field.number, field.value) {
            (2, Value::Number(data_type)) => has_type = tensor::type_name(data_type).is_some(),
            (8, Value::Bytes(name)) => has_content |= !name.bytes.is_empty(),
            (4..=7 | 9..=11, Value::Bytes(values)) => has_content |= !values.bytes.is_empty(),
            (1 | 3..=14 | 16, _) => {}
            _ => return false,
        }
    }
    has_type && has_content
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let message = Message::whole(part.bytes);
    if !Header::of(message).is_model() && is_tensor(message) {
        tensor::look_at(message, &mut Findings::new(part, examination));
        return;
    }
    if examination.describes() {
        describe(message, examination);
    }
    graph::look_at(message, part, examination);
}

/// The header of a model.
fn describe(model: Message<'_>, examination: &mut Examination<'_>) {
    for field in model.fields().map_while(Result::ok) {
        match (field.number, field.value) {
            (1, Value::Number(version)) => {
                examination.describe(|it| it.fact("ir_version", &version.to_string()));
            }
            (number @ (2..=4 | 6), Value::Bytes(text)) => {
                let key = match number {
                    2 => "producer_name",
                    3 => "producer_version",
                    4 => "domain",
                    _ => "doc_string",
                };
                examination.describe(|it| it.fact(key, &text.text()));
            }
            (8, Value::Bytes(set)) => {
                let version = set.number(2).unwrap_or(0);
                let domain = set.last(1).map(|domain| domain.text().into_owned());
                let domain = domain.filter(|domain| !domain.is_empty());
                let key = format!("opset {}", domain.as_deref().unwrap_or("ai.onnx"));
                examination.describe(|it| it.fact(&key, &version.to_string()));
            }
            (14, Value::Bytes(entry)) => metadata(entry, examination),
            _ => {}
        }
    }
}

/// One entry of `metadata_props`.
fn metadata(entry: Message<'_>, examination: &mut Examination<'_>) {
    let Some((key, value)) = entry.last(1).zip(entry.last(2)) else { return };
    let (key, value) = (key.text(), value.text());
    examination.describe(|it| it.fact(&key, &value));
    let key = key.to_ascii_lowercase();
    if matches!(key.rsplit('.').next(), Some("license" | "licence" | "license_id")) {
        licence::stated(&value, examination);
    }
}
