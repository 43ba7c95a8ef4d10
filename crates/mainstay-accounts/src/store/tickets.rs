//! Links that count once.

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction, new_id};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TicketKind {
    /// The first account of the instance.
    FirstRun,
    /// The second step of signing in.
    Second,
    /// To an organisation.
    Invitation,
    /// A lost password.
    Recovery,
    /// That mail to an address arrives at the account's owner.
    MailProof,
}

impl TicketKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::FirstRun => "first-run",
            Self::Second => "second",
            Self::Invitation => "invitation",
            Self::Recovery => "recovery",
            Self::MailProof => "mail-proof",
        }
    }
}

/// A link as it is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) account: Option<String>,
    pub(crate) mail: String,
    pub(crate) organisation: String,
    pub(crate) role: String,
    pub(crate) made_by: String,
    pub(crate) expires_at: Timestamp,
}

impl Ticket {
    /// A new link for an account.
    pub(crate) fn of_account(
        account: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let id = new_id("ticket", now)?;
        Ok(Self { id, account: Some(account.to_owned()), expires_at, ..Self::default() })
    }
}

pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (kind, hash): (TicketKind, &str),
    ticket: &Ticket,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO ticket (hash, id, kind, account, mail, organisation, role, made_by, \
             made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                hash.into(),
                (&ticket.id).into(),
                kind.word().into(),
                ticket.account.clone().into(),
                (&ticket.mail).into(),
                (&ticket.organisation).into(),
                (&ticket.role).into(),
                (&ticket.made_by).into(),
                now.into(),
                ticket.expires_at.into(),
            ],
        )
        .map(|_| ())
}

const TICKET: &str =
    "SELECT id, account, mail, organisation, role, made_by, expires_at FROM ticket WHERE kind = $1";

/// A link that is valid, without using it.
pub(crate) fn look(
    transaction: &mut Transaction<'_>,
    (kind, hash): (TicketKind, &str),
    now: Timestamp,
) -> Result<Option<Ticket>, StoreError> {
    transaction.optional(
        &format!("{TICKET} AND hash = $2 AND expires_at > $3"),
        &[kind.word().into(), hash.into(), now.into()],
        ticket_of,
    )
}

/// Uses a link: from now on it is not valid.
pub(crate) fn take(
    transaction: &mut Transaction<'_>,
    (kind, hash): (TicketKind, &str),
    now: Timestamp,
) -> Result<Option<Ticket>, StoreError> {
    let Some(ticket) = look(transaction, (kind, hash), now)? else { return Ok(None) };
    // Of two who come at once, one finds it gone.
    let gone = transaction.execute("DELETE FROM ticket WHERE hash = $1", &[hash.into()])?;
    Ok((gone == 1).then_some(ticket))
}

/// The valid links of a kind to an organisation.
pub(crate) fn of_organisation(
    transaction: &mut Transaction<'_>,
    (kind, organisation): (TicketKind, &str),
    now: Timestamp,
) -> Result<Vec<Ticket>, StoreError> {
    transaction.rows(
        &format!("{TICKET} AND organisation = $2 AND expires_at > $3 ORDER BY made_at, id"),
        &[kind.word().into(), organisation.into(), now.into()],
        ticket_of,
    )
}

/// Takes links of a kind back, of an organisation and by id.
pub(crate) fn withdraw(
    transaction: &mut Transaction<'_>,
    (kind, organisation, id): (TicketKind, &str, &str),
) -> Result<bool, StoreError> {
    let gone = transaction.execute(
        "DELETE FROM ticket WHERE kind = $1 AND organisation = $2 AND id = $3",
        &[kind.word().into(), organisation.into(), id.into()],
    )?;
    Ok(gone == 1)
}

/// Forgets every link of a kind that is about an account, or about none.
pub(crate) fn clear(
    transaction: &mut Transaction<'_>,
    kind: TicketKind,
    account: Option<&str>,
) -> Result<(), StoreError> {
    match account {
        Some(account) => transaction.execute(
            "DELETE FROM ticket WHERE kind = $1 AND account = $2",
            &[kind.word().into(), account.into()],
        )?,
        None => transaction.execute("DELETE FROM ticket WHERE kind = $1", &[kind.word().into()])?,
    };
    Ok(())
}

/// Forgets links that ended by time.
pub(crate) fn forget(transaction: &mut Transaction<'_>, now: Timestamp) -> Result<u64, StoreError> {
    transaction.execute("DELETE FROM ticket WHERE expires_at <= $1", &[now.into()])
}

fn ticket_of(row: &mainstay_store::Row<'_>) -> Result<Ticket, StoreError> {
    Ok(Ticket {
        id: row.text(0)?,
        account: row.text_or_null(1)?,
        mail: row.text(2)?,
        organisation: row.text(3)?,
        role: row.text(4)?,
        made_by: row.text(5)?,
        expires_at: row.time(6)?,
    })
}
