//! Files that are no model and lie beside one: what the tools that take up the folder of a model run
//! of it, and what they load.
//!
//! Specification: "Create custom Inference Handler" in the documentation of Hugging Face's inference
//! endpoints (`handler.py` with its `EndpointHandler`); setuptools (`pip install` of a folder runs
//! its `setup.py`); shared libraries are native code, which a runtime loads as custom operators or a
//! plug-in; a notebook is code that somebody runs by hand. A project of code has such files too: only
//! the folder of a model makes them a matter of this crate, and whoever walks through it says so.

use std::borrow::Cow;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::format::ending_of;
use crate::formats::program;
use crate::part::Part;
use crate::python_source;

/// What an inference endpoint runs in place of its own code, when it is in the repository.
pub(crate) const HANDLER: &str = "handler.py";
/// When it does.
pub(crate) const WHEN_SERVED: &str = "when an inference endpoint serves the model";

/// Whole names of weights whose endings other files have too. Each may be in several files, and
/// in variants (see [`whole_name`]).
const WEIGHTS: [&str; 10] = [
    "adapter_model.bin",
    "diffusion_pytorch_model.bin",
    "flax_model.msgpack",
    "model.bin",
    "open_clip_pytorch_model.bin",
    "openvino_model.bin",
    "pytorch_lora_weights.bin",
    "pytorch_model.bin",
    "saved_model.pb",
    "training_args.bin",
];
/// Endings of weights, in lower case.
const WEIGHT_ENDINGS: [&str; 22] = [
    "ckpt",
    "ggml",
    "gguf",
    "h5",
    "hdf5",
    "joblib",
    "keras",
    "llamafile",
    "mar",
    "mlmodel",
    "nemo",
    "onnx",
    "ort",
    "pdparams",
    "pickle",
    "pkl",
    "pt",
    "pte",
    "pth",
    "safetensors",
    "skops",
    "tflite",
];

/// A file beside a model, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Neighbour {
    /// What an inference endpoint runs.
    Handler,
    /// What an installation of the folder runs.
    Setup,
    /// Native code.
    Library,
    Notebook,
}

/// Whether a name is that of weights: where such a file lies, there is a model.
pub fn is_weights(name: &str) -> bool {
    let ending = ending_of(name);
    // Shards of a checkpoint of TensorFlow (`model.ckpt.data-00000-of-00001`), and weights that
    // whisper.cpp and its kin wrote (`ggml-base.en.bin`).
    let is_part = |ending: &str| ending.strip_prefix("data-").is_some_and(is_shard);
    WEIGHT_ENDINGS.contains(&&*ending)
        || is_part(&ending)
        || &*ending == "bin" && name.starts_with("ggml-")
        || WEIGHTS.contains(&&*whole_name(name))
}

/// The name of the whole of which a file is a shard or a variant: `pytorch_model.bin` of
/// `pytorch_model-00001-of-00002.bin` and of `pytorch_model.fp16-00001-of-00002.bin`.
fn whole_name(name: &str) -> Cow<'_, str> {
    let Some((stem, ending)) = name.rsplit_once('.') else { return name.into() };
    let base = stem.split('.').next().unwrap_or(stem);
    let shard =
        base.match_indices(['-', '_']).find(|(at, _)| base.get(at + 1..).is_some_and(is_shard));
    let base = shard.and_then(|(at, _)| base.get(..at)).unwrap_or(base);
    if base.len() == stem.len() { name.into() } else { format!("{base}.{ending}").into() }
}

/// Whether a text counts shards: `00001-of-00002`.
fn is_shard(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once("-of-").is_some_and(|(one, all)| is_number(one) && is_number(all))
}

/// Whether a file of this name is looked at where it lies beside weights.
pub fn matters_beside_weights(name: &str) -> bool {
    neighbour(name).is_some()
}

fn neighbour(name: &str) -> Option<Neighbour> {
    match name {
        HANDLER => return Some(Neighbour::Handler),
        "setup.py" => return Some(Neighbour::Setup),
        _ => {}
    }
    let is_numbered = name.rsplit_once(".so.").is_some_and(|(_, version)| {
        version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    match &*ending_of(name) {
        "so" | "dll" | "dylib" | "pyd" => Some(Neighbour::Library),
        "ipynb" => Some(Neighbour::Notebook),
        _ if is_numbered => Some(Neighbour::Library),
        _ => None,
    }
}

/// Reads a file that lies beside a model. Whether it is one of these.
pub(crate) fn read(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    let Some(neighbour) = neighbour(&part.name) else { return false };
    match neighbour {
        Neighbour::Handler => {
            let file = (HANDLER, part.bytes);
            let place = part.whole();
            python_source::look_at_script(file, &place, WHEN_SERVED, examination);
        }
        Neighbour::Setup => setup(part, examination),
        Neighbour::Library => return library(part, examination),
        Neighbour::Notebook => {
            let reason = "a notebook lies beside the model, and its code was not read";
            examination.gap(part.whole(), reason, "read its code before you run it");
        }
    }
    true
}

/// Many projects start programs or run their own files in it, so nothing here is more than a
/// warning.
fn setup(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut apart = examination.apart();
    let when = "when the folder of the model is installed";
    python_source::look_at_file(part.bytes, &part.whole(), when, &mut apart);
    for danger in examination.take_in(apart) {
        let severity = danger.severity.min(Severity::Medium);
        examination.danger(danger.graded(severity));
    }
}

fn library(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    let Some(kind) = program::kind(part.bytes) else { return false };
    let message = format!(
        "native code ({kind}) lies beside the model: a runtime that loads it as custom operators \
         or a plug-in runs it at once"
    );
    examination.danger(Danger::new(DangerCode::CarriesCode, part.whole(), message));
    true
}
