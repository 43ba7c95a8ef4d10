//! Python pickles, protocols 0 to 5: what an unpickler would import and call.
//!
//! Specification: `CPython`'s `Lib/pickle.py` and `Modules/_pickle.c`, PEP 307, PEP 3154 and PEP 574;
//! for several pickles and raw arrays in one file `PyTorch`'s `torch/serialization.py` (its legacy
//! form) and joblib's `numpy_pickle.py`. Dangers: calls that run code or touch files or the
//! network, calls whose name is hidden, changes of libraries, imports that nobody knows, streams
//! that break off after they have run a part.
//!
//! A symbolic [`machine`] goes through the instructions; the [`policy`] says what is known of each
//! imported name.

mod carried;
mod costs;
mod fault;
mod findings;
mod formula;
mod giveaways;
mod globals;
mod hidden;
mod indexed;
mod likeness;
mod literal;
mod machine;
mod memo;
mod names;
mod numbers;
mod opcode;
mod policy;
mod recent;
mod render;
mod source;
mod storages;
mod stream;
mod value;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::{Format, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "pickle",
    title: "a Python pickle",
    // `.tar` is what examples of PyTorch call a checkpoint (`model.pth.tar`).
    role: Role::Model,
    endings: &["pkl", "pickle", "joblib", "dill", "pt", "pth", "ckpt", "tar", "pdparams", "pdopt"],
    likeness: likeness::likeness,
    read,
};

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if let Some(skipped) = likeness::skipped(part.bytes) {
        let message = "the pickle has the mark of a text in front of it: Python refuses it, and \
                       loaders that are less strict do not";
        examination.danger(Danger::new(DangerCode::Malformed, part.at(0), message));
        stream::read(&part.from(skipped), examination);
    } else {
        stream::read(part, examination);
    }
}

/// Whether a file of no format that begins so holds a pickle further on, where loaders look.
pub(crate) fn is_behind(name: &str, first: &[u8]) -> bool {
    hidden::is_behind(name, first)
}

/// Looks for a pickle in a file of no format. Whether there is one.
pub(crate) fn read_behind(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    hidden::read_behind(part, examination)
}

/// What a call of a function does, if the lists of this module hold it itself as one that does harm.
pub(crate) fn harm_of(module: &str, name: &str) -> Option<DangerCode> {
    policy::listed_sink(module, name).map(|sink| findings::code_of(sink.sort))
}

/// Reads a pickle that begins at the start of a part, whatever it looks like: a format said that
/// there is one. Also reads the pickles that follow it, and says how many bytes they had.
pub(crate) fn read_here(part: &Part<'_>, examination: &mut Examination<'_>) -> u64 {
    stream::read(part, examination)
}

/// Where the one pickle at the start of bytes ends. `None` if none does.
pub(crate) fn end_of_one(bytes: &[u8]) -> Option<u64> {
    likeness::end_of_one(bytes)
}

/// How many bytes the elements of a storage of `PyTorch` take, by its class.
pub(crate) fn bytes_of_storage(class: &str, elements: i64) -> Option<u64> {
    storages::bytes_of(class, Some(elements))
}
