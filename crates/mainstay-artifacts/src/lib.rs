//! What was built and shipped: package archives and programs in, an inventory out.
//!
//! Each format is one module under [`formats`](formats/index.html) and one line in [`FORMATS`].
//! A reader takes an [`Artifact`] (a file that can be read at any place) and gives an
//! [`Inventory`](mainstay_reading::Inventory): the package that the file is, the packages that it
//! carries inside, what it does not say, and what is wrong with it. Containers are opened by
//! `mainstay-archives`, within its budget; what a package says of itself is read by
//! `mainstay-metadata`. Nothing is unpacked to a disk, and nothing that is read is run.
//!
//! Packages carry models, which this room does not know. It shows them to an [`Onlooker`], who does.
//!
//! Programs have no telling names. [`is_program`] asks their first bytes, [`names_its_packages`]
//! their sections, and the format [`PROGRAM`] reads what Go or cargo-auditable recorded in them.
//!
//! How to add a format: `docs/how-to/add-an-archive-format.md`.

mod digests;
mod file_name;
mod format;
mod formats;
mod program;
mod shipment;

pub use format::{Artifact, FORMATS, Format, Onlooker, PROGRAM, format_of, format_of_content};
pub use formats::program::names_its_packages;
pub use program::{PROGRAM_SNIFFED, is_program};
