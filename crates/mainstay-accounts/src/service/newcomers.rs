//! Somebody new, and what lets that person in from then on: a password, or a passkey.

use jiff::Timestamp;
use mainstay_store::{Actor, Transaction, new_id};
use mainstay_webauthn::Passkey;
use serde_json::json;

use super::{mail, second_factor};
use crate::AccountsError;
use crate::model::{AccountName, Mail, PasskeyName, Standing};
use crate::store::{accounts, passkeys};

/// Somebody who gets an account.
pub(super) struct Newcomer<'n> {
    /// The id that the account will have.
    pub(super) id: &'n str,
    pub(super) name: &'n AccountName,
    pub(super) mail: &'n Mail,
    pub(super) credential: Credential<'n>,
}

/// What somebody proves with who it is.
pub(super) enum Credential<'n> {
    /// In PHC form.
    Password(&'n str),
    Passkey {
        passkey: &'n Passkey,
        name: &'n PasskeyName,
        recovery_codes: &'n [String],
    },
}

impl Newcomer<'_> {
    /// Adds the account, writes that down, and has a letter sent by which the address is proved.
    pub(super) fn add(
        &self,
        transaction: &mut Transaction<'_>,
        standing: Standing,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let is_administrator = standing == Standing::Administrator;
        let columns = (self.id, self.name.as_str(), self.mail);
        if !accounts::add(transaction, columns, is_administrator, now)? {
            return Err(AccountsError::field("mail", "this address has an account here: sign in"));
        }
        let credential = match &self.credential {
            Credential::Password(phc) => {
                accounts::set_password(transaction, self.id, phc)?;
                "password"
            }
            Credential::Passkey { passkey, name, recovery_codes } => {
                let id = new_id("passkey", now)?;
                keep_passkey(transaction, (&id, self.id, name), passkey, now)?;
                second_factor::keep_codes(transaction, self.id, recovery_codes)?;
                "passkey"
            }
        };
        // The log can be read by auditors, and cannot be made to forget: no address in it.
        let detail = json!({ "administrator": is_administrator, "credential": credential });
        transaction.append(actor.does("account.add", self.id, detail, now));
        mail::send_proof(transaction, self.id, self.mail, now)
    }
}

/// Keeps a passkey that no account has.
pub(super) fn keep_passkey(
    transaction: &mut Transaction<'_>,
    columns: (&str, &str, &PasskeyName),
    passkey: &Passkey,
    now: Timestamp,
) -> Result<(), AccountsError> {
    if passkeys::add(transaction, columns, passkey, now)? {
        return Ok(());
    }
    Err(AccountsError::NotAllowed("this passkey is registered here already: sign in with it"))
}
