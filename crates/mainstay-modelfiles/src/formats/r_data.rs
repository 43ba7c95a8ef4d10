//! R data: `rds` holds one value, `rda` a list of variables; most often packed, which is
//! unpacked before.
//!
//! Specification: "Serialization Formats" in R Internals (section 1.8), versions 2 and 3, in
//! XDR, native (little-endian) and ASCII. Dangers:
//!
//! * a promise without a value is an expression that R runs as soon as somebody touches the
//!   variable (CVE-2024-27322);
//! * an active binding is a variable that runs a function when it is read;
//! * functions and calls that reach for the system, which run when the model is used;
//! * a vector that is no plain one (ALTREP) and has R map a file, or another package make it;
//! * lengths that leave the file, and nesting without end.

mod items;
mod names;
mod source;

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use source::{Encoding, Source};

pub(crate) const FORMAT: Format = Format {
    id: "r-data",
    title: "R data",
    role: Role::Model,
    endings: &["rds", "rda", "rdata"],
    likeness,
    read,
};

/// What precedes the value in a file of variables.
const VARIABLES: [&[u8]; 6] = [b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n", b"RDB2\n", b"RDB3\n"];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(begin(beginning.bytes).is_some())
}

/// How the values are written, and where they begin: behind the letter of the encoding.
fn begin(bytes: &[u8]) -> Option<(Encoding, usize)> {
    let prefix = VARIABLES.iter().find(|prefix| bytes.starts_with(prefix));
    let start = prefix.map_or(0, |prefix| prefix.len());
    let (letter, version) = bytes.get(start..)?.split_first_chunk::<2>()?;
    let version = version.get(..4).unwrap_or(version);
    let encoding = match letter {
        b"X\n" if matches!(version, [0, 0, 0, 2 | 3]) => Encoding::Xdr,
        b"B\n" if matches!(version, [2 | 3, 0, 0, 0]) => Encoding::Native,
        b"A\n" if matches!(version, [b'2' | b'3', b'\n', b'0'..=b'9', b'0'..=b'9']) => {
            Encoding::Ascii
        }
        _ => return None,
    };
    Some((encoding, start + 2))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let Some((encoding, start)) = begin(part.bytes) else { return };
    let mut cursor = Cursor::new(part.bytes);
    if let Err(leaves) = cursor.go_to(start as u64) {
        return examination.leaves(part, "the header", leaves);
    }
    items::read(part, Source { cursor, encoding }, examination);
}
