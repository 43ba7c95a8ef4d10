//! The values of `Const` nodes: what they declare against what they have.

use crate::description::Tensor;
use crate::findings::Findings;
use crate::protobuf::Message;

/// The type of texts.
const STRING: u64 = 7;
/// No real tensor is larger.
const LARGEST: u64 = 1 << 42;
/// A graph is one message of Protocol Buffers, which has at most 2 GiB, but values that are all
/// the same are written once. More values than this no real graph repeats.
const MOST_REPEATED: u64 = 1 << 36;

/// The name of a type of elements, and how many bytes one has.
fn type_name(dtype: u64) -> (&'static str, Option<u64>) {
    match dtype {
        1 => ("float32", Some(4)),
        2 => ("float64", Some(8)),
        3 => ("int32", Some(4)),
        4 => ("uint8", Some(1)),
        5 => ("int16", Some(2)),
        6 => ("int8", Some(1)),
        STRING => ("string", None),
        8 => ("complex64", Some(8)),
        9 => ("int64", Some(8)),
        10 => ("bool", Some(1)),
        11 => ("qint8", Some(1)),
        12 => ("quint8", Some(1)),
        13 => ("qint32", Some(4)),
        14 => ("bfloat16", Some(2)),
        15 => ("qint16", Some(2)),
        16 => ("quint16", Some(2)),
        17 => ("uint16", Some(2)),
        18 => ("complex128", Some(16)),
        19 => ("float16", Some(2)),
        22 => ("uint32", Some(4)),
        23 => ("uint64", Some(8)),
        _ => ("other", None),
    }
}

/// The tensor of a `Const` node.
fn value(node: Message<'_>) -> Option<Message<'_>> {
    let values = node.all(5).filter(|entry| entry.last(1).is_some_and(|it| it.bytes == b"value"));
    values.last()?.last(2)?.last(8)
}

/// The first text of a `Const` node of texts.
pub(super) fn text(node: Message<'_>) -> Option<Message<'_>> {
    let tensor = value(node)?;
    tensor.number(1).filter(|dtype| *dtype == STRING)?;
    tensor.all(8).next()
}

/// Looks at the values of a `Const` node.
pub(super) fn look_at(node: Message<'_>, name: &[u8], findings: &mut Findings<'_, '_, '_>) {
    let Some(tensor) = value(node) else { return };
    let (dtype, size) = type_name(tensor.number(1).unwrap_or(0));
    let mut shape = Vec::new();
    let mut elements = Some(1_u64);
    for dimension in tensor.last(2).into_iter().flat_map(|shape| shape.all(2)) {
        let length = dimension.number(1).unwrap_or(0);
        let is_positive = i64::try_from(length).is_ok();
        elements = elements.filter(|_| is_positive).and_then(|all| all.checked_mul(length));
        if shape.len() < 32 {
            shape.push(length);
        }
    }
    let name: String = String::from_utf8_lossy(name).chars().take(200).collect();
    let bytes = elements.and_then(|elements| elements.checked_mul(size?));
    let content = tensor.last(4).map_or(0, |content| content.bytes.len() as u64);
    let is_too_large = elements.is_none_or(|elements| elements > MOST_REPEATED)
        || bytes.is_some_and(|bytes| bytes > LARGEST);
    if is_too_large {
        findings.malformed(
            tensor.at,
            format!(
                "the constant {name:?} declares the dimensions {shape:?}, which are negative or \
                 more than a machine can hold"
            ),
        );
    } else if let Some(bytes) = bytes.filter(|bytes| content > 0 && *bytes != content) {
        findings.malformed(
            tensor.at,
            format!(
                "the constant {name:?} declares {bytes} bytes by its dimensions {shape:?}, and \
                 {content} are there"
            ),
        );
    }
    findings.examination.describe(|description| {
        description.tensor(Tensor { name, dtype: dtype.to_owned(), shape, bytes });
    });
}
