//! A document in JSON, read one part at a time: no more than one component, with what is nested in
//! it, is held before it has its place in the model.

use std::fmt;

use mainstay_reading::{ReadError, json};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::reader::Reader;
use super::value::Value;
use crate::model::keep::Keep;
use crate::{Encoding, Sbom, Text};

/// Reads a document.
pub(crate) fn read(text: &str, keep: Keep) -> Result<Sbom<'_>, ReadError> {
    let mut reader = Reader::new(text, Encoding::Json, keep);
    match json::parse_into(text, Bom { reader: &mut reader }) {
        Ok(()) => reader.finish(),
        // What is no CycloneDX, or of a version that is not read, is told as such.
        Err(error) => Err(reader.refusal.take().unwrap_or(error)),
    }
}

/// The whole document.
struct Bom<'r, 't> {
    reader: &'r mut Reader<'t>,
}

impl<'de> DeserializeSeed<'de> for Bom<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Bom<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CycloneDX document, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut met: Vec<Text<'de>> = Vec::new();
        while let Some(json::Text(key)) = map.next_key()? {
            if met.contains(&key) {
                return Err(A::Error::custom(format!("the key \"{key}\" is there twice")));
            }
            if met.len() >= MOST_KEYS {
                return Err(A::Error::custom("the document has more keys than any version names"));
            }
            if Reader::is_listed(&key) {
                map.next_value_seed(List { reader: self.reader, key: &key })?;
            } else {
                let value = map.next_value()?;
                if let Err(refusal) = self.reader.single(&key, value) {
                    let error = A::Error::custom(&refusal);
                    self.reader.refusal = Some(refusal);
                    return Err(error);
                }
            }
            met.push(key);
        }
        Ok(())
    }
}

/// More than any version names at the top (1.7: 17). Keys are compared with one another.
const MOST_KEYS: usize = 100;

/// One of the long lists.
struct List<'r, 'k, 't> {
    reader: &'r mut Reader<'t>,
    key: &'k str,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list, as \"{}\" is one", self.key.escape_default())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value<'de>>()? {
            let fields = match value {
                Value::Object(fields) => fields,
                Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) => {
                    let message = format!("an entry of \"{}\" is no object", self.key);
                    return Err(A::Error::custom(message));
                }
            };
            self.reader.listed(self.key, fields);
        }
        Ok(())
    }
}
