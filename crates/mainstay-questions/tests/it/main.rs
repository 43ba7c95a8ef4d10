//! What signed questions and answers promise. Projects, records and keys are made here, by hand.

#![expect(clippy::unwrap_used, reason = "what a test uses fails by panicking")]

mod board;
mod broken;
mod documents;
mod envelopes;
mod examining;
mod following;
mod stated;
mod tallying;
mod telling;
mod world;
