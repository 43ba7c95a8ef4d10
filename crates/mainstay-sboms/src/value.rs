//! A part of a document before it has a meaning: one component, one vulnerability.
//!
//! Both syntaxes of CycloneDX become this, so that the meaning is written once. What a reader
//! takes is gone from it; what is still there afterwards has not been understood, and is told.

use std::fmt;
use std::mem;

use mainstay_reading::json::Object;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Text;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'t> {
    /// Nothing; also what was taken.
    Null,
    Bool(bool),
    /// A text or a number.
    Text(Text<'t>),
    List(Vec<Self>),
    Object(Fields<'t>),
}

/// The fields of an object, in the order of the document, no name twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields<'t> {
    pub(crate) entries: Vec<(Text<'t>, Value<'t>)>,
    /// The line on which it begins, where the syntax tells (XML).
    pub(crate) line: Option<u32>,
}

impl<'t> Fields<'t> {
    /// Takes a field out. `None` when it is not there, or null.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value<'t>> {
        let (_, value) = self.entries.iter_mut().find(|(key, _)| key == name)?;
        let value = mem::replace(value, Value::Null);
        (value != Value::Null).then_some(value)
    }

    /// The names of the fields that nobody took.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, value)| *value != Value::Null).map(|(key, _)| &**key)
    }
}

impl<'t, 'de: 't> Deserialize<'de> for Value<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Value::Text(value.to_string().into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Value::Text(value.to_string().into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Value::Text(value.to_string().into()))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Text::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Text::Owned(value.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let object: Object<'de, Value<'de>> = Object::deserialize(MapAccessDeserializer::new(map))?;
        let entries = object.0.into_iter().map(|(key, value)| (key.0, value)).collect();
        Ok(Value::Object(Fields { entries, line: None }))
    }
}
