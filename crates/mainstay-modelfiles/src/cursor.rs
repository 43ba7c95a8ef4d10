//! Reading numbers and runs of bytes one after another, from a slice that may be hostile.
//!
//! Every length in a model file is a claim. A claim that leaves the slice is an error that says
//! where and by how much, never a panic; nothing is copied.

/// A claim that leads out of the bytes that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaves {
    /// Where the bytes should begin, from the start of the slice.
    pub(crate) at: u64,
    /// How many are claimed.
    pub(crate) wanted: u64,
    /// How many are there.
    pub(crate) left: u64,
}

/// A place in a slice that moves forward.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where it stands, from the start of the slice.
    pub(crate) fn at(&self) -> u64 {
        self.at as u64
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Goes to a place, counted from the start of the slice.
    pub(crate) fn go_to(&mut self, place: u64) -> Result<(), Leaves> {
        let found = usize::try_from(place).ok().filter(|place| *place <= self.bytes.len());
        self.at = found.ok_or(Leaves { at: place, wanted: 0, left: 0 })?;
        Ok(())
    }

    /// The next so many bytes.
    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], Leaves> {
        let rest = self.rest();
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let leaves = Leaves { at: self.at(), wanted: length, left: rest.len() as u64 };
        let taken = taken.ok_or(leaves)?;
        self.at += taken.len();
        Ok(taken)
    }

    /// The next bytes as an array.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Leaves> {
        let leaves = Leaves { at: self.at(), wanted: N as u64, left: self.rest().len() as u64 };
        let found = self.rest().first_chunk::<N>().ok_or(leaves)?;
        self.at += N;
        Ok(*found)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Leaves> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Leaves> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Leaves> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Leaves> {
        self.array().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_leaves_the_slice_says_where_and_by_how_much() {
        let mut cursor = Cursor::new(&[1, 0, 9]);
        assert_eq!(cursor.u16(), Ok(1));
        assert_eq!(cursor.take(u64::MAX), Err(Leaves { at: 2, wanted: u64::MAX, left: 1 }));
        assert_eq!(cursor.u8(), Ok(9));
        assert!(cursor.is_at_end());
    }
}
