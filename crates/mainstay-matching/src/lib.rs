//! The compiled advisory index: build, open, look up. One immutable file per ecosystem.
//!
//! [`IndexBuilder`] takes OSV records and writes the file; [`Index`] opens it and answers
//! [`Index::look_up`]. The file is derived from the records and can be made again at any time,
//! so a file of another format is refused, not converted. Meaning follows the OSV schema,
//! "Evaluation" (<https://ossf.github.io/osv-schema/>); each record is matched by itself, and
//! joining aliases is left to the reader of the answer.
//!
//! | where | what |
//! | --- | --- |
//! | `builder` | records in, file out |
//! | `index` | the file opened; `index/judge` decides a row |
//! | `rule`, `advisory` | what a row holds: what is affected, what is said |
//! | `layout` | the file's parts, described |
//! | `pages`, `bytes` | reading a file that may be damaged or hostile |

mod advisory;
mod builder;
mod bytes;
mod error;
mod index;
mod layout;
mod look_up;
mod pages;
mod rule;
mod texts;

pub use advisory::Advisory;
pub use builder::{Added, IndexBuilder, IndexFacts, IndexStats};
pub use error::{BuildError, IndexError};
pub use index::Index;
pub use look_up::{Basis, Hit, LookUp, ReleaseRecords, Subject, Undecided};
