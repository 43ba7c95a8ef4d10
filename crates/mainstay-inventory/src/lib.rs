//! Who uses what, and who is affected.
//!
//! For those who share their inventories: parties (organisations, sectors), what they deploy,
//! the SBOMs of that, and the flaws in it. Standards: what `mainstay-sboms` reads, package URLs
//! (ECMA-427), OSV for flaws.
//!
//! | to find | look in |
//! | --- | --- |
//! | what an SBOM says | `document.rs` |
//! | types | `model.rs` |
//! | who is affected, as it is told | `answer.rs` |
//! | operations, as every face calls them | `service.rs` and `service/` |
//! | SQL | `store.rs` and `store/` |
//! | who holds which SBOM, in memory | `holders.rs` |
//! | lists of numbers in few bytes, and of uses | `numbers.rs`, `uses.rs` |
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
mod service;
mod store;
mod uses;

pub use answer::{AffectedDocument, Answer, NotKnown, SubjectDocument};
pub use error::InventoryError;
pub use model::{
    Affected, AffectedRelease, Asset, FindingRow, FlawName, FlawSummary, Need, NewParty, Party,
    PartyKind, Received, SbomChange, SbomRow, SectorCount, Subject, Upload,
};
pub use service::{Inventory, Limits, Rematched, Sight};
