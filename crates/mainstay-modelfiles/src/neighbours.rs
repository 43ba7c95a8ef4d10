//! Files that are no model and lie beside one: what the tools that take up the folder of a model run
//! of it, and what they load.
//!
//! Specification: "Create custom Inference Handler" in the documentation of Hugging Face's inference
//! endpoints (`handler.py` with its `EndpointHandler`); setuptools (`pip install` of a folder runs
//! its `setup.py`); shared libraries are native code, which a runtime loads as custom operators or a
//! plug-in; a notebook is code that somebody runs by hand. A project of code has such files too: only
//! the folder of a model makes them a matter of this crate, and whoever walks through it says so.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::format::ending_of;
use crate::formats::program;
use crate::part::Part;
use crate::python_source;

/// Whole names of weights whose endings other files have too.
const WEIGHTS: [&str; 9] = [
    "adapter_model.bin",
    "diffusion_pytorch_model.bin",
    "flax_model.msgpack",
    "model.bin",
    "open_clip_pytorch_model.bin",
    "pytorch_model.bin",
    "saved_model.pb",
    "training_args.bin",
    "pytorch_lora_weights.bin",
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
    WEIGHTS.contains(&name) || WEIGHT_ENDINGS.contains(&&*ending_of(name))
}

/// Whether a file of this name is looked at where it lies beside weights.
pub fn matters_beside_weights(name: &str) -> bool {
    neighbour(name).is_some()
}

fn neighbour(name: &str) -> Option<Neighbour> {
    match name {
        "handler.py" => return Some(Neighbour::Handler),
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
            let when = "when an inference endpoint serves the model";
            python_source::look_at_file(part.bytes, &part.whole(), when, examination);
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
    let found = apart.finish();
    for danger in found.dangers {
        let severity = danger.severity.min(Severity::Medium);
        examination.danger(danger.graded(severity));
    }
    for gap in found.gaps {
        examination.gap(gap.place, gap.reason, gap.advice);
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
