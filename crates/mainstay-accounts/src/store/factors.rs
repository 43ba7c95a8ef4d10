//! Second factors: codes by time, and codes for the day on which the phone is lost.

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction, Value};

use crate::totp::TotpSecret;

/// The secret of codes by time, whether it counts, and the newest step that was used.
pub(crate) struct Totp {
    pub(crate) secret: TotpSecret,
    pub(crate) is_confirmed: bool,
    pub(crate) last_step: i64,
}

pub(crate) fn totp(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<Option<Totp>, StoreError> {
    transaction.optional(
        "SELECT secret, confirmed_at, last_step FROM totp WHERE account = $1",
        &[account.into()],
        |row| {
            Ok(Totp {
                secret: TotpSecret::of(row.bytes(0)?.to_vec()),
                is_confirmed: row.time_or_null(1)?.is_some(),
                last_step: row.integer(2)?,
            })
        },
    )
}

/// Keeps a secret that does not count yet, in place of another that does not. `false`: there is
/// one that counts.
pub(crate) fn begin_totp(
    transaction: &mut Transaction<'_>,
    account: &str,
    secret: &TotpSecret,
) -> Result<bool, StoreError> {
    let kept = transaction.execute(
        "INSERT INTO totp (account, secret, last_step) VALUES ($1, $2, 0) \
         ON CONFLICT (account) DO UPDATE SET secret = $2 WHERE totp.confirmed_at IS NULL",
        &[account.into(), secret.bytes().into()],
    )?;
    Ok(kept == 1)
}

pub(crate) fn confirm_totp(
    transaction: &mut Transaction<'_>,
    account: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE totp SET confirmed_at = $2 WHERE account = $1",
            &[account.into(), now.into()],
        )
        .map(|_| ())
}

/// Notes that a step was used. `false`: it, or a later one, was used meanwhile.
pub(crate) fn use_step(
    transaction: &mut Transaction<'_>,
    account: &str,
    step: i64,
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE totp SET last_step = $2 WHERE account = $1 AND last_step < $2",
        &[account.into(), step.into()],
    )?;
    Ok(changed == 1)
}

/// Removes codes by time, if there are any.
pub(crate) fn remove_totp(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM totp WHERE account = $1", &[account.into()]).map(|_| ())
}

pub(crate) fn remove_codes(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<u64, StoreError> {
    transaction.execute("DELETE FROM recovery_code WHERE account = $1", &[account.into()])
}

/// Keeps these codes, and none of those before.
pub(crate) fn set_codes(
    transaction: &mut Transaction<'_>,
    account: &str,
    hashes: &[String],
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM recovery_code WHERE account = $1", &[account.into()])?;
    let rows: Vec<Value> = hashes.iter().flat_map(|hash| [account.into(), hash.into()]).collect();
    transaction.insert("INSERT INTO recovery_code (account, hash)", 2, &rows, "").map(|_| ())
}

/// Uses a code. `false`: there is none such, or it was used.
pub(crate) fn use_code(
    transaction: &mut Transaction<'_>,
    account: &str,
    (hash, now): (&str, Timestamp),
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND hash = $2 \
         AND used_at IS NULL",
        &[account.into(), hash.into(), now.into()],
    )?;
    Ok(changed == 1)
}

pub(crate) fn codes_left(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL",
        &[account.into()],
        |row| row.integer(0),
    )
}
