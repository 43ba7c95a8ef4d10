//! Signing in with a password, and a second factor where there is one. Who has a passkey has
//! one: otherwise whoever gets hold of the password, or of the mailbox, would walk around it.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::Transaction;
use serde_json::json;

use super::second_factor::{is_code, ways_in};
use super::sessions::KNOWN_FOR;
use super::{Accounts, earlier, later, sessions};
use crate::AccountsError;
use crate::model::{Account, Caller, Fresh, Mail, Session, SignIn};
use crate::notice::{Notice, tell};
use crate::secret::{Secret, hash_of};
use crate::store::tickets::{self, Ticket, TicketKind};
use crate::store::{accounts, passkeys, sessions as kept};
use crate::throttle::{Guess, Guessed, Place, place_of};

/// Time for the second step.
const SECOND_STEP: SignedDuration = SignedDuration::from_mins(5);

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
            let id = account.as_ref().map_or(typed.as_str(), |account| account.id.as_str());
            let mut guess = guess(transaction, (Guessed::Password, id), (caller, now))?;
            guess.begin(transaction, now)?;
            let phc = match &account {
                Some(account) => accounts::password(transaction, account.id.as_str())?,
                None => None,
            };
            Ok((account, phc, guess))
        })?;
        let is_right = self.hasher.verify(password, phc.as_deref());
        let (Some(account), Some(phc), true) = (account, phc, is_right) else {
            return Err(AccountsError::Wrong);
        };
        let is_old = self.hasher.is_outdated(&phc);
        let renewed = if is_old { self.hasher.hash(password)? } else { phc.clone() };
        let secret = Secret::new()?;
        let outcome = self.write(|transaction| {
            let id = account.id.as_str();
            // Whoever changed the password while we compared meant the old one to open nothing.
            if !accounts::replace_password(transaction, id, (&phc, &renewed))? {
                return Ok(None);
            }
            guess.passed(transaction)?;
            if ways_in(transaction, id)?.has_second_factor() {
                let ticket = Ticket::of_account(id, later(now, SECOND_STEP), now)?;
                tickets::add(transaction, (TicketKind::Second, &secret.hash()), &ticket, now)?;
                return Ok(Some(SignIn::Second(secret.clone())));
            }
            sessions::begin(transaction, (&secret, id), caller, now)?;
            Ok(Some(SignIn::Done(secret.clone())))
        })?;
        outcome.ok_or(AccountsError::Wrong)
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
            let mut guess = guess(transaction, (Guessed::Code, &id), (caller, now))?;
            guess.begin(transaction, now)?;
            if !is_code(transaction, &account, code, (caller, now))? {
                return Ok(None);
            }
            guess.passed(transaction)?;
            tickets::take(transaction, (TicketKind::Second, &hash), now)?;
            sessions::begin(transaction, (&secret, &id), caller, now)?;
            Ok(Some(secret.clone()))
        })?;
        outcome.ok_or(AccountsError::Wrong)
    }

    /// Proves again who one is, with the password and, where there is a second factor, a code by
    /// time or a recovery code. Who has a passkey can use that instead:
    /// [`Accounts::prove_by_passkey`].
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
            let mut guess = guess(transaction, (Guessed::Password, id), (caller, now))?;
            guess.begin(transaction, now)?;
            Ok((guess, accounts::password(transaction, id)?))
        })?;
        let is_right = self.hasher.verify(password, phc.as_deref());
        let (Some(phc), true) = (phc, is_right) else { return Err(AccountsError::Wrong) };
        let proved = self.write(|transaction| {
            let is_right = accounts::replace_password(transaction, id, (&phc, &phc))?
                && (!ways_in(transaction, id)?.has_second_factor()
                    || is_code(transaction, &session.account, code, (caller, now))?);
            if is_right {
                guess.passed(transaction)?;
                kept::proved(transaction, &session.id, now)?;
            }
            Ok(is_right)
        })?;
        if proved { Ok(()) } else { Err(AccountsError::Wrong) }
    }

    /// Takes another password, or a first one, and ends every other session.
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

    /// Gives up the password: from now on only a passkey signs in.
    ///
    /// # Errors
    /// [`AccountsError::NotAllowed`] without a passkey, [`AccountsError::Absent`] without a
    /// password.
    pub fn remove_password(
        &self,
        fresh: Fresh<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let session = fresh.session();
        let account = &session.account;
        let id = account.id.as_str();
        self.write(|transaction| {
            accounts::hold(transaction, id)?;
            if passkeys::count(transaction, id)? == 0 {
                return Err(AccountsError::NotAllowed(
                    "the password is the last way in: add a passkey first",
                ));
            }
            if !accounts::remove_password(transaction, id)? {
                return Err(AccountsError::Absent("password"));
            }
            end_old(transaction, id, &session.id)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("password.remove", id, json!({}), now));
            tell(transaction, &account.mail, Notice::PasswordRemoved, now)
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
    accounts::hold(transaction, id)?;
    accounts::set_password(transaction, id, phc)?;
    let ended = end_old(transaction, id, but)?;
    let detail = json!({ "sessions_ended": ended });
    transaction.append(caller.actor(account.id.as_str()).does("password.set", id, detail, now));
    tell(transaction, &account.mail, Notice::PasswordChanged, now)
}

/// Ends what was begun before the ways in changed: every session but one, and every link.
pub(super) fn end_old(
    transaction: &mut Transaction<'_>,
    account: &str,
    but: &str,
) -> Result<u64, AccountsError> {
    for kind in [TicketKind::Second, TicketKind::Recovery, TicketKind::MailProof] {
        tickets::clear(transaction, kind, Some(account))?;
    }
    Ok(kept::end_others(transaction, account, but)?)
}

/// Under what a guess at an account (its id, or the address that was typed) is counted.
fn guess(
    transaction: &mut Transaction<'_>,
    (what, account): (Guessed, &str),
    (caller, now): (&Caller, Timestamp),
) -> Result<Guess, AccountsError> {
    let since = (place_of(&caller.origin), earlier(now, KNOWN_FOR));
    let is_known = kept::is_known_from(transaction, account, (&since.0, since.1))?;
    let place = if is_known { Place::Known } else { Place::Strange };
    Ok(Guess::at(what, account, (&caller.origin, place)))
}
