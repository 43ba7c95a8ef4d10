//! SPDX 2.2 and 2.3.
//!
//! Standard: SPDX specification 2.3 (2.2 is ISO/IEC 5962:2021). The two syntaxes read here carry
//! the same records: `json` and `tag_value` make [`raw`] records of their text, and `building`
//! makes one model of them.

mod building;
mod json;
mod own_fields;
mod raw;
mod tag_value;
mod version;
mod write;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

pub(crate) use json::{WRAPPED, read as read_json};
pub(crate) use tag_value::read as read_tag_value;
pub(crate) use version::beginning;
pub(crate) use write::{NO_TIME, holds_document, is_list_version, write as write_json};
