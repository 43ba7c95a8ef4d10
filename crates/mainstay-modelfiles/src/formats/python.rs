//! Python source inside of a model: what `torch.package` saves, the handlers of a TorchServe
//! archive, code in a `.nemo` or an MLflow model.
//!
//! Specification: none of its own; see [`crate::python_source`] for the dangers. Source that lies
//! in a folder is no model: only what a model names is read there.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness};
use crate::part::Part;
use crate::python_source;

pub(crate) const FORMAT: Format =
    Format { id: "python-source", title: "Python source", endings: &[], likeness, read };

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = beginning.bytes.get(..4096).unwrap_or(beginning.bytes);
    let is_python = matches!(&*beginning.ending(), "py" | "pyw");
    if beginning.is_inside && is_python && !begins.contains(&0) {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let when = "when the model is loaded or served";
    python_source::look_at_file(part.bytes, &part.whole(), when, examination);
}
