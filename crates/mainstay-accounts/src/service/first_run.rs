//! The first account of an instance, and accounts that the command line makes.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Actor, Transaction, new_id};
use serde_json::json;

use super::{Accounts, later};
use crate::AccountsError;
use crate::model::{AccountName, Caller, Mail};
use crate::secret::{Secret, hash_of};
use crate::store::accounts;
use crate::store::tickets::{self, Ticket, TicketKind};

/// How long the link for the first account is valid. A server that starts makes a new one.
const VALID: SignedDuration = SignedDuration::from_hours(24);

impl Accounts {
    /// The secret with which the first account is made; nothing when there is an account already.
    /// A newer secret takes the place of the one before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn first_run(&self, now: Timestamp) -> Result<Option<Secret>, AccountsError> {
        let secret = Secret::new()?;
        self.write(|transaction| {
            if accounts::count(transaction)? > 0 {
                return Ok(None);
            }
            tickets::clear(transaction, TicketKind::FirstRun, None)?;
            let ticket = Ticket {
                id: new_id("ticket", now)?,
                expires_at: later(now, VALID),
                ..Ticket::default()
            };
            tickets::add(transaction, (TicketKind::FirstRun, &secret.hash()), &ticket, now)?;
            Ok(Some(secret.clone()))
        })
    }

    /// Whether the secret of the first run is valid.
    ///
    /// # Errors
    /// When it is not.
    pub fn check_first_run(&self, secret: &str, now: Timestamp) -> Result<(), AccountsError> {
        let hash = hash_of(secret);
        let found = self.read(|transaction| {
            Ok(tickets::look(transaction, (TicketKind::FirstRun, &hash), now)?)
        })?;
        found.map(|_| ()).ok_or(AccountsError::NoTicket)
    }

    /// Makes the first account, an administrator, and signs it in.
    ///
    /// # Errors
    /// A secret that is not valid, a password that is not taken.
    pub fn create_first(
        &self,
        secret: &str,
        (name, mail, password): (&AccountName, &Mail, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Secret, AccountsError> {
        self.rules.check(password, &[name.as_str(), mail.as_str()])?;
        let (hash, phc, id) = (hash_of(secret), self.hasher.hash(password)?, new_id("acct", now)?);
        let session = Secret::new()?;
        self.write(|transaction| {
            let taken = tickets::take(transaction, (TicketKind::FirstRun, &hash), now)?;
            if taken.is_none() || accounts::count(transaction)? > 0 {
                return Err(AccountsError::NoTicket);
            }
            add(transaction, (&id, name, mail, &phc), true, &caller.origin, now)?;
            super::sessions::begin(transaction, (&session, &id), caller, now)
        })?;
        Ok(session)
    }

    /// Makes an account from the command line: whoever may write into the data folder may.
    ///
    /// # Errors
    /// An address that has an account, a password that is not taken.
    pub fn create(
        &self,
        (name, mail, password): (&AccountName, &Mail, &str),
        is_administrator: bool,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<String, AccountsError> {
        self.rules.check(password, &[name.as_str(), mail.as_str()])?;
        let (phc, id) = (self.hasher.hash(password)?, new_id("acct", now)?);
        self.write(|transaction| {
            add(transaction, (&id, name, mail, &phc), is_administrator, &actor.origin, now)
        })?;
        Ok(id)
    }
}

/// Adds an account with a password, and writes that down.
pub(super) fn add(
    transaction: &mut Transaction<'_>,
    (id, name, mail, phc): (&str, &AccountName, &Mail, &str),
    is_administrator: bool,
    origin: &str,
    now: Timestamp,
) -> Result<(), AccountsError> {
    if !accounts::add(transaction, (id, name.as_str(), mail), is_administrator, now)? {
        return Err(AccountsError::field("mail", "this address has an account here: sign in"));
    }
    accounts::set_password(transaction, id, phc, now)?;
    let actor = Actor { id: id.to_owned(), origin: origin.to_owned() };
    // The log can be read by auditors, and cannot be made to forget: no address in it.
    let detail = json!({ "administrator": is_administrator });
    transaction.append(actor.does("account.add", id, detail, now));
    Ok(())
}
