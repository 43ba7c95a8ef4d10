//! The architecture of a Keras model as JSON: `model.to_json()`, `config.json` and its like.
//!
//! Specification: `keras/src/models/model.py` (`to_json`), `keras/src/saving/saving_lib.py`. It
//! is told by its keys, not by its name. Its dangers are those of [`keras`].

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::keras::{self, Kept};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "keras-json",
    title: "a Keras architecture",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// How much of the beginning is looked at.
const LOOKED_AT: usize = 64 * 1024;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes;
    let bytes = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return Likeness::No;
    }
    // A key may be written with escapes, which no writer of Keras does.
    let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
    let names_class = has(b"\"class_name\"");
    let is_of_keras = || {
        has(b"\"config\"")
            && (has(b"\"keras")
                || has(b"\"registered_name\"")
                || has(b"\"layers\"")
                || has(b"\"trainable\"")
                || has(b"\"batch_input_shape\"")
                || has(b"\"batch_shape\"")
                || has(b"\"module\"")
                || has(b"\"Lambda\"")
                || has(b"\"function\""))
    };
    Likeness::certain_if(names_class && is_of_keras())
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    keras::judge(part, Kept::Json, examination);
}
