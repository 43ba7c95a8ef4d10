//! Arrays whose bytes stand in the stream: joblib.
//!
//! joblib pickles a `NumpyArrayWrapper` in the place of an array and writes the bytes of the array
//! behind the instruction that gives the wrapper its state: since joblib 1.2 one byte that counts
//! padding, the padding, and the data; before that the data alone. An array of objects is a pickle
//! of its own there. Specification: `NumpyArrayWrapper.read_array` in `joblib/numpy_pickle.py`.

use mainstay_reading::DangerCode;

use super::{Arrays, Machine, Reading, Trust};
use crate::pickle::fault::Fault;
use crate::pickle::literal::Literal;
use crate::pickle::storages;
use crate::pickle::value::Value;

impl Machine<'_, '_> {
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

    /// Goes past the bytes of an array.
    pub(super) fn wrapped_array(
        &mut self,
        object: Value,
        state: Value,
        at: usize,
    ) -> Result<(), Fault> {
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
        self.fill_wrapped(object, wrapper.shape, wrapper.dtype, self.source.at());
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
        let Value::Dtype(number) = field("dtype")? else { return None };
        let dtype = self.dtypes.get(number as usize)?;
        let padding = field("numpy_array_alignment_bytes");
        let is_none =
            |value| matches!(value, Value::Literal(at) if self.literal(at) == Some(Literal::None));
        let is_padded = padding.is_some_and(|value| !is_none(value));
        let shape_value = field("shape")?;
        let shape = self.items(shape_value)?;
        let mut bytes = if dtype.has_objects() { 1 } else { dtype.size()? };
        for length in shape.items {
            let Value::Literal(at) = length else { return None };
            let length = u64::try_from(self.literal(*at)?.as_int()?).ok()?;
            bytes = bytes.checked_mul(length)?;
        }
        let is_whole = !shape.has_more && !content.has_more;
        let has_objects = dtype.has_objects();
        let wrapper = Wrapper { shape: shape_value, dtype: number, bytes, is_padded, has_objects };
        is_whole.then_some(wrapper)
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
    shape: Value,
    dtype: u32,
    bytes: u64,
    is_padded: bool,
    has_objects: bool,
}
