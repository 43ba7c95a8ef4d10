//! zlib (RFC 1950): joblib's usual compression.
//!
//! Its magic is weak: two bytes, of which one in a thousand pairs will do. So what follows has to
//! unpack. Dangers: those of every packed stream, see [`packed`](super::packed).

use flate2::bufread::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use mainstay_archives::ArchiveError;

use super::begins_as_text;
use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "zlib",
    title: "a zlib stream",
    // Old joblib wrote it under the ending of any packing.
    role: Role::Wrapping,
    endings: &["zlib", "z", "gz", "bz2", "xz", "lzma", "pkl", "pickle", "joblib", "dill"],
    likeness,
    read,
};

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes;
    let is_header = bytes.first_chunk::<2>().is_some_and(|[method, flags]| {
        let sum = u16::from(*method) << 8 | u16::from(*flags);
        // Deflate, a window of at most 32 KiB, a sum that fits, no dictionary.
        method & 0x0F == 8 && method >> 4 <= 7 && sum % 31 == 0 && flags & 0x20 == 0
    });
    Likeness::certain_if(is_header && inflates(beginning))
}

/// Whether the first bytes unpack: to the end and its checksum, or to a good piece of content that
/// does not come from text.
fn inflates(beginning: &Beginning<'_>) -> bool {
    let bytes = beginning.bytes.get(..4096).unwrap_or(beginning.bytes);
    let mut plain = [0; 4096];
    let mut stream = Decompress::new(true);
    let Ok(status) = stream.decompress(bytes, &mut plain, FlushDecompress::None) else {
        return false;
    };
    if status == Status::StreamEnd {
        return true;
    }
    // The window of 32 KiB is what everybody writes; any other has to show more.
    let wanted = if bytes.first() == Some(&0x78) { 1 } else { 512 };
    !begins_as_text(bytes) && stream.total_out() >= wanted
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let packing = Packing { title: "zlib", endings: FORMAT.endings, unpack, goes_on: |_| false };
    packing.read(part, examination);
}

fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    sink.fill(bytes, |stream| Ok(Box::new(ZlibDecoder::new(stream))))
}
