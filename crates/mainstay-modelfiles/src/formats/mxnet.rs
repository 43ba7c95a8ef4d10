//! `MXNet`: the weights (`.params`) as a list of arrays, and the graph (`-symbol.json`) as JSON.
//!
//! Specification: `NDArray::Save` of `MXNet`'s `src/ndarray/ndarray.cc`, in little-endian numbers:
//! the magic 0x112, a reserved number, how many arrays, the arrays, how many names, the names. An
//! array begins with a magic that says its version. The JSON is that of NNVM's `Symbol::Save`.
//!
//! Dangers: counts, dimensions and lengths that leave the file; operators that are Python classes
//! of the program (`Custom`), and libraries of operators.

mod symbol;

use crate::cursor::{Cursor, Leaves};
use crate::description::Tensor;
use crate::examination::Examination;
use crate::findings::Findings;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format =
    Format { id: "mxnet", title: "MXNet", role: Role::Model, endings: &["params"], likeness, read };

/// The magic of a list of arrays, and the number that is reserved.
const LIST: &[u8] = &[0x12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// The magics of arrays, the second with kinds of storage, the third with numpy's shapes.
const FIRST: u32 = 0xF993_FAC8;
const SECOND: u32 = 0xF993_FAC9;
const THIRD: u32 = 0xF993_FACA;
/// More dimensions no array has.
const MOST_DIMENSIONS: u32 = 64;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(beginning.bytes.starts_with(LIST) || symbol::is_symbol(beginning.bytes))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut findings = Findings::new(part, examination);
    if !part.bytes.starts_with(LIST) {
        symbol::look_at(part.bytes, &mut findings);
        return;
    }
    if let Err(leaves) = list(part.bytes, &mut findings) {
        findings.examination.leaves(part, "a part of the list of arrays", leaves);
    }
}

fn list(bytes: &[u8], findings: &mut Findings<'_, '_, '_>) -> Result<(), Leaves> {
    let mut cursor = Cursor::new(bytes);
    cursor.take(LIST.len() as u64)?;
    let count = cursor.u64()?;
    // Every array has at least a magic and a count of dimensions.
    if count > bytes.len() as u64 / 8 {
        let left = cursor.rest().len() as u64;
        return Err(Leaves { at: 16, wanted: count.saturating_mul(8), left });
    }
    let mut arrays = Vec::new();
    for index in 0..count {
        let Some(array) = array(&mut cursor, index, findings)? else { return Ok(()) };
        if findings.examination.describes() && arrays.len() < 10_000 {
            arrays.push(array);
        }
    }
    let names = cursor.u64()?;
    if names != 0 && names != count {
        let message = format!("the list has {count} arrays and {names} names");
        findings.malformed(cursor.at(), message);
    }
    for index in 0..names {
        let length = cursor.u64()?;
        let name = String::from_utf8_lossy(cursor.take(length)?);
        let array = usize::try_from(index).ok().and_then(|index| arrays.get_mut(index));
        if let Some(array) = array {
            array.name = name.chars().take(200).collect();
        }
    }
    for array in arrays {
        findings.examination.describe(|it| it.tensor(array));
    }
    Ok(())
}

/// One array; `None` where it cannot be read on.
fn array(
    cursor: &mut Cursor<'_>,
    index: u64,
    findings: &mut Findings<'_, '_, '_>,
) -> Result<Option<Tensor>, Leaves> {
    let at = cursor.at();
    let magic = cursor.u32()?;
    // The oldest arrays have no magic, but their count of dimensions, of four bytes each.
    let (dimensions, is_wide) = match magic {
        FIRST => (cursor.u32()?, true),
        SECOND | THIRD => {
            let storage = cursor.u32()?.cast_signed();
            if storage > 0 {
                let reason = "an array is stored sparsely, which is not read";
                let advice = "save the weights densely";
                findings.examination.gap(findings.at(at), reason, advice);
                return Ok(None);
            }
            (cursor.u32()?, true)
        }
        dimensions => (dimensions, false),
    };
    let unknown = magic == THIRD && dimensions == u32::MAX;
    if dimensions > MOST_DIMENSIONS && !unknown {
        let message =
            format!("the array {index} has {dimensions} dimensions, or none of the known magics");
        findings.malformed(at, message);
        return Ok(None);
    }
    let mut shape = Vec::new();
    for _ in 0..if unknown { 0 } else { dimensions } {
        shape.push(if is_wide { cursor.u64()? } else { u64::from(cursor.u32()?) });
    }
    // An array of no shape ends here.
    let is_none = unknown || (dimensions == 0 && magic != THIRD);
    if is_none {
        return Ok(Some(Tensor {
            name: String::new(),
            dtype: "none".to_owned(),
            shape,
            bytes: None,
        }));
    }
    // Where it lay: the kind of the device, and its number.
    cursor.u64()?;
    let (dtype, size) = type_name(cursor.u32()?);
    let Some(size) = size else {
        let message = format!("the array {index} has elements of no known type");
        findings.malformed(cursor.at(), message);
        return Ok(None);
    };
    let elements = shape.iter().try_fold(1_u64, |all, size| all.checked_mul(*size));
    let bytes = elements.and_then(|elements| elements.checked_mul(size)).unwrap_or(u64::MAX);
    cursor.take(bytes)?;
    let dtype = dtype.to_owned();
    Ok(Some(Tensor { name: String::new(), dtype, shape, bytes: Some(bytes) }))
}

/// The name of a type of elements, and how many bytes one has.
fn type_name(code: u32) -> (&'static str, Option<u64>) {
    match code {
        0 => ("float32", Some(4)),
        1 => ("float64", Some(8)),
        2 => ("float16", Some(2)),
        3 => ("uint8", Some(1)),
        4 => ("int32", Some(4)),
        5 => ("int8", Some(1)),
        6 => ("int64", Some(8)),
        7 => ("bool", Some(1)),
        8 => ("int16", Some(2)),
        9 => ("uint16", Some(2)),
        10 => ("uint32", Some(4)),
        11 => ("uint64", Some(8)),
        12 => ("bfloat16", Some(2)),
        _ => ("unknown", None),
    }
}
