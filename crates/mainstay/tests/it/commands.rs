//! The commands beside `scan` and `check`.

mod backup;
mod database;
mod explain;
mod fix;
mod help;
mod inventory;
mod model;
mod plumbing;
mod question;
mod sbom;
mod serve;
mod vex;
mod why;
