//! Accounts that begin with a passkey, and have no password: the first one, and those of people
//! who were invited.

use jiff::Timestamp;
use mainstay_store::new_id;

use super::Wanted;
use crate::model::{AccountName, Caller, Entered, Invitation, Mail, PasskeyName, PasskeyRequest};
use crate::secret::{Secret, hash_of};
use crate::service::newcomers::{Credential, Newcomer};
use crate::service::{first_run, members, second_factor};
use crate::store::challenges::Purpose;
use crate::{Accounts, AccountsError};

impl Accounts {
    /// Asks for the passkey of the first account.
    ///
    /// # Errors
    /// [`AccountsError::NoTicket`] when the link of the first run is not valid.
    pub fn begin_first_by_passkey(
        &self,
        secret: &str,
        person: (&AccountName, &Mail),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<PasskeyRequest, AccountsError> {
        let hash = hash_of(secret);
        let id = new_id("acct", now)?;
        self.write(|transaction| {
            first_run::look_for(transaction, &hash, now)?;
            let wanted = wanted((Purpose::FirstRun, &hash, &id), person);
            self.ask_for_new(transaction, &wanted, &[], (caller, now))
        })
    }

    /// Makes the first account, an administrator, with the passkey of the answer, and signs it
    /// in.
    ///
    /// # Errors
    /// [`AccountsError::NoTicket`] when link or request are not valid, [`AccountsError::Passkey`]
    /// when the answer will not do.
    pub fn create_first_by_passkey(
        &self,
        secret: &str,
        answer: (&str, &str, &PasskeyName),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Entered, AccountsError> {
        let hash = hash_of(secret);
        self.enter((Purpose::FirstRun, &hash), answer, now, |accounts, newcomer, session| {
            accounts.write(|transaction| {
                first_run::add_first(transaction, &hash, newcomer, (session, caller), now)
            })
        })
        .map(|(entered, ())| entered)
    }

    /// Asks for the passkey of somebody who was invited.
    ///
    /// # Errors
    /// [`AccountsError::NoTicket`] when the invitation is not valid.
    pub fn begin_join_by_passkey(
        &self,
        secret: &str,
        name: &AccountName,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<PasskeyRequest, AccountsError> {
        let hash = hash_of(secret);
        let id = new_id("acct", now)?;
        self.write(|transaction| {
            let mail: Mail = members::look_for(transaction, &hash, now)?.mail.parse()?;
            let wanted = wanted((Purpose::Join, &hash, &id), (name, &mail));
            self.ask_for_new(transaction, &wanted, &[], (caller, now))
        })
    }

    /// Takes an invitation with a new account, which has the address that was invited and the
    /// passkey of the answer, and signs it in.
    ///
    /// # Errors
    /// As [`Accounts::create_first_by_passkey`]; when the address has an account.
    pub fn join_by_passkey(
        &self,
        secret: &str,
        answer: (&str, &str, &PasskeyName),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(Entered, Invitation), AccountsError> {
        let hash = hash_of(secret);
        self.enter((Purpose::Join, &hash), answer, now, |accounts, newcomer, session| {
            accounts.write(|transaction| {
                members::add_invited(transaction, &hash, newcomer, (session, caller), now)
            })
        })
    }

    /// Checks the answer, and has an account added for it.
    fn enter<T>(
        &self,
        (purpose, hash): (Purpose, &str),
        (request, answer, passkey_name): (&str, &str, &PasskeyName),
        now: Timestamp,
        add: impl FnOnce(&Self, &Newcomer<'_>, &Secret) -> Result<T, AccountsError>,
    ) -> Result<(Entered, T), AccountsError> {
        let asked = self.take_challenge((purpose, hash, request), now)?;
        let passkey = self.registered(&asked, answer)?;
        let (name, mail) = (asked.name.parse()?, asked.mail.parse()?);
        let (session, recovery_codes) = (Secret::new()?, second_factor::new_codes()?);
        let credential = Credential::Passkey {
            passkey: &passkey,
            name: passkey_name,
            recovery_codes: &recovery_codes,
        };
        let newcomer = Newcomer { id: &asked.account, name: &name, mail: &mail, credential };
        let added = add(self, &newcomer, &session)?;
        Ok((Entered { session, recovery_codes }, added))
    }
}

fn wanted<'w>(
    (purpose, bound, account): (Purpose, &'w str, &'w str),
    (name, mail): (&'w AccountName, &'w Mail),
) -> Wanted<'w> {
    Wanted { purpose, bound, account, person: (name.as_str(), mail.as_str()) }
}
