//! TorchScript: what `torch.jit.save` writes. A zip with `code/**.py`, which is not Python: the
//! interpreter of PyTorch runs it, and it knows operators and nothing else.
//!
//! Format: `torch/csrc/jit/docs/serialization.md` of PyTorch, "Code"; operators are printed as
//! `torch.NAME` where they are of `aten`, else as `ops.NAMESPACE.NAME`. Dangers: operators that
//! read and write files (`aten::save`, `aten::from_file`, those of torchvision and torchaudio) or
//! call other machines (`rpc_async`, `c10d`), operators of libraries that nobody knows, and names
//! of operators that are put together where no reader can follow: `m = torch` and
//! `getattr(torch, ..)` are both allowed, and `torch.autograd` is `torch` once more.

mod names;

use std::fmt::Write as _;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::ending_of;
use crate::part::Part;
use crate::wrappings::members::{Flavour, Members};
use names::{Name, Names};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torchscript", is_of, read };

/// Whether a member of this path is TorchScript and nothing else, if the archive is. Other Python
/// in `code` may be both.
pub(crate) fn is_code(path: &str) -> bool {
    may_be_code(path)
        && path.split('/').any(|folder| matches!(folder, "__torch__" | "__torch__.py"))
}

/// Whether PyTorch would read a member of this path as TorchScript. It finds it in capitals too.
fn may_be_code(path: &str) -> bool {
    path.split('/').any(|folder| folder.eq_ignore_ascii_case("code")) && ending_of(path) == "py"
}

/// The code needs its table of constants, or that of its modules in the form before PyTorch 1.2.
pub(crate) fn is_of(members: &dyn Members) -> bool {
    let paths = members.paths();
    let has_table = paths.iter().any(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_table =
            ["constants.pkl", "model.json"].iter().any(|table| name.eq_ignore_ascii_case(table));
        is_table && path.matches('/').count() <= 1
    });
    has_table && paths.iter().any(|path| may_be_code(path))
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    for path in members.paths().iter().filter(|path| may_be_code(path)) {
        if let Some(content) = members.content(path, examination) {
            look_at(&part.inside(path, &content), examination);
        }
    }
}

fn look_at(part: &Part<'_>, examination: &mut Examination<'_>) {
    for name in Names::new(part.bytes) {
        let Some((code, message)) = judge(&name) else { continue };
        let shown = part.bytes.get(name.at..).unwrap_or_default();
        let shown = shown.get(..SHOWN.min(shown.len())).unwrap_or_default();
        let line = shown.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let danger = Danger::new(code, part.at(name.at as u64), message);
        examination.danger(danger.shown(String::from_utf8_lossy(line)));
    }
}

/// How many bytes of a line are shown.
const SHOWN: usize = 200;

/// What a name does.
fn judge(name: &Name) -> Option<(DangerCode, String)> {
    let shown = name.words.join(".");
    let says =
        |what: &str| format!("the TorchScript code of the model calls {shown}, which {what}");
    let words: Vec<&str> = name.words.iter().map(String::as_str).collect();
    match meaning(&words)? {
        Meaning::Operator(namespace, operator) => judge_operator(namespace, operator, says),
        Meaning::Class(namespace, class) => judge_class(namespace, class, says),
        Meaning::Whole if name.is_binding => None,
        Meaning::Whole => {
            let message = format!(
                "the TorchScript code of the model hands {shown} on as a whole, so which of its \
                 operators are called is hidden"
            );
            Some((DangerCode::UnknownCall, message))
        }
    }
}

fn judge_operator(
    namespace: &str,
    operator: &str,
    says: impl Fn(&str) -> String,
) -> Option<(DangerCode, String)> {
    match (namespace, operator) {
        ("aten", "save") => {
            Some((DangerCode::TouchesFiles, says("writes a file of the machine that runs it")))
        }
        ("aten", "from_file") => {
            Some((DangerCode::TouchesFiles, says("reads or makes a file of the machine")))
        }
        (_, operator) if FILE_OPERATORS.contains(&operator) => {
            Some((DangerCode::TouchesFiles, says("reads or writes files of the machine")))
        }
        (_, "rpc_async" | "rpc_sync" | "rpc_remote") | ("c10d" | "_c10d_functional", _) => {
            Some((DangerCode::UsesNetwork, says("calls other machines")))
        }
        (namespace, _) => judge_library(namespace, says),
    }
}

fn judge_class(
    namespace: &str,
    class: &str,
    says: impl Fn(&str) -> String,
) -> Option<(DangerCode, String)> {
    let is_of_files = FILE_CLASSES.iter().any(|part| class.contains(part));
    match namespace {
        "torchvision" | "torchaudio" if is_of_files => {
            Some((DangerCode::TouchesFiles, says("reads or writes files of the machine")))
        }
        "c10d" | "dist_c10d" | "dist_rpc" => {
            Some((DangerCode::UsesNetwork, says("calls other machines")))
        }
        namespace => judge_library(namespace, says),
    }
}

fn judge_library(namespace: &str, says: impl Fn(&str) -> String) -> Option<(DangerCode, String)> {
    if KNOWN.contains(&namespace) {
        return None;
    }
    let mut message = says("is of a library that nobody knows");
    let _ = write!(message, " ({namespace:?})");
    Some((DangerCode::UnknownCall, message))
}

/// What a dotted name stands for.
enum Meaning<'n> {
    /// A namespace and an operator.
    Operator(&'n str, &'n str),
    /// A namespace and a class.
    Class(&'n str, &'n str),
    /// Operators or classes as a whole.
    Whole,
}

/// `None` when it is none of operators.
fn meaning<'n>(words: &[&'n str]) -> Option<Meaning<'n>> {
    let (namespace, operators) = match words {
        [name @ ("rpc_async" | "rpc_sync" | "rpc_remote"), ..] => {
            return Some(Meaning::Operator("prim", name));
        }
        ["__torch__", "torch", "classes", namespace, classes @ ..] => {
            return Some(Meaning::Class(namespace, classes.first().copied().unwrap_or_default()));
        }
        ["__torch__" | "ops"] | ["__torch__", "torch"] | ["__torch__", "torch", "classes"] => {
            return Some(Meaning::Whole);
        }
        ["torch", operators @ ..] => ("aten", operators),
        ["ops", namespace, operators @ ..] => (*namespace, operators),
        _ => return None,
    };
    // It is the operators of PyTorch once more, whatever it stands behind.
    let again = operators.iter().take_while(|word| **word == "autograd").count();
    match operators.get(again) {
        Some(operator) if again > 0 => Some(Meaning::Operator("aten", operator)),
        Some(operator) => Some(Meaning::Operator(namespace, operator)),
        None => Some(Meaning::Whole),
    }
}

/// Parts of the names of the classes of torchvision and torchaudio that open files.
const FILE_CLASSES: &[&str] = &["Video", "ffmpeg", "StreamReader", "StreamWriter"];

/// Operators of torchvision, torchaudio and torchcodec that open files.
const FILE_OPERATORS: &[&str] = &[
    "read_file",
    "write_file",
    "sox_io_load_audio_file",
    "sox_io_save_audio_file",
    "sox_io_get_info",
    "sox_effects_apply_effects_file",
    "load_audio_file",
    "save_audio_file",
    "get_info_file",
    "read_video_from_file",
    "probe_video_from_file",
    "create_from_file",
];

/// The namespaces of operators and classes that are PyTorch's own, or of its well-known libraries.
const KNOWN: &[&str] = &[
    "aten",
    "prim",
    "prims",
    "prepacked",
    "quantized",
    "_quantized",
    "quantized_decomposed",
    "sparse",
    "rnn",
    "cuda",
    "cudnn",
    "inductor",
    "profiler",
    "static_runtime",
    "tensorexpr",
    "tensorexpr_jit",
    "xnnpack",
    "mkldnn",
    "mkldnn_prepacked",
    "mkl",
    "onednn",
    "metal",
    "metal_prepacked",
    "vulkan",
    "vulkan_prepacked",
    "nnapi",
    "_nnapi",
    "fbgemm",
    "_caffe2",
    "torchvision",
    "image",
    "video",
    "torchaudio",
    "torchtext",
    "torchcodec",
    "torch_scatter",
    "torch_sparse",
    "torch_cluster",
    "torch_spline_conv",
    "pyg",
    "detectron2",
    "tensorrt",
    "torch_ipex",
    "ipex",
    "ipex_prepack",
    "dnnl",
];
