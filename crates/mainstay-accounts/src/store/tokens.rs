//! API tokens.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction};

use crate::model::{Scope, TokenRow};

/// A token as it is kept.
pub(crate) struct Kept {
    pub(crate) account: String,
    pub(crate) row: TokenRow,
}

const TOKEN: &str = "SELECT account, id, name, organisation, scopes, made_at, expires_at, seen_at, \
                     revoked_at FROM token WHERE";

pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (hash, account): (&str, &str),
    row: &TokenRow,
) -> Result<(), StoreError> {
    let scopes: Vec<&str> = row.scopes.iter().map(|scope| scope.word()).collect();
    transaction
        .execute(
            "INSERT INTO token (hash, id, account, name, organisation, scopes, made_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                hash.into(),
                (&row.id).into(),
                account.into(),
                (&row.name).into(),
                (&row.organisation).into(),
                scopes.join(" ").into(),
                row.made_at.into(),
                row.expires_at.into(),
            ],
        )
        .map(|_| ())
}

pub(crate) fn of_hash(
    transaction: &mut Transaction<'_>,
    hash: &str,
) -> Result<Option<Kept>, StoreError> {
    transaction.optional(&format!("{TOKEN} hash = $1"), &[hash.into()], kept_of)
}

pub(crate) fn of_account(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<Vec<TokenRow>, StoreError> {
    let kept = transaction.rows(
        &format!("{TOKEN} account = $1 ORDER BY made_at DESC, id"),
        &[account.into()],
        kept_of,
    )?;
    Ok(kept.into_iter().map(|kept| kept.row).collect())
}

/// How many tokens of an account can be used.
pub(crate) fn count_valid(
    transaction: &mut Transaction<'_>,
    account: &str,
    now: Timestamp,
) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM token WHERE account = $1 AND revoked_at IS NULL AND expires_at > $2",
        &[account.into(), now.into()],
        |row| row.integer(0),
    )
}

pub(crate) fn seen(
    transaction: &mut Transaction<'_>,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute("UPDATE token SET seen_at = $2 WHERE id = $1", &[id.into(), now.into()])
        .map(|_| ())
}

pub(crate) fn revoke(
    transaction: &mut Transaction<'_>,
    account: &str,
    (id, now): (&str, Timestamp),
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE token SET revoked_at = $3 WHERE account = $1 AND id = $2 AND revoked_at IS NULL",
        &[account.into(), id.into(), now.into()],
    )?;
    Ok(changed == 1)
}

fn kept_of(row: &Row<'_>) -> Result<Kept, StoreError> {
    Ok(Kept {
        account: row.text(0)?,
        row: TokenRow {
            id: row.text(1)?,
            name: row.text(2)?,
            organisation: row.text(3)?,
            scopes: row.text(4)?.split(' ').filter_map(Scope::of_word).collect(),
            made_at: row.time(5)?,
            expires_at: row.time(6)?,
            seen_at: row.time_or_null(7)?,
            revoked_at: row.time_or_null(8)?,
        },
    })
}
