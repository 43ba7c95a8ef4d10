//! Compound types: records whose fields have types of their own. Taken apart as far as a field may
//! hold bytes or texts.
//!
//! Specification: HDF5 File Format Specification 3.0, IV.A.2.d, class 6 in the versions 1 to 3, and
//! of each other class how long its properties are, since the next field follows them.

use crate::cursor::Cursor;

use super::datatype::{Class, Datatype, datatype};
use super::file::Fault;

/// The deepest that types stand in types.
const DEEPEST: usize = 8;
/// The most fields of one record.
const MOST_FIELDS: usize = 1_000;

/// A field that may hold bytes or texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Where it begins in the record.
    pub(super) offset: u64,
    pub(super) datatype: Datatype,
    /// How many values stand there, one behind the other.
    pub(super) count: u64,
}

/// The fields of the record type of this message, with those of records in it.
pub(super) fn fields(content: &[u8], at: u64) -> Result<Vec<Field>, Fault> {
    let mut fields = Vec::new();
    let whole = Field { offset: 0, datatype: datatype(content, at)?, count: 1 };
    let walked = walk(&mut Cursor::new(content), whole, 0, Some(&mut fields));
    walked.ok_or(Fault::Unread(
        at,
        "a compound type is nested or written in a way that is unknown",
    ))?;
    Ok(fields)
}

/// Goes past one type, which stands at an offset of the record, and notes its fields.
fn walk(
    cursor: &mut Cursor<'_>,
    place: Field,
    depth: usize,
    mut fields: Option<&mut Vec<Field>>,
) -> Option<()> {
    let datatype = datatype(cursor.rest(), 0).ok()?;
    let [first, bits, more, _, ..] = cursor.array::<8>().ok()?;
    let (class, version) = (first & 0x0F, first >> 4);
    if depth > DEEPEST {
        return None;
    }
    if let Some(fields) = &mut fields
        && matches!(datatype.class, Class::Text | Class::HeapText | Class::Bytes)
    {
        fields.push(Field { datatype, ..place });
        if fields.len() > MOST_FIELDS {
            return None;
        }
    }
    let properties = match class {
        0 | 4 => 4,
        1 => 12,
        2 => 2,
        // The name of what the bytes are.
        5 => u64::from(bits),
        _ => 0,
    };
    cursor.take(properties).ok()?;
    match class {
        6 => {
            for _ in 0..u16::from_le_bytes([bits, more]) {
                name(cursor, version)?;
                let (offset, count) = member(cursor, version, datatype.size)?;
                let offset = place.offset.checked_add(offset)?;
                let place = Field { offset, count, ..place };
                walk(cursor, place, depth + 1, fields.as_deref_mut())?;
            }
        }
        8 => {
            let base = base(cursor, place, depth)?;
            let count = u16::from_le_bytes([bits, more]);
            for _ in 0..count {
                name(cursor, version)?;
            }
            cursor.take(u64::from(count).checked_mul(base)?).ok()?;
        }
        9 | 11 => {
            base(cursor, place, depth)?;
        }
        10 => {
            let count = sides(cursor, version)?.checked_mul(place.count)?;
            walk(cursor, Field { count, ..place }, depth + 1, fields)?;
        }
        _ => {}
    }
    Some(())
}

/// Goes past the type that another one is made of. The bytes of one of it.
fn base(cursor: &mut Cursor<'_>, place: Field, depth: usize) -> Option<u64> {
    let base = datatype(cursor.rest(), 0).ok()?;
    walk(cursor, place, depth + 1, None)?;
    Some(base.size)
}

/// Goes past a name. Before version 3 it is filled up to eight bytes.
fn name(cursor: &mut Cursor<'_>, version: u8) -> Option<()> {
    let length = memchr::memchr(0, cursor.rest())? as u64 + 1;
    let length = if version < 3 { length.next_multiple_of(8) } else { length };
    cursor.take(length).ok().map(|_| ())
}

/// Where a member of a record of `size` bytes begins, and how many values it is.
fn member(cursor: &mut Cursor<'_>, version: u8, size: u64) -> Option<(u64, u64)> {
    match version {
        1 => {
            let offset = u64::from(cursor.u32().ok()?);
            let [rank, ..] = cursor.array::<12>().ok()?;
            let mut count = 1_u64;
            for axis in 0..4_u8 {
                let length = u64::from(cursor.u32().ok()?);
                count = if axis < rank { count.checked_mul(length)? } else { count };
            }
            Some((offset, count))
        }
        2 => Some((u64::from(cursor.u32().ok()?), 1)),
        3 => {
            // As many bytes as the size of the record needs.
            let width = (64 - u64::from(size.leading_zeros())).div_ceil(8).max(1);
            let bytes = cursor.take(width).ok()?;
            Some((bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 1))
        }
        _ => None,
    }
}

/// How many elements an array type has.
fn sides(cursor: &mut Cursor<'_>, version: u8) -> Option<u64> {
    let rank = cursor.u8().ok()?;
    cursor.take(if version < 3 { 3 } else { 0 }).ok()?;
    let mut count = 1_u64;
    for _ in 0..rank {
        count = count.checked_mul(u64::from(cursor.u32().ok()?))?;
    }
    cursor.take(if version < 3 { 4 * u64::from(rank) } else { 0 }).ok()?;
    Some(count)
}
