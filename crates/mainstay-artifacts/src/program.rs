//! Built programs as their loader sees them, as far as it leads to what they say of themselves.
//!
//! Standards: the ELF specification (System V ABI, chapters 4 and 5), Microsoft's "PE Format",
//! Apple's "Mach-O File Format Reference", the WebAssembly core specification (section 5.5).
//!
//! A program may have hundreds of megabytes. Of it the headers, the table of sections and the
//! names of sections are read, each up to a limit, and nothing is kept but a few places. What lies
//! past a limit is an error and no silence; but the search for Go's record in data ends at a limit, as
//! Go writes it at their start.

mod elf;
mod mach_o;
mod numbers;
mod pe;
mod wasm;

use mainstay_archives::{ArchiveError, ReadAt};

pub(crate) use numbers::{Numbers, Order, Width, bytes_at, leb128};

/// How many first bytes [`is_program`] asks for. Fewer tell most programs too.
pub const PROGRAM_SNIFFED: usize = 64;

/// The section in which cargo-auditable keeps its record.
const RUST: &str = ".dep-v0";
/// The sections in which Go's linker keeps its record: of ELF, of Mach-O.
const GO: [&str; 2] = [".go.buildinfo", "__go_buildinfo"];

/// One program in a file. A fat Mach-O file has one for each processor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Program {
    /// Where a record of Go lies, if there is one.
    pub(crate) go: Vec<Span>,
    /// Where a record of Go may lie, when the program does not tell: its data.
    pub(crate) data: Vec<Span>,
    /// Where records of Rust lie.
    pub(crate) rust: Vec<Span>,
    /// What is loaded, and to which address.
    loaded: Vec<Loaded>,
}

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

/// A part of the file that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Loaded {
    address: u64,
    span: Span,
}

impl Program {
    /// What lies at an address, as far as the part goes in which it lies.
    pub(crate) fn at_address(&self, address: u64) -> Option<Span> {
        self.loaded.iter().find_map(|part| {
            let within = address.checked_sub(part.address)?;
            let left = part.span.size.checked_sub(within).filter(|left| *left > 0)?;
            Some(Span { offset: part.span.offset.checked_add(within)?, size: left })
        })
    }

    /// Takes a named section that holds a record, if it is one.
    fn take_section(&mut self, name: &[u8], span: Span) {
        if name == RUST.as_bytes() {
            self.rust.push(span);
        } else if GO.iter().any(|known| name == known.as_bytes()) {
            self.go.push(span);
        }
    }
}

/// Whether a file that begins so may be a program: an executable or a library that a system loads,
/// and no object that is still to be linked.
pub fn is_program(first: &[u8]) -> bool {
    elf::is_one(first) || pe::is_one(first) || mach_o::is_one(first) || wasm::is_one(first)
}

/// The programs in a file; none when it is none.
pub(crate) fn programs(source: &dyn ReadAt) -> Result<Vec<Program>, ArchiveError> {
    let first = bytes_at(source, 0, 1024)?;
    let one = |program| vec![program];
    if elf::is_one(&first) {
        return elf::read(source, &first).map(one);
    }
    if pe::is_one(&first) {
        return pe::read(source, &first).map(one);
    }
    if wasm::is_one(&first) {
        return wasm::read(source).map(one);
    }
    mach_o::read(source, &first)
}

fn cut_off() -> ArchiveError {
    ArchiveError::damaged("the program's headers are cut off, or lead out of the file")
}
