//! Why a question or an answer was not taken, or not made.

use mainstay_store::StoreError;

/// What went wrong, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// The file is larger than any question or answer.
    #[error(
        "the envelope has {bytes} bytes, and {most} are taken: it is no question and no answer"
    )]
    TooLarge {
        /// Of the file.
        bytes: usize,
        /// That are taken.
        most: usize,
    },
    /// The answer to be signed is larger than any that is opened.
    #[error(
        "the answer would have {bytes} bytes in its envelope, and {most} are taken: say less, with \
         --detail versions or --detail status"
    )]
    TooMuchTold {
        /// Of the envelope.
        bytes: usize,
        /// That are taken.
        most: usize,
    },
    /// The file is no envelope.
    #[error("no DSSE envelope: {0}")]
    Envelope(String),
    /// The envelope holds something else.
    #[error("the envelope holds {found}, and {wanted} is asked for")]
    OtherType {
        /// What it says that it holds.
        found: String,
        /// What was asked for.
        wanted: &'static str,
    },
    /// There is no key to check a signature with.
    #[error(
        "no key was given to check the signature with: ask whoever signed it for the key, on \
         another way than this file came, and give it with --key name+id+base64 or --key FILE"
    )]
    NoKey,
    /// No signature is by a trusted key.
    #[error(
        "no signature is by a key that was given (signatures name: {named}): the file was \
         changed, or somebody else signed it. Ask the one whom it is said to come from"
    )]
    Untrusted {
        /// The ids that the signatures name. Nothing proves them.
        named: String,
    },
    /// Trusted keys of several parties signed one answer.
    #[error("the answer is signed by several parties ({0}), and nobody can tell whose it is")]
    SeveralParties(String),
    /// The payload is not UTF-8.
    #[error("the signed content is no text in UTF-8")]
    NoText,
    /// The payload is no document of ours.
    #[error("the signed content cannot be read: {0}")]
    Document(String),
    /// A field holds what it may not.
    #[error("{field}: {problem}")]
    Field {
        /// The field.
        field: &'static str,
        /// What is wrong, and what is asked for.
        problem: String,
    },
    /// The answer is to another question.
    #[error("it answers another question ({found}), not this one ({wanted})")]
    OtherQuestion {
        /// The digest that the answer names.
        found: String,
        /// The digest of the question.
        wanted: String,
    },
    /// A line of a file of keys.
    #[error("line {line}: {problem}")]
    Keys {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// No random numbers.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl QuestionError {
    pub(crate) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}
