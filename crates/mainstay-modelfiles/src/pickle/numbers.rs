//! Whole numbers in the raw bytes of an array, read one by one: what an array holds may have
//! gigabytes, and nothing of it is copied.

use std::borrow::Cow;

/// How one number lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Its bytes: 1, 2, 4 or 8.
    pub(super) size: u64,
    pub(super) is_signed: bool,
    pub(super) is_big_endian: bool,
}

/// The numbers of an array, or one field of its records.
#[derive(Clone, Debug)]
pub(super) struct Numbers<'b> {
    bytes: Cow<'b, [u8]>,
    layout: Layout,
    /// From one number to the next.
    stride: usize,
    count: u64,
}

impl<'b> Numbers<'b> {
    /// `count` numbers, the first at `offset`, each `stride` bytes behind the last. `None` if the
    /// bytes do not hold them.
    pub(super) fn new(
        bytes: Cow<'b, [u8]>,
        layout: Layout,
        (offset, stride): (u64, u64),
        count: u64,
    ) -> Option<Self> {
        if !matches!(layout.size, 1 | 2 | 4 | 8) || layout.size.checked_add(offset)? > stride {
            return None;
        }
        let end = stride.checked_mul(count)?;
        if end > bytes.len() as u64 {
            return None;
        }
        let offset = usize::try_from(offset).ok()?;
        let bytes = match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(offset..).unwrap_or_default()),
            Cow::Owned(bytes) => Cow::Owned(bytes.get(offset..).unwrap_or_default().to_vec()),
        };
        Some(Self { bytes, layout, stride: usize::try_from(stride).ok()?, count })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// All of them, in order. One that is larger than any signed number is the largest.
    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let size = usize::try_from(self.layout.size).unwrap_or(usize::MAX);
        let records = self.bytes.chunks(self.stride.max(1)).take(count);
        records.map(move |record| read(record.get(..size).unwrap_or_default(), self.layout))
    }
}

fn read(bytes: &[u8], layout: Layout) -> i64 {
    let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    let number = if layout.is_big_endian {
        bytes.iter().fold(0, add)
    } else {
        bytes.iter().rev().fold(0, add)
    };
    if layout.is_signed {
        let shift = 64_u64.saturating_sub(8 * layout.size);
        let shifted = number.checked_shl(u32::try_from(shift).unwrap_or(0)).unwrap_or(0);
        shifted.cast_signed() >> shift
    } else {
        i64::try_from(number).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], size: u64, is_signed: bool, is_big_endian: bool) -> Vec<i64> {
        let layout = Layout { size, is_signed, is_big_endian };
        let count = bytes.len() as u64 / size;
        Numbers::new(Cow::Borrowed(bytes), layout, (0, size), count).unwrap().iter().collect()
    }

    #[test]
    fn numbers_are_read_in_both_byte_orders() {
        assert_eq!(all(&[1, 0, 0xff, 0xff], 2, true, false), [1, -1]);
        assert_eq!(all(&[0, 1, 0xff, 0xff], 2, false, true), [1, 65_535]);
        assert_eq!(all(&[0xff; 8], 8, true, false), [-1]);
        assert_eq!(all(&[0xff; 8], 8, false, false), [i64::MAX]);
    }

    #[test]
    fn a_field_of_records_is_read_across_them() {
        let layout = Layout { size: 1, is_signed: false, is_big_endian: false };
        let bytes = Cow::Borrowed([1, 2, 3, 4].as_slice());
        let field = Numbers::new(bytes, layout, (1, 2), 2).unwrap();
        assert_eq!(field.iter().collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn numbers_that_the_bytes_do_not_hold_are_none() {
        let layout = Layout { size: 4, is_signed: true, is_big_endian: false };
        assert!(Numbers::new(Cow::Borrowed(&[0; 7]), layout, (0, 4), 2).is_none());
        assert!(Numbers::new(Cow::Borrowed(&[0; 8]), layout, (6, 8), 1).is_none());
        assert!(Numbers::new(Cow::Borrowed(&[0; 8]), layout, (0, 4), u64::MAX).is_none());
    }
}
