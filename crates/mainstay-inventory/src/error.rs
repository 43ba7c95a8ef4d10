//! Why the inventory could not do what it was asked.

use mainstay_figures::FiguresError;
use mainstay_reading::ReadError;
use mainstay_store::StoreError;
use mainstay_types::FlawNameError;
use mainstay_visibility::VisibilityError;

/// What went wrong, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The database or the blobs.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Who may see what.
    #[error(transparent)]
    Visibility(#[from] VisibilityError),
    /// Figures about groups.
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// The document is no SBOM that is read.
    #[error("the document cannot be read: {0}")]
    Document(ReadError),
    /// The document is larger than is taken.
    #[error("the document has {bytes} bytes, and {most} are taken: send one for each part")]
    TooLarge {
        /// Of the document.
        bytes: u64,
        /// That are taken.
        most: u64,
    },
    /// The document names more packages than are taken.
    #[error("the document names {packages} packages, and {most} are taken: send one for each part")]
    TooMany {
        /// Of the document.
        packages: usize,
        /// That are taken.
        most: usize,
    },
    /// The document makes more statements than are taken.
    #[error(
        "the document makes {statements} statements, each about one flaw in one product, and \
         {most} are taken: send several documents"
    )]
    TooManyStatements {
        /// Of the document.
        statements: usize,
        /// That are taken.
        most: usize,
    },
    /// Statements cannot be written so.
    #[error(transparent)]
    Vex(#[from] mainstay_vex::WriteError),
    /// Nothing of that name or id is there, or it may not be known to be there.
    #[error("there is no {what} \"{id}\" here")]
    Absent {
        /// What it would be: `party`, `asset`, `SBOM`.
        what: &'static str,
        /// What was given as its id.
        id: String,
    },
    /// What was given for a field will not do.
    #[error("{field}: {problem}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would do.
        problem: String,
    },
    /// Somebody else changed meanwhile what is to be changed.
    #[error("{0} was changed since you saw it, and nothing was done: look again, then decide")]
    Outdated(&'static str),
    /// A list in the database is damaged.
    #[error("the record of {0} is damaged: restore it from a backup, or upload its SBOM again")]
    Damaged(String),
}

impl From<FlawNameError> for InventoryError {
    fn from(error: FlawNameError) -> Self {
        Self::field("advisory", error.to_string())
    }
}

impl InventoryError {
    /// Nothing of this id is there.
    pub(crate) fn absent(what: &'static str, id: &str) -> Self {
        Self::Absent { what, id: id.to_owned() }
    }

    pub(crate) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}
