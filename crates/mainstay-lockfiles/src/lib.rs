//! Lockfiles and manifests: bytes in, an inventory out.
//!
//! Each format is one module under [`formats`](formats/index.html) and one line in [`FORMATS`].
//! A reader takes an [`Input`](mainstay_reading::Input) (the bytes, and a door to files beside
//! it) and gives an [`Inventory`](mainstay_reading::Inventory): the packages that the file locks,
//! with file and line, where each comes from, and what the file leaves open. Readers do no I/O of
//! their own, never panic and never hold more than a fixed multiple of the file's size; every one
//! is fuzzed.
//!
//! [`confusion`] looks at an inventory for the open doors of dependency confusion.
//!
//! How to add a format: `docs/how-to/add-a-lockfile-format.md`.

pub mod confusion;
mod ending;
mod format;
mod formats;

pub use format::{FORMATS, Format, Role, format_of};
// What installed copies of npm packages say in the same words as its lockfiles.
pub use formats::npm::{
    address::origin_of_resolved as npm_origin, integrity::digests as npm_digests,
};
// Addresses of folders in records of Python's installers.
pub use formats::python::artifact::percent_decoded;
