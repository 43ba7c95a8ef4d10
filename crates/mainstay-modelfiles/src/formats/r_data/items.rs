//! The items: a word of flags with the type, then what the type has. Items hold items; those
//! that are still to be read are kept on a stack.

mod judgement;
mod kinds;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::names::Position;
use super::source::Source;
use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::front_door;
use crate::part::Part;

/// The most items that may wait. R itself gives up earlier.
const DEEPEST: usize = 100_000;
/// The most symbols and environments that are kept to be referred to.
const KEPT: usize = 1_000_000;

/// What is still to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// An item.
    Item(Position),
    /// So many items.
    Items(u64),
    /// The value of a promise. Without one the promise is not kept yet.
    PromiseValue,
    /// What describes the class of a vector that is no plain one.
    AltrepInfo,
    /// The end of that.
    AltrepEnd,
    /// The inside of byte code.
    ByteCode,
    /// The number of constants of byte code, then the constants.
    ConstantsHead,
    /// So many constants of byte code.
    Constants(u64),
    /// An expression in byte code, by its type.
    Language(i32),
    /// The type of an expression in byte code, then the expression.
    LanguageHead(Position),
}

/// What a number in the file can refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referred {
    /// A symbol that reaches for the system where it stands as a function, as a value.
    Symbol(u64),
    Other,
}

pub(super) struct Items<'r, 'a, 'b> {
    pub(super) part: &'r Part<'a>,
    pub(super) source: Source<'a>,
    pub(super) tasks: Vec<Task>,
    pub(super) referred: Vec<Referred>,
    pub(super) is_cut: bool,
    pub(super) altrep_names: u32,
    pub(super) examination: &'r mut Examination<'b>,
}

/// Why nothing can be read on.
pub(super) enum Stop {
    Leaves(Leaves),
    Unknown(u64, i32),
}

impl From<Leaves> for Stop {
    fn from(leaves: Leaves) -> Self {
        Self::Leaves(leaves)
    }
}

pub(super) fn read<'a>(part: &Part<'a>, source: Source<'a>, examination: &mut Examination<'_>) {
    let mut items = Items {
        part,
        source,
        tasks: Vec::new(),
        referred: Vec::new(),
        is_cut: false,
        altrep_names: 0,
        examination,
    };
    match items.all() {
        Ok(()) => items.behind(),
        Err(Stop::Leaves(leaves)) => items.examination.leaves(part, "a value", leaves),
        Err(Stop::Unknown(at, kind)) => {
            let message = format!("a value is of type {kind}, which R does not know: R fails here");
            items.examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
        }
    }
    if items.is_cut {
        let reason = "there are so many names that not all references could be followed";
        let advice = "save the model again as text that you can read, before you load it";
        items.examination.gap(part.whole(), reason, advice);
    }
}

impl Items<'_, '_, '_> {
    fn all(&mut self) -> Result<(), Stop> {
        let version = self.source.number()?;
        let writer = self.source.number()?;
        self.source.number()?;
        if version == 3 {
            let length = self.source.length()?;
            self.source.string(length)?;
        }
        self.examination.describe(|description| {
            let writer = writer.cast_unsigned();
            let shown = format!("{}.{}.{}", writer >> 16, writer >> 8 & 0xFF, writer & 0xFF);
            description.fact("R.version", &shown);
        });
        self.tasks.push(Task::Item(Position::Tag));
        while let Some(task) = self.tasks.pop() {
            if self.tasks.len() > DEEPEST {
                let at = self.part.at(self.source.cursor.at());
                let message = "values are nested so deeply that R runs out of stack";
                self.examination.danger(Danger::new(DangerCode::Malformed, at, message));
                return Ok(());
            }
            self.task(task)?;
        }
        Ok(())
    }

    fn task(&mut self, task: Task) -> Result<(), Stop> {
        match task {
            Task::Item(position) => self.item(position),
            Task::Items(0) | Task::Constants(0) => Ok(()),
            Task::Items(left) => {
                self.tasks.extend([Task::Items(left - 1), Task::Item(Position::Value)]);
                Ok(())
            }
            Task::PromiseValue => self.promise_value(),
            Task::AltrepInfo => {
                self.altrep_names = 2;
                self.item(Position::Tag)
            }
            Task::AltrepEnd => {
                self.altrep_end();
                Ok(())
            }
            Task::ByteCode => {
                self.tasks.extend([Task::ConstantsHead, Task::Item(Position::Value)]);
                Ok(())
            }
            Task::ConstantsHead => {
                let constants = self.source.length()?;
                self.tasks.push(Task::Constants(constants));
                Ok(())
            }
            Task::Constants(left) => {
                self.tasks.push(Task::Constants(left - 1));
                self.constant()
            }
            Task::LanguageHead(position) => {
                let kind = self.source.number()?;
                self.language(kind, position)
            }
            Task::Language(kind) => self.language(kind, Position::Value),
        }
    }

    /// Bytes behind the value, which R does not read.
    fn behind(&mut self) {
        let rest = self.part.from(self.source.cursor.at());
        if rest.bytes.trim_ascii().is_empty() {
            return;
        }
        let grade = if front_door::enter(&rest, self.examination) {
            Severity::High
        } else {
            Severity::Medium
        };
        let message = "bytes follow the value, which R does not see, and others may";
        let danger = Danger::new(DangerCode::OddContainer, rest.at(0), message);
        self.examination.danger(danger.graded(grade));
    }
}
