//! What can be done with accounts. Every face (page, API, command line) calls these.

mod first_run;
mod mail;
mod members;
mod newcomers;
mod passkeys;
mod recovery;
mod reset;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Database, Transaction};
use mainstay_webauthn::RelyingParty;

use crate::model::{Account, Mail};
use crate::password::{Hasher, Rules};
use crate::store::accounts;
use crate::{AccountsError, Cost, PasswordRules};

/// How accounts are kept.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What a guess at a password costs.
    pub cost: Cost,
    /// Which passwords are refused.
    pub rules: PasswordRules,
    /// Who asks for passkeys; without it there are none. A server that people reach by an address
    /// of numbers cannot have passkeys.
    pub passkeys: Option<RelyingParty>,
    /// What an address that was not proved keeps its owner from.
    pub unproved_mail: UnprovedMail,
}

/// What an address that was not proved keeps its owner from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnprovedMail {
    /// From nothing. For an instance that sends no mail: nobody could prove one.
    #[default]
    MayAll,
    /// From API tokens.
    MayMakeNoTokens,
}

/// The accounts of an instance. Shared by all threads; every method blocks its own.
#[derive(Debug)]
pub struct Accounts {
    database: Arc<Database>,
    hasher: Hasher,
    rules: Rules,
    party: Option<RelyingParty>,
    unproved_mail: UnprovedMail,
}

impl Accounts {
    /// Opens the accounts over a database.
    ///
    /// # Errors
    /// When the cost of passwords, or the list of breached ones, cannot be used.
    pub fn open(database: Arc<Database>, settings: Settings) -> Result<Self, AccountsError> {
        let Settings { cost, rules, passkeys: party, unproved_mail } = settings;
        let rules = Rules::open(&rules)?;
        Ok(Self { database, hasher: Hasher::new(cost)?, rules, party, unproved_mail })
    }

    /// An account.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn account(&self, id: &str) -> Result<Account, AccountsError> {
        let found = self.read(|transaction| accounts::of_id(transaction, id))?;
        found.ok_or(AccountsError::Absent("account"))
    }

    /// The account with this address. For the command line alone: pages tell nobody whether there
    /// is one.
    ///
    /// # Errors
    /// When there is none.
    pub fn account_of(&self, mail: &Mail) -> Result<Account, AccountsError> {
        let found = self.read(|transaction| accounts::of_mail(transaction, mail))?;
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
