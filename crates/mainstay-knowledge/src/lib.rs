//! What this machine knows about packages, and how old that knowledge is.
//!
//! Advisory data live in one folder, the [`DataFolder`]. The raw records are the truth: they are
//! kept as zips, as they came. All else (an index per ecosystem, the tables of KEV and EPSS) is
//! derived from them and can be built again.
//!
//! | to | use | standard |
//! | --- | --- | --- |
//! | put files into the folder | [`import`] | OSV schema, KEV's JSON, EPSS's CSV |
//! | fetch what changed | [`update`] | the OSV bucket's layout |
//! | say what is there and how old it is | [`status`] | |
//! | build derived files again | [`rebuild`] | |
//! | look packages up | [`Knowledge`] | |
//!
//! The time is always a parameter, and so is every path. Nothing here reads the environment or
//! writes to a terminal.
//!
//! Writing is safe against a crash, a kill and a full disk at any point: new files are written
//! under temporary names, made durable, and renamed; the manifest that names them comes last.
//! Until then the former state is what everybody reads. One lock lets one writer in at a time;
//! readers never wait.

mod archive;
mod classify;
mod compile;
mod cve_table;
mod digest;
mod error;
mod folder;
mod import;
mod intake;
mod knowledge;
mod layers;
mod limits;
mod manifest;
mod progress;
mod raw_record;
mod record_list;
mod report;
pub mod starter;
mod status;
mod tables;
mod update;

pub use compile::is_usable;
pub use error::KnowledgeError;
pub use folder::DataFolder;
pub use import::{ImportOptions, import, rebuild};
pub use knowledge::{
    Answer, EcosystemFacts, EcosystemKnowledge, EpssScore, KevEntry, Knowledge, TableFacts,
};
pub use limits::Limits;
pub use progress::{Progress, Silent};
pub use report::{EcosystemImported, ImportReport, NotAdvisory, ReadFailure};
pub use status::{IndexState, SourceKind, SourceStatus, Status, status};
pub use update::{
    Addresses, EcosystemUpdated, TableUpdated, UpdateOptions, UpdateReport, Updated, update,
};
