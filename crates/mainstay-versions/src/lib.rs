//! Version order and affected ranges, one module per ecosystem.
//!
//! [`Version::parse`] reads a version by its ecosystem's own rules; two versions of one ecosystem
//! compare with [`Version::compare`]. [`intervals`] turns the events of an OSV range into
//! intervals, by the evaluation rules of the OSV schema, and [`Interval::contains`] asks them.

mod range;
mod version;

pub use range::{Bound, Event, Interval, intervals};
pub use version::{Version, VersionError};
