//! The superblock, and addresses and lengths as it declares them.
//!
//! Specification: HDF5 File Format Specification 3.0, II.A (superblock, versions 0 to 3) and
//! II.B (driver information). A user block of 512, 1024, 2048 ... bytes may come first.

use std::cell::Cell;

use crate::cursor::{Cursor, Leaves};

pub(super) const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// How many nodes, messages and heap objects are visited in one file.
const MOST_STEPS: u64 = 4_000_000;

/// Why something in a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A claim leads out of the file: what it should delimit.
    Leaves(&'static str, Leaves),
    /// Something else lies there than the file says: where, and what should be there.
    Odd(u64, &'static str),
    /// It is not looked at: where, and why.
    Unread(u64, &'static str),
}

impl From<Leaves> for Fault {
    fn from(leaves: Leaves) -> Self {
        Self::Leaves("a structure of the HDF5 file", leaves)
    }
}

/// An HDF5 file: its bytes, and how it writes addresses.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    /// Where addresses are counted from.
    base: u64,
    offset_size: u8,
    length_size: u8,
    steps: Cell<u64>,
    /// Where the object header of the root group is.
    pub(super) root: Option<u64>,
    /// Where the file says that it ends.
    pub(super) end: u64,
    /// Whether the file says that it is one of several that belong together.
    pub(super) is_split: bool,
}

/// The next number of so many bytes, at most eight.
pub(super) fn number_of(cursor: &mut Cursor<'_>, size: u8) -> Result<u64, Fault> {
    let bytes = cursor.take(u64::from(size))?;
    Ok(bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

/// Where the signature is: at the start, or behind a user block.
pub(super) fn start_of(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).filter(|rest| rest.len() >= SIGNATURE.len())?;
        if rest.starts_with(SIGNATURE) {
            return Some(at);
        }
        at = if at == 0 { 512 } else { at.checked_mul(2)? };
    }
}

impl<'a> File<'a> {
    /// Reads the superblock, which begins at `start`.
    pub(super) fn open(bytes: &'a [u8], start: usize) -> Result<Self, Fault> {
        let mut file = Self {
            bytes,
            base: start as u64,
            offset_size: 8,
            length_size: 8,
            steps: Cell::new(0),
            root: None,
            end: 0,
            is_split: false,
        };
        let mut cursor = Cursor::new(bytes);
        cursor.go_to(start as u64 + SIGNATURE.len() as u64)?;
        let version = cursor.u8()?;
        match version {
            0 | 1 => file.open_old(&mut cursor, version)?,
            2 | 3 => file.open_new(&mut cursor)?,
            _ => {
                return Err(Fault::Unread(start as u64, "its superblock is of an unknown version"));
            }
        }
        Ok(file)
    }

    fn open_old(&mut self, cursor: &mut Cursor<'_>, version: u8) -> Result<(), Fault> {
        cursor.take(4)?;
        self.sizes(cursor)?;
        cursor.take(if version == 0 { 9 } else { 13 })?;
        let declared_base = number_of(cursor, self.offset_size)?;
        number_of(cursor, self.offset_size)?;
        self.ends(number_of(cursor, self.offset_size)?, declared_base);
        self.is_split = self.address(cursor)?.is_some();
        number_of(cursor, self.offset_size)?;
        self.root = self.address(cursor)?;
        Ok(())
    }

    fn open_new(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        self.sizes(cursor)?;
        cursor.u8()?;
        let declared_base = number_of(cursor, self.offset_size)?;
        number_of(cursor, self.offset_size)?;
        self.ends(number_of(cursor, self.offset_size)?, declared_base);
        self.root = self.address(cursor)?;
        Ok(())
    }

    /// The end counts from the start of the file; where the signature is not at the base that is
    /// declared, the library moves both.
    fn ends(&mut self, end: u64, declared_base: u64) {
        self.end = end.saturating_sub(declared_base).saturating_add(self.base);
    }

    fn sizes(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let at = cursor.at();
        (self.offset_size, self.length_size) = (cursor.u8()?, cursor.u8()?);
        let is_known = |size: u8| matches!(size, 2 | 4 | 8);
        if is_known(self.offset_size) && is_known(self.length_size) {
            return Ok(());
        }
        Err(Fault::Odd(at, "sizes of addresses and lengths that are 2, 4 or 8"))
    }

    /// A cursor at a place of the file.
    pub(super) fn at(&self, place: u64) -> Result<Cursor<'a>, Fault> {
        self.step(place)?;
        let mut cursor = Cursor::new(self.bytes);
        cursor.go_to(place)?;
        Ok(cursor)
    }

    /// A cursor behind a signature that must be at a place.
    pub(super) fn behind(
        &self,
        place: u64,
        signature: [u8; 4],
        what: &'static str,
    ) -> Result<Cursor<'a>, Fault> {
        let mut cursor = self.at(place)?;
        if cursor.array::<4>()? == signature { Ok(cursor) } else { Err(Fault::Odd(place, what)) }
    }

    /// Whether there were so many steps that nothing is read any more.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() > MOST_STEPS
    }

    /// Counts a step; too many of them end the reading.
    pub(super) fn step(&self, place: u64) -> Result<(), Fault> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST_STEPS {
            return Err(Fault::Unread(place, "it has more parts than are looked at"));
        }
        Ok(())
    }

    /// The next address as a place in the bytes; `None` where it says "nowhere".
    pub(super) fn address(&self, cursor: &mut Cursor<'_>) -> Result<Option<u64>, Fault> {
        let number = number_of(cursor, self.offset_size)?;
        let nowhere = u64::MAX >> (64 - 8 * u32::from(self.offset_size));
        Ok((number != nowhere).then(|| number.saturating_add(self.base)))
    }

    /// The next address, which must be somewhere.
    pub(super) fn place(&self, cursor: &mut Cursor<'_>) -> Result<u64, Fault> {
        let at = cursor.at();
        self.address(cursor)?.ok_or(Fault::Odd(at, "an address"))
    }

    /// The next length.
    pub(super) fn length(&self, cursor: &mut Cursor<'_>) -> Result<u64, Fault> {
        number_of(cursor, self.length_size)
    }

    pub(super) fn offset_size(&self) -> u8 {
        self.offset_size
    }

    pub(super) fn length_size(&self) -> u8 {
        self.length_size
    }
}
