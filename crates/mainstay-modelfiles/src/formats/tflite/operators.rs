//! Which custom operators of TensorFlow Lite are ordinary.

use mainstay_reading::DangerCode;
use memchr::memmem;

use crate::formats::saved_model::operators::{self, Operator};

/// Custom operators that come with TensorFlow Lite, its task libraries, `MediaPipe` and the
/// compilers of common accelerators.
const ORDINARY: &[&str] = &[
    "AudioSpectrogram",
    "Convolution2DTransposeBias",
    "DISPATCH_OP",
    "Landmarks2TransformMatrix",
    "Landmarks2TransformMatrixV2",
    "MaxPoolingWithArgmax2D",
    "MaxUnpooling2D",
    "Mfcc",
    "NGrams",
    "Ngrams",
    "NumericVerify",
    "RaggedTensorToTensor",
    "Resampler",
    "RoIToTransformMatrix",
    "TFLite_Detection_PostProcess",
    "TFSentencepieceDetokenizeOp",
    "TFSentencepieceTokenizeOp",
    "TransformLandmarks",
    "TransformLandmarksV2",
    "TransformTensor",
    "TransformTensorBilinear",
    "TransformTensorBilinearV2",
    "TransformTensorV2",
    "WhitespaceTokenizeWithOffsetsV2",
    "aeq.hadamard_rotation",
    "edgetpu-custom-op",
    "ethos-u",
    "tftext:FastBertNormalize",
    "tftext:FastSentencepieceDetokenize",
    "tftext:FastSentencepieceTokenize",
    "tftext:FastWordpieceDetokenize",
    "tftext:FastWordpieceTokenizeWithOffsets",
    "tftext:WhitespaceTokenizeWithOffsetsV2",
    "tftext:Ngrams",
    "tftext:RaggedTensorToTensor",
];

/// What a custom operator does that is no mere computing, by its name.
pub(super) fn custom(name: &str) -> Option<(DangerCode, String)> {
    let Some(of_tensorflow) = name.strip_prefix("Flex") else {
        if ORDINARY.contains(&name) || name.starts_with("odml.") {
            return None;
        }
        let what = "is none of TensorFlow Lite: the model needs a library of custom operators, \
                    which is native code";
        return Some((DangerCode::UnknownCall, what.to_owned()));
    };
    match operators::operator(of_tensorflow) {
        Operator::Ordinary => None,
        Operator::Danger(code, what) => Some((code, format!("{what} when the model is run"))),
        Operator::Unknown => {
            let what = "is of no release of TensorFlow: the model needs a library of custom \
                        operators, which is native code";
            Some((DangerCode::UnknownCall, what.to_owned()))
        }
    }
}

/// What the options of an operator of TensorFlow say of it. They hold its `NodeDef`, which counts,
/// whatever the name of the custom operator is.
pub(super) fn hidden(options: &[u8]) -> Option<(DangerCode, &'static str, &'static str)> {
    operators::dangerous().find_map(|name| {
        // Field 2 of the `NodeDef`, a text of this length.
        let length = u8::try_from(name.len()).ok()?;
        let written = [&[0x12, length], name.as_bytes()].concat();
        memmem::find(options, &written)?;
        match operators::operator(name) {
            Operator::Danger(code, what) => Some((code, name, what)),
            Operator::Ordinary | Operator::Unknown => None,
        }
    })
}

/// The name of a type of elements, and how many bits one has.
pub(super) fn type_name(code: u8) -> (&'static str, Option<u64>) {
    match code {
        0 => ("float32", Some(32)),
        1 => ("float16", Some(16)),
        2 => ("int32", Some(32)),
        3 => ("uint8", Some(8)),
        4 => ("int64", Some(64)),
        5 => ("string", None),
        6 => ("bool", Some(8)),
        7 => ("int16", Some(16)),
        8 => ("complex64", Some(64)),
        9 => ("int8", Some(8)),
        10 => ("float64", Some(64)),
        11 => ("complex128", Some(128)),
        12 => ("uint64", Some(64)),
        13 => ("resource", None),
        14 => ("variant", None),
        15 => ("uint32", Some(32)),
        16 => ("uint16", Some(16)),
        17 => ("int4", Some(4)),
        18 => ("bfloat16", Some(16)),
        _ => ("other", None),
    }
}
