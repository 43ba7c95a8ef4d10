//! A document in JSON-LD, one element at a time.

use std::fmt;

use mainstay_reading::ReadError;
use mainstay_reading::json::{self, Text as Raw};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::prefixes::Prefixes;
use super::reading::Reading;
use crate::Sbom;
use crate::cyclonedx::value::{Fields, Value};
use crate::model::keep::Keep;

/// Reads a document.
pub(crate) fn read(text: &str, keep: Keep) -> Result<Sbom<'_>, ReadError> {
    let mut reading = Reading::new(text, Prefixes::of(text), keep);
    json::parse_into(text, Whole(&mut reading))?;
    reading.finish()
}

struct Whole<'r, 't>(&'r mut Reading<'t>);

impl<'de> DeserializeSeed<'de> for Whole<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// A document has two keys, or those of one element. More are a flood.
const MOST_KEYS: usize = 100;

impl<'de> Visitor<'de> for Whole<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document in JSON-LD")
    }

    /// Without a list, the object is itself the only element.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut only = Fields::default();
        let mut has_list = false;
        while let Some(key) = map.next_key::<Raw<'de>>()? {
            let is_repeated = only.entries.iter().any(|(known, _)| *known == key.0);
            if is_repeated || (&*key == "@graph" && has_list) {
                return Err(A::Error::custom(format!("the key \"{}\" is there twice", &*key)));
            }
            if only.entries.len() >= MOST_KEYS {
                return Err(A::Error::custom("the document has more keys than any version names"));
            }
            match &*key {
                "@graph" => {
                    has_list = true;
                    map.next_value_seed(List(self.0))?;
                }
                "@context" => {
                    // What it says was read by `Prefixes`.
                    let _: IgnoredAny = map.next_value()?;
                }
                _ => only.entries.push((key.0, map.next_value()?)),
            }
        }
        if has_list {
            for (key, _) in &only.entries {
                self.0.leave_out(key);
            }
        } else {
            self.0.element(only);
        }
        Ok(())
    }
}

struct List<'r, 't>(&'r mut Reading<'t>);

impl<'de> DeserializeSeed<'de> for List<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value<'de>>()? {
            match value {
                Value::Object(element) => self.0.element(element),
                Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) => {
                    return Err(A::Error::custom("an element is no object"));
                }
            }
        }
        Ok(())
    }
}
