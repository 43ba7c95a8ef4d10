//! Accounts, as the faces use them, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod at_once;
mod mail;
mod members;
mod passkeys;
mod passkeys_alone;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;
mod world;
