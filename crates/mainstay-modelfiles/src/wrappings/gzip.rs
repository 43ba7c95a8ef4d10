//! gzip: members one after another are one content (RFC 1952, section 2.2).
//!
//! joblib writes it (`compress="gzip"`), R its `.rds`, and every `.tar.gz`. Dangers: those of every
//! packed stream, see [`packed`](super::packed).

use flate2::bufread::GzDecoder;
use mainstay_archives::ArchiveError;

use super::packed::Packing;
use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "gzip",
    title: "gzip",
    role: Role::Wrapping,
    endings: &[
        "gz", "tgz", "rds", "rda", "rdata", "pkl", "pickle", "joblib", "dill", "nemo", "mar", "z",
    ],
    likeness,
    read,
};

/// The magic, and the only method that there is.
const MAGIC: &[u8] = &[0x1F, 0x8B, 8];

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
    sink.fill(bytes, |stream| Ok(Box::new(GzDecoder::new(stream))))
}
