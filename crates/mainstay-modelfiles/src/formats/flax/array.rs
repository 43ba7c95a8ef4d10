//! An array: its shape, the name of its type, and its bytes, as three items.

use super::message_pack::{Item, next};
use crate::cursor::Cursor;
use crate::odd_text::readable;

/// The most dimensions that `NumPy` has.
const MOST_DIMENSIONS: u64 = 64;

/// An array as it is stated.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Array {
    pub(super) shape: Vec<u64>,
    /// The name of the type, readable.
    pub(super) dtype: String,
    /// How many bytes there are.
    pub(super) bytes: u64,
    /// How many there should be. `None` when they cannot be counted, or the type is unknown.
    pub(super) declared: Option<u64>,
    /// The bytes of an element. `None` for a type of nobody.
    pub(super) element: Option<u64>,
}

/// Reads an array from the content of an extension. `None` when it is none.
pub(super) fn read(content: &[u8]) -> Option<Array> {
    let mut cursor = Cursor::new(content);
    let shape = shape(&mut cursor)?;
    let Ok(Item::Text(dtype)) = next(&mut cursor) else { return None };
    let (Item::Binary(bytes) | Item::Text(bytes)) = next(&mut cursor).ok()? else { return None };
    if !cursor.is_at_end() {
        return None;
    }
    let element = element_bytes(dtype);
    let all = shape.iter().try_fold(1_u64, |all, dimension| all.checked_mul(*dimension));
    let declared = all.zip(element).and_then(|(all, element)| all.checked_mul(element));
    let bytes = bytes.len() as u64;
    Some(Array { shape, dtype: readable(dtype), bytes, declared, element })
}

/// Whether content of an extension begins like an array.
pub(super) fn is_array(content: &[u8]) -> bool {
    let mut cursor = Cursor::new(content);
    shape(&mut cursor).is_some() && matches!(next(&mut cursor), Ok(Item::Text(_)))
}

/// Whether an extension begins here whose content goes beyond what is at hand, and begins like an
/// array.
pub(super) fn begins_cut_off(rest: &[u8]) -> bool {
    let header = match rest.first() {
        Some(0xC8) => 4,
        Some(0xC9) => 6,
        _ => return false,
    };
    let number = rest.get(header - 1);
    matches!(number, Some(1..=3)) && rest.get(header..).is_some_and(is_array)
}

/// The shape, behind the opening of the three items.
fn shape(cursor: &mut Cursor<'_>) -> Option<Vec<u64>> {
    let (Ok(Item::Array(3)), Ok(Item::Array(count))) = (next(cursor), next(cursor)) else {
        return None;
    };
    if count > MOST_DIMENSIONS {
        return None;
    }
    let dimension = |_| match next(cursor) {
        Ok(Item::Number(number)) => Some(number),
        _ => None,
    };
    (0..count).map(dimension).collect()
}

/// The bytes of an element of a type, by the names of `NumPy` and of JAX.
fn element_bytes(dtype: &[u8]) -> Option<u64> {
    let name = str::from_utf8(dtype).ok()?;
    if name.starts_with("float8_") {
        return Some(1);
    }
    Some(match name {
        "bool" | "int8" | "uint8" | "int4" | "uint4" | "int2" | "uint2" | "float4_e2m1fn" => 1,
        "int16" | "uint16" | "float16" | "bfloat16" => 2,
        "int32" | "uint32" | "float32" => 4,
        "int64" | "uint64" | "float64" | "complex64" => 8,
        "complex128" | "float128" => 16,
        "complex256" => 32,
        _ => return None,
    })
}
