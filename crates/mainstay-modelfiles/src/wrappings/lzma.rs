//! LZMA alone: what the LZMA SDK calls `.lzma`, and Python `FORMAT_ALONE`. joblib writes it
//! (`compress="lzma"`).
//!
//! Format: LZMA specification of the LZMA SDK, "Lzma file format": properties (1 byte), size of the
//! dictionary (4), size of the content (8, all ones where it is not known), range coded data. There
//! is no magic, so the beginning has to be unpacked to tell it. Dangers: those of every packed
//! stream, see [`packed`](super::packed).

use std::io::{self, Read};

use lzma_rust2::LzmaReader;
use mainstay_archives::ArchiveError;

use super::begins_as_text;
use super::packed::Packing;
use super::unpacking::{Sink, Tracked, error_of};
use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "lzma",
    title: "LZMA",
    role: Role::Wrapping,
    endings: &["lzma", "tlz", "pkl", "pickle", "joblib", "z"],
    likeness,
    read,
};

/// The largest content that a header is believed to have: 256 TiB, as xz's own `file` rule does.
const LARGEST: u64 = 1 << 48;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(is_header(beginning.bytes) && decodes(beginning))
}

/// Properties that can be, a dictionary of a size that encoders write (a power of two, or one and
/// a half of one), a size that is unknown or believable, and the zero with which range coded data
/// begin.
fn is_header(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    let (Ok(properties), Ok(dictionary), Ok(size), Ok(first)) =
        (cursor.u8(), cursor.u32(), cursor.u64(), cursor.u8())
    else {
        return false;
    };
    let is_size = dictionary >= 4096 && matches!(dictionary >> dictionary.trailing_zeros(), 1 | 3);
    are_properties(properties)
        && (is_size || dictionary == u32::MAX)
        && (size == u64::MAX || (size > 0 && size < LARGEST))
        && first == 0
}

/// Whether these properties can be: `lc` and `lp` are at most 4 together, as liblzma has it, which
/// is what Python reads with. More would also need much memory.
pub(super) fn are_properties(properties: u8) -> bool {
    properties < 225 && properties % 9 + properties / 9 % 5 <= 4
}

/// Whether the first bytes unpack: to the end, or as far as they reach.
fn decodes(beginning: &Beginning<'_>) -> bool {
    let bytes = beginning.bytes.get(..4096).unwrap_or(beginning.bytes);
    let Ok(mut stream) = LzmaReader::new_mem_limit(bytes, u32::MAX, None) else { return false };
    stream.set_defer_errors(true);
    let mut plain = [0; 1024];
    let mut content = 0;
    // What is packed so well that it takes more steps is content enough.
    for _ in 0..64 {
        match stream.read(&mut plain) {
            Ok(0) => return content > 0,
            Ok(read) => content += read,
            Err(error) => {
                return error.kind() == io::ErrorKind::UnexpectedEof
                    && bytes.len() > 32
                    && !begins_as_text(bytes);
            }
        }
    }
    true
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let packing =
        Packing { title: FORMAT.title, endings: FORMAT.endings, unpack, goes_on: |_| false };
    packing.read(part, examination);
}

fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    sink.fill(bytes, |stream| {
        // The window grows with the content, and the content is bounded.
        let decoder = LzmaReader::new_mem_limit(stream, u32::MAX, None).map_err(error_of)?;
        Ok(Box::new(Lzma::new(decoder, stream)))
    })
}

/// A decoder that gives back what it read ahead when it ends.
pub(super) struct Lzma<'a> {
    decoder: Option<LzmaReader<Tracked<'a>>>,
    stream: Tracked<'a>,
}

impl<'a> Lzma<'a> {
    pub(super) fn new(mut decoder: LzmaReader<Tracked<'a>>, stream: Tracked<'a>) -> Self {
        decoder.set_defer_errors(true);
        decoder.set_relaxed_end_condition(false);
        Self { decoder: Some(decoder), stream }
    }
}

impl Read for Lzma<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return Ok(0) };
        let read = decoder.read(buffer)?;
        if read == 0
            && !buffer.is_empty()
            && let Some(decoder) = self.decoder.take()
        {
            let (_, unread) = decoder.into_parts();
            self.stream.give_back(unread.len());
        }
        Ok(read)
    }
}
