//! TODO: what it is, its specification, its dangers.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness};
use crate::part::Part;

pub(crate) const FORMAT: Format =
    Format { id: "mxnet", title: "MXNet", endings: &["params"], likeness, read };

fn likeness(_beginning: &Beginning<'_>) -> Likeness {
    Likeness::No
}

fn read(_part: &Part<'_>, _examination: &mut Examination<'_>) {}
