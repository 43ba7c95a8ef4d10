//! ELF: Linux, the BSDs, most others.

use mainstay_archives::{ArchiveError, ReadAt};

use super::{Loaded, Numbers, Order, Program, Span, Width, bytes_at, cut_off};

/// The most sections, and the most segments, that are read; linkers write some dozens.
const ROWS: u64 = 65_536;
/// The most bytes of a table: that many rows as they are. A header may claim longer ones.
const TABLE: u64 = ROWS * 64;
/// The most bytes of their names. A section takes its name from their end as well.
const NAMES: u64 = 8 << 20;
/// The longest name that is looked for, and one byte.
const ROOM: usize = 16;

/// Where the fields of the headers stand, for one width of addresses.
struct Layout {
    /// `e_phoff`, `e_phentsize`, `e_phnum`.
    segments: [usize; 3],
    /// `e_shoff`, `e_shentsize`, `e_shnum`.
    sections: [usize; 3],
    /// `e_shstrndx`.
    names: usize,
    /// `p_flags`, `p_offset`, `p_vaddr`, `p_filesz`, and the size of a row.
    segment: [usize; 5],
    /// `sh_offset`, `sh_size`, `sh_link`, and the size of a row.
    section: [usize; 4],
}

const FOUR: Layout = Layout {
    segments: [28, 42, 44],
    sections: [32, 46, 48],
    names: 50,
    segment: [24, 4, 8, 16, 32],
    section: [16, 20, 24, 40],
};
const EIGHT: Layout = Layout {
    segments: [32, 54, 56],
    sections: [40, 58, 60],
    names: 62,
    segment: [4, 8, 16, 32, 56],
    section: [24, 32, 40, 64],
};

/// `PT_LOAD`.
const LOAD: u32 = 1;
/// `SHT_NOBITS`: a section without bytes in the file.
const NO_BITS: u32 = 8;
/// `SHN_XINDEX`, and `PN_XNUM`: the number stands in the first section.
const ELSEWHERE: u16 = 0xFFFF;

/// The numbers of a header, if it is that of a program or a shared library.
fn header(first: &[u8]) -> Option<(Numbers<'_>, &'static Layout)> {
    let (width, layout) = match first.get(4)? {
        1 => (Width::Four, &FOUR),
        2 => (Width::Eight, &EIGHT),
        _ => return None,
    };
    let order = match first.get(5)? {
        1 => Order::Little,
        2 => Order::Big,
        _ => return None,
    };
    let numbers = Numbers { bytes: first, order, width };
    let is_loaded = matches!(numbers.u16(16)?, 2 | 3);
    (first.starts_with(b"\x7fELF") && is_loaded).then_some((numbers, layout))
}

pub(super) fn is_one(first: &[u8]) -> bool {
    header(first).is_some()
}

pub(super) fn read(source: &dyn ReadAt, first: &[u8]) -> Result<Program, ArchiveError> {
    let (head, layout) = header(first).ok_or_else(cut_off)?;
    let mut program = Program::default();
    let data = segments(source, head, layout, &mut program)?;
    let has_sections = sections(source, head, layout, &mut program)?;
    // The names may have been cut away; then the data are searched. Go does so whenever no section
    // has the record's name, which would cost a search in every program.
    if !has_sections {
        program.data = data;
    }
    Ok(program)
}

/// A table of the header, cut into rows.
struct Table {
    bytes: Vec<u8>,
    row: usize,
}

impl Table {
    fn read(
        source: &dyn ReadAt,
        offset: u64,
        count: u64,
        row: usize,
    ) -> Result<Self, ArchiveError> {
        if count > ROWS {
            let message = format!("the program has {count} sections or segments; limit {ROWS}");
            return Err(ArchiveError::spent(message));
        }
        let length = count.saturating_mul(row as u64);
        if length > TABLE {
            let message = format!("a table of the program has {length} bytes; limit {TABLE}");
            return Err(ArchiveError::spent(message));
        }
        let bytes = bytes_at(source, offset, length)?;
        Ok(Self { bytes, row })
    }

    fn rows<'t>(&'t self, head: Numbers<'_>) -> impl Iterator<Item = Numbers<'t>> {
        let (order, width) = (head.order, head.width);
        self.bytes.chunks_exact(self.row).map(move |bytes| Numbers { bytes, order, width })
    }
}

/// Takes what is loaded; gives what the program may write to and not run.
fn segments(
    source: &dyn ReadAt,
    head: Numbers<'_>,
    layout: &Layout,
    program: &mut Program,
) -> Result<Vec<Span>, ArchiveError> {
    let [flags, offset, address, size, row] = layout.segment;
    let [start, row_size, count] = layout.segments;
    let fields = (head.word(start), head.u16(row_size), head.u16(count));
    let (Some(start), Some(row_size), Some(count)) = fields else { return Err(cut_off()) };
    if usize::from(row_size) < row || count == ELSEWHERE {
        return Ok(Vec::new());
    }
    let table = Table::read(source, start, count.into(), row_size.into())?;
    let mut data = Vec::new();
    for row in table.rows(head).filter(|row| row.u32(0) == Some(LOAD)) {
        let fields = (row.word(offset), row.word(address), row.word(size), row.u32(flags));
        let (Some(offset), Some(address), Some(size), Some(flags)) = fields else { continue };
        let span = Span { offset, size };
        program.loaded.push(Loaded { address, span });
        // PF_W without PF_X.
        if flags & 3 == 2 {
            data.push(span);
        }
    }
    Ok(data)
}

/// Takes the sections that are looked for. Whether there are any at all.
fn sections(
    source: &dyn ReadAt,
    head: Numbers<'_>,
    layout: &Layout,
    program: &mut Program,
) -> Result<bool, ArchiveError> {
    let [offset, size, link, row] = layout.section;
    let [start, row_size, count] = layout.sections;
    let fields = (head.word(start), head.u16(row_size), head.u16(count), head.u16(layout.names));
    let (Some(start), Some(row_size), Some(count), Some(names)) = fields else {
        return Err(cut_off());
    };
    if start == 0 || usize::from(row_size) < row {
        return Ok(false);
    }
    // Where the numbers do not fit the header, the first section has them.
    let first = bytes_at(source, start, row_size.into())?;
    let first = head.of(&first);
    let count = match count {
        0 => first.word(size).unwrap_or(0),
        count => count.into(),
    };
    let names = match names {
        ELSEWHERE => first.u32(link).map_or(0, u64::from),
        names => names.into(),
    };
    let table = Table::read(source, start, count, row_size.into())?;
    let at = usize::try_from(names).unwrap_or(usize::MAX);
    let Some(names) = table.rows(head).nth(at) else { return Ok(false) };
    let (Some(names_at), Some(names_size)) = (names.word(offset), names.word(size)) else {
        return Ok(false);
    };
    if names_size.min(source.length()) > NAMES {
        let message = format!("the names of its sections have {names_size} bytes; limit {NAMES}");
        return Err(ArchiveError::spent(message));
    }
    let names = bytes_at(source, names_at, names_size)?;
    let names = head.of(&names);
    let mut is_any = false;
    for row in table.rows(head) {
        let fields = (row.u32(0), row.u32(4), row.word(offset), row.word(size));
        let (Some(name), Some(kind), Some(offset), Some(size)) = fields else { continue };
        let name = usize::try_from(name).ok().and_then(|name| names.name(name, ROOM));
        let Some(name) = name.filter(|name| !name.is_empty() && kind != NO_BITS) else { continue };
        is_any = true;
        program.take_section(name, Span { offset, size });
    }
    Ok(is_any)
}
