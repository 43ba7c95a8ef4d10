//! xz: streams one after another, with zeros between them, are one content.
//!
//! Format: The .xz File Format 1.2.1 (<https://tukaani.org/xz/xz-file-format.txt>), section 2.
//! joblib writes it (`compress="xz"`). Dangers: those of every packed stream, see
//! [`packed`](super::packed).

use lzma_rust2::XzReader;
use mainstay_archives::ArchiveError;

use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "xz",
    title: "xz",
    role: Role::Wrapping,
    endings: &["xz", "txz", "rds", "rda", "rdata", "pkl", "pickle", "joblib", "z"],
    likeness,
    read,
};

const MAGIC: &[u8] = b"\xFD7zXZ\0";

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(beginning.bytes.starts_with(MAGIC))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let packing = Packing {
        title: FORMAT.title,
        endings: FORMAT.endings,
        unpack,
        goes_on: |rest| rest.starts_with(MAGIC),
    };
    packing.read(part, examination);
}

fn unpack(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, ArchiveError> {
    // The window grows with the content, and the content is bounded.
    sink.fill(bytes, |stream| Ok(Box::new(XzReader::new(stream, false))))
}
