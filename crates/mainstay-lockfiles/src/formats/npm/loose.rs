//! JSON values as npm tolerates them: a list of dependencies may be an object, an empty list,
//! `true` or `null`; an address may be `false`.

use std::borrow::Cow;
use std::fmt;

use mainstay_reading::json::{Object, Text};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A string, or something else that says nothing.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct Word<'t>(pub(in crate::formats) Option<Text<'t>>);

impl Word<'_> {
    /// The string, unless it is empty.
    pub(in crate::formats) fn text(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

/// Names and what is asked of each: `{"a": "^1"}`. Anything else holds no names.
#[derive(Debug, Default)]
pub(in crate::formats) struct Wishes<'t>(pub(in crate::formats) Vec<(Text<'t>, Word<'t>)>);

/// A list of strings, or the `packages` of an object, as `workspaces` has it.
#[derive(Debug, Default)]
pub(in crate::formats) struct Globs<'t>(pub(in crate::formats) Vec<Text<'t>>);

macro_rules! nothing {
    ($($method:ident: $kind:ty),*) => {
        $(fn $method<E>(self, _: $kind) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

impl<'t, 'de: 't> Deserialize<'de> for Word<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordVisitor;
        impl<'de> Visitor<'de> for WordVisitor {
            type Value = Word<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Word<'de>, E> {
                Ok(Word(Some(Text(Cow::Borrowed(text)))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Word<'de>, E> {
                Ok(Word(Some(Text(Cow::Owned(text.to_owned())))))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Word<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Word<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
            nothing!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);
        }
        deserializer.deserialize_any(WordVisitor)
    }
}

impl<'t, 'de: 't> Deserialize<'de> for Wishes<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WishesVisitor;
        impl<'de> Visitor<'de> for WishesVisitor {
            type Value = Wishes<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of names and versions")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Wishes<'de>, A::Error> {
                let deserializer = serde::de::value::MapAccessDeserializer::new(map);
                Object::deserialize(deserializer).map(|object| Wishes(object.0))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Wishes<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Wishes::default())
            }
            fn visit_borrowed_str<E>(self, _: &'de str) -> Result<Wishes<'de>, E> {
                Ok(Wishes::default())
            }
            nothing!(visit_str: &str, visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);
        }
        deserializer.deserialize_any(WishesVisitor)
    }
}

impl<'t, 'de: 't> Deserialize<'de> for Globs<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Nested<'t> {
            #[serde(borrow, default)]
            packages: Vec<Text<'t>>,
        }
        struct GlobsVisitor;
        impl<'de> Visitor<'de> for GlobsVisitor {
            type Value = Globs<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of folders")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Globs<'de>, A::Error> {
                let deserializer = serde::de::value::MapAccessDeserializer::new(map);
                Nested::deserialize(deserializer).map(|nested| Globs(nested.packages))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Globs<'de>, A::Error> {
                let mut globs = Vec::new();
                while let Some(glob) = seq.next_element()? {
                    globs.push(glob);
                }
                Ok(Globs(globs))
            }
            nothing!(visit_bool: bool);
        }
        deserializer.deserialize_any(GlobsVisitor)
    }
}
