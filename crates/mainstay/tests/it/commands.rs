//! The commands beside `scan` and `check`.

mod database;
mod explain;
mod fix;
mod help;
mod model;
mod plumbing;
mod sbom;
mod vex;
mod why;
