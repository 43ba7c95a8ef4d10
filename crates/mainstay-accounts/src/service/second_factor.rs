//! Codes by time as a second factor, and recovery codes for when phone and passkey are lost.

use jiff::Timestamp;
use mainstay_store::Transaction;
use serde_json::json;

use super::Accounts;
use crate::AccountsError;
use crate::model::{Account, Caller, Fresh, Session, WaysIn};
use crate::notice::{Notice, tell};
use crate::secret::{hash_of, random};
use crate::store::{accounts, factors, passkeys};
use crate::totp::TotpSecret;

/// Recovery codes that are handed out.
const CODES: usize = 10;
/// Crockford's letters: none that look like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Accounts {
    /// How this person can prove who it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn ways_in(&self, session: &Session) -> Result<WaysIn, AccountsError> {
        self.read(|transaction| ways_in(transaction, session.account.id.as_str()))
    }

    /// A secret for codes by time. It counts when [`Accounts::confirm_totp`] was given a code.
    ///
    /// # Errors
    /// When there is a second factor already.
    pub fn begin_totp(&self, fresh: Fresh<'_>) -> Result<TotpSecret, AccountsError> {
        let id = fresh.session().account.id.as_str();
        let new = TotpSecret::new()?;
        if self.write(|transaction| Ok(factors::begin_totp(transaction, id, &new)?))? {
            return Ok(new);
        }
        Err(AccountsError::NotAllowed("codes by time are set up already"))
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

    /// From now on signing in with the password asks for a code. Gives the recovery codes, once;
    /// none, when there are some already.
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
            accounts::hold(transaction, id)?;
            let totp = factors::totp(transaction, id)?.filter(|totp| !totp.is_confirmed);
            let totp = totp.ok_or(AccountsError::Absent("secret that waits"))?;
            let step = totp.secret.step_of(code, totp.last_step, now);
            if !factors::use_step(transaction, id, step.ok_or(AccountsError::Wrong)?)? {
                return Err(AccountsError::Wrong);
            }
            let given = give_codes(transaction, id, &codes)?;
            factors::confirm_totp(transaction, id, now)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("factor.add", id, json!({ "kind": "totp" }), now));
            tell(transaction, &account.mail, Notice::FactorAdded, now)?;
            Ok(given)
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
            accounts::hold(transaction, id)?;
            if !ways_in(transaction, id)?.has_second_factor() {
                return Err(AccountsError::Absent("second factor"));
            }
            keep_codes(transaction, id, &codes)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("factor.renew-codes", id, json!({}), now));
            tell(transaction, &account.mail, Notice::RecoveryCodesRenewed, now)?;
            Ok(codes.clone())
        })
    }

    /// Gives up codes by time. Of some that still wait for their first code nobody is told: they
    /// never counted.
    ///
    /// # Errors
    /// [`AccountsError::Absent`] when there are none.
    pub fn remove_totp(
        &self,
        fresh: Fresh<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let account = &fresh.session().account;
        let id = account.id.as_str();
        self.write(|transaction| {
            accounts::hold(transaction, id)?;
            let totp = factors::totp(transaction, id)?;
            let totp = totp.ok_or(AccountsError::Absent("set of codes by time"))?;
            factors::remove_totp(transaction, id)?;
            if !totp.is_confirmed {
                return Ok(());
            }
            tidy_codes(transaction, id)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("factor.remove", id, json!({ "kind": "totp" }), now));
            tell(transaction, &account.mail, Notice::FactorRemoved, now)
        })
    }
}

/// How an account can be got into.
pub(super) fn ways_in(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<WaysIn, AccountsError> {
    let totp = factors::totp(transaction, account)?;
    Ok(WaysIn {
        password: accounts::password(transaction, account)?.is_some(),
        codes_by_time: totp.is_some_and(|totp| totp.is_confirmed),
        passkeys: passkeys::count(transaction, account)?,
        recovery_codes: factors::codes_left(transaction, account)?,
    })
}

/// Whether a code is right: one by time, or a recovery code, which is used up by that.
pub(super) fn is_code(
    transaction: &mut Transaction<'_>,
    account: &Account,
    code: &str,
    (caller, now): (&Caller, Timestamp),
) -> Result<bool, AccountsError> {
    let id = account.id.as_str();
    let totp = factors::totp(transaction, id)?.filter(|totp| totp.is_confirmed);
    if let Some(totp) = totp
        && let Some(step) = totp.secret.step_of(code, totp.last_step, now)
    {
        return Ok(factors::use_step(transaction, id, step)?);
    }
    let is_code = factors::use_code(transaction, id, (&hash_of(&plain(code)), now))?;
    if is_code {
        let actor = caller.actor(account.id.as_str());
        transaction.append(actor.does("factor.use-recovery-code", id, json!({}), now));
        tell(transaction, &account.mail, Notice::RecoveryCodeUsed, now)?;
    }
    Ok(is_code)
}

/// Gives recovery codes with the first factor. A further one changes nothing: those that were
/// written down still count, and none are given.
pub(super) fn give_codes(
    transaction: &mut Transaction<'_>,
    account: &str,
    codes: &[String],
) -> Result<Vec<String>, AccountsError> {
    if factors::codes_left(transaction, account)? > 0 {
        return Ok(Vec::new());
    }
    keep_codes(transaction, account, codes)?;
    Ok(codes.to_vec())
}

/// Recovery codes stand in for a second factor, so they go with the last one.
pub(super) fn tidy_codes(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<(), AccountsError> {
    if !ways_in(transaction, account)?.has_second_factor() {
        factors::remove_codes(transaction, account)?;
    }
    Ok(())
}

pub(super) fn keep_codes(
    transaction: &mut Transaction<'_>,
    account: &str,
    codes: &[String],
) -> Result<(), AccountsError> {
    let hashes: Vec<String> = codes.iter().map(|code| hash_of(&plain(code))).collect();
    Ok(factors::set_codes(transaction, account, &hashes)?)
}

/// Codes of 80 random bits: `7K2M-0QXD-…`. Nobody guesses one, so a plain hash will do.
pub(super) fn new_codes() -> Result<Vec<String>, AccountsError> {
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

/// A code as it is compared: capital letters and digits alone, and those that look alike as one,
/// as Crockford's base 32 has it.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}
