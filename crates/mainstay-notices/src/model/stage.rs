//! Where a notice stands. A step is a function of the place where it begins, so that no other can
//! be written: only what was reviewed is released, only what was released is closed, and an edit
//! of what was reviewed gives a draft.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::content::{Content, Digest};
use crate::NoticesError;

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The id of an account or a token; `mainstay` for the server itself.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Nobody has agreed to it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft(());

/// A person has read it and agrees to what it says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Who, and when.
    pub review: Act,
    /// To which content.
    pub digest: Digest,
}

/// It is on its way, or was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// What came before.
    pub reviewed: Reviewed,
    /// Who released it, and when.
    pub release: Act,
}

/// Nothing more is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What came before.
    pub released: Released,
    /// Who closed it, and when.
    pub close: Act,
}

/// Where a notice stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has agreed to it yet.
    Draft(Draft),
    /// Somebody has.
    Reviewed(Reviewed),
    /// It is on its way, or was told.
    Released(Released),
    /// Nothing more is expected.
    Closed(Closed),
}

impl Draft {
    /// A new one.
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// A person agrees to this content.
    #[expect(clippy::unused_self, reason = "a step uses up the place where it begins")]
    pub(crate) fn review(self, content: &Content, review: Act) -> Reviewed {
        Reviewed { review, digest: content.digest() }
    }
}

impl Reviewed {
    /// The content becomes another: who agreed to the former has not agreed to this one.
    #[expect(clippy::unused_self, reason = "a step uses up the place where it begins")]
    pub(crate) fn edit(self) -> Draft {
        Draft(())
    }

    /// It may leave, if it says what was agreed to.
    pub(crate) fn release(self, content: &Content, release: Act) -> Result<Released, NoticesError> {
        if content.digest() != self.digest {
            return Err(NoticesError::Stage {
                is: "reviewed",
                problem: "what was reviewed is not what it says now: review it again",
            });
        }
        Ok(Released { reviewed: self, release })
    }
}

impl Released {
    /// Nothing more is expected.
    pub(crate) fn close(self, close: Act) -> Closed {
        Closed { released: self, close }
    }
}

impl Stage {
    /// The word for it, in the database, the API and on pages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Draft(_) => "draft",
            Self::Reviewed(_) => "reviewed",
            Self::Released(_) => "released",
            Self::Closed(_) => "closed",
        }
    }

    /// Who reviewed it, and when.
    pub fn review(&self) -> Option<&Act> {
        match self {
            Self::Draft(_) => None,
            Self::Reviewed(reviewed) => Some(&reviewed.review),
            Self::Released(released) => Some(&released.reviewed.review),
            Self::Closed(closed) => Some(&closed.released.reviewed.review),
        }
    }

    /// Who released it, and when.
    pub fn released(&self) -> Option<&Act> {
        match self {
            Self::Draft(_) | Self::Reviewed(_) => None,
            Self::Released(released) => Some(&released.release),
            Self::Closed(closed) => Some(&closed.released.release),
        }
    }

    /// Refuses what cannot be done from here.
    pub(crate) fn refuse<T>(&self, problem: &'static str) -> Result<T, NoticesError> {
        Err(NoticesError::Stage { is: self.word(), problem })
    }

    /// What its row has beside the word.
    pub(crate) fn detail(&self) -> String {
        let row = match self {
            Self::Draft(_) => StageRow::default(),
            Self::Reviewed(reviewed) => StageRow::of(reviewed),
            Self::Released(released) => StageRow {
                release: Some(ActRow::of(&released.release)),
                ..StageRow::of(&released.reviewed)
            },
            Self::Closed(closed) => StageRow {
                release: Some(ActRow::of(&closed.released.release)),
                close: Some(ActRow::of(&closed.close)),
                ..StageRow::of(&closed.released.reviewed)
            },
        };
        // A struct of texts and numbers is always JSON.
        serde_json::to_string(&row).unwrap_or_default()
    }

    /// From its row; nothing, when that is damaged.
    pub(crate) fn read(word: &str, detail: &str) -> Option<Self> {
        let row: StageRow = serde_json::from_str(detail).ok()?;
        let reviewed = row.review.and_then(ActRow::act).zip(row.digest.map(Digest::read));
        let reviewed = reviewed.map(|(review, digest)| Reviewed { review, digest });
        let released = reviewed
            .clone()
            .zip(row.release.and_then(ActRow::act))
            .map(|(reviewed, release)| Released { reviewed, release });
        Some(match word {
            "draft" => Self::Draft(Draft(())),
            "reviewed" => Self::Reviewed(reviewed?),
            "released" => Self::Released(released?),
            "closed" => Self::Closed(Closed {
                released: released?,
                close: row.close.and_then(ActRow::act)?,
            }),
            _ => return None,
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
struct StageRow {
    review: Option<ActRow>,
    digest: Option<String>,
    release: Option<ActRow>,
    close: Option<ActRow>,
}

impl StageRow {
    fn of(reviewed: &Reviewed) -> Self {
        Self {
            review: Some(ActRow::of(&reviewed.review)),
            digest: Some(reviewed.digest.to_string()),
            release: None,
            close: None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ActRow {
    by: String,
    at: i64,
}

impl ActRow {
    fn of(act: &Act) -> Self {
        Self { by: act.by.clone(), at: act.at.as_microsecond() }
    }

    fn act(self) -> Option<Act> {
        Some(Act { by: self.by, at: Timestamp::from_microsecond(self.at).ok()? })
    }
}
