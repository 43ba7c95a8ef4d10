//! What each type of item has behind its flags (`ReadItem` in R Internals' terms).

use super::{Items, KEPT, Position, Referred, Stop, Task};

/// An object has attributes.
const HAS_ATTRIBUTES: i32 = 1 << 9;
/// A cell of a list has a tag.
const HAS_TAG: i32 = 1 << 10;
/// A variable runs a function when it is read (the 15th of the general bits, from bit 12 on).
const IS_ACTIVE: i32 = 1 << 27;

/// A symbol; a cell of a list, and what is built like one; an environment.
const SYMBOL: i32 = 1;
const LIST: i32 = 2;
const CLOSURE: i32 = 3;
const PROMISE: i32 = 5;
const CALL: i32 = 6;
const DOTS: i32 = 17;
/// In byte code: a definition of what is referred to later, a reference to it, and cells with
/// attributes.
const DEFINITION: i32 = 244;
const REFERENCE: i32 = 243;
const CALL_WITH_ATTRIBUTES: i32 = 240;
const LIST_WITH_ATTRIBUTES: i32 = 239;
const BYTE_CODE: i32 = 21;

impl Items<'_, '_, '_> {
    /// Reads an item, except for the items in it, which wait on the stack.
    pub(super) fn item(&mut self, position: Position) -> Result<(), Stop> {
        let at = self.source.cursor.at();
        let flags = self.source.number()?;
        let attributes = u64::from(flags & HAS_ATTRIBUTES != 0);
        match flags & 0xFF {
            0 | 241 | 242 | 250..=254 => {}
            255 => self.reference(flags, position, at)?,
            SYMBOL => self.symbol(position)?,
            kind @ (LIST | CLOSURE | PROMISE | CALL | DOTS) => self.cell(kind, flags, at),
            4 => {
                self.source.number()?;
                self.keep(Referred::Other);
                self.tasks.push(Task::Items(4));
            }
            247..=249 => {
                self.source.number()?;
                let names = self.source.length()?;
                self.keep(Referred::Other);
                self.tasks.push(Task::Items(names));
            }
            22 => {
                self.keep(Referred::Other);
                self.tasks.push(Task::Items(2 + attributes));
            }
            23 => {
                self.keep(Referred::Other);
                self.tasks.push(Task::Items(attributes));
            }
            25 => self.tasks.push(Task::Items(attributes)),
            238 => self.tasks.extend([Task::Items(2), Task::AltrepEnd, Task::AltrepInfo]),
            BYTE_CODE => {
                self.source.number()?;
                self.tasks.extend([Task::Items(attributes), Task::ByteCode]);
            }
            kind => {
                self.tasks.push(Task::Items(attributes));
                self.vector(kind, at)?;
            }
        }
        Ok(())
    }

    fn vector(&mut self, kind: i32, at: u64) -> Result<(), Stop> {
        match kind {
            7 | 8 => {
                let length = self.source.length()?;
                let name = self.source.string(length)?;
                self.built_in(&name, at);
            }
            9 => {
                let length = self.source.number()?;
                if let Ok(length) = u64::try_from(length) {
                    self.source.string(length)?;
                }
            }
            10 | 13 => self.numbers(4, 1)?,
            14 => self.numbers(8, 1)?,
            15 => self.numbers(16, 2)?,
            24 => self.numbers(1, 1)?,
            16 | 19 | 20 => {
                let length = self.source.length()?;
                self.tasks.push(Task::Items(length));
            }
            _ => return Err(Stop::Unknown(at, kind)),
        }
        Ok(())
    }

    fn numbers(&mut self, bytes: u64, words: u64) -> Result<(), Stop> {
        let length = self.source.length()?;
        Ok(self.source.skip(length, bytes, words)?)
    }

    /// Attributes, tag, value and rest: pushed in the other order.
    fn cell(&mut self, kind: i32, flags: i32, at: u64) {
        if kind == LIST && flags & IS_ACTIVE != 0 {
            self.active(at);
        }
        if kind == CLOSURE {
            self.function(at);
        }
        let first = match kind {
            CALL => Task::Item(Position::Function),
            PROMISE => Task::PromiseValue,
            _ => Task::Item(Position::Value),
        };
        self.tasks.extend([Task::Item(Position::Value), first]);
        if flags & HAS_TAG != 0 {
            self.tasks.push(Task::Item(Position::Tag));
        }
        if flags & HAS_ATTRIBUTES != 0 {
            self.tasks.push(Task::Item(Position::Tag));
        }
    }

    /// A symbol is an item of its own: a string.
    fn symbol(&mut self, position: Position) -> Result<(), Stop> {
        let at = self.source.cursor.at();
        let flags = self.source.number()?;
        if flags & 0xFF != 9 {
            return Err(Stop::Unknown(at, flags & 0xFF));
        }
        let start = self.source.cursor.at();
        let length = self.source.number()?;
        if let Ok(length) = u64::try_from(length) {
            let name = self.source.string(length)?;
            self.name(&name, position, at);
        }
        self.keep(Referred::Symbol(start));
        Ok(())
    }

    fn reference(&mut self, flags: i32, position: Position, at: u64) -> Result<(), Stop> {
        let packed = flags >> 8;
        let index = if packed == 0 { self.source.number()? } else { packed };
        let index = usize::try_from(index).ok().and_then(|index| index.checked_sub(1));
        match index.and_then(|index| self.referred.get(index)).copied() {
            Some(Referred::Symbol(start)) => {
                let mut source = self.source.clone();
                source.cursor.go_to(start)?;
                // Names that mean something are short; the file may refer to a long one often.
                let length = u64::try_from(source.number()?).unwrap_or(0);
                if length <= 64 {
                    let name = source.string(length)?;
                    self.name(&name, position, at);
                }
            }
            Some(Referred::Other) => {}
            None if self.is_cut => {}
            None => self.no_such_reference(at),
        }
        Ok(())
    }

    fn keep(&mut self, referred: Referred) {
        if self.referred.len() < KEPT {
            self.referred.push(referred);
        } else {
            self.is_cut = true;
        }
    }

    /// A constant of byte code: a type, and by it an expression, more byte code, or an item.
    pub(super) fn constant(&mut self) -> Result<(), Stop> {
        match self.source.number()? {
            BYTE_CODE => self.tasks.push(Task::ByteCode),
            kind @ (CALL | LIST | DEFINITION | REFERENCE | CALL_WITH_ATTRIBUTES
            | LIST_WITH_ATTRIBUTES) => self.tasks.push(Task::Language(kind)),
            _ => self.tasks.push(Task::Item(Position::Value)),
        }
        Ok(())
    }

    /// An expression in byte code.
    pub(super) fn language(&mut self, mut kind: i32, position: Position) -> Result<(), Stop> {
        if kind == REFERENCE {
            self.source.number()?;
            return Ok(());
        }
        if kind == DEFINITION {
            self.source.number()?;
            kind = self.source.number()?;
        }
        if !matches!(kind, CALL | LIST | CALL_WITH_ATTRIBUTES | LIST_WITH_ATTRIBUTES) {
            self.tasks.push(Task::Item(position));
            return Ok(());
        }
        let is_call = matches!(kind, CALL | CALL_WITH_ATTRIBUTES);
        let first = if is_call { Position::Function } else { Position::Value };
        self.tasks.extend([
            Task::LanguageHead(Position::Value),
            Task::LanguageHead(first),
            Task::Item(Position::Tag),
        ]);
        if matches!(kind, CALL_WITH_ATTRIBUTES | LIST_WITH_ATTRIBUTES) {
            self.tasks.push(Task::Item(Position::Tag));
        }
        Ok(())
    }
}
