//! What notices promise, on SQLite, and on PostgreSQL where a server is named.
//!
//! Organisations, SBOMs and advisories are made here, by hand.

#![expect(clippy::unwrap_used, reason = "what a test uses fails by panicking")]

mod automatic;
mod sending;
mod steps;
mod told;
mod world;
