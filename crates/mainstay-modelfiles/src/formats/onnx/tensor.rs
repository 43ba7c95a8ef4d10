//! Tensors: what they declare against what they have, and where their values lie.

use crate::description::{Tensor, shortened};
use crate::findings::Findings;
use crate::protobuf::{Fault, Message, Value};

/// No real tensor is larger.
const LARGEST: u64 = 1 << 42;
/// The most dimensions that are kept for a description.
const SHOWN_DIMENSIONS: usize = 32;
/// ONNX Runtime's mark, in place of a path, for values that lie in its own memory: the offset is
/// an address. No file has it.
const IN_MEMORY: &str = "_ORT_MEM_ADDR_";

/// The name of a type of elements, and how many bits one has; none for texts.
pub(super) fn type_name(data_type: u64) -> Option<(&'static str, Option<u64>)> {
    Some(match data_type {
        0 => ("undefined", None),
        1 => ("float32", Some(32)),
        2 => ("uint8", Some(8)),
        3 => ("int8", Some(8)),
        4 => ("uint16", Some(16)),
        5 => ("int16", Some(16)),
        6 => ("int32", Some(32)),
        7 => ("int64", Some(64)),
        8 => ("string", None),
        9 => ("bool", Some(8)),
        10 => ("float16", Some(16)),
        11 => ("float64", Some(64)),
        12 => ("uint32", Some(32)),
        13 => ("uint64", Some(64)),
        14 => ("complex64", Some(64)),
        15 => ("complex128", Some(128)),
        16 => ("bfloat16", Some(16)),
        17 => ("float8e4m3fn", Some(8)),
        18 => ("float8e4m3fnuz", Some(8)),
        19 => ("float8e5m2", Some(8)),
        20 => ("float8e5m2fnuz", Some(8)),
        21 => ("uint4", Some(4)),
        22 => ("int4", Some(4)),
        23 => ("float4e2m1", Some(4)),
        24 => ("float8e8m0", Some(8)),
        25 => ("uint2", Some(2)),
        26 => ("int2", Some(2)),
        _ => return None,
    })
}

/// Looks at a `TensorProto`.
pub(super) fn look_at(tensor: Message<'_>, findings: &mut Findings<'_, '_, '_>) {
    let claim = match Claim::read(tensor) {
        Ok(claim) => claim,
        Err(fault) => return findings.fault("a tensor", fault),
    };
    let bytes = claim.bytes();
    if let Some(message) = claim.contradiction(bytes) {
        findings.malformed(tensor.at, message);
    }
    if claim.is_external {
        External::of(tensor).judge(&claim, tensor.at, findings);
    }
    findings.examination.describe(|description| {
        let dtype = type_name(claim.data_type).map_or("unknown", |(name, _)| name);
        description.tensor(Tensor {
            name: claim.name(),
            dtype: dtype.to_owned(),
            shape: claim.shape,
            bytes,
        });
    });
}

/// How many varints bytes have: each ends with a byte below 0x80. Counted in runs that a byte can
/// count, which the compiler turns into vector instructions.
fn count_of_varints(bytes: &[u8]) -> u64 {
    let ends = |run: &[u8]| run.iter().map(|byte| u8::from(*byte < 0x80)).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|run| u64::from(ends(run))).sum()
}

/// What a tensor says of itself.
#[derive(Default)]
struct Claim<'a> {
    name: &'a [u8],
    data_type: u64,
    /// The first dimensions.
    shape: Vec<u64>,
    /// All dimensions multiplied; `None` when that overflows or one is negative.
    elements: Option<u64>,
    /// The bytes of `raw_data`.
    raw: Option<u64>,
    /// How many values the typed fields have.
    typed: u64,
    /// Whether its values are spread over several messages.
    is_segment: bool,
    is_external: bool,
}

impl<'a> Claim<'a> {
    fn read(tensor: Message<'a>) -> Result<Self, Fault> {
        let mut claim = Self { elements: Some(1), ..Self::default() };
        for field in tensor.fields() {
            let field = field?;
            match (field.number, field.value) {
                (1, Value::Number(dimension)) => claim.dimension(dimension),
                (1, Value::Bytes(dimensions)) => {
                    dimensions.packed().for_each(|dimension| claim.dimension(dimension));
                }
                (2, Value::Number(data_type)) => claim.data_type = data_type,
                (3, _) => claim.is_segment = true,
                (8, Value::Bytes(name)) => claim.name = name.bytes,
                (9, Value::Bytes(raw)) => claim.raw = Some(raw.bytes.len() as u64),
                (4, Value::Bytes(values)) => claim.typed += values.bytes.len() as u64 / 4,
                (10, Value::Bytes(values)) => claim.typed += values.bytes.len() as u64 / 8,
                (5 | 7 | 11, Value::Bytes(values)) => {
                    claim.typed += count_of_varints(values.bytes);
                }
                (4..=7 | 10 | 11, _) => claim.typed += 1,
                (13, Value::Bytes(_)) | (14, Value::Number(1)) => claim.is_external = true,
                _ => {}
            }
        }
        Ok(claim)
    }

    fn dimension(&mut self, dimension: u64) {
        let is_positive = i64::try_from(dimension).is_ok();
        self.elements = self.elements.filter(|_| is_positive);
        self.elements = self.elements.and_then(|elements| elements.checked_mul(dimension));
        if self.shape.len() < SHOWN_DIMENSIONS {
            self.shape.push(dimension);
        }
    }

    fn name(&self) -> String {
        shortened(&String::from_utf8_lossy(self.name))
    }

    fn bits(&self) -> Option<u64> {
        type_name(self.data_type).and_then(|(_, bits)| bits)
    }

    /// How many bytes the dimensions ask for, where the type tells.
    fn bytes(&self) -> Option<u64> {
        self.elements?.checked_mul(self.bits()?).map(|bits| bits.div_ceil(8))
    }

    /// What the tensor declares and cannot be.
    fn contradiction(&self, bytes: Option<u64>) -> Option<String> {
        let name = self.name();
        let shape: Vec<i64> = self.shape.iter().map(|size| size.cast_signed()).collect();
        let Some(elements) = self.elements else {
            return Some(format!(
                "the tensor {name:?} declares the dimensions {shape:?}, which are negative or \
                 overflow when they are multiplied"
            ));
        };
        let is_too_large = match self.bits() {
            Some(_) => bytes.is_none_or(|bytes| bytes > LARGEST),
            None => elements > LARGEST,
        };
        if is_too_large {
            return Some(format!(
                "the tensor {name:?} declares the dimensions {shape:?}, more than any machine can \
                 hold"
            ));
        }
        if self.is_external || self.is_segment || self.data_type == 0 {
            return None;
        }
        let has = |count: u64, unit: &str| {
            Some(format!(
                "the tensor {name:?} declares {elements} values by its dimensions {shape:?}, and \
                 {count} {unit} are there: a careless reader would read beyond them"
            ))
        };
        if let Some(raw) = self.raw {
            return bytes.filter(|bytes| *bytes != raw).and_then(|_| has(raw, "bytes"));
        }
        // Values of less than a byte are packed, in ways that changed.
        let is_packed = self.bits().is_some_and(|bits| bits < 8);
        let wanted = elements.saturating_mul(if matches!(self.data_type, 14 | 15) { 2 } else { 1 });
        let is_short =
            if is_packed { self.typed == 0 && elements > 0 } else { self.typed < wanted };
        if is_short { has(self.typed, "values") } else { None }
    }
}

/// Where values lie in another file: the entries of `external_data`, the last of a key counts.
#[derive(Default)]
struct External {
    location: String,
    offset: Option<String>,
    length: Option<String>,
}

impl External {
    fn of(tensor: Message<'_>) -> Self {
        let mut external = Self::default();
        for entry in tensor.all(13) {
            let value = || entry.last(2).map(|value| shortened(&value.text())).unwrap_or_default();
            match entry.last(1).map_or(&[][..], |key| key.bytes) {
                b"location" => external.location = value(),
                b"offset" => external.offset = Some(value()),
                b"length" => external.length = Some(value()),
                _ => {}
            }
        }
        external
    }

    fn judge(&self, claim: &Claim<'_>, at: u64, findings: &mut Findings<'_, '_, '_>) {
        if let Some(message) = self.broken_span(claim, claim.bytes()) {
            findings.malformed(at, message);
        }
        let name = claim.name();
        if self.location.contains(IN_MEMORY) {
            let message = format!(
                "the tensor {name:?} says that its values lie in the memory of the runtime, at an \
                 address that the file names: a reader would take whatever is there"
            );
            findings.malformed(at, message);
            return;
        }
        let what = format!("the values of the tensor {name:?}");
        let advisories = (Some("CVE-2024-27318"), Some("CVE-2025-51480"));
        findings.path(at, &what, &self.location, advisories);
    }

    /// What is wrong with the offset and the length in the other file.
    fn broken_span(&self, claim: &Claim<'_>, bytes: Option<u64>) -> Option<String> {
        let name = claim.name();
        let number = |text: &Option<String>| {
            text.as_deref().map(|text| text.trim().parse::<i64>().ok().filter(|it| *it >= 0))
        };
        let (offset, length) = (number(&self.offset), number(&self.length));
        let overflows = |offset: i64, length: i64| offset.checked_add(length).is_none();
        if offset == Some(None)
            || length == Some(None)
            || overflows(offset.flatten().unwrap_or(0), length.flatten().unwrap_or(0))
        {
            return Some(format!(
                "the tensor {name:?} lies in another file at offset {:?} with length {:?}, which \
                 are negative, no numbers or overflow",
                self.offset.as_deref().unwrap_or("0"),
                self.length.as_deref().unwrap_or("")
            ));
        }
        let length = length.flatten().map(i64::cast_unsigned)?;
        let wanted = bytes.filter(|bytes| *bytes > length)?;
        Some(format!(
            "the tensor {name:?} needs {wanted} bytes by its dimensions, and takes {length} from \
             another file: a careless reader would read beyond them"
        ))
    }
}
