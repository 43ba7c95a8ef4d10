//! CBOR written in the canonical form of CTAP2. The order of keys is that of the caller.

/// One item.
pub(super) enum Item {
    /// An integer.
    Integer(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(&'static str),
    /// Pairs, in canonical order: shorter keys first.
    Map(Vec<(Self, Self)>),
}

impl Item {
    pub(super) fn text(text: &'static str) -> Self {
        Self::Text(text)
    }

    /// The bytes of the item.
    pub(super) fn encoded(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Integer(number) if *number < 0 => head(to, 1, number.unsigned_abs() - 1),
            Self::Integer(number) => head(to, 0, number.unsigned_abs()),
            Self::Bytes(bytes) => {
                head(to, 2, bytes.len() as u64);
                to.extend(bytes);
            }
            Self::Text(text) => {
                head(to, 3, text.len() as u64);
                to.extend(text.as_bytes());
            }
            Self::Map(pairs) => {
                head(to, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    key.write(to);
                    value.write(to);
                }
            }
        }
    }
}

/// Kind and number of an item, the number in its shortest form.
fn head(to: &mut Vec<u8>, major: u8, number: u64) {
    let major = major << 5;
    if let Ok(byte) = u8::try_from(number) {
        if byte < 24 {
            to.push(major | byte);
        } else {
            to.extend([major | 0x18, byte]);
        }
    } else if let Ok(short) = u16::try_from(number) {
        to.push(major | 0x19);
        to.extend(short.to_be_bytes());
    } else if let Ok(word) = u32::try_from(number) {
        to.push(major | 0x1a);
        to.extend(word.to_be_bytes());
    } else {
        to.push(major | 0x1b);
        to.extend(number.to_be_bytes());
    }
}
