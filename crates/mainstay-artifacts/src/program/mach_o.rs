//! Mach-O: macOS and its relatives; one program, or a fat file with one for each processor.

use mainstay_archives::{ArchiveError, ReadAt};

use super::{Loaded, Numbers, Order, Program, Span, Width, bytes_at, cut_off};

/// The most programs in a fat file. Java's class files begin with the same number, and at the place
/// of the count they have their version, which is 45 at least.
const PARTS: u32 = 20;
/// The most bytes of load commands; a large program has some kilobytes.
const COMMANDS: u32 = 4 << 20;

/// The order of bytes and the width of addresses that a magic number tells.
fn kind(first: &[u8]) -> Option<(Order, Width)> {
    match first.get(..4)? {
        [0xCE, 0xFA, 0xED, 0xFE] => Some((Order::Little, Width::Four)),
        [0xCF, 0xFA, 0xED, 0xFE] => Some((Order::Little, Width::Eight)),
        [0xFE, 0xED, 0xFA, 0xCE] => Some((Order::Big, Width::Four)),
        [0xFE, 0xED, 0xFA, 0xCF] => Some((Order::Big, Width::Eight)),
        _ => None,
    }
}

/// The header of a program or a library; not of an object, a core, or symbols kept apart.
fn header(first: &[u8]) -> Option<Numbers<'_>> {
    let (order, width) = kind(first)?;
    let numbers = Numbers { bytes: first, order, width };
    matches!(numbers.u32(12)?, 2 | 3 | 6 | 7 | 8).then_some(numbers)
}

/// How many programs a fat file has, and how wide its offsets are.
fn parts(first: &[u8]) -> Option<(u32, Width)> {
    let width = match first.get(..4)? {
        [0xCA, 0xFE, 0xBA, 0xBE] => Width::Four,
        [0xCA, 0xFE, 0xBA, 0xBF] => Width::Eight,
        _ => return None,
    };
    let count = Numbers { bytes: first, order: Order::Big, width }.u32(4)?;
    (1..=PARTS).contains(&count).then_some((count, width))
}

pub(super) fn is_one(first: &[u8]) -> bool {
    header(first).is_some() || parts(first).is_some()
}

/// Reads every program of a file; none when it is of another kind.
pub(super) fn read(source: &dyn ReadAt, first: &[u8]) -> Result<Vec<Program>, ArchiveError> {
    if header(first).is_some() {
        return Ok(vec![read_one(source, 0, source.length())?]);
    }
    let Some((count, width)) = parts(first) else { return Ok(Vec::new()) };
    let numbers = Numbers { bytes: first, order: Order::Big, width };
    // Where offset and size stand in a row, and its size.
    let (fields, row) = match width {
        Width::Four => ([8, 12], 20),
        Width::Eight => ([8, 16], 32),
    };
    let mut programs = Vec::new();
    for number in 0..usize::try_from(count).unwrap_or(0) {
        let [offset, size] = fields.map(|field| numbers.word(8 + number * row + field));
        let (Some(offset), Some(size)) = (offset, size) else { return Err(cut_off()) };
        let end = offset.saturating_add(size).min(source.length());
        if header(&bytes_at(source, offset, 16)?).is_some() {
            programs.push(read_one(source, offset, end)?);
        }
    }
    Ok(programs)
}

/// Reads the program between two places. All its offsets count from the first.
fn read_one(source: &dyn ReadAt, start: u64, end: u64) -> Result<Program, ArchiveError> {
    let first = bytes_at(source, start, 32)?;
    let head = header(&first).ok_or_else(cut_off)?;
    let length = head.u32(20).ok_or_else(cut_off)?;
    if length > COMMANDS {
        let message = format!("its load commands have {length} bytes; limit {COMMANDS}");
        return Err(ArchiveError::spent(message));
    }
    let skipped = match head.width {
        Width::Four => 28,
        Width::Eight => 32,
    };
    let bytes = bytes_at(source, start.saturating_add(skipped), length.into())?;
    let mut part = Part { start, end, program: Program::default() };
    let mut rest = &*bytes;
    loop {
        let command = head.of(rest);
        let (Some(which), Some(size)) = (command.u32(0), command.u32(4)) else { break };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        // A command that is shorter than its head would be met for ever.
        let Some((body, after)) = rest.split_at_checked(size).filter(|_| size >= 8) else { break };
        // LC_SEGMENT, LC_SEGMENT_64.
        if matches!((which, head.width), (0x1, Width::Four) | (0x19, Width::Eight)) {
            part.take_segment(head.of(body));
        }
        rest = after;
    }
    Ok(part.program)
}

/// A program while it is read, and where it lies in the file.
struct Part {
    start: u64,
    end: u64,
    program: Program,
}

impl Part {
    /// A part of the program as a part of the file. `None` when it leads out of the program.
    fn span(&self, offset: u64, size: u64) -> Option<Span> {
        let offset = self.start.checked_add(offset)?;
        let is_inside = offset.checked_add(size)? <= self.end;
        is_inside.then_some(Span { offset, size })
    }

    /// Takes a segment and its sections.
    fn take_segment(&mut self, command: Numbers<'_>) -> Option<()> {
        // Where address, offset, size in the file and the number of sections stand; how long the
        // head and a section are; where a section has size and offset.
        let (fields, head, row, inner) = match command.width {
            Width::Four => ([24, 32, 36, 48], 56, 68, [36, 40]),
            Width::Eight => ([24, 40, 48, 64], 72, 80, [40, 48]),
        };
        let [address, offset, size, count] = fields;
        let address = command.word(address)?;
        if let Some(span) = self.span(command.word(offset)?, command.word(size)?) {
            self.program.loaded.push(Loaded { address, span });
        }
        let count = usize::try_from(command.u32(count)?).ok()?;
        let [size, offset] = inner;
        for bytes in command.bytes.get(head..)?.chunks_exact(row).take(count) {
            let section = command.of(bytes);
            let span = self.span(section.u32(offset)?.into(), section.word(size)?);
            if let (Some(span), Some(name)) = (span, section.name(0, 16)) {
                self.program.take_section(name, span);
            }
        }
        Some(())
    }
}
