//! What a Keras configuration would do: a tree of classes and functions by name, with what they
//! are built from.
//!
//! Specification: `keras/src/saving/serialization_lib.py` (Keras 3: `module`, `class_name`,
//! `config`, `registered_name`) and `keras/src/legacy/saving/serialization.py` (Keras 1 and 2:
//! `class_name`, `config`). Any object anywhere in the tree may name a class, so all of them are
//! looked at. Dangers: a `Lambda` layer, which carries compiled Python (CVE-2024-3660; in HDF5
//! also with the safe mode, CVE-2025-9905); a module that is not Keras (CVE-2025-1550); functions
//! of Keras that fetch or unpack files (CVE-2025-8747) or switch the safe mode off
//! (CVE-2025-9906); a pickled module of Torch (CVE-2025-49655); a vocabulary that is a path
//! (CVE-2025-12058); other models by path or address; operations of `TensorFlow` that touch files.

pub(crate) mod json_tree;
mod judge;
pub(crate) mod known;
mod layers;
pub(crate) mod marshalled;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::part::Part;
use json_tree::Tree;
use judge::Judge;

/// Where a configuration is kept: loaders differ in what they refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In a file of its own or a `.keras` archive: the safe mode of newer versions counts.
    Json,
    /// In a file of YAML, read as JSON: places in that mean nothing.
    Yaml,
    /// In an attribute of an HDF5 file: there is no safe mode.
    Hdf5,
}

/// Judges a configuration: `part` is its JSON.
pub(crate) fn judge(part: &Part<'_>, kept: Kept, examination: &mut Examination<'_>) {
    let decoded = json_tree::decoded(part.bytes);
    let part = &Part { bytes: decoded.as_deref().unwrap_or(part.bytes), ..part.clone() };
    let tree = Tree::read(part.bytes);
    if let Some((at, why)) = tree.broken {
        let message =
            format!("the Keras configuration is no JSON, {why}: it is cut off or damaged");
        examination.danger(Danger::new(DangerCode::Malformed, part.at(at as u64), message));
    }
    if tree.is_cut {
        let reason = "the Keras configuration has more parts than are looked at";
        examination.gap(part.whole(), reason, "save the model with a smaller configuration");
    }
    Judge::new(&tree, part, kept, examination).walk();
    for key in ["keras_version", "backend", "date_saved"] {
        if let Some(value) = tree.text(0, key) {
            examination.describe(|description| description.fact(key, value));
        }
    }
}

/// Judges JSON and says whether it was one at all: for attributes that may hold a plain text.
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{") || bytes.trim_ascii_start().starts_with(b"[")
}
