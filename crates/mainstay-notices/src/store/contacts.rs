//! Contacts, and who wants drafts.

use mainstay_store::{Row, StoreError, Transaction, Value};

use crate::NoticesError;
use crate::model::{Channel, Contact, ContactRole};

const CONTACT: &str =
    "SELECT id, kept_by, party, role, channel, address, name, created_at FROM contact";

/// Writes a contact down. Says whether it was not there before.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    contact: &Contact,
) -> Result<bool, StoreError> {
    let added = transaction.execute(
        "INSERT INTO contact (id, kept_by, party, role, channel, address, name, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (kept_by, party, channel, address) DO NOTHING",
        &[
            (&contact.id).into(),
            (&contact.kept_by).into(),
            (&contact.party).into(),
            contact.role.word().into(),
            contact.channel.word().into(),
            contact.channel.address().into(),
            (&contact.name).into(),
            contact.created_at.into(),
        ],
    )?;
    Ok(added == 1)
}

/// Removes a contact. Gives it; nothing, when it was not there.
pub(crate) fn remove(
    transaction: &mut Transaction<'_>,
    kept_by: &str,
    id: &str,
) -> Result<Option<Contact>, NoticesError> {
    let sql = format!("{CONTACT} WHERE id = $1 AND kept_by = $2");
    let found =
        transaction.optional(&sql, &[id.into(), kept_by.into()], |row| Ok(contact_of(row)))?;
    let Some(contact) = found.transpose()? else { return Ok(None) };
    transaction.execute("DELETE FROM contact WHERE id = $1", &[id.into()])?;
    Ok(Some(contact))
}

/// Those that an organisation wrote down, by the organisation that they reach.
pub(crate) fn kept_by(
    transaction: &mut Transaction<'_>,
    keeper: &str,
) -> Result<Vec<Contact>, NoticesError> {
    contacts(
        transaction,
        &format!("{CONTACT} WHERE kept_by = $1 ORDER BY party, id"),
        &[keeper.into()],
    )
}

/// Every contact that `author` may use: those that organisations wrote down for themselves, and
/// its own.
pub(crate) fn usable(
    transaction: &mut Transaction<'_>,
    author: &str,
) -> Result<Vec<Contact>, NoticesError> {
    let sql = format!("{CONTACT} WHERE kept_by = party OR kept_by = $1 ORDER BY party, id");
    contacts(transaction, &sql, &[author.into()])
}

/// Whether `author` may still use an address of an organisation.
pub(crate) fn is_usable(
    transaction: &mut Transaction<'_>,
    author: &str,
    (party, channel, address): (&str, &str, &str),
) -> Result<bool, StoreError> {
    let count = transaction.one(
        "SELECT COUNT(*) FROM contact WHERE party = $1 AND channel = $2 AND address = $3 \
         AND (kept_by = party OR kept_by = $4)",
        &[party.into(), channel.into(), address.into(), author.into()],
        |row| row.integer(0),
    )?;
    Ok(count > 0)
}

fn contacts(
    transaction: &mut Transaction<'_>,
    sql: &str,
    parameters: &[Value],
) -> Result<Vec<Contact>, NoticesError> {
    let rows = transaction.rows(sql, parameters, |row| Ok(contact_of(row)))?;
    rows.into_iter().collect()
}

fn contact_of(row: &Row<'_>) -> Result<Contact, NoticesError> {
    let id = row.text(0)?;
    let damaged = |_| NoticesError::Damaged(format!("contact {id}"));
    Ok(Contact {
        kept_by: row.text(1)?,
        party: row.text(2)?,
        role: ContactRole::of_word(&row.text(3)?).map_err(damaged)?,
        channel: Channel::of(&row.text(4)?, &row.text(5)?).map_err(damaged)?,
        name: row.text(6)?,
        created_at: row.time(7)?,
        id,
    })
}

/// Who wants drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WishRow {
    pub(crate) party: String,
    /// The word of the least severity.
    pub(crate) severity: String,
    /// Advisories for which none was made.
    pub(crate) undrafted: i64,
}

/// Everybody who wants drafts, or one of them.
pub(crate) fn wishes(
    transaction: &mut Transaction<'_>,
    party: Option<&str>,
) -> Result<Vec<WishRow>, StoreError> {
    let which = if party.is_some() { "WHERE party = $1" } else { "" };
    let sql = format!("SELECT party, severity, undrafted FROM notice_wish {which} ORDER BY party");
    let parameters: Vec<Value> = party.into_iter().map(Value::from).collect();
    transaction.rows(&sql, &parameters, |row| {
        Ok(WishRow { party: row.text(0)?, severity: row.text(1)?, undrafted: row.integer(2)? })
    })
}

pub(crate) fn set_wish(
    transaction: &mut Transaction<'_>,
    party: &str,
    severity: Option<&str>,
) -> Result<(), StoreError> {
    match severity {
        Some(severity) => transaction.execute(
            "INSERT INTO notice_wish (party, severity, undrafted) VALUES ($1, $2, 0) \
             ON CONFLICT (party) DO UPDATE SET severity = $2, undrafted = 0",
            &[party.into(), severity.into()],
        )?,
        None => transaction.execute("DELETE FROM notice_wish WHERE party = $1", &[party.into()])?,
    };
    Ok(())
}

/// Notes that no draft was made for so many advisories.
pub(crate) fn count_undrafted(
    transaction: &mut Transaction<'_>,
    party: &str,
    count: i64,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE notice_wish SET undrafted = undrafted + $2 WHERE party = $1",
            &[party.into(), count.into()],
        )
        .map(|_| ())
}
