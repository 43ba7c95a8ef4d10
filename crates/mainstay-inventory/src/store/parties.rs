//! Parties, their sectors, contacts and assets.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};

use crate::model::{Asset, Contact, ContactRole, NewParty, Party, PartyKind};

const PARTY: &str = "SELECT number, id, kind, name, important FROM party";

/// Adds a party, or changes the one of that id. Returns its number.
pub(crate) fn put(
    transaction: &mut Transaction<'_>,
    party: &NewParty,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let known = number_of(transaction, &party.id)?;
    let number = match known {
        Some(number) => number,
        None => transaction.numbers("party", 1)?.unwrap_or_default(),
    };
    transaction.execute(
        "INSERT INTO party (number, id, kind, name, important, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET name = $4, important = $5",
        &[
            number.into(),
            (&party.id).into(),
            party.kind.word().into(),
            (&party.name).into(),
            party.is_important.into(),
            now.into(),
        ],
    )?;
    transaction.execute("DELETE FROM party_sector WHERE party = $1", &[number.into()])?;
    let rows: Vec<Value> =
        party.sectors.iter().flat_map(|sector| [number.into(), sector.into()]).collect();
    transaction.insert(
        "INSERT INTO party_sector (party, sector)",
        2,
        &rows,
        "ON CONFLICT DO NOTHING",
    )?;
    // Whoever keeps the parties in memory sees by this that they changed.
    transaction.numbers("party-turn", 1)?;
    Ok(number)
}

pub(crate) fn number_of(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<i64>, StoreError> {
    transaction
        .optional("SELECT number FROM party WHERE id = $1", &[id.into()], |row| row.integer(0))
}

pub(crate) fn of_id(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<Party>, StoreError> {
    let found = transaction.optional(&format!("{PARTY} WHERE id = $1"), &[id.into()], party_of)?;
    let Some(mut party) = found else { return Ok(None) };
    party.sectors = transaction.rows(
        "SELECT sector FROM party_sector WHERE party = $1 ORDER BY sector",
        &[party.number.into()],
        |row| row.text(0),
    )?;
    Ok(Some(party))
}

/// Every party of a kind, by name.
pub(crate) fn of_kind(
    transaction: &mut Transaction<'_>,
    kind: PartyKind,
) -> Result<Vec<Party>, StoreError> {
    let mut parties = transaction.rows(
        &format!("{PARTY} WHERE kind = $1 ORDER BY name, number"),
        &[kind.word().into()],
        party_of,
    )?;
    let mut sectors = std::collections::HashMap::<i64, Vec<String>>::new();
    transaction.each(
        "SELECT party, sector FROM party_sector ORDER BY party, sector",
        &[],
        |row| {
            sectors.entry(row.integer(0)?).or_default().push(row.text(1)?);
            Ok(())
        },
    )?;
    for party in &mut parties {
        party.sectors = sectors.remove(&party.number).unwrap_or_default();
    }
    Ok(parties)
}

fn party_of(row: &Row<'_>) -> Result<Party, StoreError> {
    Ok(Party {
        number: row.integer(0)?,
        id: row.text(1)?,
        kind: PartyKind::from_word(&row.text(2)?).unwrap_or(PartyKind::Organisation),
        name: row.text(3)?,
        is_important: row.truth(4)?,
        sectors: Vec::new(),
    })
}

/// By which number the parties were changed last.
pub(crate) fn turn(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    let turn =
        transaction.optional("SELECT next FROM counter WHERE name = 'party-turn'", &[], |row| {
            row.integer(0)
        })?;
    Ok(turn.unwrap_or(0))
}

/// Adds or changes a contact.
pub(crate) fn put_contact(
    transaction: &mut Transaction<'_>,
    party: i64,
    contact: &Contact,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO contact (id, party, role, channel, address, signing_key, verified_at) \
             VALUES ($1, $2, $3, $4, $5, '', $6) \
             ON CONFLICT (id) DO UPDATE SET role = $3, channel = $4, address = $5, \
             verified_at = $6",
            &[
                (&contact.id).into(),
                party.into(),
                contact.role.word().into(),
                (&contact.channel).into(),
                (&contact.address).into(),
                contact.verified_at.into(),
            ],
        )
        .map(|_| ())
}

pub(crate) fn contacts(
    transaction: &mut Transaction<'_>,
    party: i64,
) -> Result<Vec<Contact>, StoreError> {
    transaction.rows(
        "SELECT id, role, channel, address, verified_at FROM contact WHERE party = $1 \
         ORDER BY role, id",
        &[party.into()],
        |row| {
            Ok(Contact {
                id: row.text(0)?,
                role: ContactRole::from_word(&row.text(1)?).unwrap_or(ContactRole::Security),
                channel: row.text(2)?,
                address: row.text(3)?,
                verified_at: row.time_or_null(4)?,
            })
        },
    )
}

const ASSET: &str = "SELECT asset.number, asset.id, asset.name, party.id, party.name, \
                     asset.created_at FROM asset JOIN party ON party.number = asset.party";

/// Adds an asset, or finds the one of that name. Returns its id, and whether it is new.
pub(crate) fn put_asset(
    transaction: &mut Transaction<'_>,
    party: i64,
    (id, name): (&str, &str),
    now: Timestamp,
) -> Result<(String, bool), StoreError> {
    let number = transaction.numbers("asset", 1)?.unwrap_or_default();
    let added = transaction.execute(
        "INSERT INTO asset (number, id, party, name, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (party, name) DO NOTHING",
        &[number.into(), id.into(), party.into(), name.into(), now.into()],
    )?;
    let id = transaction.one(
        "SELECT id FROM asset WHERE party = $1 AND name = $2",
        &[party.into(), name.into()],
        |row| row.text(0),
    )?;
    Ok((id, added == 1))
}

pub(crate) fn asset(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<Asset>, StoreError> {
    transaction.optional(&format!("{ASSET} WHERE asset.id = $1"), &[id.into()], asset_of)
}

pub(crate) fn assets(
    transaction: &mut Transaction<'_>,
    party: i64,
) -> Result<Vec<Asset>, StoreError> {
    transaction.rows(
        &format!("{ASSET} WHERE asset.party = $1 ORDER BY asset.name"),
        &[party.into()],
        asset_of,
    )
}

fn asset_of(row: &Row<'_>) -> Result<Asset, StoreError> {
    Ok(Asset {
        number: row.integer(0)?,
        id: row.text(1)?,
        name: row.text(2)?,
        party: row.text(3)?,
        party_name: row.text(4)?,
        created_at: row.time(5)?,
    })
}
