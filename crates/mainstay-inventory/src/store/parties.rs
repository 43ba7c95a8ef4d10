//! Parties, their sectors and assets.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};

use crate::model::{Asset, NewParty, Party, PartyKind};

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
        party.sectors.iter().flat_map(|sector| [number.into(), sector.as_str().into()]).collect();
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

/// The id of the party of this number.
pub(crate) fn id_of(
    transaction: &mut Transaction<'_>,
    number: i64,
) -> Result<Option<String>, StoreError> {
    transaction
        .optional("SELECT id FROM party WHERE number = $1", &[number.into()], |row| row.text(0))
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

const ASSET: &str = "SELECT asset.number, asset.id, asset.name, party.id, party.name, \
                     asset.created_at FROM asset JOIN party ON party.number = asset.party";

/// Adds an asset, unless another added one of that name meanwhile. Says whether it did.
pub(crate) fn add_asset(
    transaction: &mut Transaction<'_>,
    party: i64,
    (id, name): (&str, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let number = transaction.numbers("asset", 1)?.unwrap_or_default();
    let added = transaction.execute(
        "INSERT INTO asset (number, id, party, name, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (party, name) DO NOTHING",
        &[number.into(), id.into(), party.into(), name.into(), now.into()],
    )?;
    Ok(added == 1)
}

/// Makes everybody else wait who wants to change the asset's SBOMs.
pub(crate) fn lock_asset(transaction: &mut Transaction<'_>, asset: i64) -> Result<(), StoreError> {
    transaction
        .execute("UPDATE asset SET name = name WHERE number = $1", &[asset.into()])
        .map(|_| ())
}

/// The asset of this name.
pub(crate) fn asset_named(
    transaction: &mut Transaction<'_>,
    party: i64,
    name: &str,
) -> Result<Option<Asset>, StoreError> {
    transaction.optional(
        &format!("{ASSET} WHERE asset.party = $1 AND asset.name = $2"),
        &[party.into(), name.into()],
        asset_of,
    )
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

/// What is said of an asset for SSVC: the keys of System Exposure and Human Impact.
pub(crate) fn context(
    transaction: &mut Transaction<'_>,
    asset: i64,
) -> Result<(Option<String>, Option<String>), StoreError> {
    transaction.one(
        "SELECT exposure, human_impact FROM asset WHERE number = $1",
        &[asset.into()],
        |row| Ok((row.text_or_null(0)?, row.text_or_null(1)?)),
    )
}

/// Says it.
pub(crate) fn set_context(
    transaction: &mut Transaction<'_>,
    asset: i64,
    (exposure, human_impact): (Option<&str>, Option<&str>),
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE asset SET exposure = $2, human_impact = $3 WHERE number = $1",
            &[asset.into(), exposure.into(), human_impact.into()],
        )
        .map(|_| ())
}
