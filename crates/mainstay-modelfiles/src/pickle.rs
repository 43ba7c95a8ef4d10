//! TODO: what it is, its specification, its dangers.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "pickle",
    title: "a Python pickle",
    endings: &["pkl", "pickle", "joblib", "dill", "pt", "pth", "ckpt", "pdparams", "pdopt"],
    likeness,
    read,
};

fn likeness(_beginning: &Beginning<'_>) -> Likeness {
    Likeness::No
}

fn read(_part: &Part<'_>, _examination: &mut Examination<'_>) {}

/// Reads a pickle that begins at the start of a part, whatever it looks like: a format said that
/// there is one. Also reads what follows it, and says how many bytes the pickle had.
pub(crate) fn read_here(_part: &Part<'_>, _examination: &mut Examination<'_>) -> u64 {
    0
}
