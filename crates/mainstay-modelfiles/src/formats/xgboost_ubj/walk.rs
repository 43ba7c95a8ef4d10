//! Going through UBJSON, with the open objects and arrays on a stack.

use crate::cursor::{Cursor, Leaves};
use crate::formats::xgboost_json::model::{Model, Piece};

/// The deepest nesting; that of JSON.
const DEEPEST: usize = 128;

/// Why it cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Leaves(Leaves),
    Broken(u64, &'static str),
}

impl From<Leaves> for Fault {
    fn from(leaves: Leaves) -> Self {
        Self::Leaves(leaves)
    }
}

/// An object or an array that is open.
struct Open {
    is_object: bool,
    /// How many values are left, if it was told.
    left: Option<u64>,
    /// The type of all values, if it was told.
    marker: Option<u8>,
}

/// Goes through one value, and gives its pieces to the model.
pub(super) fn walk(cursor: &mut Cursor<'_>, model: &mut Model<'_, '_, '_>) -> Result<(), Fault> {
    let mut open: Vec<Open> = Vec::new();
    loop {
        let at = cursor.at();
        let mut marker = None;
        if let Some(inner) = open.last_mut() {
            let ends = match &mut inner.left {
                Some(0) => true,
                Some(left) => {
                    *left -= 1;
                    false
                }
                None => closes(cursor, inner.is_object),
            };
            if ends {
                open.pop();
                model.take(Piece::End, at);
                if open.is_empty() {
                    return Ok(());
                }
                continue;
            }
            if inner.is_object {
                let length = length(cursor)?;
                model.take(Piece::Key(cursor.take(length)?), at);
            }
            marker = inner.marker;
        }
        let marker = match marker {
            Some(marker) => marker,
            None => cursor.u8()?,
        };
        if let Some(inner) = value(cursor, marker, model)? {
            if open.len() >= DEEPEST {
                return Err(Fault::Broken(at, "it is nested deeper than readers go"));
            }
            open.push(inner);
        } else if open.is_empty() {
            return Ok(());
        }
    }
}

/// Reads a value, or opens what holds others.
fn value(
    cursor: &mut Cursor<'_>,
    marker: u8,
    model: &mut Model<'_, '_, '_>,
) -> Result<Option<Open>, Fault> {
    let at = cursor.at();
    let piece = match marker {
        b'{' | b'[' => {
            let is_object = marker == b'{';
            model.take(if is_object { Piece::Object } else { Piece::Array }, at);
            return head(cursor, is_object).map(Some);
        }
        b'Z' | b'N' | b'T' | b'F' => Piece::Other,
        b'C' => {
            cursor.u8()?;
            Piece::Other
        }
        b'd' => fraction(cursor.take(4)?),
        b'D' => fraction(cursor.take(8)?),
        b'S' | b'H' => {
            let length = length(cursor)?;
            Piece::Text(cursor.take(length)?)
        }
        _ => match integer(cursor, marker)? {
            Some(number) => Piece::Number(Some(number)),
            None => return Err(Fault::Broken(at, "a value is of a type that does not exist")),
        },
    };
    model.take(piece, at);
    Ok(None)
}

/// The type and the count behind an opening bracket.
fn head(cursor: &mut Cursor<'_>, is_object: bool) -> Result<Open, Fault> {
    let mut open = Open { is_object, left: None, marker: None };
    if cursor.rest().first() == Some(&b'$') {
        cursor.u8()?;
        open.marker = Some(cursor.u8()?);
    }
    let at = cursor.at();
    if cursor.rest().first() != Some(&b'#') {
        return match open.marker {
            Some(_) => Err(Fault::Broken(at, "an array has a type and no count")),
            None => Ok(open),
        };
    }
    cursor.u8()?;
    let count = length(cursor)?;
    // Values of these types have no bytes: a count of them could be of any size.
    let has_no_bytes = matches!(open.marker, Some(b'Z' | b'N' | b'T' | b'F')) && !is_object;
    let left = cursor.rest().len() as u64;
    if count > left {
        return Err(Fault::Leaves(Leaves { at, wanted: count, left }));
    }
    if has_no_bytes {
        return Err(Fault::Broken(at, "an array is of values without bytes"));
    }
    open.left = Some(count);
    Ok(open)
}

/// Whether the closing bracket comes next; it is read then.
fn closes(cursor: &mut Cursor<'_>, is_object: bool) -> bool {
    let bracket = if is_object { b'}' } else { b']' };
    let closes = cursor.rest().first() == Some(&bracket);
    if closes {
        let _ = cursor.u8();
    }
    closes
}

/// A length: a whole number with its type.
fn length(cursor: &mut Cursor<'_>) -> Result<u64, Fault> {
    let at = cursor.at();
    let marker = cursor.u8()?;
    let length = integer(cursor, marker)?.and_then(|length| u64::try_from(length).ok());
    length.ok_or(Fault::Broken(at, "a length is no whole number, or negative"))
}

/// A whole number of this type. `None` when the type is another one.
pub(super) fn integer(cursor: &mut Cursor<'_>, marker: u8) -> Result<Option<i64>, Leaves> {
    Ok(Some(match marker {
        b'i' => i64::from(i8::from_be_bytes(cursor.array()?)),
        b'U' => i64::from(cursor.u8()?),
        b'I' => i64::from(i16::from_be_bytes(cursor.array()?)),
        b'l' => i64::from(i32::from_be_bytes(cursor.array()?)),
        b'L' => i64::from_be_bytes(cursor.array()?),
        _ => return Ok(None),
    }))
}

/// A number with a fraction: no number of a node.
fn fraction(_bytes: &[u8]) -> Piece<'static> {
    Piece::Number(None)
}
