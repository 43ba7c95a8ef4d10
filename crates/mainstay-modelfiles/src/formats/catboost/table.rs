//! Tables of `FlatBuffers`, as far as they are needed: every offset is checked before it is
//! followed.

use crate::cursor::Cursor;

/// An offset that leads outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outside {
    /// Where it stands.
    pub(super) at: u64,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    at: u64,
    /// The table that says where the fields are: its place, and its length in bytes.
    fields: (u64, u16),
}

impl<'a> Table<'a> {
    /// The outermost table.
    pub(super) fn root(bytes: &'a [u8]) -> Result<Self, Outside> {
        let at = u64::from(u32_at(bytes, 0)?);
        Self::at(bytes, at)
    }

    fn at(bytes: &'a [u8], at: u64) -> Result<Self, Outside> {
        let outside = Outside { at };
        // The offset is subtracted.
        let back = i64::from(u32_at(bytes, at)?.cast_signed());
        let fields = i64::try_from(at).ok().and_then(|at| at.checked_sub(back));
        let fields = fields.and_then(|at| u64::try_from(at).ok()).ok_or(outside)?;
        let (length, inline) = (u16_at(bytes, fields)?, u16_at(bytes, fields + 2)?);
        let size = bytes.len() as u64;
        let fits = fields + u64::from(length) <= size && at + u64::from(inline) <= size;
        if length < 4 || length % 2 != 0 || inline < 4 || !fits {
            return Err(outside);
        }
        Ok(Self { bytes, at, fields: (fields, length) })
    }

    /// Where a field stands, if the table has it.
    fn field(&self, number: u16) -> Result<Option<u64>, Outside> {
        let (fields, length) = self.fields;
        let slot = 4 + 2 * u64::from(number);
        if slot + 2 > u64::from(length) {
            return Ok(None);
        }
        let offset = u16_at(self.bytes, fields + slot)?;
        Ok((offset != 0).then(|| self.at + u64::from(offset)))
    }

    /// What the offset in a field leads to.
    fn target(&self, number: u16) -> Result<Option<u64>, Outside> {
        let Some(at) = self.field(number)? else { return Ok(None) };
        Ok(Some(at + u64::from(u32_at(self.bytes, at)?)))
    }

    /// A text.
    pub(super) fn text(&self, number: u16) -> Result<Option<&'a [u8]>, Outside> {
        let Some(at) = self.target(number)? else { return Ok(None) };
        let mut cursor = Cursor::new(self.bytes);
        let read = cursor.go_to(at).and_then(|()| cursor.u32());
        let text = read.and_then(|length| cursor.take(u64::from(length)));
        text.map(Some).map_err(|_| Outside { at })
    }

    /// A table.
    pub(super) fn table(&self, number: u16) -> Result<Option<Self>, Outside> {
        self.target(number)?.map(|at| Self::at(self.bytes, at)).transpose()
    }

    /// How many elements a vector of offsets has; they all lie inside.
    pub(super) fn vector_length(&self, number: u16) -> Result<u64, Outside> {
        let Some(at) = self.target(number)? else { return Ok(0) };
        let length = u64::from(u32_at(self.bytes, at)?);
        let end = at + 4 + 4 * length;
        if end <= self.bytes.len() as u64 { Ok(length) } else { Err(Outside { at }) }
    }

    /// The tables of a vector.
    pub(super) fn tables(
        &self,
        number: u16,
    ) -> Result<impl Iterator<Item = Result<Self, Outside>>, Outside> {
        let (length, start) = (self.vector_length(number)?, self.target(number)?.unwrap_or(0));
        let bytes = self.bytes;
        Ok((0..length).map(move |index| {
            let at = start + 4 + 4 * index;
            Self::at(bytes, at + u64::from(u32_at(bytes, at)?))
        }))
    }

    /// Whether every field of it lies inside.
    pub(super) fn check(&self) -> Result<(), Outside> {
        for number in 0..(self.fields.1 - 4) / 2 {
            if let Some(at) = self.field(number)?.filter(|at| *at >= self.bytes.len() as u64) {
                return Err(Outside { at });
            }
        }
        Ok(())
    }
}

fn u32_at(bytes: &[u8], at: u64) -> Result<u32, Outside> {
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(at).and_then(|()| cursor.u32()).map_err(|_| Outside { at })
}

fn u16_at(bytes: &[u8], at: u64) -> Result<u16, Outside> {
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(at).and_then(|()| cursor.u16()).map_err(|_| Outside { at })
}
