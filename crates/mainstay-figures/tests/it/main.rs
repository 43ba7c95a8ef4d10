//! What is published, and an adversary who tries to get more out of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test uses fails by panicking"
)]

mod bands;
mod days;
mod groups;
mod ranges;
mod small_worlds;
mod sybils;
mod world;
