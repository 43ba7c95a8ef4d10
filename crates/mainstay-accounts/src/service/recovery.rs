//! A lost password. The link goes to the address of the account, if that was proved, and takes
//! nothing but the place of the password: a second factor, and a passkey is one, stays.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Accounts, later, sign_in};
use crate::AccountsError;
use crate::model::{Caller, Mail};
use crate::notice::{Notice, tell};
use crate::secret::{Secret, hash_of};
use crate::store::accounts;
use crate::store::tickets::{self, Ticket, TicketKind};
use crate::throttle::{Guess, Guessed, Place};

const VALID: SignedDuration = SignedDuration::from_mins(30);

impl Accounts {
    /// Has a link sent, when the address has an account and was proved. Nobody is told whether it
    /// has; the time that it takes is not evened out.
    ///
    /// # Errors
    /// [`AccountsError::Wait`] after many from one address.
    pub fn ask_recovery(
        &self,
        mail: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let secret = Secret::new()?;
        let Ok(mail) = mail.parse::<Mail>() else { return Ok(()) };
        let typed = mail.key();
        self.write(|transaction| {
            // Each asking counts: a mailbox is not to be filled by strangers.
            let place = (caller.origin.as_str(), Place::Strange);
            Guess::at(Guessed::Letter, &typed, place).begin(transaction, now)?;
            let account = accounts::of_mail(transaction, &mail)?;
            let Some(account) = account.filter(|one| one.mail_proved_at.is_some()) else {
                return Ok(());
            };
            let id = account.id.as_str();
            tickets::clear(transaction, TicketKind::Recovery, Some(id))?;
            let ticket = Ticket::of_account(id, later(now, VALID), now)?;
            tickets::add(transaction, (TicketKind::Recovery, &secret.hash()), &ticket, now)?;
            let about = Notice::Recovery { secret: secret.clone() };
            tell(transaction, &account.mail, about, now)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("password.ask-recovery", id, json!({}), now));
            Ok(())
        })
    }

    /// Takes another password by such a link, and ends every session.
    ///
    /// # Errors
    /// A link that is not valid, a password that is not taken.
    pub fn recover(
        &self,
        (secret, password): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let hash = hash_of(secret);
        let about = (TicketKind::Recovery, hash.as_str());
        let account = self.read(|transaction| {
            let ticket = tickets::look(transaction, about, now)?;
            let id = ticket.and_then(|ticket| ticket.account).ok_or(AccountsError::NoTicket)?;
            accounts::of_id(transaction, &id)?.ok_or(AccountsError::NoTicket)
        })?;
        self.rules.check(password, &[&account.name, &account.mail])?;
        let phc = self.hasher.hash(password)?;
        self.write(|transaction| {
            tickets::take(transaction, about, now)?.ok_or(AccountsError::NoTicket)?;
            sign_in::set_password(transaction, &account, (&phc, ""), (caller, now))
        })
    }
}
