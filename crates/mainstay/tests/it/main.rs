//! The binary, as its users meet it: arguments in; standard output, standard error and an exit
//! code out. Each test has a folder, a home and a clock of its own; the only network is loopback.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod sandbox;

mod commands;
mod expected_answers;
mod gate;
mod installed;
mod reports;
mod verdicts;
mod vex;
