//! Objects whose content is kept as long as the pickle is read: arrays, and the trees of
//! scikit-learn. They are made first and given their content later.
//!
//! Specification: `ndarray.__reduce__` and `__setstate__` of numpy (version, shape, dtype, order,
//! bytes), `_frombuffer` of its protocol 5, `NumpyArrayWrapper` of joblib, `Tree.__reduce__` of
//! scikit-learn.

use std::borrow::Cow;

use super::Machine;
use crate::pickle::indexed::Indexed;
use crate::pickle::literal::Literal;
use crate::pickle::numbers::{Layout, Numbers};
use crate::pickle::value::Value;

/// The most objects whose content is kept (6 MiB).
const MOST_KEPT: usize = 1 << 16;
/// So often all bytes of the file may be read as numbers of arrays.
const MOST_TIMES: u64 = 8;
/// The most axes of an array of which the lengths are kept.
const AXES: usize = 3;

/// An object, and what is known of its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// The number of its class.
    pub(super) class: u32,
    pub(super) content: Content,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// An array; `None` until it is given anything.
    Array(Option<Array>),
    /// A tree: how many features its nodes may ask for.
    Tree(Option<i64>),
}

/// What is known of an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Array {
    /// The number of its dtype.
    dtype: u32,
    /// The lengths of its first axes.
    lengths: [u64; AXES],
    axes: usize,
    data: Data,
}

#[derive(Clone, Copy, Debug)]
enum Data {
    /// Bytes of the pickle: a literal, or a text that stands for bytes.
    Value(Value),
    /// Bytes of the file, from here on.
    Run(usize),
}

impl Array {
    /// How long an axis is, if there is one.
    pub(super) fn length(&self, axis: usize) -> Option<u64> {
        self.lengths.get(..self.axes.min(AXES))?.get(axis).copied()
    }
}

impl<'a> Machine<'a, '_> {
    /// An instance of a class: kept if its content matters.
    pub(super) fn instance(&mut self, class: u32, arguments: Value) -> Value {
        let content = match self.shared.globals.indexed(class) {
            Indexed::Array | Indexed::Wrapper => Content::Array(None),
            Indexed::Buffer => Content::Array(self.array_of_buffer(arguments)),
            Indexed::Tree => {
                let first =
                    self.items(arguments).and_then(|content| content.items.first().copied());
                Content::Tree(first.and_then(|first| self.int(first)))
            }
            Indexed::No | Indexed::Matrix(_) | Indexed::Predictor => return Value::Made(class),
        };
        let Some(number) =
            u32::try_from(self.kept.len()).ok().filter(|_| self.kept.len() < MOST_KEPT)
        else {
            return Value::Made(class);
        };
        self.kept.push(Kept { class, content });
        Value::Kept(number)
    }

    /// The class of an instance.
    pub(in crate::pickle) fn class_of(&self, value: Value) -> Option<u32> {
        match value {
            Value::Made(class) => Some(class),
            Value::Kept(number) => self.kept(number).map(|kept| kept.class),
            Value::Literal(_)
            | Value::Global(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Result(_)
            | Value::Reached(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::Persistent
            | Value::Buffer
            | Value::Lost => None,
        }
    }

    pub(super) fn kept(&self, number: u32) -> Option<&Kept> {
        self.kept.get(number as usize)
    }

    /// A number that a literal is.
    pub(super) fn int(&self, value: Value) -> Option<i64> {
        let Value::Literal(at) = value else { return None };
        self.literal(at)?.as_int()
    }

    /// What is known of an array.
    pub(super) fn array(&self, value: Value) -> Option<Array> {
        let Value::Kept(number) = value else { return None };
        match self.kept(number)?.content {
            Content::Array(array) => array,
            Content::Tree(_) => None,
        }
    }

    /// How many features the nodes of a tree may ask for.
    pub(super) fn features(&self, value: Value) -> Option<i64> {
        let Value::Kept(number) = value else { return None };
        match self.kept(number)?.content {
            Content::Tree(features) => features,
            Content::Array(_) => None,
        }
    }

    /// Gives an array its content: `(version, shape, dtype, order, bytes, ...)`, before numpy 1.0
    /// without the version.
    pub(super) fn fill_array(&mut self, object: Value, state: Value) {
        let Value::Kept(number) = object else { return };
        if !matches!(self.kept(number), Some(Kept { content: Content::Array(_), .. })) {
            return;
        }
        let items = self.items(state).map(|content| content.items.to_vec()).unwrap_or_default();
        let array = match *items {
            [Value::Literal(_), shape, dtype, _, data, ..] => {
                self.array_of(shape, dtype, Data::Value(data))
            }
            [shape, dtype, _, data] => self.array_of(shape, dtype, Data::Value(data)),
            _ => None,
        };
        self.set_array(number, array);
    }

    /// The bytes of joblib's array are a run of the file.
    pub(super) fn fill_wrapped(&mut self, value: Value, shape: Value, dtype: u32, at: usize) {
        if let Value::Kept(number) = value {
            let array = self.array_of(shape, Value::Dtype(dtype), Data::Run(at));
            self.set_array(number, array);
        }
    }

    /// `_frombuffer(bytes, dtype, shape, order)`.
    fn array_of_buffer(&self, arguments: Value) -> Option<Array> {
        match *self.items(arguments)?.items {
            [data, dtype, shape, ..] => self.array_of(shape, dtype, Data::Value(data)),
            _ => None,
        }
    }

    fn array_of(&self, shape: Value, dtype: Value, data: Data) -> Option<Array> {
        let Value::Dtype(dtype) = dtype else { return None };
        let shape = self.items(shape).filter(|shape| !shape.has_more)?;
        let mut lengths = [0; AXES];
        for (place, length) in lengths.iter_mut().zip(shape.items) {
            *place = u64::try_from(self.int(*length)?).ok()?;
        }
        Some(Array { dtype, lengths, axes: shape.items.len(), data })
    }

    fn set_array(&mut self, number: u32, array: Option<Array>) {
        let Some(kept) = self.kept.get_mut(number as usize) else { return };
        let is_first = matches!(kept.content, Content::Array(None));
        kept.content = Content::Array(array.filter(|_| is_first));
        if !is_first {
            // What goes by its numbers may have been judged by others.
            let reason = "an array of the pickle is given its numbers more than once";
            self.tell_gap(self.source.at(), reason);
        }
    }

    /// The numbers of an array of whole numbers with one axis.
    pub(super) fn numbers(&mut self, value: Value) -> Option<Numbers<'a>> {
        let array = self.array(value).filter(|array| array.axes == 1)?;
        let layout = self.dtypes.get(array.dtype as usize)?.layout()?;
        self.read_numbers(array, layout, (0, layout.size))
    }

    /// The numbers of one field of an array of records with one axis.
    pub(super) fn field_numbers(&mut self, value: Value, field: &str) -> Option<Numbers<'a>> {
        let array = self.array(value).filter(|array| array.axes == 1)?;
        let dtype = self.dtypes.get(array.dtype as usize)?;
        let size = dtype.size()?;
        let (inner, offset) = dtype.field(field)?;
        let layout = self.dtypes.get(inner as usize)?.layout()?;
        self.read_numbers(array, layout, (offset, size))
    }

    fn read_numbers(
        &mut self,
        array: Array,
        layout: Layout,
        (offset, stride): (u64, u64),
    ) -> Option<Numbers<'a>> {
        let count = array.length(0)?;
        let bytes: Cow<'a, [u8]> = match array.data {
            // No bytes are written in many ways.
            _ if count == 0 => Cow::Borrowed(&[]),
            Data::Run(at) => Cow::Borrowed(self.source.bytes().get(at..)?),
            Data::Value(Value::Literal(at)) => match self.literal(at)? {
                Literal::Bytes(bytes) => Cow::Borrowed(bytes),
                Literal::Text(text) => Cow::Owned(latin(&text)?),
                Literal::None
                | Literal::Bool(_)
                | Literal::Int(_)
                | Literal::Long(_)
                | Literal::Float(_) => return None,
            },
            Data::Value(Value::Encoded(at)) => Cow::Owned(latin(self.literal(at)?.as_text()?)?),
            Data::Value(_) => return None,
        };
        // One array may stand in any number of matrices.
        let cost = stride.checked_mul(count)?;
        let read = self.shared.numbers_read.checked_add(cost)?;
        if read > MOST_TIMES.saturating_mul(self.source.bytes().len() as u64) {
            return None;
        }
        self.shared.numbers_read = read;
        Numbers::new(bytes, layout, (offset, stride), count)
    }
}

/// The bytes that a text stands for.
fn latin(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|each| u8::try_from(each).ok()).collect()
}
