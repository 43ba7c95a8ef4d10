//! Why a notice could not be handled as asked.

use mainstay_accounts::AccountsError;
use mainstay_inventory::InventoryError;
use mainstay_store::StoreError;
use mainstay_types::FlawNameError;
use mainstay_visibility::VisibilityError;

/// What went wrong, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum NoticesError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Who may see what.
    #[error(transparent)]
    Visibility(#[from] VisibilityError),
    /// Addresses, and secrets of links.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// Who is affected.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// It is not there, or may not be known to be there.
    #[error("there is no such {0} here")]
    Absent(&'static str),
    /// What was given for a field will not do.
    #[error("{field}: {problem}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would do.
        problem: String,
    },
    /// It stands where that cannot be done.
    #[error("the notice is {is}: {problem}")]
    Stage {
        /// Where it stands: `released`.
        is: &'static str,
        /// What cannot be done, and what can.
        problem: &'static str,
    },
    /// Somebody changed it since it was looked at.
    #[error("somebody changed the notice meanwhile: look at it again before you go on")]
    Changed,
    /// A link that is none, or is one no more.
    #[error("this link is not valid, or not any more: ask whoever sent it for another")]
    NoLink,
    /// A row in the database is damaged.
    #[error("the record of {0} is damaged: restore it from a backup")]
    Damaged(String),
}

impl From<FlawNameError> for NoticesError {
    fn from(error: FlawNameError) -> Self {
        Self::field("advisory", error.to_string())
    }
}

impl NoticesError {
    /// Whether the database failed, and not what it was asked: the same may go well later.
    pub(crate) fn is_of_store(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Visibility(VisibilityError::Store(_))
                | Self::Accounts(AccountsError::Store(_))
                | Self::Inventory(
                    InventoryError::Store(_)
                        | InventoryError::Visibility(VisibilityError::Store(_))
                )
        )
    }

    pub(crate) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}
