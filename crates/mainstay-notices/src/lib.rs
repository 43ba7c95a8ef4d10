//! Tell them: notices to the contacts of those who are affected, and who has seen and answered.
//!
//! Standards: TLP 2.0 for markings, VEX for the words of answers, Standard Webhooks for calls to
//! programs.
//!
//! | to find | look in |
//! | --- | --- |
//! | contacts; what is told; where it stands; who is told | `model.rs` and `model/` |
//! | operations, as every face calls them | `service.rs` and `service/` |
//! | a call to a program, and its signature | `webhook.rs` |
//! | all of it as JSON and CSV | `export.rs` |
//! | SQL | `store.rs` and `store/` |
//!
//! A notice is drafted, by a person or by itself when an advisory opens findings; a person reviews
//! it, and what was reviewed is what leaves. Who is told is computed from who is affected, as the
//! author's organisation may see it, and from contacts; who has none is named as such. Each letter
//! and call is a job. Nothing leaves before its time.

mod error;
mod export;
mod model;
mod service;
mod store;
mod webhook;

pub use error::NoticesError;
pub use export::{
    ActOut, AnswerOut, CircleOut, DeliveryOut, ExportDocument, NoticeOut, RecipientOut, csv,
};
pub use model::{
    Act, Answer, Board, Channel, Circle, Closed, Contact, ContactRole, Content, Delivery,
    DeliveryState, Digest, Draft, NewContact, Notice, Reach, Reached, Recipient, Released,
    Reminders, Reviewed, Seen, Stage, Text, Title, Unreached, WebhookAddress, Why,
};
pub use service::{Linked, MAIL_JOB, Notices, OPENING_JOB, Outcome, Parcel, WEBHOOK_JOB, Wish};
pub use webhook::{Caller, SignedCall, WebhookKey};
