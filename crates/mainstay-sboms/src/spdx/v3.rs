//! SPDX 3.0 and 3.0.1 in JSON-LD.
//!
//! Standard: SPDX specification 3.0.1: the profiles Core, Software, Security, Simple and Expanded
//! Licensing, AI and Dataset; clause 6 for the serialization. What the Build profile says is
//! counted, not understood.
//!
//! A document is a flat list of elements, in any order, which name one another by IRIs. IRIs may
//! be shortened by a prefix that the document declares anywhere, so `prefixes` looks for those
//! first; then every element goes into the model as it is read. What an element only names (who
//! supplies it, its licence) is joined when the list is over.
//!
//! | part | where |
//! | --- | --- |
//! | the list, and shortened names | `json`, `prefixes` |
//! | one element, by its class | `reading` |
//! | packages, files, models, data sets | `artifact`, `model_card` |
//! | relationships | `graph` |
//! | vulnerabilities and statements on them | `security` |
//! | licences as elements | `licences` |
//! | the document, who made it, what it imports | `whole` |
//! | a model as a document | `write` |

mod artifact;
mod fields;
mod graph;
mod json;
mod licences;
mod model_card;
mod prefixes;
mod reading;
mod security;
mod whole;
mod write;

#[cfg(test)]
mod security_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

pub(crate) use json::read;
pub(crate) use write::{has_class, stage, write};
