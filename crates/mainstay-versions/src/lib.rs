//! Version order and affected ranges, one module per ecosystem.
//!
//! [`Version::parse`] reads a version by its ecosystem's own rules; two versions of one ecosystem
//! compare with [`Version::compare`]. [`intervals`] turns the events of an OSV range into
//! intervals, by the evaluation rules of the OSV schema, and [`Interval::contains`] asks them.
//! [`VersRange`] reads a range of the form `vers:npm/>=1.0.0|<2.0.0`.
//!
//! All of the order is our own code. The crates that exist were weighed: `semver` holds numbers
//! in 64 bits and knows only Cargo's grammar, the npm and PEP 440 crates have the same limit and
//! read no legacy versions, and for the other ecosystems none is kept up. `semver` stays as the
//! oracle of a test.

mod number;
mod range;
mod schemes;
mod vers;
mod version;

pub use range::{Bound, Event, Interval, intervals};
pub use vers::{VersError, VersRange};
pub use version::{Version, VersionError};
