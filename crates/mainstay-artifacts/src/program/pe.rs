//! PE: Windows.

use mainstay_archives::{ArchiveError, ReadAt};

use super::{Loaded, Numbers, Order, Program, Span, Width, bytes_at, cut_off};

/// The size of a row of the table of sections.
const ROW: usize = 40;
/// What a section may be: initialised data, run, written.
const DATA: u32 = 0x40;
const RUN: u32 = 0x2000_0000;
const WRITE: u32 = 0x8000_0000;

fn little(bytes: &[u8]) -> Numbers<'_> {
    Numbers { bytes, order: Order::Little, width: Width::Four }
}

/// Where the header stands: the stub for DOS says it.
fn header_at(first: &[u8]) -> Option<u32> {
    first.starts_with(b"MZ").then(|| little(first).u32(0x3C)).flatten().filter(|at| *at >= 0x40)
}

/// Whether it is one, as far as the bytes go: the header may lie behind them.
pub(super) fn is_one(first: &[u8]) -> bool {
    let Some(at) = header_at(first) else { return false };
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let signature = at.checked_add(4).and_then(|end| first.get(at..end));
    signature.is_none_or(|signature| signature == b"PE\0\0")
}

pub(super) fn read(source: &dyn ReadAt, first: &[u8]) -> Result<Program, ArchiveError> {
    let at = u64::from(header_at(first).ok_or_else(cut_off)?);
    let bytes = bytes_at(source, at, 4 + 20 + 32)?;
    let header = little(&bytes);
    if !bytes.starts_with(b"PE\0\0") {
        return Err(ArchiveError::damaged("it begins as a program of DOS, and is none of Windows"));
    }
    let fields = (header.u16(6), header.u16(20), image_base(header));
    let (Some(count), Some(optional), Some(base)) = fields else { return Err(cut_off()) };
    let table_at = at.saturating_add(24).saturating_add(optional.into());
    let table = bytes_at(source, table_at, u64::from(count) * ROW as u64)?;
    let mut program = Program::default();
    for row in table.chunks_exact(ROW) {
        take(little(row), base, &mut program);
    }
    Ok(program)
}

/// Where the program wants to be loaded: PE32 and PE32+.
fn image_base(header: Numbers<'_>) -> Option<u64> {
    match header.u16(24)? {
        0x10B => header.u32(24 + 28).map(u64::from),
        0x20B => header.u64(24 + 24),
        _ => None,
    }
}

fn take(row: Numbers<'_>, base: u64, program: &mut Program) -> Option<()> {
    let span = Span { offset: row.u32(20)?.into(), size: row.u32(16)?.into() };
    let address = base.checked_add(row.u32(12)?.into())?;
    program.loaded.push(Loaded { address, span });
    program.take_section(row.name(0, 8)?, span);
    let kind = row.u32(36)?;
    // Go's linker writes its record to the start of the data, under no name of its own.
    if kind & DATA != 0 && kind & WRITE != 0 && kind & RUN == 0 && span.size > 0 {
        program.data.push(span);
    }
    Some(())
}
