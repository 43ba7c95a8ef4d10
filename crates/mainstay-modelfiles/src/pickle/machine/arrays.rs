//! Arrays whose bytes stand in the stream: joblib.
//!
//! joblib pickles a `NumpyArrayWrapper` in the place of an array and writes the bytes of the array
//! behind the instruction that gives the wrapper its state: since joblib 1.2 one byte that counts
//! padding, the padding, and the data; before that the data alone. An array of objects is a pickle
//! of its own there. Specification: `NumpyArrayWrapper.read_array` in `joblib/numpy_pickle.py`.

use mainstay_reading::DangerCode;

use super::calls::Outcome;
use super::{Arrays, Machine, Reading, Trust};
use crate::pickle::fault::Fault;
use crate::pickle::literal::Literal;
use crate::pickle::storages;
use crate::pickle::value::Value;

/// What is known of a dtype.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dtype {
    /// The bytes of an element.
    size: Option<u64>,
    /// Whether elements are objects.
    has_objects: bool,
    /// Whether they could be, for all that is known.
    may_have_objects: bool,
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

    /// A persistent id of torch: `("storage", class, key, location, length, ...)`.
    pub(super) fn see_storage(&mut self, id: Value) {
        if self.shared.storages.is_none() {
            return;
        }
        let items = self.items(id).map(|content| content.items);
        let told = match items {
            Some([_, Value::Global(class), key, _, Value::Literal(length), ..]) => {
                let class = self.shared.globals.path(*class);
                let length = self.literal(*length).and_then(|length| length.as_int());
                self.text(*key).zip(storages::bytes_of(class, length))
            }
            _ => None,
        };
        if let Some(storages) = &mut self.shared.storages {
            storages.add(told);
        }
    }

    /// The state of a dtype: `(version, order, subdtype, names, fields, size, alignment, flags)`.
    pub(super) fn set_dtype(&mut self, number: u32, state: Value) {
        let number_at = |index: usize| {
            let value = self.items(state)?.items.get(index).copied()?;
            let Value::Literal(at) = value else { return None };
            self.literal(at)?.as_int()
        };
        let size = number_at(5).and_then(|size| u64::try_from(size).ok());
        let has_objects = number_at(7).is_some_and(|flags| flags & 1 != 0);
        let flags_are_known = number_at(7).is_some();
        let state_is_known = self.items(state).is_some();
        if let Some(dtype) = self.dtypes.get_mut(number as usize) {
            dtype.has_objects |= has_objects;
            dtype.may_have_objects |= !flags_are_known;
            if size.is_some() || !state_is_known {
                dtype.size = size;
            }
        }
    }

    /// Goes past the bytes of an array.
    pub(super) fn wrapped_array(&mut self, state: Value, at: usize) -> Result<(), Fault> {
        if self.reading.arrays == Arrays::None {
            return Ok(());
        }
        self.has_arrays = true;
        if self.source.is_in_frame() {
            let message = "the bytes of an array stand within a frame of the pickle, so that \
                           loaders go on at different places";
            self.shared.findings.note(at, DangerCode::OddContainer, message, None);
        }
        let Some(wrapper) = self.wrapper(state) else {
            return Err(Fault::Budget("the bytes of an array follow, and how many is not told"));
        };
        if wrapper.has_objects {
            return self.nested_pickle();
        }
        if wrapper.is_padded {
            let [padding] = self.source.array::<1>()?;
            self.source.take_across(u64::from(padding))?;
        }
        self.source.take_across(wrapper.bytes)?;
        self.source.skip_to(self.source.at());
        Ok(())
    }

    /// What the wrapper says of its array.
    fn wrapper(&self, state: Value) -> Option<Wrapper> {
        let content = self.items(state)?;
        let mut keys = content.items.iter().step_by(2);
        if !keys.all(|key| matches!(key, Value::Literal(_))) {
            return None;
        }
        let field = |name: &str| {
            // What is there last counts.
            let pair = content.items.chunks_exact(2).rfind(|pair| {
                pair.first().is_some_and(|key| self.text(*key).as_deref() == Some(name))
            });
            pair.and_then(|pair| pair.last()).copied()
        };
        let Value::Dtype(dtype) = field("dtype")? else { return None };
        let dtype = self.dtypes.get(dtype as usize)?;
        let padding = field("numpy_array_alignment_bytes");
        let is_none =
            |value| matches!(value, Value::Literal(at) if self.literal(at) == Some(Literal::None));
        let is_padded = padding.is_some_and(|value| !is_none(value));
        let shape = self.items(field("shape")?)?;
        let mut bytes = if dtype.has_objects { 1 } else { dtype.size? };
        for length in shape.items {
            let Value::Literal(at) = length else { return None };
            let length = u64::try_from(self.literal(*at)?.as_int()?).ok()?;
            bytes = bytes.checked_mul(length)?;
        }
        let is_whole = !shape.has_more && !content.has_more;
        is_whole.then_some(Wrapper { bytes, is_padded, has_objects: dtype.has_objects })
    }

    /// An array of objects is an ordinary pickle. Arrays within it are pickled in the usual way.
    fn nested_pickle(&mut self) -> Result<(), Fault> {
        let reading = Reading { arrays: Arrays::None, trust: Trust::Declared, ..self.reading };
        let (bytes, at) = (self.source.bytes(), self.source.at());
        let mut inner = Machine::new(bytes, at, reading, &mut *self.shared);
        let ended = inner.run();
        let (end, has_straddled) = (inner.source.at(), inner.source.has_straddled);
        self.source.has_straddled |= has_straddled;
        self.source.skip_to(end);
        ended
    }
}

/// What stands for an array.
struct Wrapper {
    bytes: u64,
    is_padded: bool,
    has_objects: bool,
}

/// A dtype from its text: `f8`, `<i4`, `U10`, `O`.
fn dtype_of(text: &str) -> Dtype {
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
    Dtype { size, has_objects, may_have_objects: !has_objects && !is_plain }
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
        assert!(dtype_of("O8").has_objects && dtype_of("object").has_objects);
        assert!(dtype_of("i4,O").may_have_objects && dtype_of("").may_have_objects);
        assert!(!dtype_of("float32").may_have_objects && !dtype_of("M8[ns]").may_have_objects);
    }
}
