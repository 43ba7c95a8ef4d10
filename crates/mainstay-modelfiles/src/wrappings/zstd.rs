//! zstd (RFC 8878): frames one after another are one content, skippable ones among them.
//!
//! Dangers: those of every packed stream, see [`packed`](super::packed).

use mainstay_archives::{ArchiveError, Packing as Codec, unpack as unpack_stream};

use super::frames;
use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "zstd",
    title: "zstd",
    role: Role::Wrapping,
    endings: &["zst", "zstd", "tzst", "pkl", "pickle", "joblib"],
    likeness,
    read,
};

const MAGIC: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = frames::behind_skippable(beginning.bytes);
    let is_skipped = bytes.len() < beginning.bytes.len();
    Likeness::certain_if(bytes.starts_with(MAGIC) || (is_skipped && bytes.is_empty()))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let packing = Packing {
        title: FORMAT.title,
        endings: FORMAT.endings,
        unpack,
        goes_on: |rest| rest.starts_with(MAGIC) || frames::skippable(rest).is_some(),
    };
    packing.read(part, examination);
}

pub(super) fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    if let Some(length) = frames::skippable(bytes) {
        return Ok(length);
    }
    let end = frames::zstd(bytes);
    let frame = match &end {
        Ok(length) => bytes.get(..*length).unwrap_or_default(),
        Err(_) => bytes,
    };
    // It counts against the budget itself, and so counts twice.
    sink.fill(frame, |stream| Ok(Box::new(unpack_stream(Codec::Zstd, stream, stream.budget()))))?;
    end
}
