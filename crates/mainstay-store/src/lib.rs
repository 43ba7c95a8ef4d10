//! What a server keeps, and the rules of keeping: nothing that was acknowledged is lost, and
//! nothing that was written down can be changed unseen.
//!
//! | to | use | standard |
//! | --- | --- | --- |
//! | say where the data live | [`Location`] | PostgreSQL connection URIs |
//! | read and write rows, one SQL text for both databases | [`Database`], [`Transaction`], [`Row`] | |
//! | keep files by what is in them | [`Blobs`], [`FolderBlobs`] | SHA-256, FIPS 180-4 |
//! | write down who changed what | [`Change`], [`Transaction::append`], [`log`] | |
//! | hand out a proof of the log so far | [`Checkpoint`], [`SigningKey`] | C2SP signed-note |
//! | have work done later, once, by whichever process | [`Job`], [`Transaction::enqueue`], [`jobs`] | |
//! | write all of it into one file, and read it back | [`backup`] | gzip, JSON lines |
//! | tell others what happened | [`Event`], [`Transaction::emit`], [`events`] | |
//!
//! A change is one transaction: the rows, the log's entry, the event and the jobs that follow
//! from it are durable together or not at all.
//!
//! What is not here: rules. The rooms above own their tables (`migrations/` names the room of
//! each) and all the SQL that touches them.

pub mod backup;
mod blobs;
mod data_dir;
mod database;
mod error;
pub mod events;
mod hexadecimal;
mod id;
pub mod jobs;
mod location;
pub mod log;
mod migrations;
mod signing_key;
mod value;

pub use blobs::{BlobName, Blobs, FolderBlobs};
pub use data_dir::DataDir;
pub use database::{Database, Row, Transaction};
pub use error::StoreError;
pub use events::Event;
pub use hexadecimal::hexadecimal;
pub use id::new_id;
pub use jobs::Job;
pub use location::Location;
pub use log::{Actor, Change, Checkpoint};
pub use signing_key::{SigningKey, VerifyingKey};
pub use value::Value;
