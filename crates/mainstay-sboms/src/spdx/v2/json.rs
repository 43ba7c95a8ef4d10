//! SPDX 2 in JSON, in one pass.
//!
//! The lists of packages, files and relationships are the bulk of a document. Each of their
//! entries goes into the model as soon as it is read, so that no second copy of a large document
//! comes to be. Keys may come in any order.
//!
//! GitHub's API gives the document under the key `sbom` of its answer, and people keep the answer
//! as it comes (REST API, "Export a software bill of materials for a repository"). What stands
//! beside it is not the document's.

use std::fmt;

use mainstay_reading::ReadError;
use mainstay_reading::json::{self, Text};
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::building::Building;
use super::raw;
use crate::model::keep::Keep;
use crate::{Encoding, Sbom};

/// Reads a document.
pub(crate) fn read(text: &str, keep: Keep) -> Result<Sbom<'_>, ReadError> {
    let mut building = Building::new(text, Encoding::Json, keep);
    json::parse_into(text, Whole(&mut building))?;
    building.finish()
}

/// The key under which GitHub's API answers with a document.
pub(crate) const WRAPPED: &str = "sbom";

/// The document, into the model.
struct Whole<'b, 't>(&'b mut Building<'t>);

impl<'de: 't, 't> DeserializeSeed<'de> for Whole<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de: 't, 't> Visitor<'de> for Whole<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let building = self.0;
        let mut met: Vec<Text<'t>> = Vec::new();
        while let Some(key) = map.next_key::<Text<'t>>()? {
            if met.contains(&key) {
                return Err(A::Error::custom(format!("the key \"{}\" is there twice", &*key)));
            }
            match &*key {
                WRAPPED => map.next_value_seed(Whole(building))?,
                "packages" => map.next_value_seed(Each(building, Building::package))?,
                "files" => map.next_value_seed(Each(building, Building::file))?,
                "snippets" => map.next_value_seed(Each(building, Building::snippet))?,
                "relationships" => map.next_value_seed(Each(building, Building::relationship))?,
                "annotations" => map.next_value_seed(Each(building, Building::annotation))?,
                "hasExtractedLicensingInfos" => {
                    map.next_value_seed(Each(building, Building::licence))?;
                }
                "spdxVersion" => building.document.version = map.next_value()?,
                "SPDXID" => building.document.id = map.next_value()?,
                "name" => building.document.name = map.next_value()?,
                "documentNamespace" => building.document.namespace = map.next_value()?,
                "dataLicense" => building.document.data_licence = map.next_value()?,
                "comment" => building.document.comment = map.next_value()?,
                "creationInfo" => {
                    building.document.creation =
                        map.next_value::<Option<raw::Creation<'t>>>()?.unwrap_or_default();
                }
                "externalDocumentRefs" => {
                    building.document.external = map
                        .next_value::<Option<Vec<raw::ExternalDocument<'t>>>>()?
                        .unwrap_or_default();
                }
                "documentDescribes" => {
                    building.document.describes =
                        map.next_value::<Option<Vec<Text<'t>>>>()?.unwrap_or_default();
                }
                other => {
                    let _: IgnoredAny = map.next_value()?;
                    // An address of a schema or a context says nothing about the software.
                    if !other.starts_with(['$', '@']) {
                        building.leave_out(other);
                    }
                }
            }
            // A document has some fifteen keys. More than a hundred are a flood, and unknown.
            if met.len() < 100 {
                met.push(key);
            }
        }
        Ok(())
    }
}

/// A list, each entry of which is given to the model by itself. `null` is an empty list.
struct Each<'b, 't, T>(&'b mut Building<'t>, fn(&mut Building<'t>, T));

impl<'de: 't, 't, T: Deserialize<'de>> DeserializeSeed<'de> for Each<'_, 't, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de: 't, 't, T: Deserialize<'de>> Visitor<'de> for Each<'_, 't, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element::<T>()? {
            (self.1)(self.0, entry);
        }
        Ok(())
    }
}
