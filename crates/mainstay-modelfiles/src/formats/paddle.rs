//! `PaddlePaddle`: a program (`.pdmodel`, `__model__`) as Protocol Buffers. Its weights lie in a
//! file beside it, and are bare numbers.
//!
//! Specification: the messages of Paddle's `framework.proto`: `ProgramDesc`, `BlockDesc`, `OpDesc`,
//! `VarDesc`.
//!
//! Dangers: operators that call Python functions, that load and save files, and that connect; the
//! list of ordinary operators is long and grows with each release, so that others are not judged.

use mainstay_reading::{Danger, DangerCode};

use crate::description::Tensor;
use crate::examination::Examination;
use crate::findings::Findings;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use crate::protobuf::{Fault, Field, Message, Value, Visitor, walk};

pub(crate) const FORMAT: Format = Format {
    id: "paddle",
    title: "a PaddlePaddle program",
    role: Role::Model,
    endings: &["pdmodel"],
    likeness,
    read,
};

/// Operators that run Python functions of the process, or what they are given.
const RUN: &[&str] = &["py_func", "py_layer", "pylayer", "run_program", "custom_py_func"];

/// Operators that read or write the file of their attribute `file_path`.
const FILES: &[&str] = &[
    "load",
    "load_combine",
    "save",
    "save_combine",
    "load_selected_rows",
    "sparse_tensor_load",
    "recv_save",
    "checkpoint_notify",
    "read_file",
    "create_custom_reader",
    "open_files",
];

/// Operators that connect to other machines.
const CONNECT: &[&str] = &[
    "listen_and_serv",
    "fl_listen_and_serv",
    "heter_listen_and_serv",
    "send",
    "recv",
    "send_and_recv",
    "send_barrier",
    "fetch_barrier",
    "prefetch",
    "distributed_lookup_table",
    "gen_nccl_id",
    "c_gen_nccl_id",
    "gen_bkcl_id",
    "c_gen_bkcl_id",
];

/// A program has blocks, each with the numbers of its own and of its parent, and with variables or
/// operators.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    // Lengths that leave the file are looked at when it is read.
    let message = Message::beginning(beginning.bytes, u64::MAX);
    let mut fields = message.fields().map_while(Result::ok);
    Likeness::certain_if(fields.any(|field| field.bytes_of(1).is_some_and(is_block)))
}

fn is_block(block: Message<'_>) -> bool {
    let [mut numbers, mut has_content] = [0_u32, 0];
    for field in block.fields().map_while(Result::ok) {
        if numbers >= 2 && has_content > 0 {
            break;
        }
        match (field.number, field.value) {
            (1 | 2, Value::Number(_)) => numbers += 1,
            (3, Value::Bytes(variable)) => {
                let is_named = variable.last(1).is_some_and(|name| !name.bytes.is_empty());
                has_content |= u32::from(is_named && variable.all(2).next().is_some());
            }
            (4, Value::Bytes(operator)) => {
                has_content |= u32::from(operator.last(3).is_some_and(Message::is_identifier));
            }
            _ => {}
        }
    }
    numbers >= 2 && has_content > 0
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut program = Program { findings: Findings::new(part, examination) };
    walk(Message::whole(part.bytes), Frame::Program, &mut program);
}

/// An open message.
enum Frame<'a> {
    Program,
    Block,
    Operator { operator: Message<'a>, name: &'a [u8] },
}

struct Program<'a, 'e, 'b> {
    findings: Findings<'a, 'e, 'b>,
}

impl<'a> Visitor<'a> for Program<'a, '_, '_> {
    type Frame = Frame<'a>;

    fn field(
        &mut self,
        frame: &mut Frame<'a>,
        field: &Field<'a>,
    ) -> Option<(Frame<'a>, Message<'a>)> {
        let Value::Bytes(inner) = field.value else { return None };
        match (frame, field.number) {
            (Frame::Program, 1) => Some((Frame::Block, inner)),
            (Frame::Block, 3) => {
                self.variable(inner);
                None
            }
            (Frame::Block, 4) => Some((Frame::Operator { operator: inner, name: &[] }, inner)),
            (Frame::Operator { name, .. }, 3) => {
                *name = inner.bytes;
                None
            }
            _ => None,
        }
    }

    fn end(&mut self, frame: Frame<'a>, _parent: Option<&mut Frame<'a>>) {
        if let Frame::Operator { operator, name } = frame {
            self.operator(operator, &String::from_utf8_lossy(name));
        }
    }

    fn fault(&mut self, _frame: &Frame<'a>, fault: Fault) {
        self.findings.fault("the PaddlePaddle program", fault);
    }
}

impl<'a> Program<'a, '_, '_> {
    /// A variable; those that stay are the weights.
    fn variable(&mut self, variable: Message<'a>) {
        if variable.number(3) != Some(1) || !self.findings.examination.describes() {
            return;
        }
        let kind = variable.last(2);
        let tensor = kind.and_then(|kind| kind.last(3)).and_then(|tensor| tensor.last(1));
        let (Some(tensor), Some(name)) = (tensor, variable.last(1)) else { return };
        let mut shape = Vec::new();
        for field in tensor.fields().map_while(Result::ok) {
            match (field.number, field.value) {
                (2, Value::Number(size)) if shape.len() < 32 => shape.push(size),
                (2, Value::Bytes(sizes)) => shape.extend(sizes.packed().take(32)),
                _ => {}
            }
        }
        let (dtype, size) = type_name(tensor.number(1).unwrap_or(0));
        let elements = shape.iter().try_fold(1_u64, |all, size| all.checked_mul(*size));
        let bytes = elements.and_then(|elements| elements.checked_mul(size?));
        let name = name.text().chars().take(200).collect();
        self.findings.examination.describe(|it| {
            it.tensor(Tensor { name, dtype: dtype.to_owned(), shape, bytes });
        });
    }

    /// Judges an operator by its name.
    fn operator(&mut self, operator: Message<'a>, name: &str) {
        let says_python = name.contains("python") || name.starts_with("py_");
        let (code, does) = if RUN.contains(&name) || says_python {
            (DangerCode::RunsCode, "calls a Python function or runs a program")
        } else if FILES.contains(&name) {
            (DangerCode::TouchesFiles, "reads or writes a file of the machine")
        } else if CONNECT.contains(&name) {
            (DangerCode::UsesNetwork, "connects to another machine")
        } else {
            return;
        };
        let path = attribute(operator, b"file_path");
        let path: String = path.chars().take(300).collect();
        let shown = format!("{name}(file_path={path:?})");
        if self.findings.is_new(&shown) {
            let message = format!("the operator {name} {does} when the program is run");
            let place = self.findings.at(operator.at);
            self.findings.danger(Danger::new(code, place, message).shown(shown));
        }
    }
}

/// The text of an attribute; empty where there is none.
fn attribute<'a>(operator: Message<'a>, name: &[u8]) -> std::borrow::Cow<'a, str> {
    let mut attributes = operator.all(4);
    let found = attributes.find(|it| it.last(1).is_some_and(|key| key.bytes == name));
    found.and_then(|it| it.last(5)).map(Message::text).unwrap_or_default()
}

/// The name of a type of elements, and how many bytes one has.
fn type_name(code: u64) -> (&'static str, Option<u64>) {
    match code {
        0 => ("bool", Some(1)),
        1 => ("int16", Some(2)),
        2 => ("int32", Some(4)),
        3 => ("int64", Some(8)),
        4 => ("float16", Some(2)),
        5 => ("float32", Some(4)),
        6 => ("float64", Some(8)),
        20 => ("uint8", Some(1)),
        21 => ("int8", Some(1)),
        22 => ("bfloat16", Some(2)),
        23 => ("complex64", Some(8)),
        24 => ("complex128", Some(16)),
        _ => ("other", None),
    }
}
