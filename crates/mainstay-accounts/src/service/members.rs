//! Who has which role where: invitations, changes, ends.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Actor, Transaction, new_id};
use mainstay_visibility::Role;
use serde_json::json;

use super::{Accounts, actor, later, mail_job};
use crate::AccountsError;
use crate::model::{
    Account, AccountName, Caller, Fresh, Invitation, Mail, Member, Right, Session, role_of, word_of,
};
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

    /// Gives a role. For the administrator who founds an organisation, and the command line.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn put_member(
        &self,
        account: &str,
        (organisation, role): (&str, Role),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        self.write(|transaction| {
            let found = accounts::of_id(transaction, account)?;
            found.ok_or(AccountsError::Absent("account"))?;
            give(transaction, account, (organisation, role), actor, now)
        })
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
        let session = fresh.session();
        may_give(session, organisation, role)?;
        let secret = Secret::new()?;
        let account = &session.account;
        self.write(|transaction| {
            let ticket = Ticket {
                id: new_id("invitation", now)?,
                account: None,
                mail: mail.as_str().to_owned(),
                organisation: organisation.to_owned(),
                role: word_of(role).to_owned(),
                made_by: account.id.as_str().to_owned(),
                expires_at: later(now, VALID),
            };
            tickets::add(transaction, (TicketKind::Invitation, &secret.hash()), &ticket, now)?;
            let detail = json!({ "invitation": ticket.id, "role": word_of(role) });
            let actor = actor(account, &caller.origin);
            transaction.append(actor.does("member.invite", organisation, detail, now));
            let about = json!({ "kind": "invitation", "secret": secret.reveal(),
                "organisation": organisation, "role": word_of(role), "by": account.name });
            mail_job(transaction, mail.as_str(), &about, now);
            Ok(())
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
            let actor = actor(&session.account, &caller.origin);
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
        let found = self.read(|transaction| {
            Ok(tickets::look(transaction, (TicketKind::Invitation, &hash), now)?)
        })?;
        found.and_then(invitation_of).ok_or(AccountsError::NoTicket)
    }

    /// Takes an invitation with the account that is signed in.
    ///
    /// # Errors
    /// When it is not valid.
    pub fn join(
        &self,
        session: &Session,
        secret: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Invitation, AccountsError> {
        let hash = hash_of(secret);
        let actor = session.actor(caller);
        self.write(|transaction| {
            let taken = tickets::take(transaction, (TicketKind::Invitation, &hash), now)?;
            let invitation = taken.and_then(invitation_of).ok_or(AccountsError::NoTicket)?;
            let about = (invitation.organisation.as_str(), invitation.role);
            give(transaction, session.account.id.as_str(), about, &actor, now)?;
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
        let session = Secret::new()?;
        let actor = Actor { id: id.clone(), origin: caller.origin.clone() };
        self.write(|transaction| {
            let taken = tickets::take(transaction, (TicketKind::Invitation, &hash), now)?;
            let invitation = taken.and_then(invitation_of).ok_or(AccountsError::NoTicket)?;
            super::first_run::add(
                transaction,
                (&id, name, &mail, &phc),
                false,
                &caller.origin,
                now,
            )?;
            let about = (invitation.organisation.as_str(), invitation.role);
            give(transaction, &id, about, &actor, now)?;
            super::sessions::begin(transaction, (&session, &id), caller, now)?;
            Ok((session.clone(), invitation))
        })
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
        may_give(session, organisation, role.unwrap_or(Role::Reader))?;
        let actor = session.actor(caller);
        self.write(|transaction| {
            let members = accounts::members(transaction, organisation)?;
            let member = members.iter().find(|one| one.account.as_str() == account);
            let member = member.ok_or(AccountsError::Absent("member"))?;
            if member.role == Role::Owner {
                may_give(session, organisation, Role::Owner)?;
                let owners = members.iter().filter(|one| one.role == Role::Owner).count();
                if owners == 1 && role != Some(Role::Owner) {
                    return Err(AccountsError::NotAllowed(
                        "an organisation keeps at least one owner: make somebody else one first",
                    ));
                }
            }
            if let Some(role) = role {
                return give(transaction, account, (organisation, role), &actor, now);
            }
            accounts::remove_member(transaction, account, organisation)?;
            let detail = json!({ "account": account });
            transaction.append(actor.does("member.remove", organisation, detail, now));
            Ok(())
        })
    }
}

/// Whether the person may give this role there. Only an owner makes owners.
fn may_give(session: &Session, organisation: &str, role: Role) -> Result<(), AccountsError> {
    let account: &Account = &session.account;
    let mine = account.memberships.iter().find(|one| one.organisation.as_str() == organisation);
    match mine.map(|one| one.role) {
        None => Err(AccountsError::Absent("organisation")),
        Some(Role::Owner) => Ok(()),
        Some(mine) if Right::ManageMembers.is_of(mine) && role != Role::Owner => Ok(()),
        Some(_) => Err(AccountsError::NotAllowed("your role there does not let you do that")),
    }
}

fn give(
    transaction: &mut Transaction<'_>,
    account: &str,
    (organisation, role): (&str, Role),
    actor: &Actor,
    now: Timestamp,
) -> Result<(), AccountsError> {
    accounts::put_member(transaction, account, (organisation, role), now)?;
    let detail = json!({ "account": account, "role": word_of(role) });
    transaction.append(actor.does("member.put", organisation, detail, now));
    Ok(())
}

fn invitation_of(ticket: Ticket) -> Option<Invitation> {
    let role = role_of(&ticket.role)?;
    let Ticket { id, mail, organisation, expires_at, .. } = ticket;
    Some(Invitation { id, mail, organisation, role, expires_at })
}
