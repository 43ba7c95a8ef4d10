//! What a model file is, for a person: metadata, tensors, licences, the trace of what it calls.
//!
//! It is filled only where somebody asks ([`Detail::Described`](crate::Detail)), and within
//! bounds: a header may name millions of tensors.

use mainstay_reading::Place;

/// The most facts, tensors and lines of trace that are kept of one file.
const KEPT: usize = 10_000;
/// The most characters of one text.
const LONGEST: usize = 2_000;

/// What a model file is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// Metadata, in the order of the file.
    pub facts: Vec<Fact>,
    /// The tensors, in the order of the file, at most 10,000.
    pub tensors: Vec<Tensor>,
    /// How many tensors there are in all.
    pub tensors_in_all: u64,
    /// The bytes of all tensors, as they are declared.
    pub tensor_bytes: u128,
    /// What is imported and called, as readable pseudo-Python.
    pub trace: Vec<TraceLine>,
    /// Licences that header, card or metadata state, as they are written.
    pub licences: Vec<String>,
    /// The formats that were met, with their places.
    pub formats: Vec<(Place, &'static str)>,
    /// Whether something was left out because there was too much of it.
    pub is_cut: bool,
}

/// One statement of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its key, as the file writes it.
    pub name: String,
    /// Its value, cut to a bounded length.
    pub value: String,
}

/// One tensor, as it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// The type of its elements, in the words of its format.
    pub dtype: String,
    /// Its dimensions.
    pub shape: Vec<u64>,
    /// Its bytes; `None` where the format does not tell.
    pub bytes: Option<u64>,
}

/// One import or call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceLine {
    /// Where.
    pub place: Place,
    /// As readable pseudo-Python.
    pub text: String,
}

impl Description {
    pub(crate) fn fact(&mut self, name: &str, value: &str) {
        if self.has_room(self.facts.len()) {
            self.facts.push(Fact { name: shortened(name), value: shortened(value) });
        }
    }

    pub(crate) fn tensor(&mut self, tensor: Tensor) {
        self.tensors_in_all = self.tensors_in_all.saturating_add(1);
        let bytes = u128::from(tensor.bytes.unwrap_or(0));
        self.tensor_bytes = self.tensor_bytes.saturating_add(bytes);
        if self.has_room(self.tensors.len()) {
            self.tensors.push(Tensor { name: shortened(&tensor.name), ..tensor });
        }
    }

    pub(crate) fn trace(&mut self, place: Place, text: &str) {
        if self.has_room(self.trace.len()) {
            self.trace.push(TraceLine { place, text: shortened(text) });
        }
    }

    pub(crate) fn licence(&mut self, stated: &str) {
        let stated = shortened(stated.trim());
        if !stated.is_empty() && !self.licences.contains(&stated) && self.licences.len() < 100 {
            self.licences.push(stated);
        }
    }

    pub(crate) fn format(&mut self, place: Place, format: &'static str) {
        if self.has_room(self.formats.len()) {
            self.formats.push((place, format));
        }
    }

    fn has_room(&mut self, length: usize) -> bool {
        self.is_cut |= length >= KEPT;
        length < KEPT
    }
}

/// A text of bounded length; what was cut off shows as `…`.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
