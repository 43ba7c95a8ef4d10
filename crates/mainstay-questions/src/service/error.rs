//! Why the server did not take a question or an answer.

use mainstay_inventory::InventoryError;
use mainstay_store::StoreError;
use mainstay_visibility::VisibilityError;

use crate::QuestionError;

/// What went wrong, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database, or the files of keys.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Who may see what.
    #[error(transparent)]
    Visibility(#[from] VisibilityError),
    /// The inventory.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// The document.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// It is not there, or may not be known to be there.
    #[error("there is no such question or answer here")]
    Absent,
    /// No answer is taken any more.
    #[error("the question is closed: no answer is taken any more")]
    Closed,
    /// Another question has this id.
    #[error("another question has the id {0}: make a new one with `mainstay question new`")]
    TakenId(String),
    /// A key speaks for one organisation.
    #[error(
        "the key {0} speaks for another organisation here: sign with a key of your own, or send \
         it in the name of that organisation"
    )]
    ForeignKey(String),
    /// What would leave is not what was shown.
    #[error(
        "the inventory changed since this was shown, or that was more than an hour ago: look at what would leave again"
    )]
    Changed,
    /// More than is kept.
    #[error("{0}")]
    TooMany(String),
    /// A document is larger than is taken here.
    #[error("the document has {bytes} bytes, and {most} are taken here{advice}")]
    TooLarge {
        /// Of the document.
        bytes: usize,
        /// That are taken.
        most: usize,
        /// What to do about it.
        advice: &'static str,
    },
    /// What is kept cannot be read.
    #[error("what is kept of {0} cannot be read: restore it from a backup")]
    Damaged(String),
}
