//! Codes by time as a second factor, and recovery codes for when the phone is lost.

use jiff::Timestamp;
use mainstay_store::Transaction;
use serde_json::json;

use super::{Accounts, actor, tell};
use crate::AccountsError;
use crate::model::{Account, Caller, Fresh, Session};
use crate::secret::{hash_of, random};
use crate::store::factors;
use crate::totp::TotpSecret;

/// Recovery codes that are handed out.
const CODES: usize = 10;
/// Crockford's letters: none that look like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The second factor of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// There is none.
    Absent,
    /// Codes by time; so many recovery codes were not used.
    Codes {
        /// Recovery codes that are left.
        recovery_left: i64,
    },
}

impl Accounts {
    /// The second factor of this person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn second_factor(&self, session: &Session) -> Result<SecondFactor, AccountsError> {
        let id = session.account.id.as_str();
        self.read(|transaction| {
            let totp = factors::totp(transaction, id)?;
            if !totp.is_some_and(|totp| totp.is_confirmed) {
                return Ok(SecondFactor::Absent);
            }
            Ok(SecondFactor::Codes { recovery_left: factors::codes_left(transaction, id)? })
        })
    }

    /// A secret for codes by time. It counts when [`Accounts::confirm_totp`] was given a code.
    ///
    /// # Errors
    /// When there is a second factor already.
    pub fn begin_totp(&self, fresh: Fresh<'_>) -> Result<TotpSecret, AccountsError> {
        let id = fresh.session().account.id.as_str();
        let new = TotpSecret::new()?;
        self.write(|transaction| {
            factors::begin_totp(transaction, id, &new)?;
            match factors::totp(transaction, id)? {
                Some(totp) if !totp.is_confirmed => Ok(totp.secret),
                _ => Err(AccountsError::NotAllowed("codes by time are set up already")),
            }
        })
    }

    /// The secret that waits for its first code.
    ///
    /// # Errors
    /// When there is none.
    pub fn waiting_totp(&self, fresh: Fresh<'_>) -> Result<TotpSecret, AccountsError> {
        let id = fresh.session().account.id.as_str();
        let totp = self.read(|transaction| Ok(factors::totp(transaction, id)?))?;
        totp.filter(|totp| !totp.is_confirmed)
            .map(|totp| totp.secret)
            .ok_or(AccountsError::Absent("secret that waits"))
    }

    /// From now on signing in asks for a code. Gives the recovery codes, once.
    ///
    /// # Errors
    /// A code that is not the one of now.
    pub fn confirm_totp(
        &self,
        fresh: Fresh<'_>,
        code: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<String>, AccountsError> {
        let account = &fresh.session().account;
        let id = account.id.as_str();
        let codes = new_codes()?;
        self.write(|transaction| {
            let totp = factors::totp(transaction, id)?.filter(|totp| !totp.is_confirmed);
            let totp = totp.ok_or(AccountsError::Absent("secret that waits"))?;
            let step = totp.secret.step_of(code, totp.last_step, now);
            factors::use_step(transaction, id, step.ok_or(AccountsError::Wrong)?)?;
            factors::confirm_totp(transaction, id, now)?;
            keep_codes(transaction, id, &codes)?;
            let actor = actor(account, &caller.origin);
            transaction.append(actor.does("factor.add", id, json!({ "kind": "totp" }), now));
            tell(transaction, &account.mail, "factor-added", now);
            Ok(codes.clone())
        })
    }

    /// New recovery codes in place of those before, shown once.
    ///
    /// # Errors
    /// When there is no second factor.
    pub fn renew_recovery_codes(
        &self,
        fresh: Fresh<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<String>, AccountsError> {
        let account = &fresh.session().account;
        let id = account.id.as_str();
        let codes = new_codes()?;
        self.write(|transaction| {
            let totp = factors::totp(transaction, id)?;
            if !totp.is_some_and(|totp| totp.is_confirmed) {
                return Err(AccountsError::Absent("second factor"));
            }
            keep_codes(transaction, id, &codes)?;
            let actor = actor(account, &caller.origin);
            transaction.append(actor.does("factor.renew-codes", id, json!({}), now));
            tell(transaction, &account.mail, "recovery-codes-renewed", now);
            Ok(codes.clone())
        })
    }

    /// Gives up the second factor.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn remove_totp(
        &self,
        fresh: Fresh<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let account = &fresh.session().account;
        let id = account.id.as_str();
        self.write(|transaction| {
            factors::remove(transaction, id)?;
            let actor = actor(account, &caller.origin);
            transaction.append(actor.does("factor.remove", id, json!({ "kind": "totp" }), now));
            tell(transaction, &account.mail, "factor-removed", now);
            Ok(())
        })
    }
}

/// Whether a code is right: one by time, or a recovery code, which is used up by that.
pub(super) fn is_right(
    transaction: &mut Transaction<'_>,
    account: &Account,
    code: &str,
    (caller, now): (&Caller, Timestamp),
) -> Result<bool, AccountsError> {
    let id = account.id.as_str();
    let Some(totp) = factors::totp(transaction, id)?.filter(|totp| totp.is_confirmed) else {
        return Ok(false);
    };
    if let Some(step) = totp.secret.step_of(code, totp.last_step, now) {
        return Ok(factors::use_step(transaction, id, step)?);
    }
    let is_code = factors::use_code(transaction, id, (&hash_of(&plain(code)), now))?;
    if is_code {
        let actor = actor(account, &caller.origin);
        transaction.append(actor.does("factor.use-recovery-code", id, json!({}), now));
        tell(transaction, &account.mail, "recovery-code-used", now);
    }
    Ok(is_code)
}

fn keep_codes(
    transaction: &mut Transaction<'_>,
    account: &str,
    codes: &[String],
) -> Result<(), AccountsError> {
    let hashes: Vec<String> = codes.iter().map(|code| hash_of(&plain(code))).collect();
    Ok(factors::set_codes(transaction, account, &hashes)?)
}

/// Codes of 80 random bits: `7K2M-0QXD-…`. Nobody guesses one, so a plain hash will do.
fn new_codes() -> Result<Vec<String>, AccountsError> {
    (0..CODES)
        .map(|_| {
            let letters: Vec<char> = random::<16>()?
                .iter()
                .map(|byte| {
                    ALPHABET.get(usize::from(byte & 31)).map_or('0', |one| char::from(*one))
                })
                .collect();
            let groups: Vec<String> =
                letters.chunks(4).map(|group| group.iter().collect()).collect();
            Ok(groups.join("-"))
        })
        .collect()
}

/// A code as it is compared: capital letters and digits alone.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}
