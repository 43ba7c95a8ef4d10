//! TensorFlow Lite (`LiteRT`): a graph as a `FlatBuffer`.
//!
//! Specification: TensorFlow's `schema.fbs` with the identifier `TFL3`, and `metadata_schema.fbs`
//! for what describes the model.
//!
//! Dangers: custom operators, which need a library of native code; operators of TensorFlow
//! (`Flex...`), which read and write files; offsets that leave the file, and operators that name
//! tensors which are not there, as interpreters have read and written out of bounds.

mod operators;

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::Leaves;
use crate::description::Tensor;
use crate::examination::Examination;
use crate::findings::Findings;
use crate::flatbuffer::{Steps, Stop, Table, Vector};
use crate::format::{Beginning, Format, Likeness, Role};
use crate::licence;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "tflite",
    title: "TensorFlow Lite",
    role: Role::Model,
    endings: &["tflite"],
    likeness,
    read,
};

/// The code of custom operators.
const CUSTOM: i32 = 32;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(beginning.bytes.get(4..8) == Some(b"TFL3"))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut findings = Findings::new(part, examination);
    let mut steps = Steps::of(part.bytes);
    if let Err(stop) = model(part.bytes, &mut findings, &mut steps) {
        stop.tell("a part of the TensorFlow Lite model", &mut findings);
    }
}

fn model(bytes: &[u8], findings: &mut Findings<'_, '_, '_>, steps: &mut Steps) -> Result<(), Stop> {
    let model = Table::root(bytes)?;
    let version = model.u32(0)?;
    let description = String::from_utf8_lossy(model.bytes(3)?);
    findings.examination.describe(|it| {
        it.fact("version", &version.to_string());
        it.fact("description", &description);
    });
    let codes = model.vector(1, 4)?;
    let buffers = model.vector(4, 4)?;
    let counts = Counts {
        codes: codes.map_or(0, |codes| codes.len()),
        buffers: buffers.map_or(0, |buffers| buffers.len()),
    };
    steps.take(counts.codes.saturating_add(counts.buffers))?;
    for code in codes.into_iter().flat_map(Vector::tables) {
        custom_operator(code?, findings)?;
    }
    for buffer in buffers.into_iter().flat_map(Vector::tables) {
        far_buffer(buffer?, bytes, findings)?;
    }
    for graph in model.vector(2, 4)?.into_iter().flat_map(Vector::tables) {
        let graph = Graph { table: graph?, buffers, codes, counts };
        graph.tensors(findings, steps)?;
        graph.operators(findings, steps)?;
    }
    for entry in model.vector(6, 4)?.into_iter().flat_map(Vector::tables) {
        steps.take(1)?;
        metadata(entry?, buffers, findings)?;
    }
    Ok(())
}

/// How many operator codes and buffers a model has.
#[derive(Clone, Copy)]
struct Counts {
    codes: usize,
    buffers: usize,
}

/// Judges a custom operator by its name.
fn custom_operator(code: Table<'_>, findings: &mut Findings<'_, '_, '_>) -> Result<(), Stop> {
    let builtin = code.u32(3)?.cast_signed().max(i32::from(code.u8(0)?.cast_signed()));
    if builtin != CUSTOM {
        return Ok(());
    }
    let name = String::from_utf8_lossy(code.bytes(1)?);
    let Some((danger, what)) = operators::custom(&name) else { return Ok(()) };
    tell(danger, code.offset(), &name, &what, findings);
    Ok(())
}

fn tell(code: DangerCode, at: u64, name: &str, what: &str, findings: &mut Findings<'_, '_, '_>) {
    let shown: String = name.chars().take(200).flat_map(char::escape_debug).collect();
    let message = format!("the operator {shown} {what}");
    if findings.is_new(&message) {
        let place = findings.at(at);
        findings.examination.describe(|it| it.trace(place.clone(), &shown));
        findings.danger(Danger::new(code, place, message).shown(format!("{shown}(…)")));
    }
}

/// A buffer; of large models it lies behind the `FlatBuffer`.
fn far_buffer(
    buffer: Table<'_>,
    bytes: &[u8],
    findings: &mut Findings<'_, '_, '_>,
) -> Result<(), Stop> {
    buffer.bytes(0)?;
    let (offset, size) = (buffer.u64(1)?, buffer.u64(2)?);
    // Offset 1 stands for a place that is not known yet.
    let length = bytes.len() as u64;
    if offset > 1 && offset.checked_add(size).is_none_or(|end| end > length) {
        let left = length.saturating_sub(offset);
        let leaves = Leaves { at: buffer.offset(), wanted: size, left };
        findings.examination.leaves(findings.part, "a buffer of weights", leaves);
    }
    Ok(())
}

/// One subgraph.
struct Graph<'a> {
    table: Table<'a>,
    buffers: Option<Vector<'a>>,
    codes: Option<Vector<'a>>,
    counts: Counts,
}

impl Graph<'_> {
    /// Looks at its tensors.
    fn tensors(&self, findings: &mut Findings<'_, '_, '_>, steps: &mut Steps) -> Result<(), Stop> {
        for tensor in self.table.vector(0, 4)?.into_iter().flat_map(Vector::tables) {
            let tensor = tensor?;
            let shape = tensor.vector(0, 4)?;
            steps.take(shape.map_or(1, |shape| shape.len().saturating_add(1)))?;
            self.tensor(tensor, shape, findings)?;
        }
        Ok(())
    }

    fn tensor(
        &self,
        tensor: Table<'_>,
        shape: Option<Vector<'_>>,
        findings: &mut Findings<'_, '_, '_>,
    ) -> Result<(), Stop> {
        let name: String = String::from_utf8_lossy(tensor.bytes(3)?).chars().take(200).collect();
        let buffer = tensor.u32(2)? as usize;
        if buffer > 0 && buffer >= self.counts.buffers {
            let message = format!(
                "the tensor {name:?} lies in buffer {buffer}, and the model has {}",
                self.counts.buffers
            );
            findings.malformed(tensor.offset(), message);
            return Ok(());
        }
        let dimensions = || shape.into_iter().flat_map(Vector::numbers);
        let elements = dimensions().try_fold(1_u64, |all, dimension| {
            all.checked_mul(u64::try_from(dimension).unwrap_or(1))
        });
        let (dtype, bits) = operators::type_name(tensor.u8(1)?);
        let bytes = elements.and_then(|elements| Some(elements.checked_mul(bits?)?.div_ceil(8)));
        let has = match self.buffers {
            Some(buffers) if buffer > 0 => buffers.table(buffer)?.bytes(0)?.len() as u64,
            _ => 0,
        };
        let is_sparse = tensor.table(6)?.is_some();
        if elements.is_none() {
            let message = format!("the dimensions of the tensor {name:?} overflow");
            findings.malformed(tensor.offset(), message);
        } else if let Some(bytes) = bytes.filter(|bytes| has > 0 && *bytes > has && !is_sparse) {
            let message = format!(
                "the tensor {name:?} declares {bytes} bytes by its dimensions, and its buffer has \
                 {has}: a careless reader would read beyond it"
            );
            findings.malformed(tensor.offset(), message);
        }
        findings.examination.describe(|it| {
            let shape =
                dimensions().take(32).map(|size| u64::try_from(size).unwrap_or(0)).collect();
            it.tensor(Tensor { name, dtype: dtype.to_owned(), shape, bytes });
        });
        Ok(())
    }

    /// Looks at its operators.
    fn operators(
        &self,
        findings: &mut Findings<'_, '_, '_>,
        steps: &mut Steps,
    ) -> Result<(), Stop> {
        let tensors = self.table.vector(0, 4)?.map_or(0, |tensors| tensors.len());
        for index in [1, 2] {
            let ends = self.table.vector(index, 4)?;
            steps.take(ends.map_or(0, |ends| ends.len()))?;
            Self::indices(ends, tensors, self.table.offset(), findings);
        }
        for operator in self.table.vector(3, 4)?.into_iter().flat_map(Vector::tables) {
            let operator = operator?;
            steps.take(1)?;
            let code = operator.u32(0)? as usize;
            if code >= self.counts.codes {
                let message = format!(
                    "an operator is of code {code}, and the model has {}",
                    self.counts.codes
                );
                findings.malformed(operator.offset(), message);
            }
            // Inputs, outputs and intermediates.
            for index in [1, 2, 8] {
                let tensors_of = operator.vector(index, 4)?;
                steps.take(tensors_of.map_or(0, |tensors| tensors.len()))?;
                Self::indices(tensors_of, tensors, operator.offset(), findings);
            }
            self.options(operator, code, findings, steps)?;
        }
        Ok(())
    }

    /// Tells of a number of a tensor that does not exist; -1 stands for none.
    fn indices(
        indices: Option<Vector<'_>>,
        count: usize,
        at: u64,
        findings: &mut Findings<'_, '_, '_>,
    ) {
        let is_wrong = |index: &i32| match usize::try_from(*index) {
            Ok(index) => index >= count,
            Err(_) => *index != -1,
        };
        if let Some(index) = indices.into_iter().flat_map(Vector::numbers).find(is_wrong) {
            let message = format!(
                "an operator uses the tensor {index}, and its graph has {count}: a careless \
                 interpreter would read or write outside of its memory"
            );
            findings.malformed(at, message);
        }
    }

    /// The options of an operator of TensorFlow say which one it really is.
    fn options(
        &self,
        operator: Table<'_>,
        code: usize,
        findings: &mut Findings<'_, '_, '_>,
        steps: &mut Steps,
    ) -> Result<(), Stop> {
        let Some(codes) = self.codes.filter(|codes| code < codes.len()) else { return Ok(()) };
        if !codes.table(code)?.bytes(1)?.starts_with(b"Flex") {
            return Ok(());
        }
        let options = operator.bytes(5)?;
        steps.take(options.len())?;
        if let Some((danger, name, what)) = operators::hidden(options) {
            tell(
                danger,
                operator.offset(),
                name,
                &format!("{what} when the model is run"),
                findings,
            );
        }
        Ok(())
    }
}

/// An entry of the metadata: a name, and the buffer that has it.
fn metadata(
    entry: Table<'_>,
    buffers: Option<Vector<'_>>,
    findings: &mut Findings<'_, '_, '_>,
) -> Result<(), Stop> {
    let (name, buffer) = (entry.bytes(0)?, entry.u32(1)? as usize);
    let Some(buffers) = buffers.filter(|buffers| buffer < buffers.len()) else { return Ok(()) };
    let value = buffers.table(buffer)?.bytes(0)?;
    if name != b"TFLITE_METADATA" || !findings.examination.describes() {
        return Ok(());
    }
    let Ok(about) = Table::root(value) else { return Ok(()) };
    for (key, index) in [("name", 0), ("about", 1), ("model_version", 2), ("author", 4)] {
        let text = String::from_utf8_lossy(about.bytes(index).unwrap_or_default());
        if !text.is_empty() {
            findings.examination.describe(|it| it.fact(key, &text));
        }
    }
    let licence = String::from_utf8_lossy(about.bytes(5).unwrap_or_default());
    licence::stated(&licence, findings.examination);
    Ok(())
}
