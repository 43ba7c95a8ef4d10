//! GGUF: metadata by key, what the tensors are, the bytes of the tensors.
//!
//! Specification: `docs/gguf.md` of the ggml library, versions 1 to 3, in both byte orders. Its
//! readers are written in C and C++, so what the file claims decides whether they stay in their
//! memory:
//!
//! * counts and lengths that overflow when they are multiplied (CVE-2024-21825, CVE-2024-21836,
//!   CVE-2024-23496, CVE-2024-23605, CVE-2024-25664 to CVE-2024-25668), more than four dimensions
//!   (CVE-2024-21802), shapes and sizes that overflow (CVE-2025-53630, CVE-2026-33298), tensors
//!   that leave the file (CVE-2026-7482);
//! * an alignment of zero or of no power of two;
//! * chat templates, which are programs (CVE-2024-34359);
//! * keys and tensors that stand twice, and bytes that belong to no tensor.

mod layout;
mod metadata;
mod scalar;
mod source;
mod tensors;
pub(in crate::formats) mod types;

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use metadata::Metadata;
use source::{Order, Source, Width};

pub(crate) const FORMAT: Format =
    Format { id: "gguf", title: "GGUF", role: Role::Model, endings: &["gguf"], likeness, read };

const MAGIC: &[u8] = b"GGUF";
/// The newest version.
const NEWEST: u32 = 3;

/// The magic, and a version: a number has a zero byte, and text has none.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let version = beginning.bytes.get(4..).unwrap_or_default();
    let version = version.get(..4).unwrap_or(version);
    let is_number = version.len() < 4 || version.contains(&0) || version == [0xFF; 4];
    Likeness::certain_if(beginning.bytes.starts_with(MAGIC) && is_number)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let Some(mut source) = begin(part, examination) else { return };
    let counts = source.count().and_then(|tensors| Ok((tensors, source.count()?)));
    let (tensors, entries) = match counts {
        Ok(counts) => counts,
        Err(leaves) => return examination.leaves(part, "the header", leaves),
    };
    examination.describe(|description| {
        description.fact("GGUF.tensor_count", &tensors.to_string());
        description.fact("GGUF.kv_count", &entries.to_string());
    });
    count_fits(part, &source, Count::Entries(entries), examination);
    let Some(metadata) = Metadata::read(part, &mut source, entries, examination) else { return };
    count_fits(part, &source, Count::Tensors(tensors), examination);
    tensors::read(part, &mut source, tensors, metadata.alignment, examination);
}

/// Reads magic and version.
fn begin<'a>(part: &Part<'a>, examination: &mut Examination<'_>) -> Option<Source<'a>> {
    if part.bytes.len() >= 4 && !part.bytes.starts_with(MAGIC) {
        let message = "the name promises GGUF, and the file does not begin so: readers refuse it";
        examination.danger(Danger::new(DangerCode::Malformed, part.at(0), message));
        return None;
    }
    let mut cursor = Cursor::new(part.bytes);
    let version = match cursor.take(4).and_then(|_| cursor.u32()) {
        Ok(version) => version,
        Err(leaves) => {
            examination.leaves(part, "the header", leaves);
            return None;
        }
    };
    let is_big = version != 0 && version.trailing_zeros() >= 16;
    let (order, version) =
        if is_big { (Order::Big, version.swap_bytes()) } else { (Order::Little, version) };
    examination.describe(|description| {
        let order = if is_big { " (big endian)" } else { "" };
        description.fact("GGUF.version", &format!("{version}{order}"));
    });
    if version == 0 || version > NEWEST {
        let message = format!(
            "it claims to be version {version} of GGUF, which does not exist: readers refuse it, \
             or take it for another version"
        );
        examination.danger(Danger::new(DangerCode::Malformed, part.at(4), message));
        return None;
    }
    let width = if version == 1 { Width::Narrow } else { Width::Wide };
    Some(Source { cursor, order, width })
}

/// A count of the header.
#[derive(Clone, Copy)]
enum Count {
    Entries(u64),
    Tensors(u64),
}

/// Says when so many cannot stand in what is left.
fn count_fits(
    part: &Part<'_>,
    source: &Source<'_>,
    count: Count,
    examination: &mut Examination<'_>,
) {
    let length = source.width.bytes();
    // A key, a type and a byte; a name, two numbers and an offset.
    let (count, least, what, advisory) = match count {
        Count::Entries(count) => (count, length + 5, "entries of metadata", "CVE-2024-23605"),
        Count::Tensors(count) => (count, length + 16, "tensors", "CVE-2024-21836"),
    };
    let left = source.cursor.rest().len() as u64;
    if count.checked_mul(least).is_some_and(|bytes| bytes <= left) {
        return;
    }
    let message = format!(
        "the header claims {count} {what}, and the file has room for {}: a reader that multiplies \
         the number takes too little memory and writes behind it",
        left / least
    );
    let advisory = source::overflows(count).then_some(advisory);
    let danger = Danger::new(DangerCode::Malformed, part.at(8), message);
    examination.danger(danger.known_as(advisory));
}
