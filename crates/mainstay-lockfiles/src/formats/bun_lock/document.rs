//! The JSON of a bun.lock.

use std::fmt;

use mainstay_reading::json::{Object, Text};
use mainstay_types::Scope;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::formats::npm::loose::{Wishes, Word};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'t> {
    pub(super) lockfile_version: u64,
    #[serde(borrow, default)]
    pub(super) workspaces: Object<'t, Workspace<'t>>,
    #[serde(borrow, default)]
    pub(super) packages: Object<'t, Package<'t>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Workspace<'t> {
    #[serde(borrow, default)]
    pub(super) name: Word<'t>,
    #[serde(borrow, default)]
    pub(super) dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    pub(super) dev_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    pub(super) optional_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    pub(super) peer_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    optional_peers: Vec<Text<'t>>,
}

/// What a package needs.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Details<'t> {
    #[serde(borrow, default)]
    pub(super) dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    pub(super) optional_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    pub(super) peer_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    pub(super) optional_peers: Vec<Text<'t>>,
}

/// The list behind a key: first what was resolved, then, in an order that depends on the kind,
/// an index or the name of a cache folder, details, a checksum.
pub(super) struct Package<'t> {
    pub(super) resolved: Text<'t>,
    pub(super) words: Vec<Text<'t>>,
    pub(super) details: Details<'t>,
}

/// One element of that list.
enum Element<'t> {
    Word(Text<'t>),
    Details(Box<Details<'t>>),
}

impl<'t, 'de: 't> Deserialize<'de> for Package<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PackageVisitor;
        impl<'de> Visitor<'de> for PackageVisitor {
            type Value = Package<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list that begins with what was resolved")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Package<'de>, A::Error> {
                let first = seq.next_element()?;
                let resolved = first.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
                let mut package =
                    Package { resolved, words: Vec::new(), details: Details::default() };
                while let Some(element) = seq.next_element()? {
                    match element {
                        Element::Word(word) => package.words.push(word),
                        Element::Details(details) => package.details = *details,
                    }
                }
                Ok(package)
            }
        }
        deserializer.deserialize_seq(PackageVisitor)
    }
}

impl<'t, 'de: 't> Deserialize<'de> for Element<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementVisitor;
        impl<'de> Visitor<'de> for ElementVisitor {
            type Value = Element<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an object")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Element<'de>, E> {
                Ok(Element::Word(Text(text.into())))
            }
            fn visit_str<E>(self, text: &str) -> Result<Element<'de>, E> {
                Ok(Element::Word(Text(text.to_owned().into())))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Element<'de>, A::Error> {
                let details = Details::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Element::Details(Box::new(details)))
            }
        }
        deserializer.deserialize_any(ElementVisitor)
    }
}

impl<'t> Workspace<'t> {
    /// What it asks for, and whether that may be absent. Bun installs peers, unless they are
    /// optional; and an older peer may have gone since.
    pub(super) fn wishes(&self) -> impl Iterator<Item = (&Text<'t>, Scope, bool)> {
        let tables = [
            (&self.dependencies, Scope::Runtime, false),
            (&self.optional_dependencies, Scope::Optional, true),
            (&self.dev_dependencies, Scope::Dev, false),
        ];
        let tables = tables.into_iter().flat_map(|(table, scope, may_be_absent)| {
            table.0.iter().map(move |(name, _)| (name, scope, may_be_absent))
        });
        let peers = self.peer_dependencies.0.iter().map(|(name, _)| {
            let scope =
                if self.optional_peers.contains(name) { Scope::Optional } else { Scope::Runtime };
            (name, scope, true)
        });
        tables.chain(peers)
    }
}
