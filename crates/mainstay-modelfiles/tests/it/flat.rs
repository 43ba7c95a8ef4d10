//! `FlatBuffers`, written from trees: every child after its parent.

#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

/// A value.
#[derive(Clone)]
pub enum Flat {
    /// A field that is left out.
    None,
    /// A number, as its bytes.
    Inline(Vec<u8>),
    /// A table, field by field.
    Table(Vec<Self>),
    /// A vector of tables.
    Tables(Vec<Self>),
    /// A vector of bytes, or a text.
    Bytes(Vec<u8>),
    /// A vector of numbers.
    Numbers(Vec<i32>),
}

impl Flat {
    /// A number of one byte.
    pub fn u8(value: u8) -> Self {
        Self::Inline(vec![value])
    }

    /// A number of four bytes.
    pub fn u32(value: u32) -> Self {
        Self::Inline(value.to_le_bytes().to_vec())
    }

    /// A number of eight bytes.
    pub fn u64(value: u64) -> Self {
        Self::Inline(value.to_le_bytes().to_vec())
    }

    /// A text.
    pub fn text(value: &str) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }

    /// A whole buffer with an identifier, and bytes between it and the root.
    pub fn buffer(&self, identifier: [u8; 4], header: &[u8]) -> Vec<u8> {
        let mut out = [&[0; 4], &identifier[..], header].concat();
        let root = self.write(&mut out);
        patch(&mut out, 0, root);
        out
    }

    /// Writes a value that an offset leads to, and says where it is.
    fn write(&self, out: &mut Vec<u8>) -> usize {
        out.resize(out.len().next_multiple_of(4), 0);
        match self {
            Self::None | Self::Inline(_) => out.len(),
            Self::Table(fields) => Self::write_table(fields, out),
            Self::Tables(tables) => {
                let at = write_length(tables.len(), out);
                let first = out.len();
                out.resize(first + tables.len() * 4, 0);
                for (index, table) in tables.iter().enumerate() {
                    let to = table.write(out);
                    patch(out, first + index * 4, to);
                }
                at
            }
            Self::Bytes(bytes) => {
                let at = write_length(bytes.len(), out);
                out.extend_from_slice(bytes);
                out.push(0);
                at
            }
            Self::Numbers(numbers) => {
                let at = write_length(numbers.len(), out);
                out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
                at
            }
        }
    }

    fn write_table(fields: &[Self], out: &mut Vec<u8>) -> usize {
        let vtable = out.len();
        let at = (vtable + 4 + fields.len() * 2).next_multiple_of(4);
        out.resize(at, 0);
        out.extend_from_slice(&u32::try_from(at - vtable).unwrap().to_le_bytes());
        let mut slots = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let inline: &[u8] = match field {
                Self::None => continue,
                Self::Inline(bytes) => bytes,
                Self::Table(_) | Self::Tables(_) | Self::Bytes(_) | Self::Numbers(_) => &[0; 4],
            };
            out.resize(out.len().next_multiple_of(inline.len()), 0);
            let slot = out.len();
            out.extend_from_slice(inline);
            put(out, vtable + 4 + index * 2, slot - at);
            slots.push((slot, field));
        }
        let size = out.len() - at;
        put(out, vtable, 4 + fields.len() * 2);
        put(out, vtable + 2, size);
        for (slot, field) in slots {
            if !matches!(field, Self::Inline(_)) {
                let to = field.write(out);
                patch(out, slot, to);
            }
        }
        at
    }
}

fn write_length(length: usize, out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.extend_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
    at
}

fn put(out: &mut Vec<u8>, at: usize, value: usize) {
    out.splice(at..at + 2, u16::try_from(value).unwrap().to_le_bytes());
}

fn patch(out: &mut Vec<u8>, slot: usize, to: usize) {
    let offset = u32::try_from(to - slot).unwrap();
    out.splice(slot..slot + 4, offset.to_le_bytes());
}
