//! A YAML mapping as a list, in the order of the file, each key with its line.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_saphyr::Spanned;

/// Entries of a mapping. `null` (`dependencies:` with nothing below) is an empty one.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Listing<V>(pub(in crate::formats) Vec<(Key, V)>);

/// A key and the line on which it stands.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Key {
    pub(in crate::formats) text: String,
    pub(in crate::formats) line: Option<u32>,
}

impl<V> Default for Listing<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Listing<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListingVisitor<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for ListingVisitor<V> {
            type Value = Listing<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Listing::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<Spanned<String>, V>()? {
                    let line = u32::try_from(key.referenced.line()).ok().filter(|line| *line > 0);
                    entries.push((Key { text: key.value, line }, value));
                }
                Ok(Listing(entries))
            }
        }
        deserializer.deserialize_any(ListingVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::yaml;

    #[test]
    fn a_key_knows_its_line() {
        let listing: Listing<Listing<String>> = yaml::parse("a:\n  x: 1.0\n\nb: {}\nc:\n").unwrap();
        let lines: Vec<_> = listing.0.iter().map(|(key, _)| (&*key.text, key.line)).collect();
        assert_eq!(lines, [("a", Some(1)), ("b", Some(4)), ("c", Some(5))]);
        assert_eq!(listing.0[0].1.0[0].1, "1.0");
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        assert!(yaml::parse::<Listing<String>>("a: 1\na: 2\n").is_err());
    }
}
