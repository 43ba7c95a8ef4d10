//! Who is affected, asked of those who upload nothing: signed questions and signed answers.
//!
//! A coordinator publishes a [`Question`]; a member examines its own folders and SBOMs, sees what
//! would leave, and gives back an [`Answer`]; the coordinator counts with a [`Tally`].
//!
//! | module | what it does | standard |
//! | --- | --- | --- |
//! | `envelope`, `keys` | what is signed, by whom; verified before it is read | DSSE v1, Ed25519 (RFC 8032) |
//! | `subject`, `question`, `answer` | the documents, strict and bounded | purl, vers, VEX statuses, TLP 2.0 |
//! | `flaw` | what the advisory data know about the flaw that is asked about | OSV |
//! | `examine`, `draft` | from a scan to what can be said, and from that to what leaves | |
//! | `tally` | the coordinator's count of files | |
//! | `service`, `store` | the same on a server: published, answered, counted with inventories | |
//!
//! The statuses are those of VEX, with the types of `mainstay-vex`: an answer is a claim as any
//! other. Unknown is never clean: what was not read, or could not be compared, makes an answer
//! `under_investigation`, and who did not answer is silent, not unaffected.
//!
//! What is not here: how files travel, and where the keys of their parties come from.

mod answer;
mod draft;
mod envelope;
mod error;
mod examine;
mod flaw;
mod keys;
mod question;
mod service;
mod store;
mod subject;
mod tally;
mod wording;

pub use answer::{Answer, Detail, Lacking, LookedAt, SeenComponent, Shown, SignedAnswer, Standing};
pub use draft::Drafting;
pub use envelope::{MAX_ENVELOPE_BYTES, PayloadDigest};
pub use error::QuestionError;
pub use examine::{Examination, NotKnown, Seen, SeenClaim, Weight, examine, examine_inventory};
pub use flaw::{Beyond, FlawFacts, FlawPackage};
pub use keys::{Keyring, Party};
pub use question::{Deadline, Question, SignedQuestion};
pub use service::{
    KeptAnswer, PartyPicture, PartyStanding, Picture, PictureCounts, Preview, Published, Questions,
    Received, SectorPicture, Sent, ServiceError, Source, Told,
};
pub use subject::{Range, Subject};
pub use tally::{Counts, PartyCount, Said, SectorCounts, Tally};
pub use wording::{Name, Words};
