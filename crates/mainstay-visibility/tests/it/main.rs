//! Who sees what: the table, the SQL beside the predicate, and a long random walk.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test uses fails by panicking"
)]

mod found;
mod prose;
mod random;
mod rows;
mod sql;
mod table;
mod walk;
mod world;
