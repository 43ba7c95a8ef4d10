//! Who has which role where: invitations, changes, ends.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Actor, Transaction, new_id};
use mainstay_visibility::Role;
use serde_json::json;

use super::newcomers::{Credential, Newcomer};
use super::{Accounts, later};
use crate::AccountsError;
use crate::model::{
    Account, AccountName, Caller, Fresh, Invitation, Mail, Member, Right, Session, Standing,
};
use crate::notice::{Notice, tell};
use crate::secret::{Secret, hash_of};
use crate::store::accounts;
use crate::store::tickets::{self, Ticket, TicketKind};

const VALID: SignedDuration = SignedDuration::from_hours(24 * 7);

impl Accounts {
    /// Who has a role in an organisation. Its own people may know.
    ///
    /// # Errors
    /// [`AccountsError::Absent`] for everybody else.
    pub fn members(
        &self,
        session: &Session,
        organisation: &str,
    ) -> Result<Vec<Member>, AccountsError> {
        if !session.may(Right::SeeInventory, organisation) {
            return Err(AccountsError::Absent("organisation"));
        }
        self.read(|transaction| accounts::members(transaction, organisation))
    }

    /// Invitations to an organisation that wait.
    ///
    /// # Errors
    /// As [`Accounts::members`].
    pub fn invitations(
        &self,
        session: &Session,
        organisation: &str,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, AccountsError> {
        if !session.may(Right::ManageMembers, organisation) {
            return Err(AccountsError::Absent("organisation"));
        }
        self.read(|transaction| {
            let about = (TicketKind::Invitation, organisation);
            let tickets = tickets::of_organisation(transaction, about, now)?;
            Ok(tickets.into_iter().filter_map(invitation_of).collect())
        })
    }

    /// Gives a role. For the command line.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn put_member(
        &self,
        account: &str,
        there: (&str, Role),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        self.write(|transaction| Self::put_member_in(transaction, account, there, actor, now))
    }

    /// Gives a role, in a transaction of the caller's: with the organisation that is founded.
    ///
    /// # Errors
    /// As [`Accounts::put_member`].
    pub fn put_member_in(
        transaction: &mut Transaction<'_>,
        account: &str,
        (organisation, role): (&str, Role),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let found = accounts::of_id(transaction, account)?;
        found.ok_or(AccountsError::Absent("account"))?;
        keep_owner(transaction, (organisation, account), Some(role))?;
        give(transaction, account, (organisation, role), actor, now)
    }

    /// Invites somebody by mail. The secret is the link's; it is sent by mail and given here, once.
    ///
    /// # Errors
    /// When the person may not manage members there. Only an owner makes owners.
    pub fn invite(
        &self,
        fresh: Fresh<'_>,
        (organisation, mail, role): (&str, &Mail, Role),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Secret, AccountsError> {
        let secret = Secret::new()?;
        let account = &fresh.session().account;
        self.write(|transaction| {
            may_give(transaction, account.id.as_str(), (organisation, role))?;
            let ticket = Ticket {
                id: new_id("invitation", now)?,
                account: None,
                mail: mail.as_str().to_owned(),
                organisation: organisation.to_owned(),
                role: role.word().to_owned(),
                made_by: account.id.as_str().to_owned(),
                expires_at: later(now, VALID),
            };
            tickets::add(transaction, (TicketKind::Invitation, &secret.hash()), &ticket, now)?;
            let detail = json!({ "invitation": ticket.id, "role": role.word() });
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("member.invite", organisation, detail, now));
            let about = Notice::Invitation {
                secret: secret.clone(),
                organisation: organisation.to_owned(),
                role: role.word().to_owned(),
                by: account.name.clone(),
            };
            tell(transaction, mail.as_str(), about, now)
        })?;
        Ok(secret)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// When there is none, or the person may not manage members there.
    pub fn withdraw_invitation(
        &self,
        session: &Session,
        (organisation, id): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        if !session.may(Right::ManageMembers, organisation) {
            return Err(AccountsError::Absent("organisation"));
        }
        self.write(|transaction| {
            if !tickets::withdraw(transaction, (TicketKind::Invitation, organisation, id))? {
                return Err(AccountsError::Absent("invitation"));
            }
            let actor = session.actor(caller);
            let detail = json!({ "invitation": id });
            transaction.append(actor.does("member.withdraw-invitation", organisation, detail, now));
            Ok(())
        })
    }

    /// What an invitation is to, for the page that asks whether one takes it.
    ///
    /// # Errors
    /// When it is not valid.
    pub fn invitation(&self, secret: &str, now: Timestamp) -> Result<Invitation, AccountsError> {
        let hash = hash_of(secret);
        self.read(|transaction| look_for(transaction, &hash, now))
    }

    /// Takes an invitation with the account that is signed in. Whoever has the link may: the
    /// address of the account need not be the one that was invited.
    ///
    /// # Errors
    /// When it is not valid; when the account has a role there already, which only those change
    /// who manage members. The invitation stays then.
    pub fn join(
        &self,
        session: &Session,
        secret: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Invitation, AccountsError> {
        let hash = hash_of(secret);
        let actor = session.actor(caller);
        let id = session.account.id.as_str();
        self.write(|transaction| {
            let invitation = take(transaction, &hash, now)?;
            let account = accounts::of_id(transaction, id)?;
            let account = account.ok_or(AccountsError::Absent("account"))?;
            if role_in(&account, &invitation.organisation).is_some() {
                return Err(AccountsError::NotAllowed(
                    "you have a role there already: who manages members there can change it",
                ));
            }
            enter(transaction, id, &invitation, &actor, now)?;
            Ok(invitation)
        })
    }

    /// Takes an invitation with a new account, which has the address that was invited, and signs
    /// it in.
    ///
    /// # Errors
    /// When it is not valid, or the address has an account: sign in with it first.
    pub fn join_as_new(
        &self,
        secret: &str,
        (name, password): (&AccountName, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(Secret, Invitation), AccountsError> {
        let mail: Mail = self.invitation(secret, now)?.mail.parse()?;
        self.rules.check(password, &[name.as_str(), mail.as_str()])?;
        let (hash, phc, id) = (hash_of(secret), self.hasher.hash(password)?, new_id("acct", now)?);
        let credential = Credential::Password(&phc);
        let newcomer = Newcomer { id: &id, name, mail: &mail, credential };
        let session = Secret::new()?;
        let invitation = self.write(|transaction| {
            add_invited(transaction, &hash, &newcomer, (&session, caller), now)
        })?;
        Ok((session, invitation))
    }

    /// Changes the role of a member; without a role, ends the membership.
    ///
    /// # Errors
    /// When the person may not do that; when it is the last owner.
    pub fn change_member(
        &self,
        fresh: Fresh<'_>,
        (organisation, account, role): (&str, &str, Option<Role>),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let session = fresh.session();
        let actor = session.actor(caller);
        self.write(|transaction| {
            let may = |transaction: &mut Transaction<'_>, role| {
                may_give(transaction, session.account.id.as_str(), (organisation, role))
            };
            may(transaction, role.unwrap_or(Role::Reader))?;
            let was = keep_owner(transaction, (organisation, account), role)?;
            if was.ok_or(AccountsError::Absent("member"))? == Role::Owner {
                may(transaction, Role::Owner)?;
            }
            match role {
                Some(role) => give(transaction, account, (organisation, role), &actor, now),
                None => remove(transaction, account, organisation, &actor, now),
            }
        })
    }

    /// Gives up one's own role in an organisation.
    ///
    /// # Errors
    /// When there is none; when it is the last owner.
    pub fn leave(
        &self,
        session: &Session,
        organisation: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let id = session.account.id.as_str();
        self.write(|transaction| {
            let was = keep_owner(transaction, (organisation, id), None)?;
            was.ok_or(AccountsError::Absent("organisation"))?;
            remove(transaction, id, organisation, &session.actor(caller), now)
        })
    }
}

/// Whether the account may give this role there, as things are now. Only an owner makes owners.
fn may_give(
    transaction: &mut Transaction<'_>,
    account: &str,
    (organisation, role): (&str, Role),
) -> Result<(), AccountsError> {
    let account = accounts::of_id(transaction, account)?;
    match account.and_then(|account| role_in(&account, organisation)) {
        None => Err(AccountsError::Absent("organisation")),
        Some(Role::Owner) => Ok(()),
        Some(mine) if Right::ManageMembers.is_of(mine) && role != Role::Owner => Ok(()),
        Some(_) => Err(AccountsError::NotAllowed("your role there does not let you do that")),
    }
}

fn role_in(account: &Account, organisation: &str) -> Option<Role> {
    let here = account.memberships.iter().find(|one| one.organisation.as_str() == organisation);
    here.map(|one| one.role)
}

/// The role that an account has in an organisation. Refuses when it is the last owner's, and
/// another one, or none, is to take its place. Of two owners who go at once, the second sees that
/// the first is gone.
fn keep_owner(
    transaction: &mut Transaction<'_>,
    (organisation, account): (&str, &str),
    role: Option<Role>,
) -> Result<Option<Role>, AccountsError> {
    accounts::hold_owners(transaction, organisation)?;
    let members = accounts::members(transaction, organisation)?;
    let was = members.iter().find(|one| one.account.as_str() == account).map(|one| one.role);
    let owners = members.iter().filter(|one| one.role == Role::Owner).count();
    if was == Some(Role::Owner) && role != Some(Role::Owner) && owners == 1 {
        return Err(AccountsError::NotAllowed(
            "an organisation keeps at least one owner: make somebody else one first",
        ));
    }
    Ok(was)
}

/// The invitation of a link, when it is valid: it was not used, it has not ended, and who made it
/// may still give that role.
pub(super) fn look_for(
    transaction: &mut Transaction<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Invitation, AccountsError> {
    let ticket = tickets::look(transaction, (TicketKind::Invitation, hash), now)?;
    let ticket = ticket.ok_or(AccountsError::NoTicket)?;
    let made_by = ticket.made_by.clone();
    let invitation = invitation_of(ticket).ok_or(AccountsError::NoTicket)?;
    let about = (invitation.organisation.as_str(), invitation.role);
    match may_give(transaction, &made_by, about) {
        Ok(()) => Ok(invitation),
        Err(AccountsError::NotAllowed(_) | AccountsError::Absent(_)) => {
            Err(AccountsError::NoTicket)
        }
        Err(error) => Err(error),
    }
}

/// Uses an invitation.
fn take(
    transaction: &mut Transaction<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Invitation, AccountsError> {
    let invitation = look_for(transaction, hash, now)?;
    let taken = tickets::take(transaction, (TicketKind::Invitation, hash), now)?;
    taken.map(|_| invitation).ok_or(AccountsError::NoTicket)
}

/// Adds an account by an invitation, gives it the role, and signs it in.
pub(super) fn add_invited(
    transaction: &mut Transaction<'_>,
    hash: &str,
    newcomer: &Newcomer<'_>,
    (session, caller): (&Secret, &Caller),
    now: Timestamp,
) -> Result<Invitation, AccountsError> {
    let actor = caller.actor(newcomer.id);
    let invitation = take(transaction, hash, now)?;
    newcomer.add(transaction, Standing::Person, &actor, now)?;
    enter(transaction, newcomer.id, &invitation, &actor, now)?;
    super::sessions::begin(transaction, (session, newcomer.id), caller, now)?;
    Ok(invitation)
}

fn remove(
    transaction: &mut Transaction<'_>,
    account: &str,
    organisation: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), AccountsError> {
    if !accounts::remove_member(transaction, account, organisation)? {
        return Err(AccountsError::Absent("member"));
    }
    let detail = json!({ "account": account });
    transaction.append(actor.does("member.remove", organisation, detail, now));
    Ok(())
}

fn give(
    transaction: &mut Transaction<'_>,
    account: &str,
    (organisation, role): (&str, Role),
    actor: &Actor,
    now: Timestamp,
) -> Result<(), AccountsError> {
    accounts::put_member(transaction, account, (organisation, role), now)?;
    let detail = json!({ "account": account, "role": role.word() });
    transaction.append(actor.does("member.put", organisation, detail, now));
    Ok(())
}

/// Gives the role of an invitation. The log says which one, and so who let this person in.
fn enter(
    transaction: &mut Transaction<'_>,
    account: &str,
    invitation: &Invitation,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), AccountsError> {
    let Invitation { id, organisation, role, .. } = invitation;
    accounts::put_member(transaction, account, (organisation, *role), now)?;
    let detail = json!({ "account": account, "role": role.word(), "invitation": id });
    transaction.append(actor.does("member.join", organisation, detail, now));
    Ok(())
}

fn invitation_of(ticket: Ticket) -> Option<Invitation> {
    let role = Role::of_word(&ticket.role)?;
    let Ticket { id, mail, organisation, expires_at, .. } = ticket;
    Some(Invitation { id, mail, organisation, role, expires_at })
}
