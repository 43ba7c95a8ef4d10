//! SPDX: the System Package Data Exchange, in its second and third edition.
//!
//! | edition | standard | syntax | where |
//! | --- | --- | --- | --- |
//! | 2.2, 2.3 | ISO/IEC 5962:2021; SPDX specification 2.3 | JSON, tag-value | `v2` |
//! | 3.0, 3.0.1 | SPDX specification 3.0.1 | JSON-LD | `v3` |
//!
//! Both editions name their elements by texts and may speak of an element before they define it;
//! `elements` turns such names into positions. `words` has the vocabularies.

mod elements;
mod expressions;
mod flaws;
pub(crate) mod held;
mod identity;
mod locator;
mod names;
mod statement;
pub(crate) mod syntax;
pub(crate) mod v2;
pub(crate) mod v3;
mod words;

use mainstay_reading::ReadError;

pub(crate) use identity::moment;

use crate::Sbom;
use crate::model::keep::Keep;

/// Reads a document of SPDX 2.2 or 2.3 in JSON.
pub fn read_v2_json(text: &str) -> Result<Sbom<'_>, ReadError> {
    v2::read_json(text, Keep::Everything)
}

/// Reads a document of SPDX 2.2 or 2.3 in tag-value.
pub fn read_v2_tag_value(text: &str) -> Result<Sbom<'_>, ReadError> {
    v2::read_tag_value(text, Keep::Everything)
}

/// Reads a document of SPDX 3.0 in JSON-LD.
pub fn read_v3(text: &str) -> Result<Sbom<'_>, ReadError> {
    v3::read(text, Keep::Everything)
}

/// Writes a document of SPDX 2.3 in JSON. The same model gives the same text: the time is that of
/// the model, and the namespace is made of the content where the model has none.
pub fn write_v2_json(sbom: &Sbom<'_>) -> Result<String, serde_json::Error> {
    v2::write_json(&flaws::told(sbom))
}

/// Writes a document of SPDX 3.0.1 in JSON-LD, by the same rules.
pub fn write_v3(sbom: &Sbom<'_>) -> Result<String, serde_json::Error> {
    v3::write(sbom)
}
