//! Problems with signed questions and answers.

use axum::http::StatusCode;
use mainstay_questions::{QuestionError, ServiceError};
use mainstay_visibility::VisibilityError;

use super::Problem;

impl Problem {
    fn refused(detail: impl Into<Box<str>>) -> Self {
        let title = "The signed document was not taken";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused-document", title, detail)
    }

    fn conflict(code: &'static str, detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, "That does not fit what is here", detail)
    }
}

impl From<QuestionError> for Problem {
    fn from(error: QuestionError) -> Self {
        let text = error.to_string();
        match error {
            QuestionError::Store(error) => error.into(),
            QuestionError::Field { field, problem } => Self::field(field, problem),
            QuestionError::TooLarge { .. } | QuestionError::TooMuchTold { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "That is too much", text)
            }
            QuestionError::Envelope(_)
            | QuestionError::OtherType { .. }
            | QuestionError::NoKey
            | QuestionError::Untrusted { .. }
            | QuestionError::SeveralParties(_)
            | QuestionError::NoText
            | QuestionError::Document(_)
            | QuestionError::OtherQuestion { .. }
            | QuestionError::Keys { .. } => Self::refused(text),
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let text = error.to_string();
        match error {
            ServiceError::Store(error) => error.into(),
            ServiceError::Inventory(error) => error.into(),
            ServiceError::Question(error) => error.into(),
            ServiceError::Visibility(VisibilityError::TooMany(_)) => {
                Self::field("audience", "more organisations than one question can be told to")
            }
            ServiceError::Visibility(VisibilityError::Id) | ServiceError::Absent => Self::absent(),
            ServiceError::Closed => Self::conflict("question-closed", text),
            ServiceError::TakenId(_) => Self::conflict("taken-id", text),
            ServiceError::ForeignKey(_) => Self::conflict("foreign-key", text),
            ServiceError::Changed => Self::conflict("changed", text),
            ServiceError::TooMany(_) => Self::too_many(text, 3_600),
            ServiceError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "That is too much", text)
            }
            ServiceError::Visibility(_) | ServiceError::Damaged(_) => Self::ours(text),
        }
    }
}
