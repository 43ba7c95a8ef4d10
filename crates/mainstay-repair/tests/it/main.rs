//! Repair, with resolvers whose answers are recorded: what is asked, what is kept, what is put
//! back, and what is written.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod applying;
mod asking;
mod proof;
mod recorded;
mod workshops;
