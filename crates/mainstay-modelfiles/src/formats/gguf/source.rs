//! The numbers and strings of GGUF, in the byte order and the width of the file.

use crate::cursor::{Cursor, Leaves};

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// How wide counts and lengths are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// Version 1: four bytes.
    Narrow,
    /// Since version 2: eight bytes.
    Wide,
}

impl Width {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::Narrow => 4,
            Self::Wide => 8,
        }
    }
}

/// A file that is being read.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) order: Order,
    pub(super) width: Width,
}

impl<'a> Source<'a> {
    pub(super) fn at(&self) -> u64 {
        self.cursor.at()
    }

    pub(super) fn u32(&mut self) -> Result<u32, Leaves> {
        let bytes = self.cursor.array()?;
        Ok(match self.order {
            Order::Little => u32::from_le_bytes(bytes),
            Order::Big => u32::from_be_bytes(bytes),
        })
    }

    pub(super) fn u64(&mut self) -> Result<u64, Leaves> {
        let bytes = self.cursor.array()?;
        Ok(match self.order {
            Order::Little => u64::from_le_bytes(bytes),
            Order::Big => u64::from_be_bytes(bytes),
        })
    }

    /// A count, a length or a dimension.
    pub(super) fn count(&mut self) -> Result<u64, Leaves> {
        match self.width {
            Width::Narrow => self.u32().map(u64::from),
            Width::Wide => self.u64(),
        }
    }

    pub(super) fn string(&mut self) -> Result<&'a [u8], Leaves> {
        let length = self.count()?;
        self.cursor.take(length)
    }
}

/// Whether a number is so large that a reader that multiplies it, or adds to it, comes out small.
pub(super) fn overflows(number: u64) -> bool {
    number >= 1 << 48
}
