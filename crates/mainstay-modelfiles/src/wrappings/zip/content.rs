//! The content of a member of a zip.
//!
//! Stored members are slices of the file: PyTorch stores, and weights have gigabytes. Other methods
//! (APPNOTE 6.3.10, section 4.4.5) are unpacked within the budget: Python's `zipfile` reads
//! deflate, bzip2 and LZMA.

use std::ops::Deref;

use flate2::bufread::DeflateDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use mainstay_archives::{ArchiveError, Budget, Held};

use crate::wrappings::lzma::{self, Lzma};
use crate::wrappings::unpacking::{Sink, error_of};
use crate::wrappings::zstd;

/// The bytes of a member, as far as they could be had.
pub(super) enum Content<'a, 'b> {
    Stored(&'a [u8]),
    Unpacked(Held<'b>),
}

impl Deref for Content<'_, '_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Stored(bytes) => bytes,
            Self::Unpacked(held) => held,
        }
    }
}

/// What unpacking came to.
pub(super) struct Outcome<'a, 'b> {
    pub(super) content: Content<'a, 'b>,
    /// Why it ended before its end.
    pub(super) error: Option<ArchiveError>,
    /// How many of the packed bytes it took.
    pub(super) taken: u64,
}

pub(super) const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Unpacks packed bytes by a method; `plain` is the length that is stated.
pub(super) fn unpack<'a, 'b>(
    method: u16,
    packed: &'a [u8],
    plain: u64,
    budget: &'b Budget,
) -> Outcome<'a, 'b> {
    if method == STORED {
        let taken = packed.len() as u64;
        return Outcome { content: Content::Stored(packed), error: None, taken };
    }
    let mut sink = Sink::new(budget);
    let outcome = match method {
        DEFLATED => sink.fill(packed, |stream| Ok(Box::new(DeflateDecoder::new(stream)))),
        12 => sink.fill(packed, |stream| Ok(Box::new(bzip2::bufread::BzDecoder::new(stream)))),
        14 => unlzma(packed, plain, &mut sink),
        93 => zstd::unpack(packed, &mut sink),
        95 => sink.fill(packed, |stream| Ok(Box::new(XzReader::new(stream, true)))),
        other => Err(unread(other)),
    };
    let (taken, error) = match outcome {
        Ok(taken) => (taken as u64, None),
        Err(error) => (0, Some(error)),
    };
    Outcome { content: Content::Unpacked(sink.into_held()), error, taken }
}

/// A version, the length of the properties, the properties, and the data (APPNOTE, section 5.8).
fn unlzma(packed: &[u8], plain: u64, sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    let cut = || ArchiveError::damaged("it is cut off");
    let [_, _, 5, 0, properties, window @ ..] = *packed.first_chunk::<9>().ok_or_else(cut)? else {
        return Err(ArchiveError::damaged("its properties are not those of LZMA"));
    };
    if !lzma::are_properties(properties) {
        return Err(ArchiveError::damaged("its properties are not those of LZMA"));
    }
    let window = u32::from_le_bytes(window);
    let data = packed.get(9..).unwrap_or_default();
    let taken = sink.fill(data, |stream| {
        let decoder = LzmaReader::new_with_props(stream, plain, properties, window, None);
        Ok(Box::new(Lzma::new(decoder.map_err(error_of)?, stream)))
    })?;
    Ok(9 + taken)
}

fn unread(method: u16) -> ArchiveError {
    let name = match method {
        1 => "Shrink".to_owned(),
        2..=5 => "Reduce".to_owned(),
        6 => "Implode".to_owned(),
        9 => "Deflate64".to_owned(),
        94 => "MP3".to_owned(),
        96 => "JPEG".to_owned(),
        97 => "WavPack".to_owned(),
        98 => "PPMd".to_owned(),
        99 => "AES encryption".to_owned(),
        other => format!("number {other}"),
    };
    ArchiveError::unsupported(format!("it is packed by the method {name}, which is not read"))
}
