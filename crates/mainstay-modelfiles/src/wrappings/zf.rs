//! joblib's old container of one array (before joblib 0.10): `ZF`, the length of the content as a
//! hexadecimal text of 19 characters, zlib.
//!
//! Format: `read_zfile` of joblib's `numpy_pickle_compat`. Dangers: those of every packed stream,
//! and a length that is not that of the content.

use flate2::bufread::ZlibDecoder;
use mainstay_archives::ArchiveError;

use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "joblib-zf",
    title: "joblib's old ZF",
    // Old joblib wrote it under the ending of any packing.
    role: Role::Wrapping,
    endings: &["pkl", "pickle", "joblib", "z", "gz", "bz2", "xz", "lzma"],
    likeness,
    read,
};

/// `ZF` and the text of the length.
const HEADER: usize = 2 + 19;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(stated_length(beginning.bytes).is_some())
}

fn stated_length(bytes: &[u8]) -> Option<u64> {
    let text = bytes.get(..HEADER)?.strip_prefix(b"ZF")?;
    let digits = std::str::from_utf8(text).ok()?.trim_end().strip_prefix("0x")?;
    // Python 2 wrote the `L` of its long numbers.
    u64::from_str_radix(digits.trim_end_matches('L'), 16).ok()
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let packing = Packing { title: "ZF", endings: FORMAT.endings, unpack, goes_on: |_| false };
    packing.read(part, examination);
}

fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    let stated = stated_length(bytes).unwrap_or(0);
    // Some versions wrote one blank more.
    let start = HEADER + usize::from(bytes.get(HEADER) == Some(&b' '));
    let packed = bytes.get(start..).unwrap_or_default();
    let packed_length = sink.fill(packed, |stream| Ok(Box::new(ZlibDecoder::new(stream))))?;
    let length = sink.bytes().len() as u64;
    if length != stated {
        let message = format!("it has {length} bytes where its header says {stated}");
        return Err(ArchiveError::damaged(message));
    }
    Ok(start + packed_length)
}
