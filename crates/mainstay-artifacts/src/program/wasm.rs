//! WebAssembly modules: sections one after another, of which the custom ones have names.

use mainstay_archives::{ArchiveError, ReadAt};

use super::{Program, Span, bytes_at, leb128};

/// The magic number and version 1.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";
/// The most sections; a module has a dozen.
const SECTIONS: usize = 10_000;
/// Enough for the number of a section, its size, the length of a name and the name looked for.
const ROW: u64 = 32;

pub(super) fn is_one(first: &[u8]) -> bool {
    first.starts_with(HEAD)
}

pub(super) fn read(source: &dyn ReadAt) -> Result<Program, ArchiveError> {
    let mut program = Program::default();
    let mut at = HEAD.len() as u64;
    for _ in 0..SECTIONS {
        if at >= source.length() {
            return Ok(program);
        }
        let row = bytes_at(source, at, ROW)?;
        let Some((id, size, head)) = section(&row) else {
            return Err(ArchiveError::damaged("a section of the module is damaged"));
        };
        let start = at.saturating_add(head as u64);
        let end = start.saturating_add(size.into());
        // Custom sections have the number 0.
        if id == 0
            && let Some((length, skipped)) = row.get(head..).and_then(number)
            && let Ok(length) = usize::try_from(length)
            && let Some(name) = row.get(head + skipped..).and_then(|rest| rest.get(..length))
        {
            let offset = start.saturating_add((skipped + length) as u64);
            let size = end.saturating_sub(offset);
            program.take_section(name, Span { offset, size });
        }
        at = end;
    }
    Err(ArchiveError::spent(format!("the module has more than {SECTIONS} sections")))
}

/// The number of a section, the size of its content, and how long both are.
fn section(row: &[u8]) -> Option<(u8, u32, usize)> {
    let (id, rest) = row.split_first()?;
    let (size, length) = number(rest)?;
    Some((*id, size, 1 + length))
}

/// A number of 32 bits in LEB128, and how long it is.
fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    let (value, length) = leb128(bytes.get(..5).unwrap_or(bytes))?;
    Some((u32::try_from(value).ok()?, length))
}
