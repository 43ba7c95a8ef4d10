//! Bytes in a pickle that a call loads as a model of their own.
//!
//! `torch.storage._load_from_bytes(bytes)` is `torch.load`, and `numpy.core.multiarray.scalar` of a
//! dtype of objects is `pickle.loads`. Up to protocol 2 the bytes are a text that `_codecs.encode`
//! makes into bytes.

use super::Machine;
use super::calls::Outcome;
use crate::pickle::literal::{self, Literal};
use crate::pickle::source::{Frames, Source};
use crate::pickle::value::{Offset, Value};

/// The most runs of bytes, and the most that is decoded of texts.
const MOST: usize = 10_000;
const MOST_DECODED: usize = 1 << 28;

impl Machine<'_, '_> {
    /// Bytes that are loaded as a model of their own.
    pub(super) fn judge_nested(&mut self, items: &[Value], made: Outcome) -> Outcome {
        match items.first() {
            Some(Value::Literal(at)) => self.nest(*at, made),
            Some(Value::Encoded(at)) => self.nest_encoded(*at, made),
            _ => Outcome::Unknown,
        }
    }

    /// A scalar of numpy from its dtype and its bytes.
    pub(super) fn judge_scalar(&mut self, items: &[Value], made: Outcome) -> Outcome {
        let has_objects = match items.first() {
            Some(Value::Dtype(number)) => self.holds_objects(*number),
            Some(Value::Lost) => return Outcome::Unknown,
            // A dtype that something else made could be any.
            Some(Value::Made(_) | Value::Kept(_) | Value::Result(_) | Value::Reached(_)) => true,
            _ => false,
        };
        match items.get(1) {
            Some(bytes) if has_objects && !self.is_none(*bytes) => {
                self.judge_nested(&[*bytes], made)
            }
            _ => made,
        }
    }

    fn nest(&mut self, at: Offset, made: Outcome) -> Outcome {
        let Some(Literal::Bytes(bytes)) = self.literal(at) else { return Outcome::Unknown };
        if self.displaced.contains_key(&at.get()) {
            return Outcome::Unknown;
        }
        let mut source = Source::new(self.source.bytes(), at.get(), Frames::Ignored);
        let read = source.instruction().and_then(|first| literal::operand(first, &mut source));
        if read.is_err() || self.shared.nested.len() >= MOST {
            return Outcome::Unknown;
        }
        self.shared.nested.push((source.at().saturating_sub(bytes.len()), bytes.len()));
        made
    }

    fn nest_encoded(&mut self, at: Offset, made: Outcome) -> Outcome {
        let decoded = &self.shared.decoded;
        if decoded.iter().any(|(place, _)| *place == at.get()) {
            return made;
        }
        let room: usize = decoded.iter().map(|(_, bytes)| bytes.len()).sum();
        if decoded.len() >= 100 || room >= MOST_DECODED {
            return Outcome::Unknown;
        }
        let literal = self.literal(at);
        let Some(text) = literal.as_ref().and_then(Literal::as_text) else {
            return Outcome::Unknown;
        };
        let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
        let Ok(bytes) = bytes else { return Outcome::Unknown };
        self.shared.decoded.push((at.get(), bytes));
        made
    }
}
