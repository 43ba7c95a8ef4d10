//! bzip2: streams one after another are one content, as parallel packers write them.
//!
//! Format: the documentation of bzip2 1.0, and its decoder; joblib writes it (`compress="bz2"`).
//! Dangers: those of every packed stream, see [`packed`](super::packed).

use bzip2::bufread::BzDecoder;
use mainstay_archives::ArchiveError;

use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "bzip2",
    title: "bzip2",
    role: Role::Wrapping,
    endings: &["bz2", "tbz", "tbz2", "rds", "rda", "rdata", "pkl", "pickle", "joblib", "z"],
    likeness,
    read,
};

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(is_stream(beginning.bytes))
}

/// `BZh`, the size of the blocks, and the magic of a block or of the end.
fn is_stream(bytes: &[u8]) -> bool {
    match bytes {
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] => {
            let magic = rest.get(..6).unwrap_or(rest);
            [*b"\x31\x41\x59\x26\x53\x59", *b"\x17\x72\x45\x38\x50\x90"]
                .iter()
                .any(|known| !magic.is_empty() && known.starts_with(magic))
        }
        _ => false,
    }
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let packing =
        Packing { title: FORMAT.title, endings: FORMAT.endings, unpack, goes_on: is_stream };
    packing.read(part, examination);
}

fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    sink.fill(bytes, |stream| Ok(Box::new(BzDecoder::new(stream))))
}
