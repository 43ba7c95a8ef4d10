//! Model files that are built here byte by byte, and what is said of them.
//!
//! Each module has the builders of its format, `seeds()` (every fixture, hostile and benign), and
//! one test a fact. Payloads are inert: they would print a word if anybody ran them, and nobody
//! does.

pub mod everything;
pub mod nested;
pub mod packed;
pub mod packers;
pub mod seven_zip;
pub mod tar;
pub mod torch;
pub mod yaml_config;
pub mod zip;
