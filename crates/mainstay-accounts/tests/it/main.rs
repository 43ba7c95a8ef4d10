//! Accounts, as the faces use them, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod members;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;
mod world;
