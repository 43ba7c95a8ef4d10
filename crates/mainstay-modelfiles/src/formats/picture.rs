//! A picture with something behind its end.
//!
//! Specification: PNG (W3C, third edition), sections 5.2 and 5.3: a signature, and chunks of a length, a name,
//! bytes and a checksum, up to `IEND`. Whoever shows the picture stops there; a loader that looks for
//! a pickle or an archive further on finds it. Pictures themselves hold no model.

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::front_door;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "picture",
    title: "a picture",
    role: Role::Wrapping,
    endings: &[],
    likeness,
    read,
};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// A length and a name stand before the bytes of a chunk, a checksum behind them.
const HEADER: usize = 8;
const CHECKSUM: u64 = 4;
/// The most chunks; large pictures have some thousands.
const MOST_CHUNKS: u32 = 100_000;

/// Where a picture ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureEnd {
    /// It is none, or breaks off.
    Unknown,
    /// Nothing follows it.
    EndOfFile,
    /// Something follows it from here on.
    At(u64),
    /// It has more parts than were looked at.
    Unsought,
}

/// Looks for the end of a picture that begins with `first` and is so long. `read` fills a buffer
/// from a place of the file, and says whether it could.
pub fn picture_end(
    first: &[u8],
    length: u64,
    mut read: impl FnMut(u64, &mut [u8]) -> bool,
) -> PictureEnd {
    if !first.starts_with(SIGNATURE) {
        return PictureEnd::Unknown;
    }
    let mut at = SIGNATURE.len() as u64;
    for _ in 0..MOST_CHUNKS {
        let mut header = [0; HEADER];
        if at.saturating_add(HEADER as u64) > length || !read(at, &mut header) {
            return PictureEnd::Unknown;
        }
        let [a, b, c, d, name @ ..] = header;
        let size = u64::from(u32::from_be_bytes([a, b, c, d]));
        at = at.saturating_add(HEADER as u64 + size + CHECKSUM);
        if name == *b"IEND" {
            return match at.cmp(&length) {
                std::cmp::Ordering::Less => PictureEnd::At(at),
                std::cmp::Ordering::Equal => PictureEnd::EndOfFile,
                std::cmp::Ordering::Greater => PictureEnd::Unknown,
            };
        }
    }
    PictureEnd::Unsought
}

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(beginning.bytes.starts_with(SIGNATURE))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let length = part.bytes.len() as u64;
    let end = picture_end(part.bytes, length, |at, buffer| {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = part.bytes.get(start..).and_then(|rest| rest.get(..buffer.len()));
        bytes.inspect(|bytes| buffer.copy_from_slice(bytes)).is_some()
    });
    match end {
        PictureEnd::Unknown | PictureEnd::EndOfFile => {}
        PictureEnd::Unsought => {
            let reason = "the picture has more parts than are looked at, and its end was not found";
            examination.gap(part.whole(), reason, "find out what the file is for");
        }
        PictureEnd::At(end) => behind(&part.from(end), examination),
    }
}

/// What follows the end of a picture.
fn behind(rest: &Part<'_>, examination: &mut Examination<'_>) {
    // A zip is looked for behind every format.
    let Some(format) = front_door::certainly(rest).filter(|format| format.id != "zip") else {
        return;
    };
    let message = format!(
        "{} bytes follow the end of the picture, and they are {}: a loader that looks there sees \
         another file than whoever looks at the picture",
        rest.bytes.len(),
        format.title
    );
    examination.danger(Danger::new(DangerCode::OddContainer, rest.at(0), message));
    examination.enter_certain(rest);
}
