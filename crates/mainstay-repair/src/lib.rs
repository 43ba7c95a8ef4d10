//! Repair: the smallest set of upgrades that removes findings from a lockfile, planned, tried and
//! proved before anything is written.
//!
//! The ecosystem's own resolver decides what fits together; Mainstay decides what to ask it, and
//! whether the answer is good. Each question is put in a *workshop*: a copy of what the resolver
//! reads (manifests and the lockfile, source files as empty names), beside which nothing of the
//! project is. So nothing is written to the project before [`apply`], and none of its code runs:
//! no build script, no install script, no settings of the project that name a program.
//!
//! An answer counts only when the lockfile that it gives, scanned again, has lost a chosen finding
//! and gained none. Everything else is put back.
//!
//! | module | what it does |
//! | --- | --- |
//! | `model` | what is asked, planned, left; no I/O |
//! | `flaws` | findings as facts that can be compared over two scans |
//! | `graph` | who needs a package, nearest first |
//! | `workshop` | the copy in which the resolver works |
//! | `tool` | running a resolver, bounded in time and output |
//! | `client` | what to ask Cargo, npm, uv, and for requirements.txt; one module each |
//! | `released` | when a release was published, where something on the machine tells |
//! | `changes` | what is gained and lost between two lockfiles, and the lines that differ |
//! | `plan` | the loop: ask, scan again, keep or put back |
//! | `apply` | writing the lockfile, and putting the former one back |
//! | `report` | the plan as text and JSON |
//!
//! What is not read: locks of other clients. They are named, with the reason.

mod apply;
mod changes;
mod client;
mod flaws;
mod graph;
mod model;
mod plan;
mod released;
mod report;
mod tool;
mod workshop;

pub use apply::apply;
pub use client::{Client, mendable_formats};
pub use flaws::Flaw;
pub use model::{
    Change, Choice, Left, LeftAlone, Mended, Network, Options, Outcome, Plan, Planned, Released,
    RepairError, Rescan, Rewrite,
};
pub use plan::plan;
pub use report::{Carried, json, stay, text};
pub use tool::{Invocation, Output, Program, Run, SystemTools, ToolError};
