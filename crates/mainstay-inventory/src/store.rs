//! All the SQL of the inventory.

pub(crate) mod components;
pub(crate) mod findings;
pub(crate) mod known;
pub(crate) mod notes;
pub(crate) mod parties;
pub(crate) mod postings;
pub(crate) mod sboms;
pub(crate) mod snapshots;
pub(crate) mod statements;
pub(crate) mod vex_documents;
