//! TODO: what it is, its specification, its dangers.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "zip",
    title: "a zip archive",
    endings: &["zip", "npz", "keras", "pt", "pth", "ckpt", "mar", "skops"],
    likeness,
    read,
};

fn likeness(_beginning: &Beginning<'_>) -> Likeness {
    Likeness::No
}

fn read(_part: &Part<'_>, _examination: &mut Examination<'_>) {}

pub(crate) fn read_behind(_: &Format, _: &Part<'_>, _: &mut Examination<'_>) {}
