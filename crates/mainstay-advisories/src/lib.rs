//! Advisory formats: OSV records, the KEV catalogue, EPSS scores. Pure: bytes in, values out.
//!
//! | format | module | standard |
//! | --- | --- | --- |
//! | OSV record, JSON | [`osv`] | OSV schema 1.7, <https://ossf.github.io/osv-schema/> |
//! | Known Exploited Vulnerabilities, JSON | [`kev`] | CISA's KEV catalogue and its schema |
//! | exploit probability, CSV | [`epss`] | FIRST EPSS daily scores |
//!
//! [`sniff`] tells these apart, and from other JSON, by their first keys.

pub mod epss;
pub mod kev;
pub mod osv;
mod rating;
mod sniff;

pub use rating::Rating;
pub use sniff::{DocumentKind, sniff};
