//! TorchScript: what `torch.jit.save` writes. A zip with `code/**.py`, which is not Python: the
//! interpreter of PyTorch runs it, and it knows operators and nothing else.
//!
//! Format: `torch/csrc/jit/docs/serialization.md` of PyTorch, "Code"; operators are printed as
//! `torch.NAME` where they are of `aten`, else as `ops.NAMESPACE.NAME`. Dangers: operators that
//! read and write files (`aten::save`, `aten::from_file`, those of torchvision and torchaudio) or
//! call other machines (`rpc_async`, `c10d`), and operators of libraries that nobody knows.

use std::fmt::Write as _;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::part::Part;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torchscript", is_of, read };

/// Whether a member of this path is TorchScript, if the archive is.
pub(crate) fn is_code(path: &str) -> bool {
    path.split('/').any(|folder| folder == "code") && has_ending(path, "py")
}

fn has_ending(path: &str, wanted: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == wanted)
}

/// The code needs its table of constants, which every such archive has.
pub(crate) fn is_of(members: &dyn Members) -> bool {
    let paths = members.paths();
    let has_constants = paths.iter().any(|path| {
        path.rsplit('/').next() == Some("constants.pkl") && path.matches('/').count() <= 1
    });
    has_constants && paths.iter().any(|path| is_code(path))
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    for path in members.paths().iter().filter(|path| is_code(path)) {
        if let Some(content) = members.content(path, examination) {
            look_at(&part.inside(path, &content), examination);
        }
    }
}

fn look_at(part: &Part<'_>, examination: &mut Examination<'_>) {
    for call in (Calls { code: part.bytes, at: 0 }) {
        let Some((code, message)) = judge(&call) else { continue };
        let shown = part.bytes.get(call.at..).unwrap_or_default();
        let shown = shown.get(..SHOWN.min(shown.len())).unwrap_or_default();
        let line = shown.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let danger = Danger::new(code, part.at(call.at as u64), message);
        examination.danger(danger.shown(String::from_utf8_lossy(line)));
    }
}

/// How many bytes of a line are shown.
const SHOWN: usize = 200;

/// A dotted name in the code.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    at: usize,
    name: Vec<String>,
}

/// What an operator does.
fn judge(call: &Call) -> Option<(DangerCode, String)> {
    let name: Vec<&str> = call.name.iter().map(String::as_str).collect();
    let (namespace, operator) = match *name {
        ["torch", operator] => ("aten", operator),
        ["ops", namespace, operator, ..] => (namespace, operator),
        ["rpc_async" | "rpc_sync" | "rpc_remote"] => ("prim", name.first().copied()?),
        ["__torch__", "torch", "classes", namespace, ..] => (namespace, ""),
        _ => return None,
    };
    let shown = call.name.join(".");
    let says =
        |what: &str| format!("the TorchScript code of the model calls {shown}, which {what}");
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
        (namespace, _) if KNOWN.contains(&namespace) => None,
        (namespace, _) => {
            let mut message = says("is of a library that nobody knows");
            let _ = write!(message, " ({namespace:?})");
            Some((DangerCode::UnknownCall, message))
        }
    }
}

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

/// The dotted names of the code that begin at a word, comments and texts left out. Blanks may stand
/// around the dots.
struct Calls<'c> {
    code: &'c [u8],
    at: usize,
}

impl Iterator for Calls<'_> {
    type Item = Call;

    fn next(&mut self) -> Option<Call> {
        let code = self.code;
        // Whether the last thing was a dot: what follows one is an attribute of a value.
        let mut is_attribute = false;
        while let Some(byte) = code.get(self.at) {
            let at = self.at;
            let is_blank = byte.is_ascii_whitespace();
            match byte {
                b'#' => self.at += length(code, at, |byte| byte != b'\n'),
                b'"' | b'\'' => self.at = behind_text(code, at, *byte),
                byte if is_word(*byte) => {
                    let (name, end) = dotted(code, at);
                    self.at = end;
                    if !is_attribute && matters(&name) {
                        return Some(Call { at, name });
                    }
                }
                _ => self.at += 1,
            }
            is_attribute = *byte == b'.' || (is_attribute && is_blank);
        }
        None
    }
}

fn matters(name: &[String]) -> bool {
    matches!(
        name.first().map(String::as_str),
        Some("torch" | "ops" | "__torch__" | "rpc_async" | "rpc_sync" | "rpc_remote")
    )
}

/// A dotted name, at most eight words of it, and where it ends.
fn dotted(code: &[u8], start: usize) -> (Vec<String>, usize) {
    let mut name = Vec::new();
    let mut at = start;
    loop {
        let word = length(code, at, is_word);
        if name.len() < 8 {
            let word = code.get(at..at + word.min(100)).unwrap_or_default();
            name.push(String::from_utf8_lossy(word).into_owned());
        }
        at += word;
        let dot = at + length(code, at, |byte| byte.is_ascii_whitespace());
        if code.get(dot) != Some(&b'.') {
            return (name, at);
        }
        let next = dot + 1 + length(code, dot + 1, |byte| byte.is_ascii_whitespace());
        if !code.get(next).copied().is_some_and(is_word) {
            return (name, at);
        }
        at = next;
    }
}

/// How many bytes from a place on are so.
fn length(code: &[u8], at: usize, is_so: impl Fn(u8) -> bool) -> usize {
    let rest = code.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| is_so(**byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Where the text that begins with a quote ends.
fn behind_text(code: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(byte) = code.get(at) {
        at += if *byte == b'\\' { 2 } else { 1 };
        if *byte == quote {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_texts_and_comments_and_attributes_do_not_count() {
        let code = b"x = \"torch.save\" # torch.save\n(self).torch.save(x)\ny.torch.save\n";
        assert_eq!(Calls { code, at: 0 }.next(), None);
    }

    #[test]
    fn blanks_around_the_dots_hide_no_name() {
        let code = b"_0 = ops . image .\n read_file(\"x\")";
        let name = ["ops", "image", "read_file"].map(str::to_owned).to_vec();
        assert_eq!(Calls { code, at: 0 }.next(), Some(Call { at: 5, name }));
    }
}
