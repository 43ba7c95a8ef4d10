//! LZ4 frames: frames one after another are one content, skippable ones among them.
//!
//! Format: LZ4 Frame Format 1.6.2
//! (<https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>). joblib writes it
//! (`compress="lz4"`). Dangers: those of every packed stream, see [`packed`](super::packed).

use lz4_flex::frame::FrameDecoder;
use mainstay_archives::ArchiveError;

use super::frames;
use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "lz4",
    title: "LZ4",
    role: Role::Wrapping,
    endings: &["lz4", "pkl", "pickle", "joblib", "z"],
    likeness,
    read,
};

const MAGIC: &[u8] = &[0x04, 0x22, 0x4D, 0x18];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = frames::behind_skippable(beginning.bytes);
    // Version 01, and a reserved bit that is not set.
    let is_version = bytes.get(4).is_none_or(|flags| flags & 0xC2 == 0x40);
    Likeness::certain_if(bytes.starts_with(MAGIC) && is_version)
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

fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    if let Some(length) = frames::skippable(bytes) {
        return Ok(length);
    }
    // The decoder takes a stream that is cut off for one that ends.
    let end = frames::lz4(bytes);
    let frame = match &end {
        Ok(length) => bytes.get(..*length).unwrap_or_default(),
        Err(_) => bytes,
    };
    sink.fill(frame, |stream| Ok(Box::new(FrameDecoder::new(stream))))?;
    end
}
