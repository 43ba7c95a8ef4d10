//! What the inventory promises, on SQLite, and on PostgreSQL where a server is named.
//!
//! SBOMs and advisories are made here, by hand.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test uses fails by panicking"
)]

mod affected;
mod figures;
mod intake;
mod matching;
mod prevalence;
mod sharing;
mod statements;
mod statements_in_any_order;
mod vex;
mod work;
mod world;
