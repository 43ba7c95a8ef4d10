//! The dtypes of numpy: how an element of an array lies in memory, and whether it is an object.
//!
//! Specification: `dtype.__reduce__` and `__setstate__` of numpy: a text, and then version, byte
//! order, subdtype, names, fields, size, alignment and flags.

use super::Machine;
use super::calls::Outcome;
use crate::pickle::numbers::Layout;
use crate::pickle::value::Value;

/// What is known of a dtype.
#[derive(Clone, Debug, Default)]
pub(super) struct Dtype {
    /// The bytes of an element.
    size: Option<u64>,
    /// Whether elements are objects.
    has_objects: bool,
    /// Whether they could be, for all that is known.
    may_have_objects: bool,
    /// Whether an element is a whole number, and then whether it has a sign.
    whole: Option<bool>,
    is_big_endian: bool,
    /// Of records the fields of which anybody asks.
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
    name: &'static str,
    offset: u64,
    dtype: u32,
}

/// The fields of records of which anybody asks where they are: those of the nodes of trees.
const FIELDS: [&str; 6] = ["feature", "is_leaf", "left", "left_child", "right", "right_child"];

impl Dtype {
    /// The bytes of an element, where they are known.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether elements are objects.
    pub(super) fn has_objects(&self) -> bool {
        self.has_objects
    }

    /// How an element lies in memory, if it is a whole number.
    pub(super) fn layout(&self) -> Option<Layout> {
        let (is_signed, size) = (self.whole?, self.size?);
        Some(Layout { size, is_signed, is_big_endian: self.is_big_endian })
    }

    /// The number of the dtype of a field, and where it begins.
    pub(super) fn field(&self, name: &str) -> Option<(u32, u64)> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        Some((field.dtype, field.offset))
    }
}

/// What a dtype of plain elements is called, but for its size.
const PLAIN_DTYPES: [&str; 44] = [
    "?",
    "b",
    "h",
    "i",
    "l",
    "q",
    "p",
    "B",
    "H",
    "I",
    "L",
    "Q",
    "P",
    "e",
    "f",
    "d",
    "g",
    "c",
    "F",
    "D",
    "G",
    "S",
    "U",
    "V",
    "a",
    "u",
    "bool",
    "bool_",
    "int",
    "int_",
    "uint",
    "intp",
    "uintp",
    "float",
    "float_",
    "half",
    "single",
    "double",
    "longdouble",
    "complex",
    "str",
    "bytes",
    "void",
    "bfloat",
];

/// The most dtypes of a pickle that are told apart.
const MOST_DTYPES: usize = 1 << 16;

impl Machine<'_, '_> {
    /// `numpy.dtype(text, ...)`.
    pub(super) fn make_dtype(&mut self, items: &[Value]) -> Outcome {
        let text = items.first().and_then(|item| self.text(*item)).unwrap_or_default();
        let number = u32::try_from(self.dtypes.len()).unwrap_or(u32::MAX);
        if self.dtypes.len() >= MOST_DTYPES {
            return Outcome::Harmless(Value::Lost);
        }
        self.dtypes.push(dtype_of(&text));
        Outcome::Harmless(Value::Dtype(number))
    }

    /// Whether the elements of a dtype are objects, or could be.
    pub(super) fn holds_objects(&self, number: u32) -> bool {
        self.dtypes
            .get(number as usize)
            .is_none_or(|dtype| dtype.has_objects || dtype.may_have_objects)
    }

    /// The state of a dtype: `(version, order, subdtype, names, fields, size, alignment, flags)`.
    pub(super) fn set_dtype(&mut self, number: u32, state: Value) {
        let number_at = |index: usize| {
            let value = self.items(state)?.items.get(index).copied()?;
            let Value::Literal(at) = value else { return None };
            self.literal(at)?.as_int()
        };
        let size = number_at(5).and_then(|size| u64::try_from(size).ok());
        let item_at = |index: usize| self.items(state)?.items.get(index).copied();
        let order = item_at(1).and_then(|order| self.text(order));
        let fields = item_at(4).map(|fields| self.fields_of(fields)).unwrap_or_default();
        let has_objects = number_at(7).is_some_and(|flags| flags & 1 != 0);
        let flags_are_known = number_at(7).is_some();
        let state_is_known = self.items(state).is_some();
        if let Some(dtype) = self.dtypes.get_mut(number as usize) {
            dtype.has_objects |= has_objects;
            dtype.may_have_objects |= !flags_are_known;
            if size.is_some() || !state_is_known {
                dtype.size = size;
            }
            dtype.is_big_endian |= order.as_deref() == Some(">");
            dtype.fields = fields;
        }
    }

    /// The fields of a record: by each name a dtype and where it begins.
    fn fields_of(&self, fields: Value) -> Vec<Field> {
        let items = self.items(fields).map(|content| content.items).unwrap_or_default();
        let field = |name: &&'static str| {
            // What is there last counts.
            let mut pairs = items.chunks_exact(2).rev();
            let is_named = |key: Value| self.text(key).as_deref() == Some(*name);
            let place = pairs.find_map(|pair| match *pair {
                [key, place] if is_named(key) => Some(place),
                _ => None,
            })?;
            match *self.items(place)?.items {
                [Value::Dtype(dtype), offset, ..] => {
                    let offset = u64::try_from(self.int(offset)?).ok()?;
                    Some(Field { name, offset, dtype })
                }
                _ => None,
            }
        };
        FIELDS.iter().filter_map(field).collect()
    }
}

/// A dtype from its text: `f8`, `<i4`, `U10`, `O`.
fn dtype_of(text: &str) -> Dtype {
    let is_big_endian = text.starts_with('>');
    let text = text.trim_start_matches(['<', '>', '=', '|']);
    let mut chars = text.chars();
    let kind = chars.next().unwrap_or_default();
    let count: Option<u64> = chars.as_str().parse().ok();
    let size = match kind {
        '?' => Some(1),
        'U' => count.and_then(|count| count.checked_mul(4)),
        'M' | 'm' => Some(8),
        _ => count,
    };
    let word = text.trim_end_matches(|last: char| last.is_ascii_digit());
    let has_objects = matches!(text, "O" | "O4" | "O8" | "object" | "object_");
    let is_plain = PLAIN_DTYPES.contains(&word)
        || ((text.starts_with(['M', 'm'])
            || word.starts_with("datetime")
            || word.starts_with("timedelta"))
            && !text.contains(','));
    let whole = match (kind, count) {
        ('i', Some(_)) => Some(true),
        ('u' | 'b', Some(_)) => Some(false),
        _ => None,
    };
    let may_have_objects = !has_objects && !is_plain;
    Dtype { size, has_objects, may_have_objects, whole, is_big_endian, fields: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_dtype_tells_its_size() {
        for (text, size) in [("f8", 8), ("<i4", 4), ("U10", 40), ("V16", 16), ("b1", 1), ("M8", 8)]
        {
            assert_eq!(dtype_of(text).size, Some(size), "{text}");
        }
        assert!(dtype_of("<i4").layout().is_some() && dtype_of("f8").layout().is_none());
        assert!(dtype_of("O8").has_objects && dtype_of("object").has_objects);
        assert!(dtype_of("i4,O").may_have_objects && dtype_of("").may_have_objects);
        assert!(!dtype_of("float32").may_have_objects && !dtype_of("M8[ns]").may_have_objects);
    }
}
