//! The machine that goes through a pickle as an unpickler would, without making anything.
//!
//! Specification: `CPython`'s `Modules/_pickle.c` and `Lib/pickle.py`. Where they differ the reading
//! in which more is run counts. What is looked for: calls and imports of anything that is not
//! known to be harmless, changes of what was imported, and streams that an unpickler trips over
//! after it has run a part of them.
//!
//! The machine is linear and does not recurse. It holds eight bytes for a value on the stack or in
//! the memo, and the content of the last few thousand containers.

mod arguments;
mod array_classes;
mod arrays;
mod calls;
mod containers;
mod dtypes;
mod indices;
mod kept;
mod nested;
mod objects;
mod plain_calls;
mod states;
mod weight;

use std::collections::HashMap;

use super::carried::{self, Carried};
use super::fault::Fault;
use super::findings::Findings;
use super::globals::Globals;
use super::literal::{self, Literal};
use super::memo::Memo;
use super::opcode as op;
use super::recent::{Content, Recent};
use super::source::{Frames, Source};
use super::storages::Storages;
use super::value::{Offset, Value};

use dtypes::Dtype;
use kept::Kept;

/// The most values on the stack (8 MiB).
const DEEPEST_STACK: usize = 1 << 20;
/// The most digits of a number that is written as text.
const MOST_DIGITS: usize = 100_000;
/// The most operands that do not stand behind their instructions.
const MOST_DISPLACED: usize = 10_000;
/// The most marks.
const MOST_MARKS: usize = 1 << 19;

/// What all pickles of a part have in common.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) globals: Globals,
    pub(super) findings: Findings,
    /// Imports and calls for a person, if somebody wants them.
    pub(super) trace: Option<Vec<(usize, String)>>,
    /// Runs of bytes that are loaded as models of their own: start and length.
    pub(super) nested: Vec<(usize, usize)>,
    /// The same, of those that are texts: start and bytes.
    pub(super) decoded: Vec<(usize, Vec<u8>)>,
    /// Values that somebody may load or render later.
    pub(super) carried: Carried,
    /// The storages of a legacy file of torch, once it is known to be one.
    pub(super) storages: Option<Storages>,
    /// How many bytes of arrays were read as numbers.
    pub(super) numbers_read: u64,
    /// What could not be kept or decided.
    pub(super) gaps: Vec<(usize, &'static str)>,
}

/// How a pickle is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) frames: Frames,
    pub(super) arrays: Arrays,
    pub(super) trust: Trust,
}

/// What follows joblib's stand-in for an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrays {
    /// The bytes of the array, as joblib reads it.
    Raw,
    /// Instructions, as every other unpickler reads it.
    None,
}

/// Whether there is a pickle at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// There is one: loaders of its format read it so.
    Declared,
    /// A loader could see one. It ends where it is surely none.
    Supposed,
}

/// A running pickle.
pub(super) struct Machine<'a, 's> {
    pub(super) shared: &'s mut Shared,
    pub(super) recent: Recent,
    pub(super) source: Source<'a>,
    reading: Reading,
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: Memo,
    dtypes: Vec<Dtype>,
    kept: Vec<Kept>,
    displaced: HashMap<usize, (u8, &'a [u8])>,
    shadows: Shadows,
    has_told_shadow: bool,
    /// The first container of this pickle.
    first_container: u32,
    /// Where a number has very many digits.
    long_number: Option<usize>,
    /// The protocol that the pickle states.
    pub(super) protocol: u8,
    /// Whether bytes of arrays were left out.
    pub(super) has_arrays: bool,
    /// What STOP gave.
    pub(super) result: Option<Value>,
}

/// Names that would make instructions call something else than they seem to.
#[derive(Clone, Copy, Debug, Default)]
struct Shadows {
    /// A text reads `__setstate__` or the like.
    names_hook: bool,
    /// A function of a library is at hand that may not be called.
    has_function: bool,
    /// A dict puts a function under `append`, `extend` or `add`.
    of_adding: bool,
}

impl<'a, 's> Machine<'a, 's> {
    pub(super) fn new(
        bytes: &'a [u8],
        at: usize,
        reading: Reading,
        shared: &'s mut Shared,
    ) -> Self {
        Self {
            shared,
            recent: Recent::default(),
            source: Source::new(bytes, at, reading.frames),
            reading,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Memo::default(),
            dtypes: Vec::new(),
            kept: Vec::new(),
            displaced: HashMap::new(),
            shadows: Shadows::default(),
            has_told_shadow: false,
            first_container: 0,
            long_number: None,
            protocol: 0,
            has_arrays: false,
            result: None,
        }
    }

    /// Begins another pickle where the last one ended.
    pub(super) fn begin_another(&mut self, trust: Trust) {
        let at = self.source.at();
        self.source.skip_to(at);
        self.reading.trust = trust;
        self.stack.clear();
        self.marks.clear();
        self.memo.clear();
        self.kept.clear();
        self.first_container = self.recent.next();
        self.long_number = None;
        self.protocol = 0;
        self.shadows = Shadows::default();
        self.result = None;
    }

    /// Runs to STOP, or to where an unpickler gives up.
    pub(super) fn run(&mut self) -> Result<(), Fault> {
        let ended = loop {
            match self.step() {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(fault) => break Err(fault),
            }
        };
        self.weigh_whole(self.source.at());
        if self.memo.is_over_budget {
            let reason = "the pickle remembers more values than there is room for";
            self.tell_gap(self.source.at(), reason);
        }
        ended
    }

    /// Runs one instruction. Whether it was not the last.
    #[inline]
    fn step(&mut self) -> Result<bool, Fault> {
        let at = self.source.at();
        let instruction = self.source.instruction()?;
        if let Some(operand) = literal::operand(instruction, &mut self.source)? {
            return self.push_literal(at, instruction, operand).map(|()| true);
        }
        match instruction {
            op::MEMOIZE => self.memo.put(self.memo.count(), self.top()?),
            op::BINGET => {
                let [key] = self.source.array::<1>()?;
                self.get(u64::from(key))?;
            }
            op::LONG_BINGET => {
                let key = u32::from_le_bytes(self.source.array()?);
                self.get(u64::from(key))?;
            }
            op::BINPUT => {
                let [key] = self.source.array::<1>()?;
                self.memo.put(u64::from(key), self.top()?);
            }
            op::LONG_BINPUT => {
                let key = u32::from_le_bytes(self.source.array()?);
                self.memo.put(u64::from(key), self.top()?);
            }
            op::MARK => self.mark()?,
            op::STOP => {
                self.result = Some(self.pop()?);
                return Ok(false);
            }
            op::FRAME => {
                let length = u64::from_le_bytes(self.source.array()?);
                self.source.frame(length);
            }
            _ if self.contain(instruction)? => {}
            _ => self.rare(at, instruction)?,
        }
        Ok(true)
    }

    /// Python refuses a protocol that does not exist, and loaders that are less strict read on.
    fn state_protocol(&mut self, protocol: u8, at: usize) -> Result<(), Fault> {
        if protocol > op::HIGHEST_PROTOCOL {
            if self.reading.trust == Trust::Supposed {
                return Err(Fault::NoProtocol(protocol));
            }
            let message = format!(
                "the pickle states protocol {protocol}, which does not exist: Python refuses it, \
                 and other loaders may not"
            );
            self.shared.findings.note(at, mainstay_reading::DangerCode::Malformed, message, None);
        }
        self.protocol = protocol;
        Ok(())
    }

    /// The instructions that make objects, and those that are seldom met.
    fn rare(&mut self, at: usize, instruction: u8) -> Result<(), Fault> {
        match instruction {
            op::PROTO => {
                let [protocol] = self.source.array::<1>()?;
                self.state_protocol(protocol, at)?;
            }
            op::POP => self.pop_or_mark()?,
            op::POP_MARK => {
                let start = self.pop_mark()?;
                self.stack.truncate(start);
            }
            op::DUP => self.push(self.top()?)?,
            op::PUT => {
                let key = self.key()?;
                self.memo.put(key, self.top()?);
            }
            op::GET => {
                let key = self.key()?;
                self.get(key)?;
            }
            op::PERSID => {
                self.source.line()?;
                self.push(Value::Persistent)?;
            }
            op::BINPERSID => {
                let id = self.pop()?;
                self.see_storage(id);
                self.push(Value::Persistent)?;
            }
            op::NEXT_BUFFER => self.push(Value::Buffer)?,
            op::READONLY_BUFFER => {
                self.top()?;
            }
            _ => self.make(at, instruction)?,
        }
        Ok(())
    }

    /// A decoded literal.
    pub(super) fn literal(&self, at: Offset) -> Option<Literal<'a>> {
        match self.displaced.get(&at.get()) {
            Some((instruction, operand)) => literal::decoded(*instruction, operand),
            None => literal::at(self.source.bytes(), at.get()),
        }
    }

    /// A literal text.
    fn text(&self, value: Value) -> Option<String> {
        let Value::Literal(at) = value else { return None };
        self.literal(at)?.as_text().map(str::to_owned)
    }

    /// What is in a tuple, list, set or dict.
    pub(super) fn items(&self, value: Value) -> Option<Content<'_>> {
        match value {
            Value::Tuple(number)
            | Value::List(number)
            | Value::Dict(number)
            | Value::Set(number) => self.recent.content(number),
            Value::Literal(_)
            | Value::Global(_)
            | Value::Made(_)
            | Value::Kept(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Result(_)
            | Value::Reached(_)
            | Value::Persistent
            | Value::Buffer
            | Value::Lost => None,
        }
    }

    #[inline]
    fn push_literal(&mut self, at: usize, instruction: u8, operand: &'a [u8]) -> Result<(), Fault> {
        let is_in_place = self.source.take_displaced().is_none();
        if operand.len() >= carried::SHORTEST {
            self.see_carried(at, instruction, operand, is_in_place);
        }
        if !is_in_place {
            if self.displaced.len() >= MOST_DISPLACED {
                let reason = "operands of the pickle cross the ends of its frames more often than \
                              there is room for";
                return Err(Fault::Budget(reason));
            }
            self.displaced.insert(at, (instruction, operand));
        }
        // The name of a hook may be written with escapes.
        let may_name_hook = operand.starts_with(b"__")
            || (matches!(instruction, op::STRING | op::UNICODE) && operand.contains(&b'\\'));
        if may_name_hook && containers::is_hook(literal::decoded(instruction, operand).as_ref()) {
            self.shadows.names_hook = true;
        }
        if operand.len() > MOST_DIGITS && matches!(instruction, op::INT | op::LONG) {
            self.long_number = Some(at);
        }
        self.push(Value::Literal(Offset::new(at)))
    }

    fn see_carried(&mut self, at: usize, instruction: u8, raw: &'a [u8], is_in_place: bool) {
        // A line end or a quote stands behind the operand of a text of protocol 0.
        let is_line = matches!(instruction, op::STRING | op::UNICODE);
        let is_in_place = is_in_place && !is_line;
        let at = if is_in_place { self.source.at().saturating_sub(raw.len()) } else { at };
        let operand = carried::Operand { instruction, raw, at, is_in_place };
        let room = self.source.bytes().len();
        self.shared.carried.see(&operand, room);
    }

    #[inline]
    fn push(&mut self, value: Value) -> Result<(), Fault> {
        if self.stack.len() >= DEEPEST_STACK {
            return Err(Fault::Budget("the pickle piles up more values than there is room for"));
        }
        self.stack.push(value);
        Ok(())
    }

    /// Below this the stack belongs to the time before the last mark.
    #[inline]
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[inline]
    fn pop(&mut self) -> Result<Value, Fault> {
        if self.stack.len() <= self.fence() {
            return Err(Fault::EmptyStack);
        }
        self.stack.pop().ok_or(Fault::EmptyStack)
    }

    #[inline]
    fn top(&self) -> Result<Value, Fault> {
        let above = self.stack.get(self.fence()..).and_then(<[Value]>::last);
        above.copied().ok_or(Fault::EmptyStack)
    }

    fn mark(&mut self) -> Result<(), Fault> {
        if self.marks.len() >= MOST_MARKS {
            return Err(Fault::Budget("the pickle sets more marks than there is room for"));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// Where the values since the last mark begin.
    #[inline]
    fn pop_mark(&mut self) -> Result<usize, Fault> {
        self.marks.pop().ok_or(Fault::NoMark)
    }

    /// POP takes a mark if no value lies above it.
    fn pop_or_mark(&mut self) -> Result<(), Fault> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    /// The number of a value in the memo, written as text.
    fn key(&mut self) -> Result<u64, Fault> {
        let line = self.source.line()?;
        let text = String::from_utf8_lossy(line).replace('_', "");
        text.trim().parse().map_err(|_| Fault::BadOperand("a number"))
    }

    #[inline]
    fn get(&mut self, key: u64) -> Result<(), Fault> {
        let value = self.memo.value(key).ok_or(Fault::NoMemo(key))?;
        self.push(value)
    }
}
