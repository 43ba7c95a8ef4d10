//! The first account of an instance, and accounts that the command line makes.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Actor, Transaction, new_id};

use super::newcomers::{Credential, Newcomer};
use super::{Accounts, later};
use crate::AccountsError;
use crate::model::{AccountName, Caller, Mail, Standing};
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
            take_turn(transaction)?;
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
        self.read(|transaction| look_for(transaction, &hash, now))
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
        // First the cheap question: hashing is what a flood would ask for.
        self.check_first_run(secret, now)?;
        self.rules.check(password, &[name.as_str(), mail.as_str()])?;
        let (hash, phc, id) = (hash_of(secret), self.hasher.hash(password)?, new_id("acct", now)?);
        let credential = Credential::Password(&phc);
        let newcomer = Newcomer { id: &id, name, mail, credential };
        let session = Secret::new()?;
        self.write(|transaction| {
            add_first(transaction, &hash, &newcomer, (&session, caller), now)
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
        standing: Standing,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<String, AccountsError> {
        self.rules.check(password, &[name.as_str(), mail.as_str()])?;
        let (phc, id) = (self.hasher.hash(password)?, new_id("acct", now)?);
        let credential = Credential::Password(&phc);
        let newcomer = Newcomer { id: &id, name, mail, credential };
        self.write(|transaction| newcomer.add(transaction, standing, actor, now))?;
        Ok(id)
    }
}

/// Adds the first account and signs it in. Of two who come at once with two links, one is first.
pub(super) fn add_first(
    transaction: &mut Transaction<'_>,
    hash: &str,
    newcomer: &Newcomer<'_>,
    (session, caller): (&Secret, &Caller),
    now: Timestamp,
) -> Result<(), AccountsError> {
    take_turn(transaction)?;
    let taken = tickets::take(transaction, (TicketKind::FirstRun, hash), now)?;
    if taken.is_none() || accounts::count(transaction)? > 0 {
        return Err(AccountsError::NoTicket);
    }
    let actor = caller.actor(newcomer.id);
    newcomer.add(transaction, Standing::Administrator, &actor, now)?;
    super::sessions::begin(transaction, (session, newcomer.id), caller, now)
}

/// Whether the link of the first run is valid.
pub(super) fn look_for(
    transaction: &mut Transaction<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<(), AccountsError> {
    let ticket = tickets::look(transaction, (TicketKind::FirstRun, hash), now)?;
    if ticket.is_none() || accounts::count(transaction)? > 0 {
        return Err(AccountsError::NoTicket);
    }
    Ok(())
}

/// Has everybody else wait who begins an instance, until the transaction ends: without an
/// account there is no row yet that two could meet at.
fn take_turn(transaction: &mut Transaction<'_>) -> Result<(), AccountsError> {
    transaction.numbers("account.first-run", 1)?;
    Ok(())
}
