//! Signing in with a password, and a second factor where there is one.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Transaction, new_id};
use serde_json::json;

use super::{Accounts, actor, earlier, later, sessions, tell};
use crate::AccountsError;
use crate::model::{Account, Caller, Fresh, Mail, Session, SignIn};
use crate::secret::{Secret, hash_of};
use crate::store::tickets::{self, Ticket, TicketKind};
use crate::store::{accounts, factors, sessions as kept};
use crate::throttle::Guess;

/// Time for the second step.
const SECOND_STEP: SignedDuration = SignedDuration::from_mins(5);
/// How long an address counts as one from which the account is used.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

impl Accounts {
    /// Signs in with a mail address and a password. The work is the same whether there is such an
    /// account or not, and so is the answer.
    ///
    /// # Errors
    /// [`AccountsError::Wrong`], or [`AccountsError::Wait`] after too many wrong tries.
    pub fn sign_in(
        &self,
        (mail, password): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<SignIn, AccountsError> {
        let mail: Option<Mail> = mail.parse().ok();
        let typed = mail.as_ref().map_or_else(|| "none".to_owned(), Mail::key);
        let (account, phc, guess) = self.write(|transaction| {
            let account = match &mail {
                Some(mail) => accounts::of_mail(transaction, mail)?,
                None => None,
            };
            let guess = guess(transaction, account.as_ref(), &typed, (caller, now))?;
            guess.begin(transaction, now)?;
            let phc = match &account {
                Some(account) => accounts::password(transaction, account.id.as_str())?,
                None => None,
            };
            Ok((account, phc, guess))
        })?;
        let is_right = self.hasher.verify(password, phc.as_deref());
        let (Some(account), true) = (account, is_right) else {
            return Err(AccountsError::Wrong);
        };
        let renewed = match phc {
            Some(phc) if self.hasher.is_outdated(&phc) => Some(self.hasher.hash(password)?),
            _ => None,
        };
        let secret = Secret::new()?;
        self.write(|transaction| {
            let id = account.id.as_str();
            if let Some(phc) = &renewed {
                accounts::set_password(transaction, id, phc, now)?;
            }
            let totp = factors::totp(transaction, id)?;
            if totp.is_some_and(|totp| totp.is_confirmed) {
                guess.passed(transaction)?;
                let ticket = Ticket {
                    id: new_id("ticket", now)?,
                    account: Some(id.to_owned()),
                    expires_at: later(now, SECOND_STEP),
                    ..Ticket::default()
                };
                tickets::add(transaction, (TicketKind::Second, &secret.hash()), &ticket, now)?;
                return Ok(SignIn::Second(secret.clone()));
            }
            guess.passed(transaction)?;
            sessions::begin(transaction, (&secret, id), caller, now)?;
            Ok(SignIn::Done(secret.clone()))
        })
    }

    /// The second step: a code by time, or a recovery code.
    ///
    /// # Errors
    /// [`AccountsError::Wrong`]; the step can be tried again until its time is over or
    /// [`AccountsError::Wait`] says otherwise.
    pub fn second_step(
        &self,
        (step, code): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Secret, AccountsError> {
        let hash = hash_of(step);
        let secret = Secret::new()?;
        let outcome = self.write(|transaction| {
            let found = tickets::look(transaction, (TicketKind::Second, &hash), now)?;
            let id = found.and_then(|ticket| ticket.account).ok_or(AccountsError::NoTicket)?;
            let account = accounts::of_id(transaction, &id)?.ok_or(AccountsError::NoTicket)?;
            let guess = guess(transaction, Some(&account), &id, (caller, now))?;
            guess.begin(transaction, now)?;
            if !super::second_factor::is_right(transaction, &account, code, (caller, now))? {
                return Ok(None);
            }
            guess.passed(transaction)?;
            tickets::take(transaction, (TicketKind::Second, &hash), now)?;
            sessions::begin(transaction, (&secret, &id), caller, now)?;
            Ok(Some(secret.clone()))
        })?;
        outcome.ok_or(AccountsError::Wrong)
    }

    /// Proves again who one is, with the password and, where there is one, a code.
    ///
    /// # Errors
    /// As [`Accounts::sign_in`].
    pub fn prove_again(
        &self,
        session: &Session,
        (password, code): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let id = session.account.id.as_str();
        let (guess, phc) = self.write(|transaction| {
            let guess = guess(transaction, Some(&session.account), id, (caller, now))?;
            guess.begin(transaction, now)?;
            Ok((guess, accounts::password(transaction, id)?))
        })?;
        let is_right = self.hasher.verify(password, phc.as_deref());
        let proved = self.write(|transaction| {
            let totp = factors::totp(transaction, id)?;
            let wants_code = totp.is_some_and(|totp| totp.is_confirmed);
            let account = &session.account;
            let is_right = is_right
                && (!wants_code
                    || super::second_factor::is_right(transaction, account, code, (caller, now))?);
            if !is_right {
                return Ok(false);
            }
            guess.passed(transaction)?;
            kept::proved(transaction, &session.id, now)?;
            Ok(true)
        })?;
        if proved { Ok(()) } else { Err(AccountsError::Wrong) }
    }

    /// Takes another password, and ends every other session.
    ///
    /// # Errors
    /// A password that is not taken.
    pub fn change_password(
        &self,
        fresh: Fresh<'_>,
        password: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let session = fresh.session();
        let account = &session.account;
        self.rules.check(password, &[&account.name, &account.mail])?;
        let phc = self.hasher.hash(password)?;
        self.write(|transaction| {
            set_password(transaction, account, (&phc, &session.id), (caller, now))
        })
    }
}

/// Keeps a password, ends every session but one, writes that down and has it told by mail.
pub(super) fn set_password(
    transaction: &mut Transaction<'_>,
    account: &Account,
    (phc, but): (&str, &str),
    (caller, now): (&Caller, Timestamp),
) -> Result<(), AccountsError> {
    let id = account.id.as_str();
    accounts::set_password(transaction, id, phc, now)?;
    let ended = kept::end_others(transaction, id, but)?;
    tickets::clear(transaction, TicketKind::Second, Some(id))?;
    tickets::clear(transaction, TicketKind::Recovery, Some(id))?;
    let detail = json!({ "sessions_ended": ended });
    transaction.append(actor(account, &caller.origin).does("password.set", id, detail, now));
    tell(transaction, &account.mail, "password-changed", now);
    Ok(())
}

/// Under what a guess at an account is counted.
pub(super) fn guess(
    transaction: &mut Transaction<'_>,
    account: Option<&Account>,
    typed: &str,
    (caller, now): (&Caller, Timestamp),
) -> Result<Guess, AccountsError> {
    let Some(account) = account else { return Ok(Guess::at(typed, &caller.origin, false)) };
    let id = account.id.as_str();
    let since = (caller.origin.as_str(), earlier(now, KNOWN_FOR));
    let is_known = kept::is_known_from(transaction, id, since)?;
    Ok(Guess::at(id, &caller.origin, is_known))
}
