//! The words of accounts.

mod names;
mod passkey;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::Actor;
use mainstay_visibility::{AccountId, OrganisationId, Role};

use crate::AccountsError;
use crate::secret::{Secret, are_same, form_token};

pub(crate) use names::label;
pub use names::{AccountName, Mail, PasskeyName, is_unseen};
pub use passkey::{Entered, PasskeyRequest, PasskeyRow, WaysIn};

/// How long a proof of who one is counts for what is dangerous.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// From where somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// An address, or `command line`.
    pub origin: String,
    /// What the program calls itself; for people to recognise a session by.
    pub agent: String,
}

impl Caller {
    /// An account or a token that does something from there, for the log.
    pub fn actor(&self, id: &str) -> Actor {
        Actor { id: id.to_owned(), origin: self.origin.clone() }
    }
}

/// What somebody may do in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See what it uses and what is wrong with that.
    SeeInventory,
    /// Send SBOMs.
    Submit,
    /// Say what a flaw means for it.
    Triage,
    /// Ask others, answer in its name, tell them.
    Speak,
    /// Say with whom its inventory is shared.
    Share,
    /// Invite, change roles, end memberships.
    ManageMembers,
    /// Read who changed what.
    ReadLog,
}

impl Right {
    /// Whether a role has this right. The one table of rights.
    pub fn is_of(self, role: Role) -> bool {
        match self {
            Self::SeeInventory => true,
            Self::Submit | Self::Triage | Self::Speak => Role::WRITERS.contains(&role),
            Self::Share | Self::ManageMembers => matches!(role, Role::Owner | Role::Maintainer),
            Self::ReadLog => matches!(role, Role::Owner | Role::Maintainer | Role::Auditor),
        }
    }
}

/// A role in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Where.
    pub organisation: OrganisationId,
    /// As what.
    pub role: Role,
}

impl Membership {
    /// The role of this word.
    ///
    /// # Errors
    /// When there is none.
    pub fn role_of(word: &str) -> Result<Role, AccountsError> {
        Role::of_word(word).ok_or_else(|| {
            let known = "owner, maintainer, analyst, reader or auditor is asked for";
            AccountsError::field("role", known)
        })
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// The name.
    pub name: String,
    /// The mail address.
    pub mail: String,
    /// Runs this instance.
    pub is_administrator: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When the person last proved that mail to the address arrives; without that it may be
    /// anybody's.
    pub mail_proved_at: Option<Timestamp>,
    /// The roles, by organisation.
    pub memberships: Vec<Membership>,
}

/// What somebody is on this instance, beside the roles in organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Runs the instance.
    Administrator,
    /// Has the roles that are given, and nothing else.
    Person,
}

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub account: Account,
    /// The id of the session, which is no secret.
    pub id: String,
    /// When the person last proved who it is.
    pub proved_at: Timestamp,
    pub(crate) secret: Secret,
}

impl Session {
    /// What forms carry, so that no other page can send them.
    pub fn form_token(&self) -> String {
        form_token(self.secret.reveal())
    }

    /// Whether a form carries that.
    pub fn is_own_form(&self, token: &str) -> bool {
        are_same(&self.form_token(), token)
    }

    /// Whether this person may do something in an organisation.
    pub fn may(&self, right: Right, organisation: &str) -> bool {
        may(&self.account.memberships, right, organisation)
    }

    /// Who does something, for the log.
    pub fn actor(&self, caller: &Caller) -> Actor {
        caller.actor(self.account.id.as_str())
    }

    /// The proof that is needed for what is dangerous.
    ///
    /// # Errors
    /// [`AccountsError::ProveAgain`] when it is older than ten minutes.
    pub fn fresh(&self, now: Timestamp) -> Result<Fresh<'_>, AccountsError> {
        let age = now.duration_since(self.proved_at);
        if age <= FRESH && age >= -FRESH { Ok(Fresh(self)) } else { Err(AccountsError::ProveAgain) }
    }
}

/// A session that proved who it is a moment ago. Only [`Session::fresh`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Fresh<'s>(&'s Session);

impl<'s> Fresh<'s> {
    /// The session.
    pub fn session(self) -> &'s Session {
        self.0
    }
}

pub(crate) fn may(memberships: &[Membership], right: Right, organisation: &str) -> bool {
    memberships.iter().any(|one| one.organisation.as_str() == organisation && right.is_of(one.role))
}

/// What came of a name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in: the secret of the session, for a cookie.
    Done(Secret),
    /// The second factor is asked for: the secret that goes with it, for five minutes.
    Second(Secret),
}

/// A session, as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The id, which is no secret.
    pub id: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was used last.
    pub seen_at: Timestamp,
    /// From where it began.
    pub origin: String,
    /// With what program.
    pub agent: String,
}

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// To read what its owner may see.
    Read,
    /// To send SBOMs.
    Submit,
    /// To say what flaws mean, to ask and to answer.
    Speak,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Submit, Self::Speak];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Submit => "submit",
            Self::Speak => "speak",
        }
    }

    /// The scope of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for, for people.
    pub name: String,
    /// Where it counts; without one, wherever its owner has rights.
    pub organisation: Option<OrganisationId>,
    /// What for.
    pub scopes: Vec<Scope>,
    /// For how many days.
    pub days: i64,
}

/// A program that asks with a token: never more than its owner may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    /// Whose token it is, as things are now.
    pub account: Account,
    /// The id of the token, which is no secret.
    pub id: String,
    /// Where it counts.
    pub organisation: Option<OrganisationId>,
    /// What for.
    pub scopes: Vec<Scope>,
}

impl TokenHolder {
    /// Whether the token may do something in an organisation: its scope covers it, and its owner
    /// has the right.
    pub fn may(&self, right: Right, organisation: &str) -> bool {
        let scope = match right {
            Right::SeeInventory | Right::ReadLog => Scope::Read,
            Right::Submit => Scope::Submit,
            Right::Triage | Right::Speak => Scope::Speak,
            // People do these, not programs.
            Right::Share | Right::ManageMembers => return false,
        };
        let is_there =
            self.organisation.as_ref().is_none_or(|there| there.as_str() == organisation);
        is_there
            && self.scopes.contains(&scope)
            && may(&self.account.memberships, right, organisation)
    }

    /// Who does something, for the log: the token, and so its owner.
    pub fn actor(&self, caller: &Caller) -> Actor {
        caller.actor(&self.id)
    }
}

/// A token, as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// The id, which is no secret.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Where it counts; empty: wherever its owner has rights.
    pub organisation: String,
    /// What for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute.
    pub seen_at: Option<Timestamp>,
    /// When it was ended before its time.
    pub revoked_at: Option<Timestamp>,
}

/// Somebody with a role in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its mail address.
    pub mail: String,
    /// As what.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// An invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The id, which is no secret.
    pub id: String,
    /// Who is invited.
    pub mail: String,
    /// Where to.
    pub organisation: String,
    /// As what.
    pub role: Role,
    /// Until when it can be taken.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_only_read_and_only_those_who_answer_for_an_organisation_manage_it() {
        let rights = |role| {
            [
                Right::SeeInventory,
                Right::Submit,
                Right::Triage,
                Right::Speak,
                Right::Share,
                Right::ManageMembers,
                Right::ReadLog,
            ]
            .map(|right| right.is_of(role))
        };
        assert_eq!(rights(Role::Owner), [true; 7]);
        assert_eq!(rights(Role::Reader), [true, false, false, false, false, false, false]);
        assert_eq!(rights(Role::Auditor), [true, false, false, false, false, false, true]);
        assert_eq!(rights(Role::Analyst), [true, true, true, true, false, false, false]);
    }
}
