//! CycloneDX 1.2 to 1.7: JSON and XML in, JSON out.
//!
//! Standard: ECMA-424 (1.6 is its first edition, 1.7 its second), and for the earlier versions the
//! schemas and the reference of the CycloneDX project (<https://cyclonedx.org/docs/>). The third
//! syntax, Protocol Buffers, is not read: nobody ships it, and it has no mark by which to know it.
//!
//! | part | where |
//! | --- | --- |
//! | a document in JSON, one part at a time | `json` |
//! | a document in XML, brought into the shape of JSON | `xml` |
//! | a part before it has a meaning | `value` |
//! | the meaning of parts | `reader`, `component`, `metadata`, `vulnerability`, `model_card`, `parts` |
//! | references and the graph | `graph` |
//! | the standard's words | `words` |
//! | the model as a document | `write` |

pub(crate) mod component;
mod graph;
pub(crate) mod json;
mod metadata;
mod model_card;
mod parts;
mod reader;
pub(crate) mod value;
mod vulnerability;
pub(crate) mod words;
mod write;
pub(crate) mod xml;

#[cfg(test)]
mod tests;

use mainstay_reading::ReadError;

pub use write::{OutputVersion, WriteError, write_json};

use crate::Sbom;
use crate::model::keep::Keep;

/// What the namespace of a document in XML begins with; the version follows.
pub(crate) const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Reads a document in JSON.
pub fn read_json(text: &str) -> Result<Sbom<'_>, ReadError> {
    json::read(text, Keep::Everything)
}

/// Reads a document in XML.
pub fn read_xml(bytes: &[u8]) -> Result<Sbom<'static>, ReadError> {
    xml::read(bytes, Keep::Everything)
}
