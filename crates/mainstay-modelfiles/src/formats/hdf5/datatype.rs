//! Types of elements and shapes, as far as a description and the dangers need them.
//!
//! Specification: HDF5 File Format Specification 3.0, IV.A.2.b (dataspace) and IV.A.2.d
//! (datatype).

use crate::cursor::Cursor;

use super::file::{Fault, File};

/// A type of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datatype {
    /// Its name, in the words of `NumPy` where it has one.
    pub(super) name: &'static str,
    /// The bytes of one element.
    pub(super) size: u64,
    pub(super) class: Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Texts of one length.
    Text,
    /// Texts in the global heap.
    HeapText,
    /// Bytes without meaning.
    Bytes,
    /// Records of fields that have types of their own.
    Record,
    Other,
}

/// Reads a datatype message.
pub(super) fn datatype(content: &[u8], at: u64) -> Result<Datatype, Fault> {
    let mut cursor = Cursor::new(content);
    let odd = Fault::Odd(at, "a type of elements");
    let first = cursor.u8().map_err(|_| odd.clone())?;
    let bits = cursor.array::<3>().map_err(|_| odd.clone())?;
    let size = u64::from(cursor.u32().map_err(|_| odd)?);
    let properties = cursor.rest();
    let is_signed = bits[0] & 8 != 0;
    let (name, class) = match first & 0x0F {
        0 => (integer(size, is_signed), if size == 1 { Class::Bytes } else { Class::Other }),
        1 => (float(size, properties), Class::Other),
        2 => ("time", Class::Other),
        3 => ("text", Class::Text),
        4 => ("bits", Class::Other),
        5 => ("bytes", Class::Bytes),
        6 => ("compound", Class::Record),
        7 => ("reference", Class::Other),
        8 => ("enumeration", Class::Other),
        9 if bits[0] & 0x0F == 1 => ("text", Class::HeapText),
        9 => ("list", Class::Other),
        10 => ("array", Class::Other),
        11 => ("complex", Class::Other),
        _ => return Err(Fault::Unread(at, "a type of elements is unknown")),
    };
    Ok(Datatype { name, size, class })
}

fn integer(size: u64, is_signed: bool) -> &'static str {
    match (size, is_signed) {
        (1, false) => "uint8",
        (1, true) => "int8",
        (2, false) => "uint16",
        (2, true) => "int16",
        (4, false) => "uint32",
        (4, true) => "int32",
        (8, false) => "uint64",
        (8, true) => "int64",
        _ => "integer",
    }
}

fn float(size: u64, properties: &[u8]) -> &'static str {
    // Behind the offset and the precision: where the exponent is, and how many bits it has.
    let exponent = properties.get(5).copied().unwrap_or_default();
    match (size, exponent) {
        (1, 4) => "float8_e4m3",
        (1, 5) => "float8_e5m2",
        (2, 8) => "bfloat16",
        (2, _) => "float16",
        (4, _) => "float32",
        (8, _) => "float64",
        _ => "float",
    }
}

/// Reads a dataspace message: the dimensions. `None` where there are no elements at all.
pub(super) fn dataspace(
    file: &File<'_>,
    content: &[u8],
    at: u64,
) -> Result<Option<Vec<u64>>, Fault> {
    let mut cursor = Cursor::new(content);
    let odd = Fault::Odd(at, "the dimensions of a dataset");
    let [version, rank, _flags] = cursor.array::<3>().map_err(|_| odd.clone())?;
    match version {
        1 => cursor.take(5).map(|_| ()).map_err(|_| odd.clone())?,
        2 if cursor.u8() == Ok(2) => return Ok(None),
        2 => {}
        _ => return Err(Fault::Unread(at, "dimensions are of an unknown version")),
    }
    let mut shape = Vec::new();
    for _ in 0..rank {
        shape.push(file.length(&mut cursor).map_err(|_| odd.clone())?);
    }
    Ok(Some(shape))
}

/// How many elements there are; as many as a number can say if there are more.
pub(super) fn elements(shape: &[u64]) -> u128 {
    shape.iter().fold(1_u128, |product, side| product.saturating_mul(u128::from(*side)))
}
