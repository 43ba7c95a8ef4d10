//! Flax: a tree of parameters in `MessagePack`.
//!
//! Specification: `flax.serialization` of the Flax library (maps by text; extension 1 is an
//! array, 2 a complex number, 3 a scalar of `NumPy`; an array in pieces is a map with the key
//! `__msgpack_chunked_array__`), and the `MessagePack` specification. Loading runs no code by
//! itself. Dangers:
//!
//! * an extension that Flax does not know: a program that loads the file has a hook for it;
//! * an array of Python objects, whose bytes would be taken for addresses;
//! * lengths that leave the file, nesting without end, bytes behind the end;
//! * a key that stands twice.

mod array;
mod message_pack;
mod tree;

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use message_pack::Item;

pub(crate) const FORMAT: Format = Format {
    id: "flax-msgpack",
    title: "Flax msgpack",
    role: Role::Model,
    endings: &["msgpack"],
    likeness,
    read,
};

/// A map by texts in which, sooner or later, an array of Flax stands.
/// So many maps and arrays without a key or a value between them nobody writes.
const NESTED: usize = 64;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let mut cursor = Cursor::new(beginning.bytes);
    // An empty map is also how a pickle begins.
    if beginning.bytes.first() == Some(&0x80) {
        return Likeness::No;
    }
    let is_named = beginning.ending() == "msgpack";
    if is_named && is_nested(beginning.bytes) {
        return Likeness::Possible;
    }
    let Ok(Item::Map(_)) = message_pack::next(&mut cursor) else { return Likeness::No };
    let Ok(Item::Text(_)) = message_pack::next(&mut cursor) else { return Likeness::No };
    loop {
        let before = cursor;
        match message_pack::next(&mut cursor) {
            Ok(Item::Extension(1..=3, content)) if array::is_array(content) => {
                return Likeness::Certain;
            }
            Ok(_) => {}
            Err(_) if array::begins_cut_off(before.rest()) => return Likeness::Certain,
            Err(_) if is_named => return Likeness::Possible,
            Err(_) => return Likeness::No,
        }
    }
}

/// Whether it begins with nothing but maps and arrays inside each other, as no parameters do.
fn is_nested(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    (0..NESTED)
        .all(|_| matches!(message_pack::next(&mut cursor), Ok(Item::Map(1..) | Item::Array(1..))))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    tree::read(part, examination);
}
