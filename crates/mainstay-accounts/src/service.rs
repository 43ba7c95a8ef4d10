//! What can be done with accounts. Every face (page, API, command line) calls these.

mod first_run;
mod members;
mod recovery;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Actor, Database, Job, Transaction};
use serde_json::{Value, json};

use crate::model::Account;
use crate::password::Hasher;
use crate::store::accounts;
use crate::{AccountsError, Cost, PasswordRules};

pub use second_factor::SecondFactor;

/// How accounts are kept.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What a guess at a password costs.
    pub cost: Cost,
    /// Which passwords are refused.
    pub rules: PasswordRules,
}

/// The accounts of an instance. Shared by all threads; every method blocks its own.
#[derive(Debug)]
pub struct Accounts {
    database: Arc<Database>,
    hasher: Hasher,
    rules: PasswordRules,
}

impl Accounts {
    /// Opens the accounts over a database.
    ///
    /// # Errors
    /// When the cost of passwords cannot be used.
    pub fn open(database: Arc<Database>, settings: Settings) -> Result<Self, AccountsError> {
        let Settings { cost, rules } = settings;
        Ok(Self { database, hasher: Hasher::new(cost)?, rules })
    }

    /// An account.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn account(&self, id: &str) -> Result<Account, AccountsError> {
        let found = self.read(|transaction| accounts::of_id(transaction, id))?;
        found.ok_or(AccountsError::Absent("account"))
    }

    fn read<T>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, AccountsError>,
    ) -> Result<T, AccountsError> {
        self.database.read(look)
    }

    fn write<T>(
        &self,
        change: impl FnMut(&mut Transaction<'_>) -> Result<T, AccountsError>,
    ) -> Result<T, AccountsError> {
        self.database.write(change)
    }
}

/// A time from now.
fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// A time before now.
fn earlier(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// Has somebody told by mail that something about the account changed. `kind` says what; the mail
/// is written by whoever sends it.
fn tell(transaction: &mut Transaction<'_>, mail: &str, kind: &str, now: Timestamp) {
    mail_job(transaction, mail, &json!({ "kind": kind }), now);
}

fn mail_job(transaction: &mut Transaction<'_>, mail: &str, about: &Value, now: Timestamp) {
    let body = json!({ "to": mail, "about": about });
    transaction.enqueue(Job { kind: "account.mail", body, key: None, ready_at: now });
}

/// What the log has of an account's own acts.
fn actor(account: &Account, origin: &str) -> Actor {
    Actor { id: account.id.as_str().to_owned(), origin: origin.to_owned() }
}
