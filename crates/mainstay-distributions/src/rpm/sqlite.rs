//! `rpmdb.sqlite`: the table `Packages` of a `SQLite` database, read without `SQLite`.
//!
//! Standard: the `SQLite` file format (<https://www.sqlite.org/fileformat2.html>), sections 1.3 (the
//! head), 1.6 (b-tree pages), 1.6.1 (overflow) and 2.1 (records). RPM's table is `Packages (hnum
//! INTEGER PRIMARY KEY, blob BLOB)`.
//!
//! Only what that needs: table b-trees, walked from the root, no index, no journal. Every page is
//! used once at most, so the work and what is held are bounded by the size of the file, and a page
//! that leads back to itself is damage.

use std::borrow::Cow;

use super::{Damage, big};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The head of the file, which stands before the b-tree head of the first page.
const HEAD: usize = 100;
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The blobs of the table `Packages`, in its order.
pub(super) fn packages(bytes: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, Damage> {
    let mut file = Pages::open(bytes)?;
    let mut root = None;
    for record in file.table(1)? {
        let columns = Columns::of(&record)?;
        let is_packages = columns.text(0) == Some(b"table")
            && columns.text(1).is_some_and(|name| name.eq_ignore_ascii_case(b"Packages"));
        if is_packages {
            root = columns.number(3).and_then(|page| u32::try_from(page).ok());
        }
    }
    let root = root.ok_or(Damage("it has no table Packages"))?;
    let records = file.table(root)?;
    records.into_iter().map(blob).collect()
}

fn blob(record: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, Damage> {
    let (start, end) = Columns::of(&record)?.blob(1).ok_or(Damage("a package has no header"))?;
    Ok(match record {
        Cow::Borrowed(record) => Cow::Borrowed(record.get(start..end).unwrap_or_default()),
        Cow::Owned(mut record) => {
            record.truncate(end);
            Cow::Owned(record.split_off(start.min(record.len())))
        }
    })
}

/// The pages of a file, each of which may be used once.
struct Pages<'b> {
    bytes: &'b [u8],
    size: usize,
    /// The bytes of a page that hold something: some may be kept back at its end.
    usable: usize,
    used: Vec<bool>,
}

impl<'b> Pages<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, Damage> {
        let size = match bytes.get(16..18) {
            Some([0, 1]) => 65_536,
            Some([high, low]) => usize::from(u16::from_be_bytes([*high, *low])),
            _ => return Err(Damage("its head is cut off")),
        };
        let reserved = usize::from(bytes.get(20).copied().unwrap_or(0));
        let usable = size.saturating_sub(reserved);
        if !size.is_power_of_two() || size < 512 || usable < 480 {
            return Err(Damage("its page size cannot be one"));
        }
        if big(bytes, 56) != Some(1) {
            return Err(Damage("its texts are not UTF-8"));
        }
        Ok(Self { bytes, size, usable, used: vec![false; bytes.len() / size] })
    }

    /// A page, by its number from 1.
    fn page(&mut self, number: u32) -> Result<&'b [u8], Damage> {
        let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let used = at.and_then(|at| self.used.get_mut(at)).ok_or(Damage("a page is not there"))?;
        if std::mem::replace(used, true) {
            return Err(Damage("a page is used twice"));
        }
        let start = at.unwrap_or(0) * self.size;
        self.bytes.get(start..start + self.usable).ok_or(Damage("a page is cut off"))
    }

    /// The records of a table, in the order of its keys.
    fn table(&mut self, root: u32) -> Result<Vec<Cow<'b, [u8]>>, Damage> {
        let mut records = Vec::new();
        // The pages still to read, the next one last.
        let mut waiting = vec![root];
        while let Some(number) = waiting.pop() {
            let page = self.page(number)?;
            let head = if number == 1 { HEAD } else { 0 };
            let kind = page.get(head).copied();
            let cells = short(page, head + 3).ok_or(CUT)?;
            match kind {
                Some(LEAF) => {
                    let mut left = page.len();
                    for cell in cell_places(page, head + 8, cells)? {
                        left = left.checked_sub(self.cell_bytes(page, cell)?).ok_or(OVERLAP)?;
                        records.push(self.record(page, cell)?);
                    }
                }
                Some(INTERIOR) => {
                    waiting.push(big(page, head + 8).ok_or(CUT)?);
                    let places = cell_places(page, head + 12, cells)?;
                    for cell in places.into_iter().rev() {
                        waiting.push(big(page, cell).ok_or(CUT)?);
                    }
                }
                _ => return Err(Damage("a page is of no kind that a table has")),
            }
        }
        Ok(records)
    }

    /// How many bytes of a page a cell of a leaf takes: all that a page gives must fit into it, or
    /// a small file would become a large list.
    fn cell_bytes(&self, page: &[u8], cell: usize) -> Result<usize, Damage> {
        let (length, after) = varint(page, cell).ok_or(CUT)?;
        let (_key, start) = varint(page, after).ok_or(CUT)?;
        let length = usize::try_from(length).map_err(|_| CUT)?;
        Ok(start - cell + self.local(length))
    }

    /// The record of a cell, with what overflows onto further pages.
    fn record(&mut self, page: &'b [u8], cell: usize) -> Result<Cow<'b, [u8]>, Damage> {
        let (length, after) = varint(page, cell).ok_or(CUT)?;
        let (_key, start) = varint(page, after).ok_or(CUT)?;
        let length = usize::try_from(length).map_err(|_| CUT)?;
        if length > self.bytes.len() {
            return Err(Damage("a record is longer than the file"));
        }
        let local = self.local(length);
        let here = page.get(start..start + local).ok_or(CUT)?;
        if local == length {
            return Ok(Cow::Borrowed(here));
        }
        let mut record = here.to_vec();
        let mut next = big(page, start + local).ok_or(CUT)?;
        while record.len() < length {
            let page = self.page(next)?;
            next = big(page, 0).ok_or(CUT)?;
            let take = (length - record.len()).min(self.usable - 4);
            record.extend(page.get(4..4 + take).ok_or(CUT)?);
        }
        Ok(Cow::Owned(record))
    }

    /// How many bytes of a record lie in its own page (section 1.6, "table b-tree leaf cell").
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let wanted = least + (length - least) % (self.usable - 4);
        if wanted <= most { wanted } else { least }
    }
}

const OVERLAP: Damage = Damage("the cells of a page overlap");
const CUT: Damage = Damage("a cell is cut off");

/// Where the cells of a page begin.
fn cell_places(page: &[u8], table: usize, cells: usize) -> Result<Vec<usize>, Damage> {
    // Each cell of a table has four bytes at least.
    if cells > page.len() / 4 {
        return Err(Damage("a page has more cells than fit"));
    }
    (0..cells).map(|cell| short(page, table + 2 * cell).ok_or(CUT)).collect()
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_be_bytes(two.try_into().ok()?)))
}

/// A number of one to nine bytes, and what follows it.
fn varint(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for place in 0..9 {
        let byte = *bytes.get(at)?;
        at += 1;
        if place == 8 {
            return Some((number << 8 | u64::from(byte), at));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((number, at))
}

/// The columns of a record: for each its type, and where it lies.
struct Columns<'r> {
    record: &'r [u8],
    list: Vec<(u64, usize, usize)>,
}

/// So many columns are looked at; the tables here have at most five.
const MOST_COLUMNS: usize = 16;

impl<'r> Columns<'r> {
    fn of(record: &'r [u8]) -> Result<Self, Damage> {
        let wrong = Damage("a record is damaged");
        let (head, mut at) = varint(record, 0).ok_or(wrong)?;
        let head = usize::try_from(head).map_err(|_| wrong)?;
        let mut start = head;
        let mut list = Vec::new();
        while at < head && list.len() < MOST_COLUMNS {
            let (kind, next) = varint(record, at).ok_or(wrong)?;
            let length = match kind {
                0 | 8 | 9 => 0,
                1..=4 => kind,
                5 => 6,
                6 | 7 => 8,
                10 | 11 => return Err(wrong),
                _ => (kind - 12) / 2,
            };
            let length = usize::try_from(length).map_err(|_| wrong)?;
            let end = start.checked_add(length).filter(|end| *end <= record.len()).ok_or(wrong)?;
            list.push((kind, start, end));
            (start, at) = (end, next);
        }
        Ok(Self { record, list })
    }

    fn text(&self, column: usize) -> Option<&'r [u8]> {
        let (kind, start, end) = *self.list.get(column)?;
        (kind >= 13 && kind % 2 == 1).then(|| self.record.get(start..end))?
    }

    fn blob(&self, column: usize) -> Option<(usize, usize)> {
        let (kind, start, end) = *self.list.get(column)?;
        (kind >= 12 && kind % 2 == 0).then_some((start, end))
    }

    /// A number that is not negative.
    fn number(&self, column: usize) -> Option<u64> {
        let (kind, start, end) = *self.list.get(column)?;
        match kind {
            8 => Some(0),
            9 => Some(1),
            1..=6 => {
                let bytes = self.record.get(start..end)?;
                let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
                let sum = bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
                (!negative).then_some(sum)
            }
            _ => None,
        }
    }
}
