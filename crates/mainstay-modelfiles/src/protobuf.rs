//! Protocol Buffers on the wire, without a schema: fields one after another, nothing copied.
//!
//! Specification: "Encoding", protobuf.dev/programming-guides/encoding. A message is a run of
//! fields, each a number, a wire type and a value; a message inside a message is a run of bytes.
//! Lengths are claims: one that leaves its message is a [`Fault`]. Nesting is walked on an explicit
//! stack ([`walk`]), as deep as the official parsers go.
//!
//! A message may be cut: of a file's beginning only its first bytes are there, and its fields end
//! where the bytes do.

use std::borrow::Cow;

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::part::Part;

/// The official parsers refuse messages that are nested deeper (C++, Java and Python alike).
const DEEPEST: usize = 100;
/// The most bytes of a varint.
const LONGEST_VARINT: usize = 10;

/// A message: bytes, and how many they should be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    /// The bytes that are there.
    pub(crate) bytes: &'a [u8],
    /// Where they begin, from the start of the outermost message.
    pub(crate) at: u64,
    /// How long the message is; more than the bytes only where it is cut.
    length: u64,
}

impl<'a> Message<'a> {
    /// All bytes of a message.
    pub(crate) fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, length: bytes.len() as u64 }
    }

    /// The first bytes of a message of this length.
    pub(crate) fn beginning(bytes: &'a [u8], length: u64) -> Self {
        Self { bytes, at: 0, length: length.max(bytes.len() as u64) }
    }

    /// Its fields, in the order of the wire.
    pub(crate) fn fields(self) -> Fields<'a> {
        Fields { message: self, at: 0, is_over: false }
    }

    /// The last value of a field that is bytes, as a reader takes it; `None` also where the
    /// message is broken before it.
    pub(crate) fn last(self, number: u32) -> Option<Self> {
        self.all(number).last()
    }

    /// Every value of a field that is bytes, until the message ends or breaks.
    pub(crate) fn all(self, number: u32) -> impl Iterator<Item = Self> {
        self.fields().map_while(Result::ok).filter_map(move |field| field.bytes_of(number))
    }

    /// The last value of a field that is a number.
    pub(crate) fn number(self, number: u32) -> Option<u64> {
        let numbers = self.fields().map_while(Result::ok).filter_map(|field| match field.value {
            Value::Number(value) if field.number == number => Some(value),
            Value::Bytes(_) | Value::Number(_) | Value::Fixed | Value::Group => None,
        });
        numbers.last()
    }

    /// Its bytes as text; what is no UTF-8 is replaced.
    pub(crate) fn text(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }

    /// Whether its bytes are all there and are a name as programs have it: letters, digits and a
    /// few signs.
    pub(crate) fn is_identifier(self) -> bool {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_>.:/-".contains(byte);
        !self.bytes.is_empty()
            && self.bytes.len() as u64 == self.length
            && self.bytes.iter().all(is_part)
    }

    /// The numbers of a packed field.
    pub(crate) fn packed(self) -> impl Iterator<Item = u64> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let (value, length) = varint(rest)?;
            rest = rest.get(length..)?;
            Some(value)
        })
    }
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    pub(crate) value: Value<'a>,
    /// Where it begins, from the start of the outermost message.
    pub(crate) at: u64,
}

impl<'a> Field<'a> {
    /// The bytes of this field, if it has this number and is bytes.
    pub(crate) fn bytes_of(&self, number: u32) -> Option<Message<'a>> {
        match self.value {
            Value::Bytes(message) if self.number == number => Some(message),
            Value::Bytes(_) | Value::Number(_) | Value::Fixed | Value::Group => None,
        }
    }
}

/// The value of a field, by its wire type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// A varint.
    Number(u64),
    /// Four or eight bytes, which no danger needs.
    Fixed,
    /// A message, a text, bytes or packed numbers.
    Bytes(Message<'a>),
    /// A group, read over.
    Group,
}

/// Why a message cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A length leads out of the message.
    Leaves(Leaves),
    /// The bytes are no field.
    NoField(u64),
    /// Messages are nested deeper than parsers go.
    TooDeep(u64),
}

impl Fault {
    /// Tells of it: `what` is that which is read, as "the graph".
    pub(crate) fn tell(self, what: &str, part: &Part<'_>, examination: &mut Examination<'_>) {
        let (at, message) = match self {
            Self::Leaves(leaves) => return examination.leaves(part, what, leaves),
            Self::NoField(at) => {
                (at, format!("{what} is broken: here no field begins that Protocol Buffers know"))
            }
            Self::TooDeep(at) => (
                at,
                format!(
                    "{what} is nested deeper than {DEEPEST} levels, which crashes careless readers \
                     and no real tool writes"
                ),
            ),
        };
        examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
    }
}

/// The fields of a message.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    message: Message<'a>,
    /// From the start of the message.
    at: usize,
    is_over: bool,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over || self.at as u64 >= self.message.length {
            return None;
        }
        let field = self.field();
        self.is_over = !matches!(field, Ok(Some(_)));
        field.transpose()
    }
}

impl<'a> Fields<'a> {
    /// The next field; `None` where a cut message has no more bytes.
    fn field(&mut self) -> Result<Option<Field<'a>>, Fault> {
        let at = self.message.at.saturating_add(self.at as u64);
        let Some(tag) = self.number()? else { return Ok(None) };
        let tag = u32::try_from(tag).map_err(|_| Fault::NoField(at))?;
        let number = tag >> 3;
        if number == 0 {
            return Err(Fault::NoField(at));
        }
        let value = match tag & 7 {
            0 => self.number()?.map(Value::Number),
            1 => self.take(8)?.map(|_| Value::Fixed),
            2 => match self.number()? {
                Some(length) => self.take(length)?.map(Value::Bytes),
                None => None,
            },
            3 => self.group(number)?,
            5 => self.take(4)?.map(|_| Value::Fixed),
            _ => return Err(Fault::NoField(at)),
        };
        Ok(value.map(|value| Field { number, value, at }))
    }

    fn rest(&self) -> &'a [u8] {
        self.message.bytes.get(self.at..).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Option<u64>, Fault> {
        let rest = self.rest();
        if let Some((value, length)) = varint(rest) {
            self.at += length;
            return Ok(Some(value));
        }
        let at = self.message.at.saturating_add(self.at as u64);
        if rest.len() >= LONGEST_VARINT {
            return Err(Fault::NoField(at));
        }
        if (self.message.bytes.len() as u64) < self.message.length {
            return Ok(None);
        }
        let left = rest.len() as u64;
        Err(Fault::Leaves(Leaves { at, wanted: left + 1, left }))
    }

    fn take(&mut self, length: u64) -> Result<Option<Message<'a>>, Fault> {
        let at = self.message.at.saturating_add(self.at as u64);
        let left = self.message.length.saturating_sub(self.at as u64);
        if length > left {
            return Err(Fault::Leaves(Leaves { at, wanted: length, left }));
        }
        let rest = self.rest();
        let end = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
        let bytes = rest.get(..end).unwrap_or_default();
        // Past the bytes of a cut message every further read finds none.
        self.at = self.at.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(Some(Message { bytes, at, length }))
    }

    /// Reads over a group: fields until the one that ends it, and groups among them.
    fn group(&mut self, number: u32) -> Result<Option<Value<'a>>, Fault> {
        let mut open = vec![number];
        while let Some(innermost) = open.last().copied() {
            let at = self.message.at.saturating_add(self.at as u64);
            let Some(tag) = self.number()? else { return Ok(None) };
            let tag = u32::try_from(tag).map_err(|_| Fault::NoField(at))?;
            let skipped = match tag & 7 {
                0 => self.number()?.map(|_| ()),
                1 => self.take(8)?.map(|_| ()),
                2 => match self.number()? {
                    Some(length) => self.take(length)?.map(|_| ()),
                    None => None,
                },
                3 if open.len() >= DEEPEST => return Err(Fault::TooDeep(at)),
                3 => {
                    open.push(tag >> 3);
                    Some(())
                }
                4 if tag >> 3 == innermost => open.pop().map(|_| ()),
                5 => self.take(4)?.map(|_| ()),
                _ => return Err(Fault::NoField(at)),
            };
            if skipped.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(Value::Group))
    }
}

/// A varint at the start of bytes, and its length.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(LONGEST_VARINT).enumerate() {
        // Bits beyond the 64th are dropped, as the official parsers do.
        value |= u64::from(byte & 0x7F) << (7 * index);
        if *byte < 0x80 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Who walks through messages inside messages.
pub(crate) trait Visitor<'a> {
    /// What is known of an open message: what it is, and what its fields said so far.
    type Frame;

    /// Takes in a field of an open message. What is returned is entered next.
    fn field(
        &mut self,
        frame: &mut Self::Frame,
        field: &Field<'a>,
    ) -> Option<(Self::Frame, Message<'a>)>;

    /// Takes in the end of a message, after all that is inside; `parent` is where it lies.
    fn end(&mut self, frame: Self::Frame, parent: Option<&mut Self::Frame>);

    /// Takes in that an open message cannot be read on. It ends there.
    fn fault(&mut self, frame: &Self::Frame, fault: Fault);
}

/// Walks through a message and those inside that the visitor enters, depth first.
pub(crate) fn walk<'a, V: Visitor<'a>>(message: Message<'a>, root: V::Frame, visitor: &mut V) {
    let mut open = vec![(root, message.fields())];
    loop {
        let depth = open.len();
        let Some((frame, fields)) = open.last_mut() else { return };
        match fields.next() {
            Some(Ok(field)) => {
                let Some((inner, message)) = visitor.field(frame, &field) else { continue };
                if depth >= DEEPEST {
                    visitor.fault(frame, Fault::TooDeep(field.at));
                    continue;
                }
                open.push((inner, message.fields()));
                continue;
            }
            Some(Err(fault)) => visitor.fault(frame, fault),
            None => {}
        }
        if let Some((frame, _)) = open.pop() {
            visitor.end(frame, open.last_mut().map(|(parent, _)| parent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<u32, Fault>> {
        Message::whole(bytes).fields().map(|field| field.map(|field| field.number)).collect()
    }

    #[test]
    fn fields_follow_one_another() {
        assert_eq!(read(b"\x08\x96\x01\x12\x02hi\x1D\0\0\0\0"), [Ok(1), Ok(2), Ok(3)]);
    }

    #[test]
    fn a_length_that_leaves_the_message_is_a_fault() {
        let leaves = Leaves { at: 2, wanted: 5, left: 2 };
        assert_eq!(read(b"\x12\x05hi"), [Err(Fault::Leaves(leaves))]);
    }

    #[test]
    fn a_cut_message_ends_where_its_bytes_do() {
        let message = Message::beginning(b"\x08\x01\x12\x64hi", 104);
        let found: Vec<_> = message.fields().map_while(Result::ok).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(message.last(2).map(|inner| inner.bytes), Some(&b"hi"[..]));
    }

    #[test]
    fn a_group_is_read_over_with_the_groups_inside() {
        assert_eq!(read(b"\x0B\x13\x08\x01\x14\x0C\x18\x01"), [Ok(1), Ok(3)]);
    }

    #[test]
    fn a_group_that_another_number_ends_is_a_fault() {
        assert_eq!(read(b"\x0B\x14"), [Err(Fault::NoField(1))]);
    }

    #[test]
    fn a_varint_without_end_is_a_fault() {
        assert_eq!(read(&[0xFF; 20]), [Err(Fault::NoField(0))]);
    }
}
