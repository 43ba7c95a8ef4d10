//! Signing in with a passkey, and proving again who one is.

use jiff::Timestamp;
use mainstay_webauthn::{Assertion, Descriptor};

use super::Wanted;
use crate::model::{Caller, PasskeyRequest, Session};
use crate::secret::Secret;
use crate::store::challenges::Purpose;
use crate::store::{accounts, passkeys, sessions};
use crate::{Accounts, AccountsError};

impl Accounts {
    /// Asks for any passkey of this server: nobody types an address.
    ///
    /// # Errors
    /// When there are no passkeys here; [`AccountsError::Wait`] after very many from one place.
    pub fn begin_passkey_sign_in(
        &self,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<PasskeyRequest, AccountsError> {
        let wanted = Wanted { purpose: Purpose::SignIn, bound: "", account: "", person: ("", "") };
        self.write(|transaction| self.ask_for_one(transaction, &wanted, &[], (caller, now)))
    }

    /// Signs in with the answer. A passkey asks for the person's finger, face or PIN, so it is
    /// both factors: nothing else is asked.
    ///
    /// # Errors
    /// [`AccountsError::NoTicket`] when the request was answered or has ended,
    /// [`AccountsError::Passkey`] when the answer will not do, [`AccountsError::UnknownPasskey`],
    /// [`AccountsError::CopiedPasskey`].
    pub fn sign_in_by_passkey(
        &self,
        (request, answer): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Secret, AccountsError> {
        let asked = self.take_challenge((Purpose::SignIn, "", request), now)?;
        let assertion = Assertion::read(answer.as_bytes())?;
        let secret = Secret::new()?;
        let is_taken = self.write(|transaction| {
            let kept = passkeys::of_credential(transaction, assertion.credential_id())?;
            let kept = kept.ok_or(AccountsError::UnknownPasskey)?;
            let account = accounts::of_id(transaction, &kept.account)?;
            let account = account.ok_or(AccountsError::UnknownPasskey)?;
            let both = (&kept, &account);
            if !self.check(transaction, (&asked, &assertion), both, (caller, now))? {
                return Ok(false);
            }
            crate::service::sessions::begin(transaction, (&secret, &kept.account), caller, now)?;
            Ok(true)
        })?;
        if is_taken { Ok(secret) } else { Err(AccountsError::CopiedPasskey) }
    }

    /// Asks for a passkey of who is signed in.
    ///
    /// # Errors
    /// When the account has none.
    pub fn begin_passkey_proof(
        &self,
        session: &Session,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<PasskeyRequest, AccountsError> {
        let id = session.account.id.as_str();
        let wanted =
            Wanted { purpose: Purpose::Prove, bound: &session.id, account: id, person: ("", "") };
        self.write(|transaction| {
            let kept = passkeys::of_account(transaction, id)?;
            let allow: Vec<Descriptor> = kept.iter().map(|one| one.passkey.descriptor()).collect();
            if allow.is_empty() {
                return Err(AccountsError::NotAllowed("your account has no passkey"));
            }
            self.ask_for_one(transaction, &wanted, &allow, (caller, now))
        })
    }

    /// Proves with the answer who one is: see [`Session::fresh`].
    ///
    /// # Errors
    /// As [`Accounts::sign_in_by_passkey`].
    pub fn prove_by_passkey(
        &self,
        session: &Session,
        (request, answer): (&str, &str),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let asked = self.take_challenge((Purpose::Prove, &session.id, request), now)?;
        let assertion = Assertion::read(answer.as_bytes())?;
        let is_taken = self.write(|transaction| {
            let kept = passkeys::of_credential(transaction, assertion.credential_id())?;
            let kept = kept.filter(|kept| kept.account == session.account.id.as_str());
            let kept = kept.ok_or(AccountsError::UnknownPasskey)?;
            let both = (&kept, &session.account);
            let is_right = self.check(transaction, (&asked, &assertion), both, (caller, now))?;
            if is_right {
                sessions::proved(transaction, &session.id, now)?;
            }
            Ok(is_right)
        })?;
        if is_taken { Ok(()) } else { Err(AccountsError::CopiedPasskey) }
    }
}
