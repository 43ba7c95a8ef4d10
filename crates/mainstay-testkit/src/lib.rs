//! For tests only: a local server with the OSV bucket's layout, generated records and zips, the
//! shared data if they are there.
//!
//! Nothing here ships. Failing means panicking, as in any test.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a helper of tests fails by panicking, as tests do"
)]

mod bucket_server;
mod databases;
mod image_builder;
pub mod mutation;
mod records;
mod rpm_databases;
mod shared_data;
mod tar_builder;
mod zip_builder;
mod zips;

pub use bucket_server::{BucketServer, Fault};
pub use databases::{TestDatabase, databases};
pub use image_builder::{ImageParts, saved_by_old_docker};
pub use records::{Record, repeated};
pub use rpm_databases::{rpm_files, rpm_header, rpm_ndb, rpm_sqlite, rpm_tag};
pub use shared_data::shared_data;
pub use tar_builder::{TarPart, gzip, tar_of, unpack_tar, zstd};
pub use zip_builder::{ZipHeader, ZipPart, zip_of};
pub use zips::{unzip, zip, zip_bomb, zip_with};
