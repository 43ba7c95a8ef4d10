//! Fractal heaps: where the links and attributes of an object lie that has many of them.
//!
//! Specification: HDF5 File Format Specification 3.0, III.G. Blocks double in size from row to
//! row of a table; what is too large for a block lies alone in the file, and a B-tree finds it.

use super::dense::{Tree, bytes_for};
use super::file::{Fault, File, number_of};

/// A heap, as its header says it.
#[derive(Debug)]
pub(super) struct Heap {
    at: u64,
    is_filtered: bool,
    id_length: u16,
    huge: Option<u64>,
    /// Blocks of one row.
    width: u64,
    /// The size of the first blocks.
    starting: u64,
    /// The size of the largest direct block.
    largest: u64,
    offset_bytes: u8,
    length_bytes: u8,
    root: Option<u64>,
    /// Rows of the root where it is an indirect block; zero where it is a direct one.
    rows: u64,
}

impl Heap {
    pub(super) fn open(file: &File<'_>, at: u64) -> Result<Self, Fault> {
        let mut cursor = file.behind(at, *b"FRHP", "a fractal heap")?;
        cursor.u8()?;
        let id_length = cursor.u16()?;
        let is_filtered = cursor.u16()? > 0;
        cursor.u8()?;
        let most_managed = u64::from(cursor.u32()?);
        file.length(&mut cursor)?;
        let huge = file.address(&mut cursor)?;
        file.length(&mut cursor)?;
        file.address(&mut cursor)?;
        for _ in 0..8 {
            file.length(&mut cursor)?;
        }
        let width = u64::from(cursor.u16()?);
        let (starting, largest) = (file.length(&mut cursor)?, file.length(&mut cursor)?);
        let bits = cursor.u16()?;
        cursor.u16()?;
        let root = file.address(&mut cursor)?;
        let rows = u64::from(cursor.u16()?);
        let is_sound = width > 0
            && starting.is_power_of_two()
            && largest.is_power_of_two()
            && width.is_power_of_two()
            && bits <= 64;
        if !is_sound {
            return Err(Fault::Odd(at, "a fractal heap whose blocks have sizes"));
        }
        let offset_bytes = u8::try_from(bits.div_ceil(8)).unwrap_or(8);
        let largest_bits = largest.trailing_zeros();
        let length_bytes = u8::try_from(largest_bits.div_ceil(8)).unwrap_or(8);
        let length_bytes = length_bytes.min(bytes_for(most_managed)).max(1);
        Ok(Self {
            at,
            is_filtered,
            id_length,
            huge,
            width,
            starting,
            largest,
            offset_bytes,
            length_bytes,
            root,
            rows,
        })
    }

    /// The object of a number: where it is, and its bytes.
    pub(super) fn object<'a>(&self, file: &File<'a>, id: &[u8]) -> Result<(u64, &'a [u8]), Fault> {
        let odd = Fault::Odd(self.at, "a number in the heap");
        if self.is_filtered {
            return Err(Fault::Unread(self.at, "names or attributes are kept in a packed heap"));
        }
        let (first, rest) = id.split_first().ok_or(odd.clone())?;
        match (first >> 4) & 3 {
            0 => {
                let (offset, length) =
                    rest.split_at_checked(usize::from(self.offset_bytes)).ok_or(odd.clone())?;
                let length = length.get(..usize::from(self.length_bytes)).ok_or(odd)?;
                let place = self.managed(file, number(offset))?;
                self.run(file, place, number(length))
            }
            1 => self.huge(file, rest),
            // The object is within the number; in links and attributes, which are longer than
            // that, it is never so.
            _ => Err(Fault::Unread(self.at, "a name or an attribute is kept in its own number")),
        }
    }

    fn run<'a>(&self, file: &File<'a>, place: u64, length: u64) -> Result<(u64, &'a [u8]), Fault> {
        let taken = file.at(place)?.take(length);
        let run = taken.map_err(|leaves| Fault::Leaves("an object in a heap", leaves))?;
        if run.is_empty() {
            Err(Fault::Odd(self.at, "an object in the heap"))
        } else {
            Ok((place, run))
        }
    }

    /// Where the byte of the heap is in the file.
    fn managed(&self, file: &File<'_>, offset: u64) -> Result<u64, Fault> {
        let odd = Fault::Odd(self.at, "a place in the heap");
        let mut block = self.root.ok_or(odd.clone())?;
        let mut within = offset;
        if self.rows == 0 {
            return if within < self.starting {
                Ok(block.saturating_add(within))
            } else {
                Err(odd)
            };
        }
        let first_row = self.starting.checked_mul(self.width).ok_or(odd.clone())?;
        let direct_rows = u64::from(self.largest.trailing_zeros())
            .saturating_sub(u64::from(self.starting.trailing_zeros()))
            + 2;
        // Each round goes to a smaller block.
        for _ in 0..64 {
            let (row, row_at, size) = match within.checked_div(first_row).unwrap_or(0) {
                0 => (0, 0, self.starting),
                rows => {
                    let row = u64::from(rows.ilog2()) + 1;
                    let double = 1_u64 << (row - 1);
                    (row, first_row.saturating_mul(double), self.starting.saturating_mul(double))
                }
            };
            let column = (within - row_at) / size;
            let mut cursor = file.behind(block, *b"FHIB", "a block of a fractal heap")?;
            cursor.u8()?;
            number_of(&mut cursor, file.offset_size())?;
            cursor.take(u64::from(self.offset_bytes))?;
            let before = row.saturating_mul(self.width).saturating_add(column);
            cursor.take(before.saturating_mul(u64::from(file.offset_size())))?;
            block = file.place(&mut cursor)?;
            within = within - row_at - column * size;
            if row < direct_rows {
                file.behind(block, *b"FHDB", "a block of a fractal heap")?;
                return Ok(block.saturating_add(within));
            }
        }
        Err(odd)
    }

    /// An object that lies alone: its address, or the number under which a tree has it.
    fn huge<'a>(&self, file: &File<'a>, id: &[u8]) -> Result<(u64, &'a [u8]), Fault> {
        let direct = u16::from(file.offset_size()) + u16::from(file.length_size());
        let cursor_over = |bytes: &[u8]| -> Result<(u64, u64), Fault> {
            let mut cursor = crate::cursor::Cursor::new(bytes);
            Ok((file.place(&mut cursor)?, file.length(&mut cursor)?))
        };
        if self.id_length > direct {
            let (place, length) = cursor_over(id)?;
            return self.run(file, place, length);
        }
        let wanted = number(id);
        let tree = self.huge.ok_or(Fault::Odd(self.at, "the tree of large objects"))?;
        let tree = Tree::open(file, tree)?;
        if tree.sort != 1 {
            return Err(Fault::Unread(tree.at, "a large attribute is packed"));
        }
        for record in tree.records(file)? {
            let key = record.get(usize::from(direct)..).unwrap_or_default();
            if number(key) == wanted {
                let (place, length) = cursor_over(record)?;
                return self.run(file, place, length);
            }
        }
        Err(Fault::Odd(self.at, "a large object"))
    }
}

/// Bytes as a number, the least first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
