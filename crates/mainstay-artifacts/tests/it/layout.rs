//! Small programs, with the headers that lead to their sections and nothing else.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bits {
    ThirtyTwo,
    SixtyFour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) content: Vec<u8>,
}

/// Bytes that are written number by number.
struct Writer {
    bytes: Vec<u8>,
    bits: Bits,
    order: Order,
}

impl Writer {
    fn new(bits: Bits, order: Order) -> Self {
        Self { bytes: Vec::new(), bits, order }
    }

    fn put(&mut self, value: u64, length: usize) {
        let mut bytes = value.to_le_bytes()[..length].to_vec();
        if self.order == Order::Big {
            bytes.reverse();
        }
        self.bytes.extend(bytes);
    }

    fn half(&mut self, value: u64) {
        self.put(value, 2);
    }

    fn int(&mut self, value: u64) {
        self.put(value, 4);
    }

    fn word(&mut self, value: u64) {
        self.put(value, if self.bits == Bits::ThirtyTwo { 4 } else { 8 });
    }

    fn name(&mut self, name: &str, room: usize) {
        let mut bytes = name.as_bytes().to_vec();
        bytes.resize(room, 0);
        self.bytes.extend(bytes);
    }

    fn fill(&mut self, to: usize) {
        assert!(self.bytes.len() <= to);
        self.bytes.resize(to, 0);
    }
}

/// The address to which the first section of each kind of program is loaded.
pub(crate) const BASE: u64 = 0x0040_0000;
/// Where the first section lies in the file.
const FIRST: usize = 1024;

/// Where each section lies: one after another, at multiples of 16.
fn places(sections: &[Section]) -> Vec<usize> {
    let mut at = FIRST;
    sections
        .iter()
        .map(|section| {
            let here = at;
            at = (at + section.content.len()).next_multiple_of(16);
            here
        })
        .collect()
}

pub(crate) fn elf(bits: Bits, order: Order, sections: &[Section]) -> Vec<u8> {
    let is_wide = bits == Bits::SixtyFour;
    let places = places(sections);
    let mut names = vec![0];
    let mut body = Writer::new(bits, order);
    body.fill(FIRST);
    let mut rows = Vec::new();
    for (section, place) in sections.iter().zip(&places) {
        body.fill(*place);
        body.bytes.extend(&section.content);
        rows.push((names.len(), 1, *place, section.content.len()));
        names.extend(section.name.bytes().chain([0]));
    }
    let length = body.bytes.len() - FIRST;
    let names_at = body.bytes.len();
    rows.push((names.len(), 3, names_at, names.len() + 10));
    names.extend(b".shstrtab\0");
    body.bytes.extend(&names);
    body.fill(body.bytes.len().next_multiple_of(16));
    let table_at = body.bytes.len();
    let row_size = if is_wide { 64 } else { 40 };
    body.fill(table_at + row_size);
    for (name, kind, offset, size) in &rows {
        body.int(*name as u64);
        body.int(*kind);
        body.word(3);
        body.word(BASE + (*offset - FIRST) as u64);
        body.word(*offset as u64);
        body.word(*size as u64);
        body.fill(body.bytes.len() + if is_wide { 24 } else { 16 });
    }
    let mut head = Writer::new(bits, order);
    head.bytes.extend(b"\x7fELF");
    let endian = if order == Order::Little { 1 } else { 2 };
    head.bytes.extend([if is_wide { 2 } else { 1 }, endian, 1]);
    head.fill(16);
    head.half(2);
    head.half(62);
    head.int(1);
    head.word(BASE);
    let header_size = if is_wide { 64 } else { 52 };
    head.word(header_size);
    head.word(table_at as u64);
    head.int(0);
    head.half(header_size);
    head.half(if is_wide { 56 } else { 32 });
    head.half(1);
    head.half(row_size as u64);
    head.half(rows.len() as u64 + 1);
    head.half(rows.len() as u64);
    // One segment, which is written to.
    head.int(1);
    if is_wide {
        head.int(6);
    }
    head.word(FIRST as u64);
    head.word(BASE);
    head.word(BASE);
    head.word(length as u64);
    head.word(length as u64);
    if !is_wide {
        head.int(6);
    }
    head.word(16);
    let mut bytes = body.bytes;
    bytes[..head.bytes.len()].copy_from_slice(&head.bytes);
    bytes
}

pub(crate) fn pe(bits: Bits, sections: &[Section]) -> Vec<u8> {
    let is_wide = bits == Bits::SixtyFour;
    let mut out = Writer::new(bits, Order::Little);
    out.bytes.extend(b"MZ");
    out.fill(0x3C);
    out.int(0x80);
    out.fill(0x80);
    out.bytes.extend(b"PE\0\0");
    out.half(0x8664);
    out.half(sections.len() as u64);
    out.fill(0x80 + 20);
    let optional = if is_wide { 240 } else { 224 };
    out.half(optional);
    out.half(2);
    let start = out.bytes.len();
    out.half(if is_wide { 0x20B } else { 0x10B });
    out.fill(start + if is_wide { 24 } else { 28 });
    out.word(BASE);
    out.fill(start + usize::try_from(optional).unwrap());
    let places = places(sections);
    for (section, place) in sections.iter().zip(&places) {
        out.name(section.name, 8);
        out.int(section.content.len() as u64);
        out.int((*place - FIRST) as u64);
        out.int(section.content.len() as u64);
        out.int(*place as u64);
        out.fill(out.bytes.len() + 12);
        out.int(0xC000_0040);
    }
    for (section, place) in sections.iter().zip(&places) {
        out.fill(*place);
        out.bytes.extend(&section.content);
    }
    out.bytes
}

pub(crate) fn mach_o(bits: Bits, order: Order, sections: &[Section]) -> Vec<u8> {
    let is_wide = bits == Bits::SixtyFour;
    let (head, row) = if is_wide { (72, 80) } else { (56, 68) };
    let size = head + row * sections.len();
    let places = places(sections);
    let end = places.iter().zip(sections).map(|(at, one)| at + one.content.len()).max().unwrap();
    let mut out = Writer::new(bits, order);
    out.int(if is_wide { 0xFEED_FACF } else { 0xFEED_FACE });
    out.int(7);
    out.int(3);
    out.int(2);
    out.int(1);
    out.int(size as u64);
    out.fill(if is_wide { 32 } else { 28 });
    out.int(if is_wide { 0x19 } else { 1 });
    out.int(size as u64);
    out.name("__DATA", 16);
    out.word(BASE);
    out.word((end - FIRST) as u64);
    out.word(FIRST as u64);
    out.word((end - FIRST) as u64);
    out.int(3);
    out.int(3);
    out.int(sections.len() as u64);
    out.int(0);
    for (section, place) in sections.iter().zip(&places) {
        out.name(section.name, 16);
        out.name("__DATA", 16);
        out.word(BASE + (*place - FIRST) as u64);
        out.word(section.content.len() as u64);
        out.int(*place as u64);
        out.fill(out.bytes.len() + if is_wide { 28 } else { 24 });
    }
    for (section, place) in sections.iter().zip(&places) {
        out.fill(*place);
        out.bytes.extend(&section.content);
    }
    out.bytes
}

pub(crate) fn fat(programs: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Writer::new(Bits::ThirtyTwo, Order::Big);
    out.int(0xCAFE_BABE);
    out.int(programs.len() as u64);
    let mut at = 4096;
    for program in programs {
        out.int(7);
        out.int(3);
        out.int(at);
        out.int(program.len() as u64);
        out.int(12);
        at = (at + program.len() as u64).next_multiple_of(4096);
    }
    for program in programs {
        out.fill(out.bytes.len().next_multiple_of(4096));
        out.bytes.extend(program);
    }
    out.bytes
}

pub(crate) fn wasm(sections: &[Section]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0\x01\x01\0".to_vec();
    for section in sections {
        let name = section.name.as_bytes();
        let size = 1 + name.len() + section.content.len();
        bytes.push(0);
        bytes.extend(varint(size));
        bytes.push(u8::try_from(name.len()).unwrap());
        bytes.extend(name);
        bytes.extend(&section.content);
    }
    bytes
}

fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7F).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
    bytes
}

fn between_sentinels(modules: &str) -> Vec<u8> {
    if modules.is_empty() {
        return Vec::new();
    }
    [&[0xF0; 16], modules.as_bytes(), &[0xF1; 16]].concat()
}

/// The record of Go since 1.18.
pub(crate) fn go_inline(version: &str, modules: &str) -> Vec<u8> {
    let mut bytes = b"\xff Go buildinf:\x08\x02".to_vec();
    bytes.resize(32, 0);
    bytes.extend(varint(version.len()));
    bytes.extend(version.as_bytes());
    let modules = between_sentinels(modules);
    bytes.extend(varint(modules.len()));
    bytes.extend(modules);
    bytes
}

/// The record of Go before 1.18, as the first section of a program.
pub(crate) fn go_pointers(bits: Bits, order: Order, version: &str, modules: &str) -> Vec<u8> {
    let modules = between_sentinels(modules);
    let mut out = Writer::new(bits, order);
    out.bytes.extend(b"\xff Go buildinf:");
    out.bytes.push(if bits == Bits::ThirtyTwo { 4 } else { 8 });
    out.bytes.push(u8::from(order == Order::Big));
    let (heads, texts) = (BASE + 32, BASE + 64);
    let size = if bits == Bits::ThirtyTwo { 8 } else { 16 };
    out.word(heads);
    out.word(heads + size);
    out.fill(32);
    out.word(texts);
    out.word(version.len() as u64);
    out.word(texts + version.len() as u64);
    out.word(modules.len() as u64);
    out.fill(64);
    out.bytes.extend(version.as_bytes());
    out.bytes.extend(modules);
    out.bytes
}

/// The record of cargo-auditable, packed.
pub(crate) fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
