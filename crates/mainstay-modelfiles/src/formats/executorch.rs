//! `ExecuTorch`: a program for devices as a `FlatBuffer`, with an extended header and segments of
//! data behind it.
//!
//! Specification: `ExecuTorch`'s `schema/program.fbs` with the identifier `ET12` (`ET` and two
//! digits), and "PTE File Format" of its documentation. At byte 8 an extended header may lie:
//! `eh00`, its length, the size of the program and where the segments begin.
//!
//! Dangers: delegates, which hand a blob to native code of a backend; operators that need kernels
//! of their own; sizes and segments that leave the file.

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::{Cursor, Leaves};
use crate::examination::Examination;
use crate::findings::Findings;
use crate::flatbuffer::{Steps, Stop, Table, Vector};
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "executorch",
    title: "ExecuTorch",
    role: Role::Model,
    endings: &["pte"],
    likeness,
    read,
};

/// Backends that `ExecuTorch` comes with.
const BACKENDS: &[&str] = &[
    "ArmBackend",
    "CadenceBackend",
    "CoreMLBackend",
    "CudaBackend",
    "EnnBackend",
    "EthosUBackend",
    "MPSBackend",
    "MetalBackend",
    "MediatekBackend",
    "NeuropilotBackend",
    "NXPBackend",
    "NeutronBackend",
    "OpenvinoBackend",
    "QnnBackend",
    "SamsungBackend",
    "TOSABackend",
    "VgfBackend",
    "VulkanBackend",
    "XnnpackBackend",
];

/// Namespaces of operators whose kernels come with `ExecuTorch`.
const NAMESPACES: &[&str] = &[
    "aten",
    "bolt",
    "cadence",
    "cortex_m",
    "dim_order_ops",
    "et_copy",
    "et_vk",
    "executorch_prim",
    "higher_order",
    "llama",
    "prim",
    "prims",
    "quantized_decomposed",
    "sym_size",
    "torchao",
];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let is_program = matches!(
        beginning.bytes.get(4..8),
        Some([b'E', b'T', tens, ones]) if tens.is_ascii_digit() && ones.is_ascii_digit()
    );
    Likeness::certain_if(is_program)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut findings = Findings::new(part, examination);
    let result = extended_header(part.bytes, &mut findings)
        .map_err(Stop::from)
        .and_then(|extent| program(part.bytes, &extent, &mut findings));
    if let Err(stop) = result {
        stop.tell("a part of the ExecuTorch program", &mut findings);
    }
}

/// Where the program ends and the segments begin.
struct Extent {
    program: u64,
    segments: u64,
}

/// Reads the extended header. Without one the program is the whole file.
fn extended_header(bytes: &[u8], findings: &mut Findings<'_, '_, '_>) -> Result<Extent, Leaves> {
    let length = bytes.len() as u64;
    if bytes.get(8..12) != Some(b"eh00") {
        return Ok(Extent { program: length, segments: length });
    }
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(12)?;
    let header = u64::from(cursor.u32()?);
    let (program, segments) = (cursor.u64()?, cursor.u64()?);
    if header < 24 || program > length || segments > length {
        let message = format!(
            "the extended header says that it has {header} bytes, the program {program} and that \
             segments begin at {segments}; the file has {length} bytes"
        );
        findings.malformed(8, message);
    }
    // Newer headers also say how many bytes the segments have.
    if header >= 32 {
        let data = cursor.u64()?;
        if segments.checked_add(data).is_none_or(|end| end > length) {
            let left = length.saturating_sub(segments);
            return Err(Leaves { at: segments, wanted: data, left });
        }
    }
    Ok(Extent { program, segments })
}

fn program(bytes: &[u8], extent: &Extent, findings: &mut Findings<'_, '_, '_>) -> Result<(), Stop> {
    let mut steps = Steps::of(bytes);
    let end = usize::try_from(extent.program).unwrap_or(usize::MAX);
    let program = Table::root(bytes.get(..end).unwrap_or(bytes))?;
    let version = program.u32(0)?;
    findings.examination.describe(|it| it.fact("version", &version.to_string()));
    for plan in tables(program, 1)? {
        steps.take(1)?;
        execution_plan(plan?, &mut steps, findings)?;
    }
    // Constants and the blobs of delegates that lie in the program.
    for index in [2, 3] {
        for buffer in tables(program, index)? {
            steps.take(1)?;
            buffer?.bytes(0)?;
        }
    }
    let mut count = 0_u64;
    for segment in tables(program, 4)? {
        steps.take(1)?;
        count += 1;
        let segment = segment?;
        let (offset, size) = (segment.u64(0)?, segment.u64(1)?);
        let start = extent.segments.checked_add(offset);
        let end = start.and_then(|start| start.checked_add(size));
        let length = bytes.len() as u64;
        if end.is_none_or(|end| end > length) {
            let left = length.saturating_sub(start.unwrap_or(length));
            let leaves = Leaves { at: segment.offset(), wanted: size, left };
            findings.examination.leaves(findings.part, "a segment", leaves);
        }
    }
    findings.examination.describe(|it| it.fact("segments", &count.to_string()));
    Ok(())
}

fn tables(
    table: Table<'_>,
    index: usize,
) -> Result<impl Iterator<Item = Result<Table<'_>, Leaves>>, Leaves> {
    Ok(table.vector(index, 4)?.into_iter().flat_map(Vector::tables))
}

/// A method of the program: its operators and its delegates.
fn execution_plan(
    plan: Table<'_>,
    steps: &mut Steps,
    findings: &mut Findings<'_, '_, '_>,
) -> Result<(), Stop> {
    let name = String::from_utf8_lossy(plan.bytes(0)?);
    findings.examination.describe(|it| it.fact("method", &name));
    for operator in tables(plan, 6)? {
        steps.take(1)?;
        let operator = operator?;
        let name = String::from_utf8_lossy(operator.bytes(0)?);
        let namespace = name.split_once("::").map_or("", |(namespace, _)| namespace);
        if !NAMESPACES.contains(&namespace) {
            let what = "is none of ExecuTorch: the program needs kernels of its own, which are \
                        native code";
            tell(operator.offset(), "operator", &name, what, findings);
        }
    }
    for delegate in tables(plan, 7)? {
        steps.take(1)?;
        let delegate = delegate?;
        let id = String::from_utf8_lossy(delegate.bytes(0)?);
        findings.examination.describe(|it| it.fact("delegate", &id));
        if !BACKENDS.contains(&&*id) {
            let what = "is none of ExecuTorch: the program hands its blob to a library of native \
                        code that must bring it";
            tell(delegate.offset(), "delegate", &id, what, findings);
        }
    }
    Ok(())
}

fn tell(at: u64, kind: &str, name: &str, what: &str, findings: &mut Findings<'_, '_, '_>) {
    let name: String = name.chars().take(200).flat_map(char::escape_debug).collect();
    let message = format!("the {kind} {name:?} {what}");
    if findings.is_new(&message) {
        let place = findings.at(at);
        let danger = Danger::new(DangerCode::UnknownCall, place, message);
        findings.danger(danger.shown(format!("{name}(…)")));
    }
}
