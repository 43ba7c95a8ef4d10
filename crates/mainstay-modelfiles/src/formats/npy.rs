//! npy: a header that says type and shape of an array, and its elements.
//!
//! Specification: "NPY format", versions 1.0 to 3.0, in the documentation of `numpy.lib.format`.
//! Dangers:
//!
//! * elements that are Python objects, also in one field of many, are a pickle, which runs code
//!   (CVE-2019-6446); the machine for pickles judges it;
//! * the header is a Python expression: other than a literal it is meant for a reader that
//!   evaluates it;
//! * the shape multiplies to more than there is, or to more than can be counted;
//! * bytes follow the last element. Another array may: `NumPy` writes several into one file, also
//!   behind the pickle of an array of objects.

mod element;
mod header;
mod literal;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;
use memchr::memmem;

use crate::cursor::{Cursor, Leaves};
use crate::description::Tensor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use crate::{front_door, pickle};
use header::{Flaw, Header};

pub(crate) const FORMAT: Format = Format {
    id: "npy",
    title: "a NumPy array",
    role: Role::Model,
    endings: &["npy"],
    likeness,
    read,
};

const MAGIC: &[u8] = b"\x93NUMPY";
/// The longest header that is read. `NumPy` itself wants to be asked from 10,000 on.
const LONGEST_HEADER: u64 = 1 << 20;
/// So many arrays of objects are read, and so many that are broken.
const MOST_PICKLES: u32 = 1_000;
const MOST_BROKEN: u32 = 16;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(beginning.bytes.starts_with(MAGIC))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let (mut at, mut pickles, mut broken) = (0, 0, 0);
    loop {
        let end = match array(part, at, examination) {
            Ok(Array { end, has_objects }) => {
                pickles += u32::from(has_objects);
                end
            }
            Err(from) => {
                broken += 1;
                from
            }
        };
        let rest = part.from(end);
        if rest.bytes.starts_with(MAGIC) && broken == 0 {
            at = end;
        } else {
            if broken == 0 && !rest.bytes.is_empty() {
                behind(&rest, examination);
            }
            // Only who wrote it may know where the next array is: it is looked for.
            let Some(further) = memmem::find(rest.bytes, MAGIC) else { return };
            at = end + further as u64;
        }
        if pickles >= MOST_PICKLES || broken >= MOST_BROKEN {
            let reason = "the file holds so many arrays that not all are looked at";
            return examination.gap(part.at(at), reason, "save each array in a file of its own");
        }
    }
}

/// An array that was read to its end.
struct Array {
    /// Where what follows begins.
    end: u64,
    has_objects: bool,
}

/// Reads the array at a place. The error is what was told, and where another one may stand.
fn array(part: &Part<'_>, start: u64, examination: &mut Examination<'_>) -> Result<Array, u64> {
    let behind_magic = start + MAGIC.len() as u64;
    let mut cursor = Cursor::new(part.bytes);
    let text = match header_text(start, &mut cursor) {
        Ok(Ok(text)) => text,
        Ok(Err(message)) => {
            examination.danger(Danger::new(DangerCode::Malformed, part.at(start), message));
            return Err(behind_magic);
        }
        Err(leaves) => {
            examination.leaves(part, "the header", leaves);
            return Err(behind_magic);
        }
    };
    let header = match header::read(&text) {
        Ok(header) => header,
        Err(flaw) => {
            tell(part, start, flaw, examination);
            return Err(behind_magic);
        }
    };
    describe(part, &header, examination);
    let data = cursor.at();
    if header.has_objects {
        let size = pickle::read_here(&part.from(data), examination);
        if size == 0 {
            let reason = "the elements are Python objects, and their pickle could not be read";
            examination.gap(part.at(data), reason, "load it only where pickles are allowed");
            return Err(data);
        }
        return Ok(Array { end: data + size, has_objects: true });
    }
    let Some(size) = header.bytes else {
        let message = "the shape multiplies to more than a computer can count: a careless reader \
                       takes too little memory and writes behind it";
        examination.danger(Danger::new(DangerCode::Malformed, part.at(start), message));
        return Err(behind_magic);
    };
    match cursor.take(size) {
        Ok(_) => Ok(Array { end: cursor.at(), has_objects: false }),
        Err(leaves) => {
            examination.leaves(part, "the elements of the array", leaves);
            Err(data)
        }
    }
}

/// The text of the header, or why no reader takes it.
fn header_text(start: u64, cursor: &mut Cursor<'_>) -> Result<Result<String, String>, Leaves> {
    cursor.go_to(start)?;
    cursor.take(MAGIC.len() as u64)?;
    let (major, minor) = (cursor.u8()?, cursor.u8()?);
    let length = match (major, minor) {
        (1, 0) => u64::from(cursor.u16()?),
        (2 | 3, 0) => u64::from(cursor.u32()?),
        _ => {
            let message = format!(
                "it claims to be version {major}.{minor} of the format, which does not exist: \
                 readers refuse it, or take it for another version"
            );
            return Ok(Err(message));
        }
    };
    let header = cursor.take(length)?;
    if length > LONGEST_HEADER {
        let message = "the header is so long that evaluating it would bring Python down";
        return Ok(Err(message.to_owned()));
    }
    let text = match (major, str::from_utf8(header)) {
        (_, Ok(text)) => text.to_owned(),
        (3, Err(_)) => return Ok(Err("the header is not UTF-8 text".to_owned())),
        // Latin-1 before version 3.
        (_, Err(_)) => header.iter().map(|byte| char::from(*byte)).collect(),
    };
    Ok(Ok(text))
}

fn tell(part: &Part<'_>, start: u64, flaw: Flaw, examination: &mut Examination<'_>) {
    let danger = Danger::new(DangerCode::Malformed, part.at(start), flaw.message);
    let grade = if flaw.is_unknown_type { Severity::Medium } else { Severity::High };
    let danger = danger.graded(grade);
    examination.danger(match flaw.shown {
        Some(shown) => danger.shown(shown),
        None => danger,
    });
}

fn describe(part: &Part<'_>, header: &Header, examination: &mut Examination<'_>) {
    examination.describe(|description| {
        description.tensor(Tensor {
            name: part.name.to_string(),
            dtype: header.element.clone(),
            shape: header.shape.clone(),
            bytes: header.bytes,
        });
    });
}

/// Bytes behind the last array.
fn behind(rest: &Part<'_>, examination: &mut Examination<'_>) {
    let (message, grade) = if front_door::enter(rest, examination) {
        ("another file follows the array: NumPy does not see it, and others do", Severity::High)
    } else {
        ("bytes follow the last element of the array, which NumPy does not see", Severity::Medium)
    };
    examination.danger(Danger::new(DangerCode::OddContainer, rest.at(0), message).graded(grade));
}
