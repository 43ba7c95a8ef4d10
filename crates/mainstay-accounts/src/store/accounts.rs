//! Accounts, passwords and roles.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction};
use mainstay_visibility::Role;

use crate::AccountsError;
use crate::model::{Account, Mail, Member, Membership};

const ACCOUNT: &str = "SELECT id, name, mail, administrator, created_at, mail_proved_at FROM account \
     WHERE";

pub(crate) fn count(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one("SELECT COUNT(*) FROM account", &[], |row| row.integer(0))
}

pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (id, name, mail): (&str, &str, &Mail),
    is_administrator: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = transaction.execute(
        "INSERT INTO account (id, name, mail, mail_key, administrator, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (mail_key) DO NOTHING",
        &[
            id.into(),
            name.into(),
            mail.as_str().into(),
            mail.key().into(),
            is_administrator.into(),
            now.into(),
        ],
    )?;
    Ok(added == 1)
}

pub(crate) fn of_id(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<Account>, AccountsError> {
    let row = transaction.optional(&format!("{ACCOUNT} id = $1"), &[id.into()], account_of)?;
    row.map(|row| with_roles(transaction, row)).transpose()
}

pub(crate) fn of_mail(
    transaction: &mut Transaction<'_>,
    mail: &Mail,
) -> Result<Option<Account>, AccountsError> {
    let key = mail.key();
    let row =
        transaction.optional(&format!("{ACCOUNT} mail_key = $1"), &[key.into()], account_of)?;
    row.map(|row| with_roles(transaction, row)).transpose()
}

type AccountColumns = (String, String, String, bool, Timestamp, Option<Timestamp>);

fn account_of(row: &Row<'_>) -> Result<AccountColumns, StoreError> {
    Ok((
        row.text(0)?,
        row.text(1)?,
        row.text(2)?,
        row.truth(3)?,
        row.time(4)?,
        row.time_or_null(5)?,
    ))
}

fn with_roles(
    transaction: &mut Transaction<'_>,
    (id, name, mail, is_administrator, created_at, mail_proved_at): AccountColumns,
) -> Result<Account, AccountsError> {
    let rows = transaction.rows(
        "SELECT organisation, role FROM membership WHERE account = $1 ORDER BY organisation",
        &[(&id).into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    let mut memberships = Vec::with_capacity(rows.len());
    for (organisation, role) in rows {
        // A role of a newer Mainstay gives no rights here.
        let Some(role) = Role::of_word(&role) else { continue };
        memberships.push(Membership { organisation: organisation.parse()?, role });
    }
    let id = id.parse()?;
    Ok(Account { id, name, mail, is_administrator, created_at, mail_proved_at, memberships })
}

pub(crate) fn password(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<Option<String>, StoreError> {
    transaction.optional("SELECT phc FROM password WHERE account = $1", &[account.into()], |row| {
        row.text(0)
    })
}

pub(crate) fn set_password(
    transaction: &mut Transaction<'_>,
    account: &str,
    phc: &str,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO password (account, phc) VALUES ($1, $2) \
             ON CONFLICT (account) DO UPDATE SET phc = $2",
            &[account.into(), phc.into()],
        )
        .map(|_| ())
}

/// Keeps a password in place of that one alone. `false`: there is another one meanwhile. Whoever
/// asks has the row until the transaction ends.
pub(crate) fn replace_password(
    transaction: &mut Transaction<'_>,
    account: &str,
    (before, phc): (&str, &str),
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE password SET phc = $3 WHERE account = $1 AND phc = $2",
        &[account.into(), before.into(), phc.into()],
    )?;
    Ok(changed == 1)
}

pub(crate) fn remove_password(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<bool, StoreError> {
    let gone = transaction.execute("DELETE FROM password WHERE account = $1", &[account.into()])?;
    Ok(gone == 1)
}

/// Has everybody else wait who wants to change how this person proves who it is, until the
/// transaction ends. `false`: there is no such account.
pub(crate) fn hold(transaction: &mut Transaction<'_>, account: &str) -> Result<bool, StoreError> {
    let held =
        transaction.execute("UPDATE account SET name = name WHERE id = $1", &[account.into()])?;
    Ok(held == 1)
}

/// Notes that mail to this address arrives at the account's owner, and that this is its address.
/// `false`: another account has it.
pub(crate) fn set_mail(
    transaction: &mut Transaction<'_>,
    account: &str,
    (mail, now): (&Mail, Timestamp),
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE account SET mail = $2, mail_key = $3, mail_proved_at = $4 WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM account WHERE mail_key = $3 AND id <> $1)",
        &[account.into(), mail.as_str().into(), mail.key().into(), now.into()],
    )?;
    Ok(changed == 1)
}

/// Has everybody else wait who wants to change who owns this organisation, until the transaction
/// ends.
pub(crate) fn hold_owners(
    transaction: &mut Transaction<'_>,
    organisation: &str,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE membership SET role = role WHERE organisation = $1 AND role = $2",
            &[organisation.into(), Role::Owner.word().into()],
        )
        .map(|_| ())
}

/// Gives a role, in place of the one that there was.
pub(crate) fn put_member(
    transaction: &mut Transaction<'_>,
    account: &str,
    (organisation, role): (&str, Role),
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO membership (account, organisation, role, since) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (account, organisation) DO UPDATE SET role = $3",
            &[account.into(), organisation.into(), role.word().into(), now.into()],
        )
        .map(|_| ())
}

pub(crate) fn remove_member(
    transaction: &mut Transaction<'_>,
    account: &str,
    organisation: &str,
) -> Result<bool, StoreError> {
    let gone = transaction.execute(
        "DELETE FROM membership WHERE account = $1 AND organisation = $2",
        &[account.into(), organisation.into()],
    )?;
    Ok(gone == 1)
}

pub(crate) fn members(
    transaction: &mut Transaction<'_>,
    organisation: &str,
) -> Result<Vec<Member>, AccountsError> {
    let rows = transaction.rows(
        "SELECT account.id, account.name, account.mail, membership.role, membership.since \
         FROM membership JOIN account ON account.id = membership.account \
         WHERE membership.organisation = $1 \
         ORDER BY account.name, account.id",
        &[organisation.into()],
        |row| Ok((row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?, row.time(4)?)),
    )?;
    let mut members = Vec::with_capacity(rows.len());
    for (account, name, mail, role, since) in rows {
        let Some(role) = Role::of_word(&role) else { continue };
        members.push(Member { account: account.parse()?, name, mail, role, since });
    }
    Ok(members)
}
