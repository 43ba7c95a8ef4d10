//! Who asks: an account with its roles, communities and sectors, or nobody in particular.

use std::collections::BTreeSet;

use mainstay_types::SectorId;

use crate::{AccountId, CommunityId, OrganisationId, VisibilityError};

/// Roles, communities or sectors that one reader may have: each becomes a parameter of queries.
const MOST: usize = 1_000;

/// What a person is in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Answers for the organisation.
    Owner,
    /// Keeps its data and its people's roles.
    Maintainer,
    /// Works on findings, cases and answers.
    Analyst,
    /// Reads.
    Reader,
    /// Reads, to see that all is in order; may come from outside.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Owner, Self::Maintainer, Self::Analyst, Self::Reader, Self::Auditor];
    /// Those who write for the organisation.
    pub const WRITERS: [Self; 3] = [Self::Owner, Self::Maintainer, Self::Analyst];

    /// The word for it, in the database, the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Maintainer => "maintainer",
            Self::Analyst => "analyst",
            Self::Reader => "reader",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Who asks, with everything that rights depend on. Made anew for every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    account: Option<AccountId>,
    memberships: BTreeSet<(OrganisationId, Role)>,
    communities: BTreeSet<CommunityId>,
    sectors: BTreeSet<SectorId>,
}

impl Reader {
    /// Somebody who did not sign in. Has no roles, and can have none.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Somebody who signed in: the roles, the communities that the person or one of these
    /// organisations is in, and the sectors of these organisations.
    ///
    /// # Errors
    /// [`VisibilityError::TooMany`] for more than a thousand of one kind.
    pub fn signed_in(
        account: AccountId,
        memberships: impl IntoIterator<Item = (OrganisationId, Role)>,
        communities: impl IntoIterator<Item = CommunityId>,
        sectors: impl IntoIterator<Item = SectorId>,
    ) -> Result<Self, VisibilityError> {
        Ok(Self {
            account: Some(account),
            memberships: bounded(memberships)?,
            communities: bounded(communities)?,
            sectors: bounded(sectors)?,
        })
    }

    /// The account, if the reader signed in.
    pub fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// The roles, by organisation.
    pub fn memberships(&self) -> impl Iterator<Item = (&OrganisationId, Role)> {
        self.memberships.iter().map(|(organisation, role)| (organisation, *role))
    }

    /// The communities.
    pub fn communities(&self) -> impl Iterator<Item = &CommunityId> {
        self.communities.iter()
    }

    /// The sectors.
    pub fn sectors(&self) -> impl Iterator<Item = &SectorId> {
        self.sectors.iter()
    }
}

fn bounded<T: Ord>(items: impl IntoIterator<Item = T>) -> Result<BTreeSet<T>, VisibilityError> {
    let mut kept = BTreeSet::new();
    for item in items {
        kept.insert(item);
        if kept.len() > MOST {
            return Err(VisibilityError::TooMany(MOST));
        }
    }
    Ok(kept)
}
