//! What was built and shipped: package archives in, an inventory out.
//!
//! Each format is one module under [`formats`](formats/index.html) and one line in [`FORMATS`].
//! A reader takes an [`Artifact`] (a file that can be read at any place) and gives an
//! [`Inventory`](mainstay_reading::Inventory): the package that the file is, the packages that it
//! carries inside, what it does not say, and what is wrong with it. Containers are opened by
//! `mainstay-archives`, within its budget; what a package says of itself is read by
//! `mainstay-metadata`. Nothing is unpacked to a disk, and nothing that is read is run.
//!
//! How to add a format: `docs/how-to/add-an-archive-format.md`.

mod digests;
mod file_name;
mod format;
mod formats;
mod shipment;

pub use format::{Artifact, FORMATS, Format, format_of, format_of_content};
