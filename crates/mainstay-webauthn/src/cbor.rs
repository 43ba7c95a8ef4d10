//! CBOR, as authenticators write it: a strict reader of what is needed.
//!
//! Standard: RFC 8949, in the canonical form of CTAP2 (Client to Authenticator Protocol 2.1,
//! section 8 "Message Encoding"): definite lengths, shortest integers and lengths, no tags, no
//! key twice. Left out: fractions and simple values but true, false and null, which no format of
//! Web Authentication uses; keys that are neither integers nor text. The order of keys is not
//! looked at: nothing here depends on it, and a provider that writes another order is no danger.
//!
//! Reading costs at most 4096 items, 8 levels, and 64 keys a map, whatever the bytes say.

/// Levels of arrays and maps. CTAP2 allows messages 4; a compound attestation has more.
const DEPTH: usize = 8;
const ITEMS: usize = 4096;
/// Keys of a map. They are compared pair by pair.
const KEYS: usize = 64;

/// What one item of CBOR says. Borrowed from the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cbor<'a> {
    /// An integer from -2^64 to 2^64 - 1.
    Integer(i128),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// A list.
    Array(Vec<Self>),
    /// Pairs, in the order of the bytes. No key twice.
    Map(Vec<(Self, Self)>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
}

/// Why bytes are no CBOR as authenticators write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// The bytes end within an item.
    #[error("the bytes end too early")]
    Short,
    /// Something stands after the item.
    #[error("bytes stand after the end")]
    Trailing,
    /// A length or an integer is not in its shortest form.
    #[error("a number is written longer than it must be")]
    NotShortest,
    /// A length that is not told in advance.
    #[error("a length is not told in advance")]
    Indefinite,
    /// A tag, a fraction, or a simple value but true, false and null.
    #[error("a kind of item that authenticators do not write")]
    Kind,
    /// A text that is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
    /// A key that is neither an integer nor a text.
    #[error("a key of a map is neither an integer nor a text")]
    Key,
    /// A key stands twice in a map.
    #[error("a key stands twice in a map")]
    Twice,
    /// Too many levels, items or keys.
    #[error("more levels, items or keys than an authenticator writes")]
    TooMuch,
}

impl<'a> Cbor<'a> {
    /// The one item that these bytes are.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, CborError> {
        match Self::read_first(bytes)? {
            (item, []) => Ok(item),
            _ => Err(CborError::Trailing),
        }
    }

    /// The first item of these bytes, and what stands after it.
    pub(crate) fn read_first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), CborError> {
        let mut reader = Reader { rest: bytes, items: 0 };
        let item = reader.item(DEPTH)?;
        Ok((item, reader.rest))
    }

    /// The value of a key that is a text, in a map.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(key, _)| matches!(key, Self::Text(text) if *text == name)).map(|p| &p.1)
    }

    /// The value of a key that is an integer, in a map.
    pub(crate) fn labelled(&self, label: i128) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(key, _)| *key == Self::Integer(label)).map(|p| &p.1)
    }

    /// The bytes that it is.
    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The text that it is.
    pub(crate) fn text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The integer that it is.
    pub(crate) fn integer(&self) -> Option<i128> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    items: usize,
}

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Result<Cbor<'a>, CborError> {
        self.items += 1;
        if self.items > ITEMS {
            return Err(CborError::TooMuch);
        }
        let [first] = self.array()?;
        let (major, information) = (first >> 5, first & 0x1f);
        if major == 7 {
            return match information {
                20 => Ok(Cbor::Bool(false)),
                21 => Ok(Cbor::Bool(true)),
                22 => Ok(Cbor::Null),
                31 => Err(CborError::Indefinite),
                _ => Err(CborError::Kind),
            };
        }
        let number = self.number(information)?;
        match major {
            0 => Ok(Cbor::Integer(i128::from(number))),
            1 => Ok(Cbor::Integer(-1 - i128::from(number))),
            2 => self.take(number).map(Cbor::Bytes),
            3 => {
                let text = std::str::from_utf8(self.take(number)?);
                text.map(Cbor::Text).map_err(|_| CborError::Text)
            }
            4 => self.list(number, depth),
            5 => self.map(number, depth),
            _ => Err(CborError::Kind),
        }
    }

    fn list(&mut self, count: u64, depth: usize) -> Result<Cbor<'a>, CborError> {
        let inner = depth.checked_sub(1).ok_or(CborError::TooMuch)?;
        // Not reserved: a count is only believed as far as items follow.
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(self.item(inner)?);
        }
        Ok(Cbor::Array(items))
    }

    fn map(&mut self, count: u64, depth: usize) -> Result<Cbor<'a>, CborError> {
        let inner = depth.checked_sub(1).ok_or(CborError::TooMuch)?;
        let mut pairs: Vec<(Cbor<'a>, Cbor<'a>)> = Vec::new();
        for _ in 0..count {
            if pairs.len() == KEYS {
                return Err(CborError::TooMuch);
            }
            let key = self.item(inner)?;
            if !matches!(key, Cbor::Integer(_) | Cbor::Text(_)) {
                return Err(CborError::Key);
            }
            if pairs.iter().any(|(other, _)| *other == key) {
                return Err(CborError::Twice);
            }
            let value = self.item(inner)?;
            pairs.push((key, value));
        }
        Ok(Cbor::Map(pairs))
    }

    /// The number that the first byte of an item announces, in its shortest form.
    fn number(&mut self, information: u8) -> Result<u64, CborError> {
        let (number, least) = match information {
            0..=23 => return Ok(u64::from(information)),
            24 => (u64::from(u8::from_be_bytes(self.array()?)), 24),
            25 => (u64::from(u16::from_be_bytes(self.array()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.array()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.array()?), 1 << 32),
            31 => return Err(CborError::Indefinite),
            _ => return Err(CborError::Kind),
        };
        if number < least { Err(CborError::NotShortest) } else { Ok(number) }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(CborError::Short)?;
        self.rest = rest;
        Ok(*head)
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], CborError> {
        let count = usize::try_from(count).map_err(|_| CborError::Short)?;
        let (head, rest) = self.rest.split_at_checked(count).ok_or(CborError::Short)?;
        self.rest = rest;
        Ok(head)
    }
}
