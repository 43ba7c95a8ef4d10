//! Why something about accounts was not done.

use std::path::PathBuf;

use jiff::Timestamp;
use mainstay_store::StoreError;
use mainstay_visibility::VisibilityError;
use mainstay_webauthn::Refused;

/// What went wrong, for the one who asked. No text says whether an account exists.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An id in the database.
    #[error(transparent)]
    Visibility(#[from] VisibilityError),
    /// Name, password, code or key are not the right ones. Which of them is not told.
    #[error("that did not match: look at the address, the password or the code, and try again")]
    Wrong,
    /// Too many wrong guesses came before.
    #[error("there were too many wrong tries: wait until {until:.0}")]
    Wait {
        /// When it may be tried again.
        until: Timestamp,
        /// In how many seconds that is, rounded up.
        seconds: u32,
    },
    /// A link or a code that was used, ended or never was.
    #[error("this link is not valid: it was used, it has ended, or a newer one took its place")]
    NoTicket,
    /// What a browser answered for a passkey will not do.
    #[error("{}", .0.advice())]
    Passkey(Refused),
    /// The passkey belongs to no account here.
    #[error(
        "this passkey is not known here: it was removed, or belongs to another server; sign in \
         in another way"
    )]
    UnknownPasskey,
    /// The counter of a passkey did not go on, so there may be a copy of it. The owner was told.
    #[error(
        "this passkey was refused, because there may be a copy of it: try again, and if that \
         fails too, remove it and add a new one"
    )]
    CopiedPasskey,
    /// What was given for a field will not do.
    #[error("{field}: {problem}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would do.
        problem: String,
    },
    /// The list of breached passwords cannot be used.
    #[error("{path}: {why}; the list of breached passwords has lines SHA-1:count, sorted", path = path.display())]
    BreachedList {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Who asks may not do that.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// Who asks has to prove again who it is.
    #[error(
        "prove again who you are: this asks for a password, code or passkey of the last minutes"
    )]
    ProveAgain,
    /// Nothing of that id is there.
    #[error("there is no {0} of that id here")]
    Absent(&'static str),
    /// The system failed at something that always works.
    #[error("{0}; this is a fault of Mainstay or of the machine")]
    Broken(&'static str),
}

// Not `#[from]`: then the advice, which people read, would be printed twice with its cause.
impl From<Refused> for AccountsError {
    fn from(refused: Refused) -> Self {
        Self::Passkey(refused)
    }
}

impl AccountsError {
    pub(crate) fn wait(until: Timestamp, now: Timestamp) -> Self {
        let seconds = until.duration_since(now).as_millis().max(0).unsigned_abs().div_ceil(1_000);
        Self::Wait { until, seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }

    pub(crate) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}
