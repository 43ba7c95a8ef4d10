//! The nodes of a model: those of its graph, of the graphs in their attributes, of its functions.

use std::collections::HashSet;
use std::fmt::Write as _;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::operators::{Operator, operator};
use super::{settings, tensor};
use crate::description::shortened;
use crate::examination::Examination;
use crate::findings::Findings;
use crate::named_path::{Reach, reach};
use crate::part::Part;
use crate::protobuf::{Fault, Field, Message, Value, Visitor, walk};

/// The most local functions that are remembered by name.
const MOST_FUNCTIONS: usize = 100_000;

/// Looks at every node and tensor of a model.
pub(super) fn look_at<'a>(model: Message<'a>, part: &Part<'a>, examination: &mut Examination<'_>) {
    let functions = functions(model);
    if functions.len() >= MOST_FUNCTIONS {
        let reason = format!("the model defines more than {MOST_FUNCTIONS} functions of its own");
        examination.gap(part.whole(), reason, "ask its publisher why it has so many");
    }
    let mut nodes = Nodes { findings: Findings::new(part, examination), functions };
    walk(model, Frame::Model, &mut nodes);
}

/// The names of the functions that the model defines, with their domains.
fn functions(model: Message<'_>) -> HashSet<(&[u8], &[u8])> {
    let names = model.all(25).map(|it| (text_of(it, 10), text_of(it, 1)));
    names.take(MOST_FUNCTIONS).collect()
}

fn text_of(message: Message<'_>, number: u32) -> &[u8] {
    message.last(number).map_or(&[], |text| text.bytes)
}

/// An open message.
enum Frame<'a> {
    Model,
    Training,
    Graph,
    Function,
    Attribute,
    SparseTensor,
    Node { node: Message<'a>, operator: &'a [u8], domain: &'a [u8] },
}

struct Nodes<'a, 'e, 'b> {
    findings: Findings<'a, 'e, 'b>,
    functions: HashSet<(&'a [u8], &'a [u8])>,
}

impl<'a> Visitor<'a> for Nodes<'a, '_, '_> {
    type Frame = Frame<'a>;

    fn field(
        &mut self,
        frame: &mut Frame<'a>,
        field: &Field<'a>,
    ) -> Option<(Frame<'a>, Message<'a>)> {
        let Value::Bytes(inner) = field.value else { return None };
        let entered = match (&mut *frame, field.number) {
            (Frame::Model, 7) | (Frame::Training, 1 | 2) | (Frame::Attribute, 6 | 11) => {
                Frame::Graph
            }
            (Frame::Model, 14) => {
                settings::look_at(inner, &mut self.findings);
                return None;
            }
            (Frame::Model, 20) => Frame::Training,
            (Frame::Model, 25) => Frame::Function,
            (Frame::Graph, 1) | (Frame::Function, 7) => {
                Frame::Node { node: inner, operator: &[], domain: &[] }
            }
            (Frame::Node { .. }, 5) | (Frame::Function, 11) => Frame::Attribute,
            (Frame::Graph, 15) | (Frame::Attribute, 22 | 23) => Frame::SparseTensor,
            (Frame::Graph, 5) | (Frame::Attribute, 5 | 10) | (Frame::SparseTensor, 1 | 2) => {
                tensor::look_at(inner, &mut self.findings);
                return None;
            }
            (Frame::Node { operator, .. }, 4) => {
                *operator = inner.bytes;
                return None;
            }
            (Frame::Node { domain, .. }, 7) => {
                *domain = inner.bytes;
                return None;
            }
            _ => return None,
        };
        Some((entered, inner))
    }

    fn end(&mut self, frame: Frame<'a>, _parent: Option<&mut Frame<'a>>) {
        if let Frame::Node { node, operator, domain } = frame {
            self.node(node, operator, domain);
        }
    }

    fn fault(&mut self, _frame: &Frame<'a>, fault: Fault) {
        self.findings.fault("the ONNX model", fault);
    }
}

impl Nodes<'_, '_, '_> {
    /// Judges a node by its operator.
    fn node(&mut self, node: Message<'_>, name: &[u8], domain: &[u8]) {
        if self.functions.contains(&(domain, name)) {
            return;
        }
        let (name, domain) = (String::from_utf8_lossy(name), String::from_utf8_lossy(domain));
        let code = match operator(&domain, &name) {
            Operator::Ordinary => return self.ordinary(node, &name),
            Operator::RunsCode => DangerCode::RunsCode,
            Operator::Unknown => DangerCode::UnknownCall,
        };
        let full = shown_name(&domain, &name);
        let shown = call(node, &full);
        let runs_code = code == DangerCode::RunsCode;
        if !self.findings.is_new(if runs_code { &shown } else { &full }) {
            return;
        }
        let message = if runs_code {
            format!("the operator {full} runs Python or a program when the model is run")
        } else {
            format!(
                "the operator {full} is not one of ONNX or its common runtimes: the model needs a \
                 library of custom operators, which is native code"
            )
        };
        let place = self.findings.at(node.at);
        self.findings.examination.describe(|it| it.trace(place.clone(), &shown));
        self.findings.danger(Danger::new(code, place, message).shown(shown));
    }
}

impl Nodes<'_, '_, '_> {
    /// Judges ordinary operators whose attributes make them reach out of the model.
    fn ordinary(&mut self, node: Message<'_>, name: &str) {
        match name {
            "EPContext" => self.compiled(node, name),
            "ATen" => self.aten(node, name),
            _ => {}
        }
    }

    /// `EPContext` of ONNX Runtime: a graph that was compiled for one device. Unless it is
    /// embedded, it lies in a file that the node names.
    fn compiled(&mut self, node: Message<'_>, name: &str) {
        let embedded = attribute(node, b"embed_mode").and_then(|it| it.number(3)).unwrap_or(1);
        let Some(path) = attribute(node, b"ep_cache_context").and_then(|it| it.last(4)) else {
            return;
        };
        if embedded != 0 {
            return;
        }
        let path = path.text();
        let (code, grade) = match reach(&path) {
            Reach::Network => (DangerCode::UsesNetwork, Severity::High),
            Reach::Beside => (DangerCode::TouchesFiles, Severity::Medium),
            Reach::Above | Reach::Machine | Reach::Odd => {
                (DangerCode::TouchesFiles, Severity::High)
            }
        };
        let message = format!(
            "loading the model hands a compiled file to the driver of a device; its path leads {}",
            reach(&path).phrase()
        );
        self.reaches_out(node, name, Danger::new(code, self.findings.at(node.at), message), grade);
    }

    /// `ATen` calls the function of `PyTorch` that it names.
    fn aten(&mut self, node: Message<'_>, name: &str) {
        let function = attribute(node, b"operator").and_then(|it| it.last(4));
        let function = function.map(|text| text.text().into_owned()).unwrap_or_default();
        let bare = function.rsplit("::").next().unwrap_or_default();
        if matches!(bare, "from_file" | "save" | "load") {
            let message = format!("running the model calls {bare} of PyTorch, which opens a file");
            let place = self.findings.at(node.at);
            let danger = Danger::new(DangerCode::TouchesFiles, place, message);
            self.reaches_out(node, name, danger, Severity::High);
        }
    }

    fn reaches_out(&mut self, node: Message<'_>, name: &str, danger: Danger, grade: Severity) {
        let shown = call(node, name);
        if self.findings.is_new(&shown) {
            self.findings.danger(danger.graded(grade).shown(shown));
        }
    }
}

/// The attribute of a node with this name.
fn attribute<'a>(node: Message<'a>, name: &[u8]) -> Option<Message<'a>> {
    node.all(5).find(|attribute| attribute.last(1).is_some_and(|it| it.bytes == name))
}

/// The name of an operator with its domain, cut to a bounded length.
fn shown_name(domain: &str, name: &str) -> String {
    let full = if domain.is_empty() { name.to_owned() } else { format!("{domain}.{name}") };
    full.chars().take(200).flat_map(char::escape_debug).collect()
}

/// A node as a call: its text attributes are its arguments.
fn call(node: Message<'_>, name: &str) -> String {
    let mut call = format!("{name}(");
    for (index, attribute) in node.all(5).take(8).enumerate() {
        let Some(key) = attribute.last(1) else { continue };
        let before = if index == 0 { "" } else { ", " };
        let _ = match attribute.last(4) {
            Some(text) => {
                let start: String = text.text().chars().take(200).collect();
                write!(call, "{before}{}={start:?}", key.text())
            }
            None => write!(call, "{before}{}=…", key.text()),
        };
    }
    call.push(')');
    shortened(&call)
}
