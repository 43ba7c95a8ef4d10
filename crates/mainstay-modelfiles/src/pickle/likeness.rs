//! Whether bytes are a pickle.
//!
//! Protocols 2 to 5 begin with PROTO, two bytes that stand in many files; protocols 0 and 1 begin
//! with any instruction, and most instructions are letters. So the first instructions are gone
//! through with the depth of the stack: a text fails within a few of them.

use crate::format::{Beginning, Likeness};
use crate::front_door::{SNIFFED, has_model_name};

use super::fault::Fault;
use super::literal;
use super::names;
use super::opcode as op;
use super::source::{Frames, Source};

/// How many instructions in a row no other file has.
const TELLING: u32 = 16;
/// How many after PROTO.
const TELLING_AFTER_PROTO: u32 = 5;

pub(super) fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes.get(..SNIFFED).unwrap_or(beginning.bytes);
    let mut at = 0;
    // Several may follow one another; each takes at least one byte.
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (found, end) = of_one(rest, beginning.length.saturating_sub(at as u64));
        at += match (found, end) {
            (Found::Another, end) if end > 0 => end,
            (Found::Certain, _) => return Likeness::Certain,
            (Found::Open, _) if has_model_name(beginning.name) => return Likeness::Possible,
            (Found::Odd, _) if has_pickle_name(beginning) => return Likeness::Possible,
            (Found::No, _) if at == 0 && has_pickle_name(beginning) => return of_odd(beginning),
            (Found::Another | Found::Open | Found::Odd | Found::No, _) => return Likeness::No,
        };
    }
}

/// The mark of a text in UTF-8, which some editors put in front of a protocol 0.
const TEXT_MARK: &[u8] = b"\xef\xbb\xbf";

/// How many bytes stand before a pickle that do not belong to it, if there are some.
pub(super) fn skipped(bytes: &[u8]) -> Option<u64> {
    bytes.starts_with(TEXT_MARK).then_some(TEXT_MARK.len() as u64)
}

fn has_pickle_name(beginning: &Beginning<'_>) -> bool {
    super::FORMAT.endings.contains(&&*beginning.ending())
}

/// A pickle by its name: with the mark of a text in front, or of a protocol that does not exist.
fn of_odd(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes.get(..SNIFFED).unwrap_or(beginning.bytes);
    let start = match bytes {
        [op::PROTO, protocol, ..] if *protocol > op::HIGHEST_PROTOCOL => 2,
        _ => skipped(bytes).unwrap_or(0),
    };
    if start == 0 {
        return Likeness::No;
    }
    let rest = usize::try_from(start).ok().and_then(|start| bytes.get(start..));
    let (found, _) = of_one(rest.unwrap_or_default(), beginning.length.saturating_sub(start));
    if matches!(found, Found::Certain) { Likeness::Possible } else { Likeness::No }
}

/// Whether bytes are an INT or LONG that has digits to their end.
fn is_long_number(bytes: &[u8]) -> bool {
    match bytes {
        [b'I' | b'L', digits @ ..] => digits.len() > 1000 && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Where the pickle at the start of bytes ends.
pub(super) fn end_of_one(bytes: &[u8]) -> Option<u64> {
    let mut probe = Probe::new(bytes, bytes.len() as u64);
    let ended = probe.run();
    (ended == End::Stop).then(|| probe.source.at() as u64)
}

/// Whether a pickle begins here that imports something, and calls it or comes to its end. Also how
/// many bytes were read to know.
pub(super) fn does_something(bytes: &[u8]) -> (bool, usize) {
    let first = bytes.get(..SNIFFED).unwrap_or(bytes);
    let mut probe = Probe::new(first, bytes.len() as u64);
    let ended = probe.run();
    let does = probe.imports > 0 && (probe.calls > 0 || ended == End::Stop);
    (does, probe.source.at())
}

enum Found {
    Certain,
    /// Nothing speaks against it, and the bytes that are looked at end.
    Open,
    /// It begins as one, and a loader would trip over it.
    Odd,
    /// It could be a small pickle if another one follows.
    Another,
    No,
}

/// Whether a pickle begins here, and where it ends.
fn of_one(bytes: &[u8], length: u64) -> (Found, usize) {
    let is_begun = match bytes {
        [op::PROTO, protocol, ..] => *protocol <= op::HIGHEST_PROTOCOL,
        [first, ..] => is_first(*first),
        [] => false,
    };
    if !is_begun {
        return (Found::No, 0);
    }
    let mut probe = Probe::new(bytes, length);
    let ended = probe.run();
    let has_proto = bytes.first() == Some(&op::PROTO);
    let has_ended = probe.source.at() as u64 == length;
    let is_certain = match ended {
        End::Stop => has_ended || probe.imports > 0 || probe.count >= TELLING || has_proto,
        End::Fault => {
            probe.calls > 0
                || (has_proto
                    && (probe.count > TELLING_AFTER_PROTO || probe.imports > 0 || probe.has_frame))
        }
        End::Cut => probe.calls > 0 || (has_proto && probe.count > 1),
        End::Prefix => {
            probe.calls > 0
                || probe.count >= TELLING
                || probe.has_long_literal
                || (has_proto && probe.count > 1)
        }
    };
    let found = match ended {
        _ if is_certain => Found::Certain,
        End::Stop => Found::Another,
        End::Prefix if probe.count > 0 => Found::Open,
        End::Cut if has_proto => Found::Odd,
        End::Prefix if is_long_number(bytes) => Found::Odd,
        End::Prefix | End::Fault | End::Cut => Found::No,
    };
    (found, probe.source.at())
}

/// Instructions that can be the first of protocol 0 or 1: those that take nothing from the stack.
fn is_first(byte: u8) -> bool {
    b"(FIJKLMNPSTUVXc})]GBC".contains(&byte)
        || matches!(
            byte,
            op::FRAME
                | op::SHORT_BINUNICODE
                | op::BINUNICODE8
                | op::BINBYTES8
                | op::EMPTY_SET
                | op::LONG1
                | op::LONG4
                | op::NEWTRUE
                | op::NEWFALSE
                | op::BYTEARRAY8
        )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// STOP was reached with a value.
    Stop,
    /// It cannot go on so.
    Fault,
    /// An operand leaves the file.
    Cut,
    /// The bytes that are looked at end here.
    Prefix,
}

/// Goes through the beginning with the depth of the stack alone.
struct Probe<'a> {
    source: Source<'a>,
    /// How long the whole is.
    length: u64,
    depth: u32,
    marks: Vec<u32>,
    count: u32,
    imports: u32,
    calls: u32,
    has_frame: bool,
    /// A literal with a binary length that reaches beyond the prefix and not beyond the end.
    has_long_literal: bool,
}

impl<'a> Probe<'a> {
    fn new(bytes: &'a [u8], length: u64) -> Self {
        Self {
            source: Source::new(bytes, 0, Frames::Ignored),
            length,
            depth: 0,
            marks: Vec::new(),
            count: 0,
            imports: 0,
            calls: 0,
            has_frame: false,
            has_long_literal: false,
        }
    }

    fn run(&mut self) -> End {
        loop {
            let Ok(instruction) = self.source.instruction() else { return End::Prefix };
            if instruction == op::STOP {
                return if self.depth > self.fence() { End::Stop } else { End::Fault };
            }
            match self.step(instruction) {
                Ok(()) => self.count += 1,
                Err(Fault::Cut(leaves)) => {
                    let end = leaves.at.saturating_add(leaves.wanted);
                    let is_counted = leaves.left < leaves.wanted && leaves.wanted > 8;
                    let is_line = leaves.wanted == leaves.left + 1;
                    self.has_long_literal = is_counted && !is_line && end <= self.length;
                    return if end <= self.length || is_line { End::Prefix } else { End::Cut };
                }
                Err(_) => return End::Fault,
            }
        }
    }

    fn step(&mut self, instruction: u8) -> Result<(), Fault> {
        if literal::operand(instruction, &mut self.source)?.is_some() {
            self.depth += 1;
            return Ok(());
        }
        match instruction {
            op::MARK => self.marks.push(self.depth),
            op::PROTO => {
                let [protocol] = self.source.array::<1>()?;
                if protocol > op::HIGHEST_PROTOCOL {
                    return Err(Fault::NoProtocol(protocol));
                }
            }
            op::FRAME => {
                let length = u64::from_le_bytes(self.source.array()?);
                self.has_frame |= length < 1 << 48;
            }
            op::EMPTY_DICT | op::EMPTY_LIST | op::EMPTY_TUPLE | op::EMPTY_SET | op::NEXT_BUFFER => {
                self.depth += 1;
            }
            op::MEMOIZE | op::READONLY_BUFFER | op::TUPLE1 | op::BINPERSID => self.takes(1, 1)?,
            op::BINPUT => self.operand_and::<1>(1, 1)?,
            op::LONG_BINPUT => self.operand_and::<4>(1, 1)?,
            op::BINGET | op::EXT1 => self.operand_and::<1>(0, 1)?,
            op::EXT2 => self.operand_and::<2>(0, 1)?,
            op::LONG_BINGET | op::EXT4 => self.operand_and::<4>(0, 1)?,
            op::PUT | op::GET => {
                let line = self.source.line()?;
                if line.is_empty() || !line.iter().all(u8::is_ascii_digit) {
                    return Err(Fault::BadOperand("a number"));
                }
                self.takes(u32::from(instruction == op::PUT), 1)?;
            }
            op::PERSID => {
                self.source.line()?;
                self.depth += 1;
            }
            op::POP if self.marks.last() == Some(&self.depth) => drop(self.marks.pop()),
            op::POP => self.takes(1, 0)?,
            op::DUP => self.takes(1, 2)?,
            op::TUPLE2 | op::APPEND => self.takes(2, 1)?,
            op::TUPLE3 | op::SETITEM => self.takes(3, 1)?,
            op::BUILD | op::REDUCE | op::NEWOBJ => self.calls_with(2)?,
            op::NEWOBJ_EX => self.calls_with(3)?,
            op::STACK_GLOBAL => {
                self.takes(2, 1)?;
                self.imports += 1;
            }
            op::GLOBAL => {
                self.named_in_lines()?;
                self.depth += 1;
            }
            op::INST => {
                self.named_in_lines()?;
                self.close_mark(1)?;
                self.calls += 1;
            }
            op::OBJ => {
                self.close_mark(1)?;
                self.calls += u32::from(self.imports > 0);
            }
            op::POP_MARK => self.close_mark(0)?,
            op::TUPLE | op::LIST | op::DICT | op::FROZENSET => self.close_mark(1)?,
            op::APPENDS | op::SETITEMS | op::ADDITEMS => {
                self.close_mark(0)?;
                self.takes(1, 1)?;
            }
            _ => return Err(Fault::NoInstruction(instruction)),
        }
        Ok(())
    }

    fn fence(&self) -> u32 {
        self.marks.last().copied().unwrap_or(0)
    }

    fn takes(&mut self, taken: u32, given: u32) -> Result<(), Fault> {
        if self.depth < self.fence() + taken {
            return Err(Fault::EmptyStack);
        }
        self.depth = self.depth - taken + given;
        Ok(())
    }

    fn operand_and<const N: usize>(&mut self, taken: u32, given: u32) -> Result<(), Fault> {
        self.source.array::<N>()?;
        self.takes(taken, given)
    }

    fn calls_with(&mut self, taken: u32) -> Result<(), Fault> {
        self.calls += u32::from(self.imports > 0);
        self.takes(taken, 1)
    }

    fn close_mark(&mut self, given: u32) -> Result<(), Fault> {
        self.depth = self.marks.pop().ok_or(Fault::NoMark)? + given;
        Ok(())
    }

    fn named_in_lines(&mut self) -> Result<(), Fault> {
        let (module, name) = (self.source.line()?, self.source.line()?);
        let (module, name) = (names::without_return(module), names::without_return(name));
        if !names::is_plausible_path(module) || !names::is_plausible_path(name) {
            return Err(Fault::BadOperand("a name"));
        }
        self.imports += 1;
        Ok(())
    }
}
