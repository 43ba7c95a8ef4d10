//! Attributes: small values with names. Keras keeps the whole architecture in one.
//!
//! Specification: HDF5 File Format Specification 3.0, IV.A.2.m (attribute messages, versions 1 to
//! 3), IV.A.2.v (attribute info: many attributes are kept in a fractal heap), III.E (the global
//! heap, where texts of any length lie).

use crate::cursor::{Cursor, Leaves};

use super::compound::{self, Field};
use super::datatype::{Class, Datatype, dataspace, datatype, elements};
use super::dense;
use super::file::{Fault, File};
use super::object::{Message, kind, resolved};

/// The most texts of one attribute that are read.
const MOST_TEXTS: u128 = 100_000;

/// Where a value begins in the file, and its bytes.
pub(super) type Content<'a> = (u64, &'a [u8]);

/// An attribute that holds bytes or texts.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: String,
    /// Its values; there may be several.
    pub(super) values: Vec<Content<'a>>,
    /// Whether there are more than were read.
    pub(super) is_cut: bool,
}

/// The attributes of the object that has these messages. What one of them lacks is told and does
/// not hide the others.
pub(super) fn attributes<'a>(
    file: &File<'a>,
    messages: &[Message<'a>],
    faults: &mut Vec<Fault>,
) -> Vec<Attribute<'a>> {
    let mut found = Vec::new();
    let mut take = |content: &'a [u8], at, faults: &mut Vec<Fault>| match read(file, content, at) {
        Ok(attribute) => found.push(attribute),
        Err(fault) => faults.push(fault),
    };
    for message in messages {
        match message.kind {
            kind::ATTRIBUTE => match resolved(file, *message) {
                Ok(message) => take(message.content, message.at, faults),
                Err(fault) => faults.push(fault),
            },
            kind::ATTRIBUTE_INFO => match in_heap(file, message) {
                Ok(kept) => kept.into_iter().for_each(|(at, content)| take(content, at, faults)),
                Err(fault) => faults.push(fault),
            },
            _ => {}
        }
    }
    found
}

fn in_heap<'a>(file: &File<'a>, message: &Message<'a>) -> Result<Vec<Content<'a>>, Fault> {
    let mut cursor = file.at(message.at)?;
    let [_version, flags] = cursor.array::<2>()?;
    cursor.take(if flags & 1 == 0 { 0 } else { 2 })?;
    let (heap, names) = (file.address(&mut cursor)?, file.address(&mut cursor)?);
    match (heap, names) {
        (Some(heap), Some(names)) => dense::objects(file, heap, names),
        _ => Ok(Vec::new()),
    }
}

/// Reads an attribute message that begins at a place of the file.
fn read<'a>(file: &File<'a>, content: &'a [u8], at: u64) -> Result<Attribute<'a>, Fault> {
    let leaves = |leaves: Leaves| {
        Fault::Leaves("an attribute", Leaves { at: at.saturating_add(leaves.at), ..leaves })
    };
    let mut cursor = Cursor::new(content);
    let [version, flags] = cursor.array::<2>().map_err(leaves)?;
    let mut size = || cursor.u16().map(u64::from).map_err(leaves);
    let (name_size, type_size, space_size) = (size()?, size()?, size()?);
    if version == 3 {
        cursor.u8().map_err(leaves)?;
    } else if !matches!(version, 1 | 2) {
        return Err(Fault::Unread(at, "an attribute is of an unknown version"));
    }
    // Version 1 fills each part up to eight bytes.
    let filled = |size: u64| if version == 1 { size.next_multiple_of(8) } else { size };
    let name = cursor.take(filled(name_size)).map_err(leaves)?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).into_owned();
    let type_at = at + cursor.at();
    let type_bytes = cursor.take(filled(type_size)).map_err(leaves)?;
    let space_at = at + cursor.at();
    let space_bytes = cursor.take(filled(space_size)).map_err(leaves)?;
    let message = |kind, at, content, bit| {
        let is_shared = version > 1 && flags & bit != 0;
        resolved(file, Message { kind, at, content, is_shared })
    };
    let kept = message(kind::DATATYPE, type_at, type_bytes, 1)?;
    let datatype = datatype(kept.content, kept.at)?;
    let space = message(kind::DATASPACE, space_at, space_bytes, 2)?;
    let shape = dataspace(file, space.content, space.at)?;
    let count = shape.map_or(0, |shape| elements(&shape));
    let value_at = at.saturating_add(cursor.at());
    let value = (value_at, cursor.rest());
    if datatype.class == Class::Record {
        let fields = compound::fields(kept.content, kept.at)?;
        let (values, is_cut) = records(file, datatype.size, &fields, count, value)?;
        return Ok(Attribute { name, values, is_cut });
    }
    let are_texts = matches!(datatype.class, Class::Text | Class::HeapText);
    let is_cut = are_texts && datatype.size > 0 && count > MOST_TEXTS;
    let values = values(file, datatype, count, value)?;
    Ok(Attribute { name, values, is_cut })
}

/// The values of an attribute that are bytes or texts: `content` begins at a place of the file.
fn values<'a>(
    file: &File<'a>,
    datatype: Datatype,
    count: u128,
    (at, content): Content<'a>,
) -> Result<Vec<Content<'a>>, Fault> {
    let mut value = Cursor::new(content);
    let mut values = Vec::new();
    for _ in 0..count.min(MOST_TEXTS) {
        let here = at.saturating_add(value.at());
        let leaves = |leaves: Leaves| Fault::Leaves("an attribute", Leaves { at: here, ..leaves });
        match datatype.class {
            Class::Text if datatype.size == 0 => break,
            Class::Text => {
                let text = value.take(datatype.size).map_err(leaves)?;
                let end = memchr::memchr(0, text).unwrap_or(text.len());
                values.push((here, text.get(..end).unwrap_or(text)));
                // Python takes only the zeros at the end for filling: a pickle has some within.
                let filling = text.iter().rev().take_while(|byte| **byte == 0).count();
                let whole = text.get(..text.len() - filling).unwrap_or(text);
                if whole.len() > end {
                    values.push((here, whole));
                }
            }
            Class::HeapText => {
                let size = 8 + u64::from(file.offset_size());
                value.take(size).map_err(leaves)?;
                values.extend(heap_text(file, here)?);
            }
            Class::Bytes => {
                let length = count.saturating_mul(u128::from(datatype.size));
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                values.push((here, value.take(length).map_err(leaves)?));
                break;
            }
            Class::Record | Class::Other => break,
        }
    }
    Ok(values)
}

/// The values of an attribute of records of `size` bytes that are bytes or texts. Whether there are
/// more than were read.
fn records<'a>(
    file: &File<'a>,
    size: u64,
    fields: &[Field],
    count: u128,
    (at, content): Content<'a>,
) -> Result<(Vec<Content<'a>>, bool), Fault> {
    let mut found = Vec::new();
    if fields.is_empty() || size == 0 {
        return Ok((found, false));
    }
    let mut start = 0_u64;
    for _ in 0..count.min(MOST_TEXTS) {
        for field in fields {
            let offset = start.saturating_add(field.offset);
            let from = usize::try_from(offset).ok().and_then(|from| content.get(from..));
            let leaves = Leaves { at, wanted: offset, left: content.len() as u64 };
            let rest = from.ok_or(Fault::Leaves("an attribute", leaves))?;
            let place = (at.saturating_add(offset), rest);
            found.extend(values(file, field.datatype, u128::from(field.count), place)?);
            if found.len() as u128 > MOST_TEXTS {
                return Ok((found, true));
            }
        }
        start = start.saturating_add(size);
    }
    Ok((found, count > MOST_TEXTS))
}

/// The text that a reference to the global heap, which is at a place, means.
fn heap_text<'a>(file: &File<'a>, here: u64) -> Result<Option<Content<'a>>, Fault> {
    let mut reference = file.at(here)?;
    let length = u64::from(reference.u32()?);
    let heap = file.address(&mut reference)?;
    let index = reference.u32()?;
    let Some(heap) = heap.filter(|_| length > 0 && index > 0) else { return Ok(None) };
    let (at, text) = in_global_heap(file, heap, index)?;
    let text = text.get(..usize::try_from(length).unwrap_or(usize::MAX));
    let text = text.ok_or(Fault::Odd(at, "a text as long as an attribute says"))?;
    Ok(Some((at, text)))
}

/// An object of the global heap: where it is, and its bytes.
pub(super) fn in_global_heap<'a>(
    file: &File<'a>,
    heap: u64,
    wanted: u32,
) -> Result<Content<'a>, Fault> {
    let mut cursor = file.behind(heap, *b"GCOL", "the heap of texts")?;
    cursor.take(4)?;
    let end = heap.saturating_add(file.length(&mut cursor)?);
    while cursor.at() < end {
        file.step(heap)?;
        let index = u32::from(cursor.u16()?);
        cursor.take(6)?;
        let length = file.length(&mut cursor)?;
        if index == 0 {
            break;
        }
        let at = cursor.at();
        let object = cursor.take(length).map_err(|leaves| Fault::Leaves("a text", leaves))?;
        if index == wanted {
            return Ok((at, object));
        }
        let padding = length.next_multiple_of(8) - length;
        cursor.take(padding)?;
    }
    Err(Fault::Odd(heap, "the text that an attribute names"))
}
