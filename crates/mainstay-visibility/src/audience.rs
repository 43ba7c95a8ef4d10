//! To whom something is told, and from when.

use jiff::Timestamp;
use mainstay_types::{SectorId, Tlp};

use crate::rules::{AudienceKind, rule_for};
use crate::{AccountId, CommunityId, OrganisationId, VisibilityError};

/// A circle of readers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// Everybody, also without an account.
    Public,
    /// The people of this instance.
    SignedIn,
    /// Those of a community.
    Community(CommunityId),
    /// Those of the organisations of a sector.
    Sector(SectorId),
    /// Those with a role in an organisation.
    Organisation(OrganisationId),
    /// One person.
    Person(AccountId),
}

impl Audience {
    /// What kind of audience it is.
    pub fn kind(&self) -> AudienceKind {
        match self {
            Self::Public => AudienceKind::Public,
            Self::SignedIn => AudienceKind::SignedIn,
            Self::Community(_) => AudienceKind::Community,
            Self::Sector(_) => AudienceKind::Sector,
            Self::Organisation(_) => AudienceKind::Organisation,
            Self::Person(_) => AudienceKind::Person,
        }
    }

    /// Its name within its kind; empty where there is only one.
    pub fn name(&self) -> &str {
        match self {
            Self::Public | Self::SignedIn => "",
            Self::Community(id) => id.as_str(),
            Self::Sector(id) => id.as_str(),
            Self::Organisation(id) => id.as_str(),
            Self::Person(id) => id.as_str(),
        }
    }

    /// The audience of this kind and name, as a row has them.
    pub(crate) fn of(kind: &str, name: &str) -> Option<Self> {
        Some(match AudienceKind::of_word(kind)? {
            AudienceKind::Public if name.is_empty() => Self::Public,
            AudienceKind::SignedIn if name.is_empty() => Self::SignedIn,
            AudienceKind::Owner | AudienceKind::Public | AudienceKind::SignedIn => return None,
            AudienceKind::Community => Self::Community(name.parse().ok()?),
            AudienceKind::Sector => Self::Sector(name.parse().ok()?),
            AudienceKind::Organisation => Self::Organisation(name.parse().ok()?),
            AudienceKind::Person => Self::Person(name.parse().ok()?),
        })
    }
}

/// One line of a schedule: from `not_before` on, the audience may see the object, marked so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Release {
    /// To whom.
    pub audience: Audience,
    /// From when. Kept in microseconds, rounded up.
    pub not_before: Timestamp,
    /// Under which label they are told.
    pub marking: Tlp,
}

impl Release {
    /// Refuses a release that nobody could see, such as GREEN to the public.
    ///
    /// # Errors
    /// When no rule lets that kind of audience be told under that marking.
    pub fn check(&self) -> Result<(), VisibilityError> {
        let kind = self.audience.kind();
        match rule_for(kind, self.marking) {
            Some(_) => Ok(()),
            None => Err(VisibilityError::NobodyMaySee { kind, marking: self.marking }),
        }
    }
}
