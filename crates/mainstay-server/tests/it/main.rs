//! The server, asked as browsers and programs ask it: over a socket of this machine.
//!
//! Organisations, people and SBOMs are made here, by hand.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod account;
mod api;
mod browser;
mod hostile;
mod notices;
mod outside;
mod pages;
mod passkeys;
mod prevalence;
mod questions;
mod rights;
mod server;
