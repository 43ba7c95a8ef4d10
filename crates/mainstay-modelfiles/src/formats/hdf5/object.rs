//! Object headers: the messages that say what an object is.
//!
//! Specification: HDF5 File Format Specification 3.0, IV.A.1 (object headers, versions 1 and 2,
//! continuation blocks) and IV.A.2 (messages). Blocks that lead in a circle end the reading.

use std::collections::HashSet;

use crate::cursor::{Cursor, Leaves};

use super::file::{Fault, File, number_of};

/// The most blocks of one header.
const MOST_BLOCKS: usize = 10_000;
/// The most messages of one header.
const MOST_MESSAGES: usize = 200_000;

/// The sorts of messages that are looked at.
pub(super) mod kind {
    pub(crate) const DATASPACE: u16 = 0x01;
    pub(crate) const LINK_INFO: u16 = 0x02;
    pub(crate) const DATATYPE: u16 = 0x03;
    pub(crate) const LINK: u16 = 0x06;
    pub(crate) const EXTERNAL_FILES: u16 = 0x07;
    pub(crate) const LAYOUT: u16 = 0x08;
    pub(crate) const FILTERS: u16 = 0x0B;
    pub(crate) const ATTRIBUTE: u16 = 0x0C;
    pub(crate) const CONTINUATION: u16 = 0x10;
    pub(crate) const SYMBOL_TABLE: u16 = 0x11;
    pub(crate) const ATTRIBUTE_INFO: u16 = 0x15;
    /// No sort has a higher number.
    pub(crate) const LAST: u16 = 0x18;
}

/// One message of an object header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    /// Where its content begins in the file.
    pub(super) at: u64,
    pub(super) content: &'a [u8],
    /// Whether the content is a reference to where the message is kept.
    pub(super) is_shared: bool,
}

/// A block of messages: where, and how many bytes.
struct Block {
    at: u64,
    length: u64,
}

/// How the messages of a header are written.
#[derive(Clone, Copy)]
enum Writing {
    /// Version 1.
    Old,
    /// Version 2; with the order of creation or without.
    New { order: u64 },
}

/// The messages of the object whose header is at a place.
pub(super) fn messages<'a>(file: &File<'a>, place: u64) -> Result<Vec<Message<'a>>, Fault> {
    let mut cursor = file.at(place)?;
    let (writing, first) = match cursor.rest() {
        [b'O', b'H', b'D', b'R', ..] => new_header(&mut cursor)?,
        [1, ..] => {
            cursor.take(8)?;
            let length = u64::from(cursor.u32()?);
            cursor.take(4)?;
            (Writing::Old, Block { at: cursor.at(), length })
        }
        _ => return Err(Fault::Odd(place, "an object header")),
    };
    let mut blocks = vec![first];
    let mut seen = HashSet::new();
    let mut messages = Vec::new();
    while let Some(block) = blocks.pop() {
        if !seen.insert(block.at) {
            return Err(Fault::Odd(
                block.at,
                "another block of an object header, not the same one",
            ));
        }
        if seen.len() > MOST_BLOCKS {
            return Err(Fault::Unread(block.at, "an object header has too many blocks"));
        }
        let read = messages.len();
        in_block(file, &block, writing, &mut messages)?;
        for message in messages.get(read..).unwrap_or_default() {
            if message.kind == kind::CONTINUATION {
                let next = continuation(file, message, writing)?;
                blocks.push(next);
            }
        }
    }
    Ok(messages)
}

fn new_header(cursor: &mut Cursor<'_>) -> Result<(Writing, Block), Fault> {
    cursor.take(5)?;
    let flags = cursor.u8()?;
    cursor.take(if flags & 0x20 == 0 { 0 } else { 16 })?;
    cursor.take(if flags & 0x10 == 0 { 0 } else { 4 })?;
    let length = number_of(cursor, 1 << (flags & 3))?;
    let order = if flags & 0x04 == 0 { 0 } else { 2 };
    Ok((Writing::New { order }, Block { at: cursor.at(), length }))
}

/// Where a continuation message leads.
fn continuation(file: &File<'_>, message: &Message<'_>, writing: Writing) -> Result<Block, Fault> {
    let mut cursor = file.at(message.at)?;
    let (at, length) = (file.place(&mut cursor)?, file.length(&mut cursor)?);
    match writing {
        Writing::Old => Ok(Block { at, length }),
        Writing::New { .. } => {
            // Signature and checksum belong to the block and not to its messages.
            file.behind(at, *b"OCHK", "a block of an object header")?;
            Ok(Block { at: at.saturating_add(4), length: length.saturating_sub(8) })
        }
    }
}

fn in_block<'a>(
    file: &File<'a>,
    block: &Block,
    writing: Writing,
    messages: &mut Vec<Message<'a>>,
) -> Result<(), Fault> {
    let mut whole = file.at(block.at)?;
    let what = "the messages of an object header";
    let taken = whole.take(block.length);
    let bytes = taken.map_err(|leaves| Fault::Leaves(what, leaves))?;
    let mut cursor = Cursor::new(bytes);
    let header = match writing {
        Writing::Old => 8,
        Writing::New { order } => 4 + order,
    };
    // What is shorter than the head of a message is a gap.
    while cursor.rest().len() as u64 >= header {
        file.step(block.at)?;
        let (kind, length, flags) = match writing {
            Writing::Old => {
                let (kind, length, flags) = (cursor.u16()?, cursor.u16()?, cursor.u8()?);
                cursor.take(3)?;
                (kind, length, flags)
            }
            Writing::New { order } => {
                let (kind, length, flags) = (cursor.u8()?, cursor.u16()?, cursor.u8()?);
                cursor.take(order)?;
                (u16::from(kind), length, flags)
            }
        };
        let at = block.at + cursor.at();
        let content = cursor.take(u64::from(length));
        let content = content.map_err(|leaves| {
            Fault::Leaves("a message of an object header", Leaves { at, ..leaves })
        })?;
        if messages.len() >= MOST_MESSAGES {
            return Err(Fault::Unread(at, "an object has more messages than are looked at"));
        }
        messages.push(Message { kind, at, content, is_shared: flags & 0x02 != 0 });
    }
    Ok(())
}

/// The message behind a reference to one that is kept in another object (a committed type).
pub(super) fn resolved<'a>(file: &File<'a>, message: Message<'a>) -> Result<Message<'a>, Fault> {
    if !message.is_shared {
        return Ok(message);
    }
    let mut cursor = file.at(message.at)?;
    let (version, sort) = (cursor.u8()?, cursor.u8()?);
    if version == 1 {
        cursor.take(6)?;
    }
    if version >= 3 && sort == 1 {
        return Err(Fault::Unread(message.at, "a message is kept in a heap of shared messages"));
    }
    let place = file.place(&mut cursor)?;
    let found = messages(file, place)?.into_iter().find(|kept| kept.kind == message.kind);
    // A reference to a reference is none that a library writes.
    found.filter(|kept| !kept.is_shared).ok_or(Fault::Odd(place, "a shared message"))
}
