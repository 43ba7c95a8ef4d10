//! What can be wrong with a marking, a reader or a release.

use mainstay_store::StoreError;
use mainstay_types::Tlp;

use crate::AudienceKind;

/// Why something was not taken, or not read.
#[derive(Debug, thiserror::Error)]
pub enum VisibilityError {
    /// The text cannot be an id.
    #[error("an id has 1 to 200 visible ASCII characters")]
    Id,
    /// The release would be seen by nobody.
    #[error("nobody can be told {marking} as {}: name a narrower audience or a wider marking", .kind.word())]
    NobodyMaySee {
        /// The kind of audience.
        kind: AudienceKind,
        /// The marking that this kind cannot be told under.
        marking: Tlp,
    },
    /// More than one reader or object can have.
    #[error("at most {0} entries of one kind")]
    TooMany(usize),
    /// A row says what this program does not know.
    #[error("the marking of \"{0}\" cannot be read: it may come from a newer Mainstay")]
    Unreadable(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
