//! `FlatBuffers` without a schema: tables, vectors and texts where their offsets say they are.
//!
//! Specification: its "Internals", flatbuffers.dev/internals. A table points back to its
//! vtable, which says where in the table each field lies; vectors, texts and further tables are
//! reached by offsets forward. Every offset is a claim; one that leaves the file, or a table that
//! is too small for its field, is a [`Leaves`].
//!
//! Nothing says that two offsets may not meet in one table, so a small file can describe endless
//! work. Readers count what they visit ([`Steps`]).

use crate::cursor::Leaves;
use crate::findings::Findings;

/// A table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'a> {
    bytes: &'a [u8],
    /// Where it begins.
    at: usize,
    /// How many bytes it has.
    size: usize,
    /// Where the offsets of its fields begin, and how many there are.
    fields: (usize, usize),
}

/// A vector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vector<'a> {
    bytes: &'a [u8],
    /// Where its first element begins.
    at: usize,
    length: usize,
}

impl<'a> Table<'a> {
    /// The root of a buffer: its offset is the first number.
    pub(crate) fn root(bytes: &'a [u8]) -> Result<Self, Leaves> {
        Self::at(bytes, target(bytes, 0)?)
    }

    fn at(bytes: &'a [u8], at: usize) -> Result<Self, Leaves> {
        let back = i64::from(i32::from_le_bytes(array(bytes, at)?));
        let vtable = i64::try_from(at).ok().and_then(|at| at.checked_sub(back));
        let outside = Leaves { at: at as u64, wanted: 4, left: 0 };
        let vtable = vtable.and_then(|at| usize::try_from(at).ok()).ok_or(outside)?;
        let length = usize::from(u16::from_le_bytes(array(bytes, vtable)?));
        let size = usize::from(u16::from_le_bytes(array(bytes, vtable.saturating_add(2))?));
        if length < 4 {
            return Err(Leaves { at: vtable as u64, wanted: 4, left: length as u64 });
        }
        run(bytes, vtable, length as u64)?;
        run(bytes, at, size as u64)?;
        Ok(Self { bytes, at, size, fields: (vtable.saturating_add(4), (length - 4) / 2) })
    }

    /// Where it begins, from the start of the buffer.
    pub(crate) fn offset(&self) -> u64 {
        self.at as u64
    }

    /// The bytes of a field of a fixed size; `None` where it is left out.
    fn field<const N: usize>(&self, index: usize) -> Result<Option<(usize, [u8; N])>, Leaves> {
        let (fields, count) = self.fields;
        if index >= count {
            return Ok(None);
        }
        let offset = u16::from_le_bytes(array(self.bytes, fields.saturating_add(index * 2))?);
        let offset = usize::from(offset);
        if offset == 0 {
            return Ok(None);
        }
        let at = self.at.saturating_add(offset);
        let left = self.size.saturating_sub(offset);
        if left < N {
            return Err(Leaves { at: at as u64, wanted: N as u64, left: left as u64 });
        }
        Ok(Some((at, array(self.bytes, at)?)))
    }

    pub(crate) fn u8(&self, index: usize) -> Result<u8, Leaves> {
        Ok(self.field::<1>(index)?.map_or(0, |(_, [byte])| byte))
    }

    pub(crate) fn u32(&self, index: usize) -> Result<u32, Leaves> {
        Ok(self.field(index)?.map_or(0, |(_, bytes)| u32::from_le_bytes(bytes)))
    }

    pub(crate) fn u64(&self, index: usize) -> Result<u64, Leaves> {
        Ok(self.field(index)?.map_or(0, |(_, bytes)| u64::from_le_bytes(bytes)))
    }

    /// Where the offset in a field leads.
    fn pointed(&self, index: usize) -> Result<Option<usize>, Leaves> {
        match self.field::<4>(index)? {
            Some((at, _)) => target(self.bytes, at).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn table(&self, index: usize) -> Result<Option<Self>, Leaves> {
        self.pointed(index)?.map(|at| Self::at(self.bytes, at)).transpose()
    }

    /// A vector whose elements have so many bytes.
    pub(crate) fn vector(&self, index: usize, size: u64) -> Result<Option<Vector<'a>>, Leaves> {
        self.pointed(index)?.map(|at| Vector::at(self.bytes, at, size)).transpose()
    }

    /// A text or bytes; empty where it is left out.
    pub(crate) fn bytes(&self, index: usize) -> Result<&'a [u8], Leaves> {
        let found = self.vector(index, 1)?;
        found.map_or(Ok(&[]), |vector| run(self.bytes, vector.at, vector.length as u64))
    }
}

impl<'a> Vector<'a> {
    fn at(bytes: &'a [u8], at: usize, size: u64) -> Result<Self, Leaves> {
        let length = u32::from_le_bytes(array(bytes, at)?);
        let at = at.saturating_add(4);
        run(bytes, at, u64::from(length).saturating_mul(size))?;
        Ok(Self { bytes, at, length: usize::try_from(length).unwrap_or(usize::MAX) })
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The table at a place of a vector of tables.
    pub(crate) fn table(&self, index: usize) -> Result<Table<'a>, Leaves> {
        if index >= self.length {
            return Err(Leaves {
                at: self.at as u64,
                wanted: index as u64,
                left: self.length as u64,
            });
        }
        let slot = self.at.saturating_add(index.saturating_mul(4));
        Table::at(self.bytes, target(self.bytes, slot)?)
    }

    /// The tables of a vector of tables.
    pub(crate) fn tables(self) -> impl Iterator<Item = Result<Table<'a>, Leaves>> {
        (0..self.length).map(move |index| self.table(index))
    }

    /// The numbers of a vector of numbers of four bytes.
    pub(crate) fn numbers(self) -> impl Iterator<Item = i32> {
        let bytes = self.bytes.get(self.at..).unwrap_or_default();
        let (numbers, _) = bytes.as_chunks::<4>();
        numbers.iter().take(self.length).map(|number| i32::from_le_bytes(*number))
    }
}

/// How many elements may still be visited. A file in which no two offsets meet never has more
/// elements than bytes.
#[derive(Debug)]
pub(crate) struct Steps(u64);

impl Steps {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self((bytes.len() as u64).saturating_add(1000))
    }

    /// Takes so many.
    pub(crate) fn take(&mut self, count: usize) -> Result<(), Stop> {
        let left = self.0.checked_sub(count as u64);
        self.0 = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Stop::TooMuch)
    }
}

/// Why a buffer cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// An offset or a length leaves it.
    Leaves(Leaves),
    /// Offsets meet, and describe more than the file can hold.
    TooMuch,
}

impl From<Leaves> for Stop {
    fn from(leaves: Leaves) -> Self {
        Self::Leaves(leaves)
    }
}

impl Stop {
    /// Tells of it: `what` is that which is read, as "the graph".
    pub(crate) fn tell(self, what: &str, findings: &mut Findings<'_, '_, '_>) {
        match self {
            Self::Leaves(leaves) => findings.examination.leaves(findings.part, what, leaves),
            Self::TooMuch => {
                let reason = format!("{what} has too many offsets that lead to the same places");
                let advice = "do not load the file: no real tool writes it so";
                findings.examination.gap(findings.part.whole(), reason, advice);
            }
        }
    }
}

/// Where the offset at a place leads.
fn target(bytes: &[u8], at: usize) -> Result<usize, Leaves> {
    let offset = u64::from(u32::from_le_bytes(array(bytes, at)?));
    let length = bytes.len() as u64;
    let target = (at as u64).saturating_add(offset);
    let inside = usize::try_from(target).ok().filter(|_| target < length && offset > 0);
    inside.ok_or(Leaves { at: at as u64, wanted: offset, left: length.saturating_sub(at as u64) })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Leaves> {
    let rest = bytes.get(at..).unwrap_or_default();
    let leaves = Leaves { at: at as u64, wanted: N as u64, left: rest.len() as u64 };
    rest.first_chunk().copied().ok_or(leaves)
}

fn run(bytes: &[u8], at: usize, length: u64) -> Result<&[u8], Leaves> {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = usize::try_from(length).ok();
    let leaves = Leaves { at: at as u64, wanted: length, left: rest.len() as u64 };
    end.and_then(|end| rest.get(..end)).ok_or(leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A root with a number in field 0, nothing in field 1 and a text in field 2.
    const SMALL: &[u8] = &[
        16, 0, 0, 0, // the root
        10, 0, 12, 0, 4, 0, 0, 0, 8, 0, 0, 0, // the vtable, and two bytes of nothing
        12, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, // the table
        2, 0, 0, 0, b'h', b'i', // the text
    ];

    #[test]
    fn fields_are_found_where_the_vtable_says() {
        let root = Table::root(SMALL).unwrap();
        assert_eq!((root.u32(0), root.u32(1), root.u32(9)), (Ok(7), Ok(0), Ok(0)));
        assert_eq!(root.bytes(2), Ok(&b"hi"[..]));
        assert_eq!(root.bytes(1), Ok(&b""[..]));
    }

    #[test]
    fn a_text_that_leaves_the_file_is_an_error() {
        let mut bytes = SMALL.to_vec();
        bytes[28] = 3;
        let leaves = Leaves { at: 32, wanted: 3, left: 2 };
        assert_eq!(Table::root(&bytes).unwrap().bytes(2), Err(leaves));
    }

    #[test]
    fn a_vtable_outside_of_the_file_is_an_error() {
        for back in [i32::MIN, -1000, 1000, i32::MAX] {
            let mut bytes = SMALL.to_vec();
            bytes[16..20].copy_from_slice(&back.to_le_bytes());
            assert!(Table::root(&bytes).is_err(), "{back}");
        }
    }

    #[test]
    fn a_field_outside_of_its_table_is_an_error() {
        let mut bytes = SMALL.to_vec();
        bytes[8] = 10;
        assert!(Table::root(&bytes).unwrap().u32(0).is_err());
    }
}
