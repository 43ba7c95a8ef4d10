//! `OpenVINO` IR: the graph as XML; its weights lie in a `.bin` beside it.
//!
//! Specification: "Operation Sets" and "Intermediate Representation Format" of the documentation,
//! docs.openvino.ai.
//!
//! Dangers: document types and entities of the XML; operations that need a library of extensions,
//! and libraries that the file names; paths that lead away; constants that declare other sizes
//! than they take from the weights.

use mainstay_reading::{Danger, DangerCode};

use crate::description::Tensor;
use crate::examination::Examination;
use crate::findings::Findings;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::front_door::SNIFFED;
use crate::markup::{Piece, Pieces, Tag, decoded, root, walk};
use crate::part::Part;

pub(crate) const FORMAT: Format =
    Format { id: "openvino", title: "OpenVINO", role: Role::Model, endings: &[], likeness, read };

/// Sets of operations besides `opset1` and its successors: those that the runtime itself writes.
const ORDINARY_SETS: &[&str] = &[
    "cpu_plugin_opset",
    "experimental",
    "gpu_opset",
    "ie_internal_opset",
    "ov_internal",
    "type_relaxed_opset",
    "util",
];

/// Operations of the official extension for tokenizers, which are in the set `extension`.
const TOKENIZERS: &[&str] = &[
    "BPETokenizer",
    "BytesToChars",
    "CaseFold",
    "CharsMapNormalization",
    "CharsToBytes",
    "CombineSegments",
    "EqualStr",
    "FuzeRagged",
    "NormalizeUnicode",
    "RaggedTensorPack",
    "RaggedToDense",
    "RaggedToRagged",
    "RaggedToSparse",
    "RegexNormalization",
    "RegexSplit",
    "SentencepieceDetokenizer",
    "SentencepieceStreamDetokenizer",
    "SentencepieceTokenizer",
    "SpecialTokensSplit",
    "StringTensorPack",
    "StringTensorUnpack",
    "StringToHashBucket",
    "TrieTokenizer",
    "Truncate",
    "UTF8Validate",
    "VocabDecoder",
    "VocabEncoder",
    "WordpieceTokenizer",
];

/// Elements that say how the model was converted. Paths in them are the past.
const NOTES: &[&[u8]] = &[b"rt_info", b"meta_data", b"cli_parameters"];

/// Attributes that are paths.
const PATHS: &[&str] = &[
    "bin",
    "file",
    "filename",
    "kernel",
    "lib",
    "library",
    "library_path",
    "location",
    "path",
    "plugin",
    "source",
    "weights",
    "weights_path",
];

/// The root is a `net` with a whole number as its version, and has layers.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = decoded(beginning.bytes.get(..SNIFFED).unwrap_or(beginning.bytes));
    let is_net = root(&bytes).is_some_and(|tag| {
        let version = tag.attribute("version");
        tag.name == b"net" && version.is_some_and(|it| it.trim().parse::<u32>().is_ok())
    });
    let has_layers = || {
        Pieces::new(&bytes).any(|piece| matches!(piece, Piece::Open(tag) if tag.name == b"layers"))
    };
    match is_net {
        true if has_layers() => Likeness::Certain,
        true => Likeness::Possible,
        false => Likeness::No,
    }
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let bytes = decoded(part.bytes);
    let mut findings = Findings::new(part, examination);
    let mut graph = Graph::default();
    walk(&bytes, "the OpenVINO model", &mut findings, |piece, open, at, findings| {
        graph.piece(piece, open, at, findings);
    });
}

/// Where the walk stands.
#[derive(Default)]
struct Graph {
    /// How many elements are open around the notes that are open, if any.
    notes: Option<u64>,
    /// The name of the last layer.
    layer: String,
}

impl Graph {
    fn piece(&mut self, piece: Piece<'_>, open: u64, at: u64, findings: &mut Findings<'_, '_, '_>) {
        match piece {
            Piece::Open(tag) if self.notes.is_none() => {
                if NOTES.contains(&tag.name) {
                    self.notes = Some(open).filter(|_| !tag.is_empty);
                } else {
                    self.element(tag, at, findings);
                }
            }
            Piece::Close if self.notes == Some(open) => self.notes = None,
            Piece::Open(_) | Piece::Close | Piece::Text(_) | Piece::DocumentType(_) => {}
        }
    }

    fn element(&mut self, tag: Tag<'_>, at: u64, findings: &mut Findings<'_, '_, '_>) {
        match tag.name {
            b"net" => {
                for (key, value) in tag.attributes() {
                    let key = String::from_utf8_lossy(key);
                    findings.examination.describe(|it| it.fact(&key, &value));
                }
            }
            b"layer" => self.layer(tag, at, findings),
            b"data" => self.constant(tag, at, findings),
            _ => {}
        }
        for (key, value) in tag.attributes() {
            // Names of layers are free texts.
            if is_library(&value) && !key.starts_with(b"name") {
                library(&value, at, findings);
            } else if PATHS.contains(&&*String::from_utf8_lossy(key).to_ascii_lowercase()) {
                findings.path(at, "values of the model", &value, (None, None));
            }
        }
    }

    fn layer(&mut self, tag: Tag<'_>, at: u64, findings: &mut Findings<'_, '_, '_>) {
        let text = |name: &str| -> String {
            tag.attribute(name).unwrap_or_default().chars().take(200).collect()
        };
        self.layer = text("name");
        let (kind, set) = (text("type"), text("version"));
        let number = set.strip_prefix("opset").map(str::parse::<u32>);
        let is_ordinary = set.is_empty()
            || matches!(number, Some(Ok(_)))
            || ORDINARY_SETS.contains(&&*set)
            || (set == "extension" && TOKENIZERS.contains(&&*kind));
        if is_ordinary && kind != "Custom" {
            return;
        }
        let message = format!(
            "the operation {kind:?} of the set {set:?} is not one of OpenVINO: the model needs a \
             library of extensions, which is native code"
        );
        if findings.is_new(&message) {
            let place = findings.at(at);
            let danger = Danger::new(DangerCode::UnknownCall, place, message);
            findings.danger(danger.shown(format!("{set}.{kind}(…)")));
        }
    }

    /// The data of a constant: where in the weights it lies, and its shape.
    fn constant(&self, tag: Tag<'_>, at: u64, findings: &mut Findings<'_, '_, '_>) {
        let Some((offset, size)) = tag.attribute("offset").zip(tag.attribute("size")) else {
            return;
        };
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let Some((offset, size)) = number(&offset).zip(number(&size)) else { return };
        let name = &self.layer;
        if offset.checked_add(size).is_none_or(|end| i64::try_from(end).is_err()) {
            let message = format!(
                "the constant {name:?} lies at {offset} with {size} bytes, which overflows"
            );
            findings.malformed(at, message);
            return;
        }
        let Some((dtype, shape)) = tag.attribute("element_type").zip(tag.attribute("shape")) else {
            return;
        };
        let shape: Vec<u64> = shape.split(',').take(64).filter_map(number).collect();
        let elements = shape.iter().try_fold(1_u64, |all, size| all.checked_mul(*size));
        let bits = bits(&dtype);
        let wanted = elements.and_then(|elements| Some(elements.checked_mul(bits?)?.div_ceil(8)));
        if elements.is_none() || wanted.is_some_and(|wanted| wanted > size) {
            findings.malformed(
                at,
                format!(
                    "the constant {name:?} declares the shape {shape:?}, and takes {size} bytes \
                     from the weights: a careless reader would read beyond them"
                ),
            );
        }
        findings.examination.describe(|it| {
            it.tensor(Tensor {
                name: name.clone(),
                dtype: dtype.chars().take(40).collect(),
                shape,
                bytes: Some(size),
            });
        });
    }
}

/// How many bits an element of a type has.
fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "u1" => 1,
        "u2" => 2,
        "u4" | "i4" | "nf4" | "f4e2m1" => 4,
        "i8" | "u8" | "boolean" | "f8e4m3" | "f8e5m2" | "f8e8m0" => 8,
        "i16" | "u16" | "f16" | "bf16" => 16,
        "i32" | "u32" | "f32" => 32,
        "i64" | "u64" | "f64" => 64,
        _ => return None,
    })
}

/// Whether a value names a library of native code.
fn is_library(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    [".so", ".dll", ".dylib"].iter().any(|ending| lower.ends_with(ending)) || lower.contains(".so.")
}

fn library(path: &str, at: u64, findings: &mut Findings<'_, '_, '_>) {
    let path: String = path.chars().take(300).collect();
    let message = format!(
        "the model names the library {path:?} of native code, which runs when the model is loaded \
         with it"
    );
    if findings.is_new(&message) {
        let place = findings.at(at);
        let danger = Danger::new(DangerCode::RunsCode, place, message);
        findings.danger(danger.shown(format!("add_extension({path:?})")));
    }
}
