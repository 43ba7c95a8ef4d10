//! What is inside a model: models of a pipeline, layers of a neural network and their branches,
//! operations of a program and their blocks.

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::findings::Findings;
use crate::part::Part;
use crate::protobuf::{Fault, Field, Message, Value, Visitor, walk};

/// What a path of weights may begin with: the folder of the model.
const MODEL_PATH: &str = "@model_path";

/// Looks at everything inside a model.
pub(super) fn look_at<'a>(model: Message<'a>, part: &Part<'a>, examination: &mut Examination<'_>) {
    let mut inside = Inside { findings: Findings::new(part, examination) };
    walk(model, Frame::Model, &mut inside);
}

/// An open message.
#[derive(Clone, Copy)]
enum Frame {
    Model,
    /// `PipelineClassifier` and `PipelineRegressor`, which have a pipeline in field 1.
    PipelineOf,
    Pipeline,
    Network,
    Layer,
    Branch,
    Loop,
    Program,
    /// An entry of a map, with what its value is.
    Entry(Inner),
    Function,
    Block,
    Operation,
    Argument,
    Binding,
    MilValue,
    /// An `ImmediateValue`, and what it is made of.
    Immediate,
    /// A tuple or a list of values.
    Values,
    /// A dictionary of values, and a pair of one.
    Dictionary,
    Pair,
}

/// The value of an entry of a map.
#[derive(Clone, Copy)]
enum Inner {
    Function,
    Block,
    Argument,
    Value,
}

impl Inner {
    fn frame(self) -> Frame {
        match self {
            Self::Function => Frame::Function,
            Self::Block => Frame::Block,
            Self::Argument => Frame::Argument,
            Self::Value => Frame::MilValue,
        }
    }
}

struct Inside<'a, 'e, 'b> {
    findings: Findings<'a, 'e, 'b>,
}

impl<'a> Visitor<'a> for Inside<'a, '_, '_> {
    type Frame = Frame;

    fn field(&mut self, frame: &mut Frame, field: &Field<'a>) -> Option<(Frame, Message<'a>)> {
        let Value::Bytes(inner) = field.value else { return None };
        let entered = match (*frame, field.number) {
            (Frame::Model, 555) => return self.class("model", inner),
            (Frame::Model, 556) => return self.link(inner),
            (Frame::Layer, 500) => return self.class("layer", inner),
            (Frame::MilValue, 5) => return self.weights(inner),
            (Frame::Model | Frame::Pipeline | Frame::Network | Frame::Layer, number) => {
                Self::of_model(*frame, number)
            }
            (Frame::PipelineOf, 1) => Some(Frame::Pipeline),
            (Frame::Branch, 1 | 2) | (Frame::Loop, 3 | 4) => Some(Frame::Network),
            (_, number) => Self::of_program(*frame, number),
        };
        entered.map(|entered| (entered, inner))
    }

    fn end(&mut self, _frame: Frame, _parent: Option<&mut Frame>) {}

    fn fault(&mut self, _frame: &Frame, fault: Fault) {
        self.findings.fault("the Core ML model", fault);
    }
}

impl<'a> Inside<'a, '_, '_> {
    /// What is entered of models and neural networks.
    fn of_model(frame: Frame, number: u32) -> Option<Frame> {
        Some(match (frame, number) {
            (Frame::Model, 200 | 201) => Frame::PipelineOf,
            (Frame::Model, 202) => Frame::Pipeline,
            (Frame::Model, 303 | 403 | 500) => Frame::Network,
            (Frame::Model, 502) => Frame::Program,
            (Frame::Pipeline, 1) => Frame::Model,
            (Frame::Network, 1) => Frame::Layer,
            (Frame::Layer, 605) => Frame::Branch,
            (Frame::Layer, 615) => Frame::Loop,
            _ => return None,
        })
    }

    /// What is entered of programs.
    fn of_program(frame: Frame, number: u32) -> Option<Frame> {
        Some(match (frame, number) {
            (Frame::Program, 2) => Frame::Entry(Inner::Function),
            (Frame::Function, 3) => Frame::Entry(Inner::Block),
            (Frame::Program | Frame::Function | Frame::Block, 4) | (Frame::Operation, 5) => {
                Frame::Entry(Inner::Value)
            }
            (Frame::Operation, 2) => Frame::Entry(Inner::Argument),
            (Frame::Entry(inner), 2) => inner.frame(),
            (Frame::Block, 3) => Frame::Operation,
            (Frame::Operation, 4) => Frame::Block,
            (Frame::Argument, 1) => Frame::Binding,
            (Frame::Binding, 2) | (Frame::Values, 1) | (Frame::Pair, 1 | 2) => Frame::MilValue,
            (Frame::MilValue, 3) => Frame::Immediate,
            (Frame::Immediate, 2 | 3) => Frame::Values,
            (Frame::Immediate, 4) => Frame::Dictionary,
            (Frame::Dictionary, 1) => Frame::Pair,
            _ => return None,
        })
    }

    /// A custom layer or a custom model: a class of the program, by its name.
    fn class(&mut self, what: &str, parameters: Message<'a>) -> Option<(Frame, Message<'a>)> {
        let name = parameters.last(10).map(Message::text).unwrap_or_default();
        let name: String = name.chars().take(200).flat_map(char::escape_debug).collect();
        let message = format!(
            "the custom {what} {name} is a class of the program that loads the model, which must \
             bring code for it"
        );
        if self.findings.is_new(&message) {
            let place = self.findings.at(parameters.at);
            let danger = Danger::new(DangerCode::UnknownCall, place, message);
            self.findings.danger(danger.shown(format!("{name}(…)")));
        }
        None
    }

    /// A model in another file: its name, and where it is searched for.
    fn link(&mut self, link: Message<'a>) -> Option<(Frame, Message<'a>)> {
        let file = link.last(1)?;
        for parameter in [file.last(1), file.last(2)].into_iter().flatten() {
            // A text parameter; its default value is what counts.
            let path = parameter.last(1).map(Message::text).unwrap_or_default();
            for path in path.split(':').filter(|path| !path.is_empty()) {
                self.findings.path(parameter.at, "the weights", path, (None, None));
            }
        }
        None
    }

    /// A file of weights.
    fn weights(&mut self, value: Message<'a>) -> Option<(Frame, Message<'a>)> {
        let path = value.last(1).map(Message::text).unwrap_or_default();
        let inside = path.strip_prefix(MODEL_PATH).map(|path| path.trim_start_matches('/'));
        self.findings.path(value.at, "the weights", inside.unwrap_or(&path), (None, None));
        None
    }
}
