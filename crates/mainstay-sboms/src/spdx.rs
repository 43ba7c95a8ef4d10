//! SPDX: the System Package Data Exchange, in its second and third edition.
//!
//! | edition | standard | syntax | where |
//! | --- | --- | --- | --- |
//! | 2.2, 2.3 | ISO/IEC 5962:2021; SPDX specification 2.3 | JSON, tag-value | `v2` |
//! | 3.0, 3.0.1 | SPDX specification 3.0.1 | JSON-LD | `v3` |
//!
//! Both editions name their elements by texts and may speak of an element before they define it;
//! `elements` turns such names into positions. `words` has the vocabularies.

mod edition;
mod elements;
mod place;
mod v2;
mod words;

use mainstay_reading::ReadError;

pub use edition::Edition;

use crate::Sbom;

/// Reads a document of SPDX 2.2 or 2.3 in JSON.
pub fn read_v2_json(text: &str) -> Result<Sbom<'_>, ReadError> {
    v2::read_json(text)
}

/// Reads a document of SPDX 2.2 or 2.3 in tag-value.
pub fn read_v2_tag_value(text: &str) -> Result<Sbom<'_>, ReadError> {
    v2::read_tag_value(text)
}
