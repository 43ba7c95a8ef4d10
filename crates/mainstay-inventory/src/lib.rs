//! Who uses what, and who is affected.
//!
//! For those who share their inventories: parties (organisations, sectors), what they deploy,
//! the SBOMs of that, and the flaws in it. Standards: what `mainstay-sboms` reads, package URLs
//! (ECMA-427), OSV for flaws.
//!
//! | to find | look in |
//! | --- | --- |
//! | what an SBOM says | `document.rs` |
//! | types | `model.rs`; of statements, `statement.rs` |
//! | what a statement is about, as it is kept | `product.rs` |
//! | the order of work (SSVC) | `work.rs` |
//! | who is affected, as it is told | `answer.rs` |
//! | operations, as every face calls them | `service.rs` and `service/` |
//! | SQL | `store.rs` and `store/` |
//! | who holds which SBOM, in memory | `holders.rs` |
//! | lists of numbers in few bytes, and of uses | `numbers.rs`, `uses.rs` |
//! | what members rest on most, and where help goes furthest | `prevalence.rs` and `prevalence/` |
//! | what SBOMs say of the projects behind packages | `project.rs` |
//!
//! How "who has this component" is answered fast: an SBOM's row has the sorted numbers of its
//! components. In the background, batches of SBOMs are turned around into *postings*: for each
//! component the numbers of the SBOMs that have it. An answer reads the postings and the few
//! SBOMs that came since. Which of them are current, and whose they are, is kept in memory.
//! Receiving an SBOM thus writes two rows and what is new, not a row for each of its packages.

mod answer;
mod document;
mod error;
mod holders;
mod model;
mod numbers;
mod prevalence;
mod product;
mod project;
mod service;
mod statement;
mod store;
mod uses;
mod work;

pub use answer::{AffectedDocument, Answer, NotKnown, StatementDocument, SubjectDocument};
pub use error::InventoryError;
pub use model::{
    Affected, AffectedRelease, AnsweredRelease, Asset, FindingRow, FindingState, FlawSummary, Need,
    NewParty, Party, PartyKind, PastState, Received, SbomChange, SbomRow, SectorCount, Subject,
    Upload,
};
pub use prevalence::{
    Known, Points, PointsRange, Prevalence, PrevalenceDocument, PrevalenceFilter, PrevalenceOrder,
    PrevalentPackage, ProjectAsk, Totals, WEIGHTS, Weakness, as_csv,
};
pub use project::NoteKind;
pub use service::{
    AssetContext, Inventory, Limits, Rematched, SharingChoice, Sight, Spoken, VexOf,
};
pub use statement::{
    NewStatement, Reach, StatementRow, VexDocumentRow, VexReceived, VexUpload, WithoutEffect,
};
pub use work::{Answered, Work};
