//! safetensors: the length of a JSON header, the header, the bytes of the tensors.
//!
//! Specification: "Format" in the README of the safetensors library, and what its reader refuses.
//! The format was made so that loading runs no code. What remains are files that readers take
//! differently, or that break a careless one:
//!
//! * the header is longer than the file or than the reference reader allows, is not JSON, begins
//!   with something else, or names a key twice;
//! * the bytes of a tensor leave the file, overlap others, or are not as many as its type and its
//!   shape say; a shape overflows;
//! * bytes belong to no tensor: behind the last or between two, where another file can hide.

mod header;
mod layout;

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::{Cursor, Leaves};
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "safetensors",
    title: "safetensors",
    role: Role::Model,
    endings: &["safetensors"],
    likeness,
    read,
};

/// The longest header that the reference reader takes.
const LONGEST_HEADER: u64 = 100_000_000;

/// A length, then `{"` or `{}`. A hostile length says nothing; then the words of a header must.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let mut cursor = Cursor::new(beginning.bytes);
    let Ok(length) = cursor.u64() else { return Likeness::No };
    let header = cursor.rest();
    let opens = matches!(header.first(), Some(b'{'));
    let inner = header.get(1..).unwrap_or_default();
    let goes_on = matches!(inner.trim_ascii_start().first(), Some(b'"' | b'}'));
    let fits = length >= 2 && length <= beginning.length.saturating_sub(8);
    if opens && goes_on && fits {
        return Likeness::Certain;
    }
    let has = |word: &[u8]| memchr::memmem::find(header, word).is_some();
    let says_so = has(b"\"data_offsets\"") && has(b"\"dtype\"") || has(b"{\"__metadata__\"");
    // No text begins so: its first eight bytes would all be letters.
    let is_binary = beginning.bytes.iter().take(8).any(|byte| matches!(byte, 0 | 0xFF));
    if says_so && is_binary {
        return Likeness::Certain;
    }
    let named = beginning.ending() == "safetensors";
    if named && (opens || fits && header.trim_ascii_start().first() == Some(&b'{')) {
        return Likeness::Possible;
    }
    Likeness::No
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut cursor = Cursor::new(part.bytes);
    let length = match cursor.u64() {
        Ok(length) => length,
        Err(leaves) => return examination.leaves(part, "the length of the header", leaves),
    };
    if length > LONGEST_HEADER {
        let message = format!(
            "the header claims {length} bytes, more than the {LONGEST_HEADER} that readers allow: \
             a careless one would run out of memory"
        );
        examination.danger(Danger::new(DangerCode::Malformed, part.at(0), message));
    }
    let header = match cursor.take(length) {
        Ok(header) => header,
        Err(Leaves { at, wanted, left }) => {
            return examination.leaves(part, "the header", Leaves { at, wanted, left });
        }
    };
    let data = cursor.at();
    let Some(text) = header_text(part, header, examination) else { return };
    let tensors = header::read(part, text, examination);
    layout::check(part, data, tensors, examination);
}

/// The header as text, if it is text.
fn header_text<'a>(
    part: &Part<'_>,
    header: &'a [u8],
    examination: &mut Examination<'_>,
) -> Option<&'a str> {
    match str::from_utf8(header) {
        Ok(text) => {
            if !text.starts_with('{') {
                let message = "the header does not begin with `{`, as it must: readers disagree \
                               about what it says";
                examination.danger(Danger::new(DangerCode::Malformed, part.at(8), message));
            }
            Some(text)
        }
        Err(error) => {
            let at = part.at(8 + error.valid_up_to() as u64);
            let message = "the header is not UTF-8 text, so its reader would refuse it";
            examination.danger(Danger::new(DangerCode::Malformed, at, message));
            None
        }
    }
}
