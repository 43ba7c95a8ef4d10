//! The prefixes by which a document shortens IRIs.
//!
//! They stand in the context, or in the document element's `namespaceMap`, which may be anywhere
//! in the list. Most documents have neither, and then nothing is looked for.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use mainstay_reading::json::{self, Text as Raw};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Text;
use crate::cyclonedx::value::Value;

/// So many bytes a document may make of its own texts by repeating them: what is short in it may
/// stand for much. A real document is a multiple of what its names in full and its licences take.
pub(super) fn most(document: usize) -> usize {
    document.saturating_mul(4).saturating_add(1 << 20)
}

/// Prefixes and what they stand for.
#[derive(Default)]
pub(super) struct Prefixes<'t> {
    namespaces: HashMap<Text<'t>, Text<'t>>,
    /// How many bytes names in full may still take, beyond the document's own.
    left: Cell<usize>,
    is_exceeded: Cell<bool>,
}

impl<'t> Prefixes<'t> {
    /// Looks for the prefixes of a document. One that cannot be read has none; whoever reads it
    /// as a whole tells why.
    pub(super) fn of(text: &'t str) -> Self {
        let has = |name: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
        if !has("\"namespaceMap\"") && !has("\"@context\": [") && !has("\"@context\":[") {
            return Self::default();
        }
        let prefixes = json::parse::<Whole<'t>>(text).map(|whole| whole.0).unwrap_or_default();
        prefixes.left.set(most(text.len()));
        prefixes
    }

    /// Whether names in full took more than any real document's. Then not all are in full.
    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }

    /// An IRI in full.
    pub(super) fn expand(&self, name: Text<'t>) -> Text<'t> {
        if self.namespaces.is_empty() {
            return name;
        }
        let Some((prefix, local)) = name.split_once(':') else { return name };
        match self.namespaces.get(prefix) {
            Some(namespace) if !local.starts_with("//") => {
                if let Some(left) = self.left.get().checked_sub(namespace.len()) {
                    self.left.set(left);
                    Text::Owned(format!("{namespace}{local}"))
                } else {
                    self.is_exceeded.set(true);
                    name
                }
            }
            Some(_) | None => name,
        }
    }

    fn add(&mut self, prefix: Text<'t>, namespace: Text<'t>) {
        if !prefix.is_empty() && prefix != "_" {
            self.namespaces.entry(prefix).or_insert(namespace);
        }
    }
}

struct Whole<'t>(Prefixes<'t>);

impl<'t, 'de: 't> Deserialize<'de> for Whole<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Whole<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut prefixes = Prefixes::default();
                while let Some(key) = map.next_key::<Raw<'de>>()? {
                    match &*key {
                        "@context" => in_context(&mut prefixes, map.next_value()?),
                        "@graph" => {
                            for map in map.next_value::<Maps<'de>>()?.0 {
                                prefixes.add(map.prefix.0, map.namespace.0);
                            }
                        }
                        _ => {
                            let _: IgnoredAny = map.next_value()?;
                        }
                    }
                }
                Ok(Whole(prefixes))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// `{"ex": "https://sbom.example/"}` among the contexts.
fn in_context<'t>(prefixes: &mut Prefixes<'t>, context: Value<'t>) {
    let contexts = match context {
        Value::List(contexts) => contexts,
        one @ (Value::Object(_) | Value::Text(_) | Value::Bool(_) | Value::Null) => vec![one],
    };
    for context in contexts {
        if let Value::Object(fields) = context {
            for (key, value) in fields.entries {
                if let Value::Text(namespace) = value {
                    prefixes.add(key, namespace);
                }
            }
        }
    }
}

/// The namespace maps of all elements of a list.
struct Maps<'t>(Vec<NamespaceMap<'t>>);

#[derive(Deserialize)]
struct Element<'t> {
    #[serde(borrow, rename = "namespaceMap")]
    maps: Option<Vec<NamespaceMap<'t>>>,
}

#[derive(Deserialize)]
struct NamespaceMap<'t> {
    #[serde(borrow)]
    prefix: Raw<'t>,
    #[serde(borrow)]
    namespace: Raw<'t>,
}

impl<'t, 'de: 't> Deserialize<'de> for Maps<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<'t>(PhantomData<&'t ()>);
        impl<'t, 'de: 't> Visitor<'de> for List<'t> {
            type Value = Maps<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut maps = Vec::new();
                while let Some(element) = list.next_element::<Element<'t>>()? {
                    maps.extend(element.maps.unwrap_or_default());
                }
                Ok(Maps(maps))
            }
        }
        deserializer.deserialize_seq(List(PhantomData))
    }
}
