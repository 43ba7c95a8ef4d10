//! SBOMs as they came.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};

use super::postings::halves;
use crate::InventoryError;
use crate::model::SbomRow;

/// An SBOM to be kept.
pub(crate) struct NewSbom<'s> {
    pub(crate) id: &'s str,
    pub(crate) asset: i64,
    pub(crate) release: &'s str,
    pub(crate) blob: String,
    pub(crate) file_name: &'s str,
    pub(crate) format: &'s str,
    pub(crate) received_at: Timestamp,
    pub(crate) packages: usize,
    pub(crate) unchecked: usize,
    pub(crate) gaps: String,
    pub(crate) content: Vec<u8>,
}

const SBOM: &str = "SELECT number, id, release, blob, file_name, format, received_at, packages, \
                    unchecked, gaps, is_current FROM sbom";

/// An SBOM that is current, as far as matching needs it.
pub(crate) struct Current {
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) asset: i64,
    pub(crate) release: String,
    pub(crate) blob: String,
    content: Vec<u8>,
}

impl Current {
    /// The numbers of its components, sorted.
    pub(crate) fn components(&self) -> Result<Vec<i64>, InventoryError> {
        let content = halves(&self.content, &self.id)?;
        Ok(content.into_iter().map(|(number, _)| number).collect())
    }
}

const CURRENT: &str = "SELECT number, id, asset, release, blob, content FROM sbom";

/// The current SBOM of a version of an asset.
pub(crate) fn current(
    transaction: &mut Transaction<'_>,
    asset: i64,
    release: &str,
) -> Result<Option<Current>, StoreError> {
    transaction.optional(
        &format!("{CURRENT} WHERE asset = $1 AND release = $2 AND is_current = 1"),
        &[asset.into(), release.into()],
        current_of,
    )
}

/// The SBOM of this number, if it is current.
pub(crate) fn current_of_number(
    transaction: &mut Transaction<'_>,
    number: i64,
) -> Result<Option<Current>, StoreError> {
    transaction.optional(
        &format!("{CURRENT} WHERE number = $1 AND is_current = 1"),
        &[number.into()],
        current_of,
    )
}

fn current_of(row: &Row<'_>) -> Result<Current, StoreError> {
    Ok(Current {
        number: row.integer(0)?,
        id: row.text(1)?,
        asset: row.integer(2)?,
        release: row.text(3)?,
        blob: row.text(4)?,
        content: row.bytes(5)?.to_vec(),
    })
}

/// Keeps an SBOM as the current one of its version, in place of the one before.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    sbom: &NewSbom<'_>,
    former: Option<i64>,
) -> Result<(), StoreError> {
    if let Some(former) = former {
        retire(transaction, former)?;
    }
    let number = transaction.numbers("sbom", 1)?.unwrap_or_default();
    let turn = transaction.numbers("sbom-turn", 1)?.unwrap_or_default();
    let count = |number: usize| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    transaction
        .execute(
            "INSERT INTO sbom (number, id, asset, release, blob, file_name, format, received_at, \
             packages, unchecked, gaps, content, is_current, turn) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13)",
            &[
                number.into(),
                sbom.id.into(),
                sbom.asset.into(),
                sbom.release.into(),
                (&sbom.blob).into(),
                sbom.file_name.into(),
                sbom.format.into(),
                sbom.received_at.into(),
                count(sbom.packages),
                count(sbom.unchecked),
                (&sbom.gaps).into(),
                sbom.content.as_slice().into(),
                turn.into(),
            ],
        )
        .map(|_| ())
}

/// Makes an SBOM one of the past.
pub(crate) fn retire(transaction: &mut Transaction<'_>, number: i64) -> Result<(), StoreError> {
    let turn = transaction.numbers("sbom-turn", 1)?.unwrap_or_default();
    transaction
        .execute(
            "UPDATE sbom SET is_current = 0, turn = $2 WHERE number = $1",
            &[number.into(), turn.into()],
        )
        .map(|_| ())
}

/// The SBOMs of an asset, newest first.
pub(crate) fn of_asset(
    transaction: &mut Transaction<'_>,
    asset: i64,
) -> Result<Vec<SbomRow>, StoreError> {
    transaction.rows(
        &format!("{SBOM} WHERE asset = $1 ORDER BY number DESC"),
        &[asset.into()],
        sbom_of,
    )
}

/// An SBOM, the number of its asset, and its content.
pub(crate) fn of_id(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<(SbomRow, i64, Vec<u8>)>, StoreError> {
    transaction.optional(
        "SELECT number, id, release, blob, file_name, format, received_at, packages, unchecked, \
         gaps, is_current, asset, content FROM sbom WHERE id = $1",
        &[id.into()],
        |row| Ok((sbom_of(row)?, row.integer(11)?, row.bytes(12)?.to_vec())),
    )
}

fn sbom_of(row: &Row<'_>) -> Result<SbomRow, StoreError> {
    Ok(SbomRow {
        number: row.integer(0)?,
        id: row.text(1)?,
        release: row.text(2)?,
        blob: row.text(3)?,
        file_name: row.text(4)?,
        format: row.text(5)?,
        received_at: row.time(6)?,
        packages: row.integer(7)?,
        unchecked: row.integer(8)?,
        gaps: serde_json::from_str(&row.text(9)?)
            .map_err(|error| StoreError::Statement(format!("gaps of an SBOM: {error}")))?,
        is_current: row.truth(10)?,
    })
}

/// How many current SBOMs leave something open.
pub(crate) fn count_partial(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one("SELECT COUNT(*) FROM sbom WHERE is_current = 1 AND gaps <> '[]'", &[], |row| {
        row.integer(0)
    })
}
