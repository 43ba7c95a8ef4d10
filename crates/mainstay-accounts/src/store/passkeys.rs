//! Passkeys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction};
use mainstay_webauthn::{
    Aaguid, Asserted, Attestation, Backup, CredentialId, Passkey, PublicKey, Transport,
};

use crate::AccountsError;
use crate::model::{PasskeyName, PasskeyRow};

/// A passkey as it is kept.
pub(crate) struct Kept {
    pub(crate) account: String,
    pub(crate) row: PasskeyRow,
    pub(crate) passkey: Passkey,
}

const PASSKEY: &str = "SELECT account, id, name, credential, public_key, sign_count, aaguid, \
                       transports, backup, made_at, seen_at FROM passkey WHERE";

/// Keeps a passkey. `false`: some account has it already.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (id, account, name): (&str, &str, &PasskeyName),
    passkey: &Passkey,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let transports: Vec<&str> = passkey.transports.iter().map(Transport::as_str).collect();
    let added = transaction.execute(
        "INSERT INTO passkey (credential, id, account, name, public_key, sign_count, aaguid, \
         transports, backup, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (credential) DO NOTHING",
        &[
            passkey.id.to_base64url().into(),
            id.into(),
            account.into(),
            name.as_str().into(),
            passkey.public_key.cose().into(),
            passkey.sign_count.into(),
            passkey.aaguid.0.as_slice().into(),
            transports.join(" ").into(),
            word_of(passkey.backup).into(),
            now.into(),
        ],
    )?;
    Ok(added == 1)
}

pub(crate) fn of_credential(
    transaction: &mut Transaction<'_>,
    id: &CredentialId,
) -> Result<Option<Kept>, AccountsError> {
    let sql = format!("{PASSKEY} credential = $1");
    let found = transaction.optional(&sql, &[id.to_base64url().into()], columns_of)?;
    found.map(kept_of).transpose()
}

/// The passkeys of an account, oldest first.
pub(crate) fn of_account(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<Vec<Kept>, AccountsError> {
    let sql = format!("{PASSKEY} account = $1 ORDER BY made_at, id");
    let rows = transaction.rows(&sql, &[account.into()], columns_of)?;
    rows.into_iter().map(kept_of).collect()
}

pub(crate) fn count(transaction: &mut Transaction<'_>, account: &str) -> Result<i64, StoreError> {
    transaction.one("SELECT COUNT(*) FROM passkey WHERE account = $1", &[account.into()], |row| {
        row.integer(0)
    })
}

/// Notes that a passkey was used. `false`: it was used, or removed, meanwhile.
pub(crate) fn used(
    transaction: &mut Transaction<'_>,
    before: &Passkey,
    asserted: Asserted,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE passkey SET sign_count = $3, backup = $4, seen_at = $5 \
         WHERE credential = $1 AND sign_count = $2",
        &[
            before.id.to_base64url().into(),
            before.sign_count.into(),
            asserted.sign_count.into(),
            word_of(asserted.backup).into(),
            now.into(),
        ],
    )?;
    Ok(changed == 1)
}

pub(crate) fn rename(
    transaction: &mut Transaction<'_>,
    (account, id): (&str, &str),
    name: &PasskeyName,
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE passkey SET name = $3 WHERE account = $1 AND id = $2",
        &[account.into(), id.into(), name.as_str().into()],
    )?;
    Ok(changed == 1)
}

pub(crate) fn remove(
    transaction: &mut Transaction<'_>,
    account: &str,
    id: &str,
) -> Result<bool, StoreError> {
    let gone = transaction.execute(
        "DELETE FROM passkey WHERE account = $1 AND id = $2",
        &[account.into(), id.into()],
    )?;
    Ok(gone == 1)
}

pub(crate) fn remove_all(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<u64, StoreError> {
    transaction.execute("DELETE FROM passkey WHERE account = $1", &[account.into()])
}

/// The columns of a row, not looked at yet.
struct Columns {
    account: String,
    id: String,
    name: String,
    credential: String,
    public_key: Vec<u8>,
    sign_count: i64,
    aaguid: Vec<u8>,
    transports: String,
    backup: String,
    made_at: Timestamp,
    seen_at: Option<Timestamp>,
}

fn columns_of(row: &Row<'_>) -> Result<Columns, StoreError> {
    Ok(Columns {
        account: row.text(0)?,
        id: row.text(1)?,
        name: row.text(2)?,
        credential: row.text(3)?,
        public_key: row.bytes(4)?.to_vec(),
        sign_count: row.integer(5)?,
        aaguid: row.bytes(6)?.to_vec(),
        transports: row.text(7)?,
        backup: row.text(8)?,
        made_at: row.time(9)?,
        seen_at: row.time_or_null(10)?,
    })
}

fn kept_of(columns: Columns) -> Result<Kept, AccountsError> {
    let unread = || AccountsError::Broken("a passkey in the database cannot be read");
    let backup = backup_of(&columns.backup).ok_or_else(unread)?;
    let aaguid = Aaguid(columns.aaguid.try_into().map_err(|_| unread())?);
    let transports = columns.transports.split_whitespace().map(Transport::parse);
    let credential = URL_SAFE_NO_PAD.decode(&columns.credential).map_err(|_| unread())?;
    let passkey = Passkey {
        id: CredentialId::from_bytes(&credential).map_err(|_| unread())?,
        public_key: PublicKey::read(&columns.public_key).map_err(|_| unread())?,
        sign_count: columns.sign_count.try_into().map_err(|_| unread())?,
        aaguid,
        transports: transports.collect::<Result<_, _>>().map_err(|_| unread())?,
        backup,
        // Nobody asked for one, so what there was is not kept.
        attestation: Attestation::None,
    };
    let (id, name) = (columns.id, columns.name);
    let (made_at, seen_at) = (columns.made_at, columns.seen_at);
    let row = PasskeyRow { id, name, made_at, seen_at, backup, aaguid };
    Ok(Kept { account: columns.account, row, passkey })
}

fn word_of(backup: Backup) -> &'static str {
    match backup {
        Backup::Impossible => "impossible",
        Backup::Missing => "missing",
        Backup::Done => "done",
    }
}

fn backup_of(word: &str) -> Option<Backup> {
    [Backup::Impossible, Backup::Missing, Backup::Done]
        .into_iter()
        .find(|one| word_of(*one) == word)
}
