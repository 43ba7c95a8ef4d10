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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An item that owns what it says, to be written and read.
    #[derive(Clone, Debug)]
    enum Said {
        Integer(i128),
        Bytes(Vec<u8>),
        Text(String),
        Array(Vec<Self>),
        Map(Vec<(Self, Self)>),
        Simple(u8),
    }

    fn head(to: &mut Vec<u8>, major: u8, number: u64) {
        match number {
            0..=23 => to.push(major << 5 | u8::try_from(number).unwrap()),
            24..=0xff => to.extend([major << 5 | 0x18, u8::try_from(number).unwrap()]),
            0x100..=0xffff => {
                to.push(major << 5 | 0x19);
                to.extend(u16::try_from(number).unwrap().to_be_bytes());
            }
            0x1_0000..=0xffff_ffff => {
                to.push(major << 5 | 0x1a);
                to.extend(u32::try_from(number).unwrap().to_be_bytes());
            }
            _ => {
                to.push(major << 5 | 0x1b);
                to.extend(number.to_be_bytes());
            }
        }
    }

    fn write(said: &Said, to: &mut Vec<u8>) {
        match said {
            Said::Integer(number) if *number < 0 => {
                head(to, 1, u64::try_from(-1 - number).unwrap());
            }
            Said::Integer(number) => head(to, 0, u64::try_from(*number).unwrap()),
            Said::Bytes(bytes) => {
                head(to, 2, bytes.len() as u64);
                to.extend(bytes);
            }
            Said::Text(text) => {
                head(to, 3, text.len() as u64);
                to.extend(text.as_bytes());
            }
            Said::Array(items) => {
                head(to, 4, items.len() as u64);
                for item in items {
                    write(item, to);
                }
            }
            Said::Map(pairs) => {
                head(to, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    write(key, to);
                    write(value, to);
                }
            }
            Said::Simple(number) => to.push(7 << 5 | number),
        }
    }

    fn same(read: &Cbor<'_>, said: &Said) -> bool {
        match (read, said) {
            (Cbor::Integer(one), Said::Integer(other)) => one == other,
            (Cbor::Bytes(one), Said::Bytes(other)) => one == other,
            (Cbor::Text(one), Said::Text(other)) => one == other,
            (Cbor::Array(one), Said::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
            }
            (Cbor::Map(one), Said::Map(other)) => {
                let pair = |(a, b): (&(Cbor<'_>, Cbor<'_>), &(Said, Said))| {
                    same(&a.0, &b.0) && same(&a.1, &b.1)
                };
                one.len() == other.len() && one.iter().zip(other).all(pair)
            }
            (Cbor::Bool(one), Said::Simple(other)) => u8::from(*one) + 20 == *other,
            (Cbor::Null, Said::Simple(other)) => *other == 22,
            _ => false,
        }
    }

    fn said() -> impl Strategy<Value = Said> {
        let integer = (-(1_i128 << 64)..1_i128 << 64)
            .prop_union(-300_i128..300)
            .or(-70_000_i128..70_000)
            .prop_map(Said::Integer);
        let leaf = prop_oneof![
            integer,
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(Said::Bytes),
            ".{0,40}".prop_map(Said::Text),
            (20_u8..=22).prop_map(Said::Simple),
        ];
        leaf.prop_recursive(4, 40, 8, |inner| {
            let pairs = proptest::collection::btree_map("[a-z]{0,4}", inner.clone(), 0..8);
            let pairs = pairs.prop_map(|pairs| {
                Said::Map(pairs.into_iter().map(|(key, value)| (Said::Text(key), value)).collect())
            });
            prop_oneof![proptest::collection::vec(inner, 0..8).prop_map(Said::Array), pairs]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_in_canonical_form_is_read(said in said()) {
            let mut bytes = Vec::new();
            write(&said, &mut bytes);
            let read = Cbor::read(&bytes);
            prop_assert!(read.is_ok_and(|read| same(&read, &said)));
        }

        #[test]
        fn what_is_cut_anywhere_is_too_short(said in said()) {
            let mut bytes = Vec::new();
            write(&said, &mut bytes);
            for end in 0..bytes.len() {
                // A text may be cut within a character, but its length is looked at first.
                prop_assert_eq!(Cbor::read(&bytes[..end]), Err(CborError::Short));
            }
            bytes.push(0);
            prop_assert_eq!(Cbor::read(&bytes), Err(CborError::Trailing));
        }

        #[test]
        fn bytes_that_are_no_cbor_are_an_error_and_no_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok((_, rest)) = Cbor::read_first(&bytes) {
                prop_assert!(rest.len() < bytes.len());
            }
        }
    }

    fn refused(bytes: &[u8]) -> CborError {
        Cbor::read(bytes).unwrap_err()
    }

    #[test]
    fn a_number_has_its_shortest_form() {
        for bytes in [
            &[0x18, 23][..],
            &[0x19, 0, 0xff],
            &[0x1a, 0, 0, 0xff, 0xff],
            &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            &[0x38, 0],
            &[0x58, 1, 7],
            &[0x78, 1, b'a'],
            &[0x98, 1, 0],
            &[0xb8, 1, 0, 0],
        ] {
            assert_eq!(refused(bytes), CborError::NotShortest, "{bytes:x?}");
        }
    }

    #[test]
    fn a_length_is_told_in_advance() {
        for first in [0x1f, 0x3f, 0x5f, 0x7f, 0x9f, 0xbf, 0xff] {
            assert_eq!(refused(&[first, 0xff]), CborError::Indefinite, "{first:x}");
        }
    }

    #[test]
    fn tags_fractions_and_unknown_simple_values_are_refused() {
        for bytes in [
            &[0xc0, 0x00][..],
            &[0xf9, 0, 0],
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0xf7],
            &[0xf8, 32],
            &[0xe0],
            &[0x1c],
        ] {
            assert_eq!(refused(bytes), CborError::Kind, "{bytes:x?}");
        }
    }

    #[test]
    fn a_key_stands_once_and_is_an_integer_or_a_text() {
        assert_eq!(refused(&[0xa2, 1, 0, 1, 0]), CborError::Twice);
        assert_eq!(refused(&[0xa2, 0x61, b'a', 0, 0x61, b'a', 1]), CborError::Twice);
        assert_eq!(refused(&[0xa1, 0x41, 0, 0]), CborError::Key);
        assert_eq!(refused(&[0xa1, 0x80, 0]), CborError::Key);
        assert!(Cbor::read(&[0xa2, 1, 0, 0x20, 0]).is_ok());
    }

    #[test]
    fn a_text_is_utf_8() {
        assert_eq!(refused(&[0x61, 0xff]), CborError::Text);
        assert_eq!(refused(&[0x63, 0xed, 0xa0, 0x80]), CborError::Text);
    }

    #[test]
    fn levels_items_and_keys_are_bounded() {
        let nested = |levels: usize| [vec![0x81; levels], vec![0]].concat();
        assert!(Cbor::read(&nested(DEPTH)).is_ok());
        assert_eq!(refused(&nested(DEPTH + 1)), CborError::TooMuch);
        assert_eq!(refused(&nested(60_000)), CborError::TooMuch);
        let list = |count: u16| {
            let items = vec![0; usize::from(count)];
            [&[0x99][..], &count.to_be_bytes(), &items].concat()
        };
        assert!(Cbor::read(&list(4095)).is_ok());
        assert_eq!(refused(&list(4096)), CborError::TooMuch);
        let map = |count: u8| {
            let mut bytes = vec![0xb8, count];
            (0..count).for_each(|key| bytes.extend([0x18, 24 + key, 0]));
            bytes
        };
        assert!(Cbor::read(&map(64)).is_ok());
        assert_eq!(refused(&map(65)), CborError::TooMuch);
    }

    #[test]
    fn a_count_that_is_not_there_reserves_nothing() {
        assert_eq!(refused(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), CborError::Short);
        assert_eq!(refused(&[0xbb, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), CborError::Short);
        assert_eq!(refused(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), CborError::Short);
    }
}
