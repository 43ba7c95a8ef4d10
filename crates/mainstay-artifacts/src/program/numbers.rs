//! Bounded reads, and numbers in either order of bytes.

use mainstay_archives::{ArchiveError, ReadAt};

/// Reads some bytes; fewer where the file ends. The caller bounds the length.
pub(crate) fn bytes_at(
    source: &dyn ReadAt,
    offset: u64,
    length: u64,
) -> Result<Vec<u8>, ArchiveError> {
    let there = source.length().saturating_sub(offset).min(length);
    let mut bytes = vec![0; usize::try_from(there).unwrap_or(0)];
    source.read_exact_at(&mut bytes, offset.min(source.length()))?;
    Ok(bytes)
}

/// A number in LEB128, which Go calls uvarint, and how long it is.
pub(crate) fn leb128(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

/// The width of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Four,
    Eight,
}

/// Numbers in a piece of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers<'b> {
    pub(crate) bytes: &'b [u8],
    pub(crate) order: Order,
    pub(crate) width: Width,
}

impl<'b> Numbers<'b> {
    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        let mut array: [u8; N] = self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()?;
        if self.order == Order::Big {
            array.reverse();
        }
        Some(array)
    }

    pub(crate) fn u16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// A number as wide as an address.
    pub(crate) fn word(self, at: usize) -> Option<u64> {
        match self.width {
            Width::Four => self.u32(at).map(u64::from),
            Width::Eight => self.u64(at),
        }
    }

    /// A name that ends at its first zero, or fills its room.
    pub(crate) fn name(self, at: usize, room: usize) -> Option<&'b [u8]> {
        let end = at.checked_add(room)?.min(self.bytes.len());
        let bytes = self.bytes.get(at..end)?;
        let length = memchr::memchr(0, bytes).unwrap_or(bytes.len());
        bytes.get(..length)
    }

    /// The same numbers in another piece of the file.
    pub(crate) fn of(self, bytes: &[u8]) -> Numbers<'_> {
        Numbers { bytes, order: self.order, width: self.width }
    }
}
