//! Whether mail to an address arrives at the account's owner. Before that is proved nobody gets a
//! lost password replaced through the address: it may be mistyped, and somebody else's.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::Transaction;
use serde_json::json;

use super::{Accounts, later};
use crate::AccountsError;
use crate::model::{Caller, Fresh, Mail, Session};
use crate::notice::{Notice, tell};
use crate::secret::{Secret, hash_of};
use crate::store::accounts;
use crate::store::tickets::{self, Ticket, TicketKind};
use crate::throttle::{Guess, Guessed, Place};

const VALID: SignedDuration = SignedDuration::from_hours(24);

impl Accounts {
    /// Has a link sent by which the address of the account is proved. A newer link takes the
    /// place of the one before.
    ///
    /// # Errors
    /// [`AccountsError::Wait`] after many.
    pub fn ask_mail_proof(
        &self,
        session: &Session,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let id = session.account.id.as_str();
        self.write(|transaction| {
            count_letter(transaction, id, caller, now)?;
            let account = accounts::of_id(transaction, id)?;
            let account = account.ok_or(AccountsError::Absent("account"))?;
            send_proof(transaction, id, &account.mail.parse()?, now)
        })
    }

    /// Has a link sent to another address, which becomes that of the account when the link is
    /// opened. The address of now is told. Whether the other one has an account is not said: then
    /// no link is sent.
    ///
    /// # Errors
    /// [`AccountsError::Wait`] after many.
    pub fn change_mail(
        &self,
        fresh: Fresh<'_>,
        mail: &Mail,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let session = fresh.session();
        let id = session.account.id.as_str();
        self.write(|transaction| {
            count_letter(transaction, id, caller, now)?;
            let account = accounts::of_id(transaction, id)?;
            let account = account.ok_or(AccountsError::Absent("account"))?;
            let owner = accounts::of_mail(transaction, mail)?;
            if owner.is_none_or(|owner| owner.id == account.id) {
                send_proof(transaction, id, mail, now)?;
            }
            let actor = session.actor(caller);
            transaction.append(actor.does("mail.ask-change", id, json!({}), now));
            tell(transaction, &account.mail, Notice::MailChangeAsked, now)
        })
    }

    /// Proves an address by such a link. Nobody needs to be signed in: the link is the proof.
    ///
    /// # Errors
    /// [`AccountsError::NoTicket`]; [`AccountsError::Field`] when another account took the
    /// address meanwhile.
    pub fn prove_mail(
        &self,
        secret: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Mail, AccountsError> {
        let hash = hash_of(secret);
        self.write(|transaction| {
            let taken = tickets::take(transaction, (TicketKind::MailProof, &hash), now)?;
            let ticket = taken.ok_or(AccountsError::NoTicket)?;
            let id = ticket.account.ok_or(AccountsError::NoTicket)?;
            let mail: Mail = ticket.mail.parse()?;
            let account = accounts::of_id(transaction, &id)?.ok_or(AccountsError::NoTicket)?;
            if !accounts::set_mail(transaction, &id, (&mail, now))? {
                return Err(AccountsError::field("mail", "another account has this address"));
            }
            let is_other = account.mail != mail.as_str();
            if is_other {
                tickets::clear(transaction, TicketKind::Recovery, Some(&id))?;
                tell(transaction, &account.mail, Notice::MailChanged, now)?;
            }
            let actor = caller.actor(&id);
            let detail = json!({ "changed": is_other });
            transaction.append(actor.does("mail.prove", &id, detail, now));
            Ok(mail)
        })
    }
}

/// Has a link sent by which an address is proved, in place of those before.
pub(super) fn send_proof(
    transaction: &mut Transaction<'_>,
    account: &str,
    mail: &Mail,
    now: Timestamp,
) -> Result<(), AccountsError> {
    let secret = Secret::new()?;
    tickets::clear(transaction, TicketKind::MailProof, Some(account))?;
    let ticket = Ticket {
        mail: mail.as_str().to_owned(),
        ..Ticket::of_account(account, later(now, VALID), now)?
    };
    tickets::add(transaction, (TicketKind::MailProof, &secret.hash()), &ticket, now)?;
    tell(transaction, mail.as_str(), Notice::MailProof { secret }, now)
}

/// Nobody's mailbox is to be filled.
fn count_letter(
    transaction: &mut Transaction<'_>,
    account: &str,
    caller: &Caller,
    now: Timestamp,
) -> Result<(), AccountsError> {
    Guess::at(Guessed::Letter, account, (&caller.origin, Place::Strange)).begin(transaction, now)
}
