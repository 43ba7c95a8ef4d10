//! TODO: what it is, its specification, its dangers.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "python-start-up",
    title: "a start-up file of Python",
    endings: &[],
    likeness,
    read,
};

fn likeness(_beginning: &Beginning<'_>) -> Likeness {
    Likeness::No
}

fn read(_part: &Part<'_>, _examination: &mut Examination<'_>) {}
