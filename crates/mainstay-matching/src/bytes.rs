//! Reading bytes that may be damaged or hostile: every read is checked, none can panic.

use jiff::Timestamp;

/// What does not fit, in words that complete "the index is damaged: ...".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

/// Reads one value after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'i> {
    rest: &'i [u8],
}

impl<'i> Cursor<'i> {
    pub(crate) fn new(bytes: &'i [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'i [u8], Damage> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Damage("a value is cut off"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        self.take(N)?.try_into().map_err(|_| Damage("a value is cut off"))
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damage> {
        let (first, rest) = self.rest.split_first().ok_or(Damage("a value is cut off"))?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Damage> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn size(&mut self) -> Result<usize, Damage> {
        usize::try_from(self.u64()?).map_err(|_| Damage("a size is too large"))
    }

    /// A LEB128 number of up to 32 bits.
    pub(crate) fn number(&mut self) -> Result<u32, Damage> {
        let mut number = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return u32::try_from(number).map_err(|_| Damage("a number is too large"));
            }
        }
        Err(Damage("a number is too long"))
    }

    pub(crate) fn text(&mut self) -> Result<&'i str, Damage> {
        let len = self.number()?;
        text(self.take(usize::try_from(len).map_err(|_| Damage("a text is too long"))?)?)
    }

    pub(crate) fn moment(&mut self) -> Result<Option<Timestamp>, Damage> {
        if self.byte()? == 0 {
            return Ok(None);
        }
        let seconds = self.array().map(i64::from_le_bytes)?;
        let nanoseconds = self.array().map(i32::from_le_bytes)?;
        Timestamp::new(seconds, nanoseconds).map(Some).map_err(|_| Damage("a date is none"))
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }
}

pub(crate) fn text(bytes: &[u8]) -> Result<&str, Damage> {
    std::str::from_utf8(bytes).map_err(|_| Damage("a text is not UTF-8"))
}
