//! The nodes of a graph and of its functions, and what else a `MetaGraph` says.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{Danger, DangerCode};

use super::operators::{Operator, SAVES, operator};
use super::{keras_metadata, tensor};
use crate::description::shortened;
use crate::examination::Examination;
use crate::findings::Findings;
use crate::named_path::{Reach, reach};
use crate::part::Part;
use crate::protobuf::{Fault, Field, Message, Value, Visitor, walk};

/// The most functions that are remembered by name.
const MOST_FUNCTIONS: usize = 200_000;
/// The most constants that are paths, and operators that save, which one graph remembers.
const MOST_PATHS: usize = 1_000;

/// No path is longer on the systems that there are.
const LONGEST_PATH: usize = 4096;
/// How paths begin that no model has a reason to name.
const SECRET_STARTS: &[&str] = &["/etc/", "/proc/", "/dev/", "file:///etc/", "file:///proc/"];
/// Folders of keys.
const SECRET_FOLDERS: &[&str] = &["/.ssh/", "/.aws/", "/.gnupg/", "/.kube/"];

/// An open message.
pub(super) enum Frame<'a> {
    SavedModel,
    MetaGraph,
    /// A `GraphDef`.
    Graph(Box<Saving<'a>>),
    Function(Box<Saving<'a>>),
    Library,
    Objects,
    Object,
    Node {
        node: Message<'a>,
        name: &'a [u8],
        operator: &'a [u8],
        input: Option<&'a [u8]>,
    },
}

impl Frame<'_> {
    pub(super) fn graph() -> Self {
        Self::Graph(Box::default())
    }
}

/// Where a graph saves checkpoints to: constants that are paths which lead away, and the operators
/// that save with the names of their first inputs.
#[derive(Default)]
pub(super) struct Saving<'a> {
    paths: HashMap<&'a [u8], Message<'a>>,
    savers: Vec<(&'a [u8], u64)>,
    /// Whether there were more than are kept.
    is_cut: bool,
}

/// Looks at a message: `root` is what it is.
pub(super) fn look_at<'a>(
    message: Message<'a>,
    root: Frame<'a>,
    part: &Part<'a>,
    examination: &mut Examination<'_>,
) {
    let mut names = Names::default();
    walk(message, root.same_kind(), &mut names);
    let findings = Findings::new(part, examination);
    if names.functions.len() >= MOST_FUNCTIONS {
        let reason = format!("the graph has more than {MOST_FUNCTIONS} functions");
        let advice = "ask its publisher why it has so many";
        findings.examination.gap(part.whole(), reason, advice);
    }
    walk(message, root, &mut Nodes { findings, functions: names.functions });
}

impl Frame<'_> {
    /// An empty frame of the same kind.
    fn same_kind<'o>(&self) -> Frame<'o> {
        match self {
            Self::SavedModel => Frame::SavedModel,
            Self::MetaGraph => Frame::MetaGraph,
            Self::Library => Frame::Library,
            Self::Objects => Frame::Objects,
            Self::Object => Frame::Object,
            Self::Graph(_) | Self::Function(_) | Self::Node { .. } => Frame::graph(),
        }
    }
}

/// The names of the functions: nodes call them as if they were operators.
#[derive(Default)]
struct Names<'a> {
    functions: HashSet<&'a [u8]>,
}

impl<'a> Visitor<'a> for Names<'a> {
    type Frame = Frame<'a>;

    fn field(
        &mut self,
        frame: &mut Frame<'a>,
        field: &Field<'a>,
    ) -> Option<(Frame<'a>, Message<'a>)> {
        let Value::Bytes(inner) = field.value else { return None };
        let entered = match (frame, field.number) {
            (Frame::SavedModel, 2) => Frame::MetaGraph,
            (Frame::MetaGraph, 2) => Frame::graph(),
            (Frame::Graph(_), 2) => Frame::Library,
            (Frame::Library, 1) => {
                let name = inner.last(1).and_then(|signature| signature.last(1));
                if let Some(name) = name.filter(|_| self.functions.len() < MOST_FUNCTIONS) {
                    self.functions.insert(name.bytes);
                }
                return None;
            }
            _ => return None,
        };
        Some((entered, inner))
    }

    fn end(&mut self, _frame: Frame<'a>, _parent: Option<&mut Frame<'a>>) {}

    /// The second walk tells of it.
    fn fault(&mut self, _frame: &Frame<'a>, _fault: Fault) {}
}

struct Nodes<'a, 'e, 'b> {
    findings: Findings<'a, 'e, 'b>,
    functions: HashSet<&'a [u8]>,
}

impl<'a> Visitor<'a> for Nodes<'a, '_, '_> {
    type Frame = Frame<'a>;

    fn field(
        &mut self,
        frame: &mut Frame<'a>,
        field: &Field<'a>,
    ) -> Option<(Frame<'a>, Message<'a>)> {
        let Value::Bytes(inner) = field.value else { return None };
        let entered = match (frame, field.number) {
            (Frame::SavedModel, 2) => Frame::MetaGraph,
            (Frame::MetaGraph, 1) => {
                self.describe(inner);
                return None;
            }
            (Frame::MetaGraph, 2) => Frame::graph(),
            (Frame::Library, 1) => Frame::Function(Box::default()),
            (Frame::MetaGraph, 6) => {
                self.asset(inner);
                return None;
            }
            (Frame::MetaGraph, 7) => Frame::Objects,
            (Frame::Objects, 1) => Frame::Object,
            (Frame::Object, 4) => {
                if let Some(metadata) = inner.last(3) {
                    keras_metadata::look_at(metadata, &mut self.findings);
                }
                return None;
            }
            (Frame::Graph(_), 1) | (Frame::Function(_), 3) => {
                Frame::Node { node: inner, name: &[], operator: &[], input: None }
            }
            (Frame::Graph(_), 2) => Frame::Library,
            (Frame::Node { name, .. }, 1) => {
                *name = inner.bytes;
                return None;
            }
            (Frame::Node { operator, .. }, 2) => {
                *operator = inner.bytes;
                return None;
            }
            (Frame::Node { input, .. }, 3) => {
                input.get_or_insert(inner.bytes);
                return None;
            }
            _ => return None,
        };
        Some((entered, inner))
    }

    fn end(&mut self, frame: Frame<'a>, parent: Option<&mut Frame<'a>>) {
        match frame {
            Frame::Node { node, name, operator, input } => {
                if let Some(Frame::Graph(saving) | Frame::Function(saving)) = parent {
                    saving.take_in(node, name, operator, input);
                }
                self.node(node, name, operator);
            }
            Frame::Graph(saving) | Frame::Function(saving) => self.saving(&saving),
            Frame::SavedModel
            | Frame::MetaGraph
            | Frame::Library
            | Frame::Objects
            | Frame::Object => {}
        }
    }

    fn fault(&mut self, _frame: &Frame<'a>, fault: Fault) {
        self.findings.fault("the TensorFlow graph", fault);
    }
}

impl<'a> Nodes<'a, '_, '_> {
    /// The header of a `MetaGraph`.
    fn describe(&mut self, info: Message<'a>) {
        self.findings.examination.describe(|it| {
            for tag in info.all(4).take(100) {
                it.fact("tag", &tag.text());
            }
            if let Some(version) = info.last(5) {
                it.fact("tensorflow_version", &version.text());
            }
        });
    }

    /// A file in the folder `assets`.
    fn asset(&mut self, asset: Message<'a>) {
        if let Some(name) = asset.last(2).filter(|name| !name.bytes.is_empty()) {
            self.findings.path(name.at, "the values of an asset", &name.text(), (None, None));
        }
    }

    /// Judges a node by its operator and by attributes that reach out.
    fn node(&mut self, node: Message<'a>, node_name: &[u8], name: &'a [u8]) {
        let name_text = String::from_utf8_lossy(name);
        match operator(&name_text) {
            Operator::Ordinary => self.attributes(node, node_name, &name_text),
            Operator::Danger(code, what) => {
                let message = format!("the operator {name_text} {what} when the graph is run");
                self.tell(code, node, node_name, &name_text, message);
            }
            Operator::Unknown if name.is_empty() || self.functions.contains(name) => {}
            Operator::Unknown => {
                let message = format!(
                    "the operator {} is of no release of TensorFlow: the graph needs a library of \
                     custom operators, which is native code",
                    shown(&name_text)
                );
                self.tell(DangerCode::UnknownCall, node, node_name, &name_text, message);
            }
        }
    }

    fn tell(
        &mut self,
        code: DangerCode,
        node: Message<'_>,
        node_name: &[u8],
        operator: &str,
        message: String,
    ) {
        if self.findings.is_new(&message) {
            let call = format!(
                "{}(name={:?})",
                shown(operator),
                shown(&String::from_utf8_lossy(node_name))
            );
            let place = self.findings.at(node.at);
            self.findings.examination.describe(|it| it.trace(place.clone(), &call));
            self.findings.danger(Danger::new(code, place, message).shown(call));
        }
    }

    /// Attributes of ordinary operators that make them reach out, and the values of constants.
    fn attributes(&mut self, node: Message<'a>, node_name: &[u8], operator: &str) {
        let key = match operator {
            "Const" => {
                tensor::look_at(node, node_name, &mut self.findings);
                self.secret(node);
                return;
            }
            "Print" | "PrintV2" => &b"output_stream"[..],
            _ if operator.starts_with("Debug") => b"debug_urls",
            _ => return,
        };
        let values = node.all(5).filter(|entry| entry.last(1).is_some_and(|it| it.bytes == key));
        for value in values.filter_map(|entry| entry.last(2)) {
            let list = value.last(1).into_iter().flat_map(|list| list.all(2));
            for target in list.chain(value.all(2)) {
                let target = target.text();
                if !target.contains("://") {
                    continue;
                }
                let connects = reach(&target) == Reach::Network;
                let code =
                    if connects { DangerCode::UsesNetwork } else { DangerCode::TouchesFiles };
                let message = format!(
                    "the operator {operator} sends what flows through the graph to {:?} when the \
                     graph is run",
                    shown(&target)
                );
                self.tell(code, node, node_name, operator, message);
            }
        }
    }

    /// A constant that is the path of a secret. Tables and checkpoints are read from the paths of
    /// constants in every model, and those paths are where the model was made; but never these.
    fn secret(&mut self, node: Message<'_>) {
        let Some(path) = tensor::text(node).filter(|path| path.bytes.len() <= LONGEST_PATH) else {
            return;
        };
        let text = path.text();
        let is_secret = SECRET_STARTS.iter().any(|start| text.starts_with(start))
            || SECRET_FOLDERS.iter().any(|folder| text.contains(folder));
        if is_secret && self.findings.is_new(&text) {
            let place = self.findings.at(path.at);
            let message = "a constant of the graph is the path of a file of the system, which its \
                           operators read or write when the graph is run";
            let danger = Danger::new(DangerCode::TouchesFiles, place, message);
            self.findings.danger(danger.shown(format!("Const({:?})", shown(&text))));
        }
    }

    /// Checkpoints that a graph writes to a fixed path.
    fn saving(&mut self, saving: &Saving<'_>) {
        for (input, at) in &saving.savers {
            let Some(path) = saving.paths.get(input) else { continue };
            let path = path.text();
            let message = format!(
                "the graph saves a checkpoint to a path of its own, which leads {}",
                reach(&path).phrase()
            );
            if self.findings.is_new(&path) {
                let shown = format!("SaveV2(prefix={:?})", shown(&path));
                let place = self.findings.at(*at);
                let danger = Danger::new(DangerCode::TouchesFiles, place, message);
                self.findings.danger(danger.shown(shown));
            }
        }
        if saving.is_cut {
            let reason = "the graph has more paths and checkpoints than are held together";
            let advice = "find out which files the graph writes before you run it";
            self.findings.examination.gap(self.findings.part.whole(), reason, advice);
        }
    }
}

impl<'a> Saving<'a> {
    fn take_in(
        &mut self,
        node: Message<'a>,
        name: &'a [u8],
        operator: &[u8],
        input: Option<&'a [u8]>,
    ) {
        if operator == b"Const" {
            let leads_away = |text: &Message<'_>| {
                text.bytes.len() <= LONGEST_PATH
                    && !matches!(reach(&text.text()), Reach::Beside | Reach::Odd)
            };
            if let Some(path) = tensor::text(node).filter(leads_away) {
                if self.paths.len() < MOST_PATHS {
                    self.paths.insert(name, path);
                } else {
                    self.is_cut = true;
                }
            }
        }
        let saves = SAVES.iter().any(|save| save.as_bytes() == operator);
        let has_room = self.savers.len() < MOST_PATHS;
        self.is_cut |= saves && !has_room;
        if let Some(input) = input.filter(|_| saves && has_room) {
            // In a function an input names an output of its node: `prefix:output:0`.
            let node_name = input.split(|byte| *byte == b':').next().unwrap_or(input);
            self.savers.push((node_name, node.at));
        }
    }
}

/// A name as it is shown, cut to a bounded length.
fn shown(name: &str) -> String {
    let shown: String = name.chars().take(200).flat_map(char::escape_debug).collect();
    shortened(&shown)
}
