//! The compiled advisory index: build, open, look up. One immutable file per ecosystem.
//!
//! [`IndexBuilder`] takes OSV records and writes the file; [`Index`] opens it and answers
//! [`Index::look_up`]. The file is derived from the records and can be made again at any time.

mod advisory;
mod builder;
mod error;
mod index;
mod look_up;

pub use advisory::Advisory;
pub use builder::{Added, IndexBuilder, IndexFacts, IndexStats};
pub use error::{BuildError, IndexError};
pub use index::Index;
pub use look_up::{Basis, Hit, LookUp, Subject, Undecided};
