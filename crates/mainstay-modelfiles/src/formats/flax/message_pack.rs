//! The items of `MessagePack`, one after another.

use crate::cursor::{Cursor, Leaves};

/// An item. What maps and arrays hold follows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// So many pairs.
    Map(u64),
    /// So many items.
    Array(u64),
    Text(&'a [u8]),
    Binary(&'a [u8]),
    /// An extension by its number.
    Extension(i8, &'a [u8]),
    /// A whole number that is not negative.
    Number(u64),
    /// Another number, a boolean, or nothing.
    Other,
}

/// Why there is no item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Leaves(Leaves),
    /// The byte that begins nothing.
    Unused,
}

impl From<Leaves> for Fault {
    fn from(leaves: Leaves) -> Self {
        Self::Leaves(leaves)
    }
}

/// Reads an item.
pub(super) fn next<'a>(cursor: &mut Cursor<'a>) -> Result<Item<'a>, Fault> {
    let first = cursor.u8()?;
    let low = u64::from(first & 0x0F);
    Ok(match first {
        0x00..=0x7F => Item::Number(u64::from(first)),
        0x80..=0x8F => Item::Map(low),
        0x90..=0x9F => Item::Array(low),
        0xA0..=0xBF => Item::Text(cursor.take(u64::from(first & 0x1F))?),
        0xC1 => return Err(Fault::Unused),
        0xC0 | 0xC2 | 0xC3 | 0xE0..=0xFF => Item::Other,
        0xC4..=0xC6 => {
            let length = number(cursor, 1 << (first - 0xC4))?;
            Item::Binary(cursor.take(length)?)
        }
        0xC7..=0xC9 => {
            let length = number(cursor, 1 << (first - 0xC7))?;
            extension(cursor, length)?
        }
        0xCA => skipped(cursor, 4)?,
        0xCB => skipped(cursor, 8)?,
        0xCC..=0xCF => Item::Number(number(cursor, 1 << (first - 0xCC))?),
        0xD0..=0xD3 => skipped(cursor, 1 << (first - 0xD0))?,
        0xD4..=0xD8 => extension(cursor, 1 << (first - 0xD4))?,
        0xD9..=0xDB => {
            let length = number(cursor, 1 << (first - 0xD9))?;
            Item::Text(cursor.take(length)?)
        }
        0xDC | 0xDD => Item::Array(number(cursor, 2 << (first - 0xDC))?),
        0xDE | 0xDF => Item::Map(number(cursor, 2 << (first - 0xDE))?),
    })
}

/// A big-endian number of so many bytes.
fn number(cursor: &mut Cursor<'_>, bytes: u64) -> Result<u64, Leaves> {
    let bytes = cursor.take(bytes)?;
    Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

fn skipped<'a>(cursor: &mut Cursor<'a>, bytes: u64) -> Result<Item<'a>, Leaves> {
    cursor.take(bytes).map(|_| Item::Other)
}

fn extension<'a>(cursor: &mut Cursor<'a>, length: u64) -> Result<Item<'a>, Leaves> {
    let [number] = cursor.array()?;
    Ok(Item::Extension(i8::from_le_bytes([number]), cursor.take(length)?))
}
