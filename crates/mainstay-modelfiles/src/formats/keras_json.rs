//! The architecture of a Keras model as JSON: `model.to_json()`, `config.json` and its like.
//!
//! Specification: `keras/src/models/model.py` (`to_json`), `keras/src/saving/saving_lib.py`. It
//! is told by its keys, not by its name. Its dangers are those of [`keras`].

use std::borrow::Cow;

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
const LOOKED_AT: usize = 1 << 20;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes;
    // Blanks in front say nothing, however many there are.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let bytes = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return Likeness::No;
    }
    // A key may be written with escapes, which no writer of Keras does.
    let bytes = &*unescaped(bytes);
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

/// The text with the letters that its escapes stand for.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(text, b"\\u00").is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        let digits = rest.strip_prefix(b"\\u00").and_then(|digits| digits.first_chunk::<2>());
        let letter = digits
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(u8::is_ascii_graphic);
        plain.push(letter.unwrap_or(*first));
        rest = if letter.is_some() { rest.get(6..).unwrap_or_default() } else { behind };
    }
    Cow::Owned(plain)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    keras::judge(part, Kept::Json, examination);
}
