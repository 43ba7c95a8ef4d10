//! What went wrong, for the one who asked. Standard: RFC 9457, "Problem Details for HTTP APIs".
//!
//! A problem of the one who asks says what to do next. A problem of ours says that it is ours and
//! by which number it is found in the log; its cause goes into the log and nowhere else. What may
//! not be known to exist is 404, as what is not there.

mod of_questions;

use axum::http::StatusCode;
use mainstay_accounts::AccountsError;
use mainstay_inventory::InventoryError;
use mainstay_notices::NoticesError;
use mainstay_store::StoreError;
use mainstay_types::FlawNameError;
use mainstay_vex::WriteError;
use mainstay_visibility::VisibilityError;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that was asked for and not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// Stable, for programs: `wrong-field`.
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    /// One sentence; empty when the title says it all.
    pub(crate) detail: Box<str>,
    /// What to do next.
    pub(crate) hint: Option<Box<str>>,
    /// Seconds after which it may be tried again.
    pub(crate) retry_after: Option<u32>,
    /// What really happened, for the log.
    pub(crate) cause: Option<Box<str>>,
}

/// A problem as the API writes it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ProblemDocument {
    /// The same as `code`, as a URI. Nothing is behind it.
    pub(crate) r#type: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// Stable, for programs.
    pub(crate) code: &'static str,
    /// What sort of problem it is.
    pub(crate) title: &'static str,
    /// What happened this time.
    pub(crate) detail: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// By which number the log has the request.
    pub(crate) request: String,
}

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<Box<str>>,
    ) -> Self {
        let detail = detail.into();
        Self { status, code, title, detail, hint: None, retry_after: None, cause: None }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<Box<str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// It is not there, or may not be known to be there.
    pub(crate) fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such page or thing", "")
    }

    /// One has to sign in first.
    pub(crate) fn sign_in() -> Self {
        let title = "Sign in first";
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", title, "")
            .with_hint("a page: sign in; the API: send an API token as `Authorization: Bearer`")
    }

    /// Who asks may see it and may not do this with it.
    pub(crate) fn forbidden(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-allowed", "That is not yours to do", detail)
    }

    /// What was given for a field will not do.
    pub(crate) fn field(field: &str, problem: impl AsRef<str>) -> Self {
        let detail = format!("{field}: {}", problem.as_ref());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong-field", "A field will not do", detail)
    }

    /// The request itself cannot be read.
    pub(crate) fn request(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "wrong-request", "The request cannot be read", detail)
    }

    /// A form that does not come from a page that this session was given.
    pub(crate) fn forged() -> Self {
        let detail = "the form does not belong to this session";
        Self::new(StatusCode::FORBIDDEN, "foreign-form", "The form was not taken", detail)
            .with_hint("open the page again and send it from there")
    }

    /// More than is taken.
    pub(crate) fn too_large(most: usize) -> Self {
        let detail = format!("at most {most} bytes are taken here");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "That is too much", detail)
    }

    /// Too often; not before so many seconds.
    pub(crate) fn too_many(detail: impl Into<Box<str>>, seconds: u32) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-requests",
            "Not so fast, please",
            detail,
        );
        problem.retry_after = Some(seconds);
        problem
    }

    /// The path is there, for another method.
    pub(crate) fn method() -> Self {
        let title = "This can be read, not written, or the other way round";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", title, "")
    }

    /// It took too long to arrive.
    pub(crate) fn too_slow() -> Self {
        let detail = "the request did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "That took too long", detail)
    }

    /// The fault is ours.
    pub(crate) fn ours(cause: impl Into<Box<str>>) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server could not do that",
            "the fault is the server's; nothing of this request was kept",
        );
        problem.cause = Some(cause.into());
        problem
    }

    /// The server cannot do it now.
    pub(crate) fn unavailable(cause: impl Into<Box<str>>) -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The server cannot do that now",
            "nothing of this request was kept; try again in a moment",
        );
        problem.retry_after = Some(5);
        problem.cause = Some(cause.into());
        problem
    }

    pub(crate) fn document(&self, request: &str) -> ProblemDocument {
        ProblemDocument {
            r#type: format!("urn:mainstay:problem:{}", self.code),
            status: self.status.as_u16(),
            code: self.code,
            title: self.title,
            detail: self.detail.to_string(),
            hint: self.hint.as_deref().map(str::to_owned),
            request: request.to_owned(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full(cause) => {
                let mut problem = Self::unavailable(cause);
                problem.code = "full";
                problem.detail = "the disk or the database of the server is full; nothing of this request was kept".into();
                problem
            }
            StoreError::Unavailable(_) | StoreError::Contended(_) => {
                Self::unavailable(error.to_string())
            }
            StoreError::CommitUnknown(cause) => {
                let mut problem = Self::unavailable(cause);
                problem.code = "not-known-whether-kept";
                problem.detail = "the database went away while it was writing: look whether this was kept before \
                 you send it again".into();
                problem
            }
            StoreError::Location(_)
            | StoreError::InTheClear(_)
            | StoreError::Conflict(_)
            | StoreError::Statement(_)
            | StoreError::TooNew { .. }
            | StoreError::OtherMigration(_)
            | StoreError::Disk { .. }
            | StoreError::DamagedBlob(_)
            | StoreError::MissingBlob(_)
            | StoreError::Key(_)
            | StoreError::Log(_) => Self::ours(error.to_string()),
        }
    }
}

impl From<FlawNameError> for Problem {
    fn from(error: FlawNameError) -> Self {
        Self::field("advisory", error.to_string())
    }
}

impl From<InventoryError> for Problem {
    fn from(error: InventoryError) -> Self {
        match error {
            InventoryError::Store(error) => error.into(),
            InventoryError::Absent { .. } => Self::absent(),
            InventoryError::Field { field, problem } => Self::field(field, problem),
            InventoryError::Document(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unread-document",
                "The document cannot be read",
                error.to_string(),
            ),
            InventoryError::Vex(WriteError::Nothing) => {
                Self::field("vex", "nobody says anything about what is found here")
            }
            InventoryError::Vex(_) => Self::field("format", error.to_string()),
            InventoryError::TooLarge { .. }
            | InventoryError::TooMany { .. }
            | InventoryError::TooManyStatements { .. } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "That is too much",
                error.to_string(),
            ),
            InventoryError::Visibility(VisibilityError::TooMany(most)) => Self::field(
                "with",
                format!("an inventory can be shared with at most {most} organisations"),
            ),
            InventoryError::Outdated(_) => Self::new(
                StatusCode::CONFLICT,
                "changed",
                "It was changed meanwhile",
                error.to_string(),
            ),
            InventoryError::Visibility(_)
            | InventoryError::Figures(_)
            | InventoryError::Damaged(_) => Self::ours(error.to_string()),
        }
    }
}

impl From<NoticesError> for Problem {
    fn from(error: NoticesError) -> Self {
        let text = error.to_string();
        match error {
            NoticesError::Store(error) => error.into(),
            NoticesError::Inventory(error) => error.into(),
            NoticesError::Accounts(error) => error.into(),
            NoticesError::Absent(_) => Self::absent(),
            NoticesError::Field { field, problem } => Self::field(field, problem),
            NoticesError::Stage { .. } => {
                Self::new(StatusCode::CONFLICT, "wrong-stage", "That cannot be done now", text)
            }
            NoticesError::Changed => {
                Self::new(StatusCode::CONFLICT, "changed", "Somebody was faster", text)
            }
            NoticesError::NoLink => {
                Self::new(StatusCode::GONE, "no-ticket", "This link is not valid", text)
            }
            NoticesError::Visibility(_) | NoticesError::Damaged(_) => Self::ours(text),
        }
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let text = error.to_string();
        match error {
            AccountsError::Store(error) => error.into(),
            AccountsError::Wrong => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong-credentials", "That did not match", text)
            }
            AccountsError::Wait { seconds, .. } => {
                let mut problem = Self::too_many(text, seconds);
                problem.title = "Wait a moment";
                problem
            }
            AccountsError::NoTicket => {
                Self::new(StatusCode::GONE, "no-ticket", "This link is not valid", text)
            }
            AccountsError::Field { field, problem } => Self::field(field, problem),
            AccountsError::NotAllowed(why) => Self::forbidden(why),
            AccountsError::Passkey(_)
            | AccountsError::UnknownPasskey
            | AccountsError::CopiedPasskey => Self::new(
                StatusCode::UNAUTHORIZED,
                "passkey-refused",
                "The passkey was not taken",
                text,
            ),
            AccountsError::ProveAgain => {
                Self::new(StatusCode::FORBIDDEN, "prove-again", "Prove again who you are", text)
            }
            AccountsError::Absent(_) => Self::absent(),
            AccountsError::Visibility(_)
            | AccountsError::BreachedList { .. }
            | AccountsError::Broken(_) => Self::ours(text),
        }
    }
}
