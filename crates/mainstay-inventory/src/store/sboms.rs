//! SBOMs as they came.

use jiff::Timestamp;
use mainstay_scan::Software;
use mainstay_store::{Row, StoreError, Transaction};
use mainstay_types::Purl;
use serde::{Deserialize, Serialize};

use crate::InventoryError;
use crate::model::SbomRow;
use crate::uses::read_numbers;

/// An SBOM to be kept.
pub(crate) struct NewSbom<'s> {
    pub(crate) id: &'s str,
    pub(crate) asset: i64,
    pub(crate) release: &'s str,
    pub(crate) blob: &'s str,
    pub(crate) file_name: &'s str,
    pub(crate) format: &'s str,
    pub(crate) received_at: Timestamp,
    pub(crate) packages: usize,
    pub(crate) gaps: String,
    pub(crate) content: Vec<u8>,
    /// What it says that it describes.
    pub(crate) described: &'s Software,
}

const SBOM: &str = "SELECT id, release, blob, file_name, format, received_at, packages, \
                    gaps, is_current, content FROM sbom";

/// An SBOM that is current, as far as matching needs it.
pub(crate) struct Current {
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) party: i64,
    pub(crate) asset: i64,
    pub(crate) asset_name: String,
    pub(crate) release: String,
    pub(crate) blob: String,
    pub(crate) gaps: Vec<String>,
    /// What it says that it describes.
    pub(crate) described: Software,
    content: Vec<u8>,
}

impl Current {
    /// The numbers of its components, sorted.
    pub(crate) fn components(&self) -> Result<Vec<i64>, InventoryError> {
        read_numbers(&self.content, &self.id)
    }
}

const CURRENT: &str = "SELECT sbom.number, sbom.id, sbom.asset, sbom.release, sbom.blob, \
                       sbom.gaps, sbom.content, asset.party, asset.name, sbom.described \
                       FROM sbom JOIN asset ON asset.number = sbom.asset";

/// The current SBOM of a version of an asset.
pub(crate) fn current(
    transaction: &mut Transaction<'_>,
    asset: i64,
    release: &str,
) -> Result<Option<Current>, StoreError> {
    transaction.optional(
        &format!("{CURRENT} WHERE sbom.asset = $1 AND sbom.release = $2 AND sbom.is_current = 1"),
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
        &format!("{CURRENT} WHERE sbom.number = $1 AND sbom.is_current = 1"),
        &[number.into()],
        current_of,
    )
}

/// The current SBOMs of a party, or of one of its assets, in the order in which they came.
pub(crate) fn all_current(
    transaction: &mut Transaction<'_>,
    party: i64,
    asset: Option<i64>,
) -> Result<Vec<Current>, StoreError> {
    transaction.rows(
        &format!(
            "{CURRENT} WHERE asset.party = $1 AND (CAST($2 AS BIGINT) = 0 OR sbom.asset = $2) \
             AND sbom.is_current = 1 ORDER BY sbom.number"
        ),
        &[party.into(), asset.unwrap_or(0).into()],
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
        gaps: gaps_of(&row.text(5)?)?,
        content: row.bytes(6)?.to_vec(),
        party: row.integer(7)?,
        asset_name: row.text(8)?,
        described: described_of(&row.text(9)?),
    })
}

/// What an SBOM says that it describes, as JSON.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Described {
    serial: Option<String>,
    edition: u64,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
}

fn described_json(software: &Software) -> String {
    let software = software.clone();
    let described = Described {
        serial: software.serial,
        edition: software.edition,
        name: software.name,
        version: software.version,
        purl: software.purl.map(|purl| purl.to_string()),
    };
    serde_json::to_string(&described).unwrap_or_else(|_| "{}".to_owned())
}

/// What cannot be read describes nothing: then a statement on it holds nowhere, and is told so.
fn described_of(json: &str) -> Software {
    let kept: Described = serde_json::from_str(json).unwrap_or_default();
    Software {
        serial: kept.serial,
        edition: kept.edition,
        name: kept.name,
        version: kept.version,
        purl: kept.purl.and_then(|purl| Purl::parse(&purl).ok()),
    }
}

/// Keeps an SBOM as the current one of its version, in place of the one before. Gives its number.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    sbom: &NewSbom<'_>,
    former: Option<i64>,
) -> Result<i64, StoreError> {
    if let Some(former) = former {
        retire(transaction, former)?;
        forget_statements(transaction, former)?;
    }
    let number = transaction.numbers("sbom", 1)?.unwrap_or_default();
    let turn = transaction.numbers("sbom-turn", 1)?.unwrap_or_default();
    transaction
        .execute(
            "INSERT INTO sbom (number, id, asset, release, blob, file_name, format, received_at, \
             packages, gaps, content, is_current, turn, described) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13)",
            &[
                number.into(),
                sbom.id.into(),
                sbom.asset.into(),
                sbom.release.into(),
                sbom.blob.into(),
                sbom.file_name.into(),
                sbom.format.into(),
                sbom.received_at.into(),
                i64::try_from(sbom.packages).unwrap_or(i64::MAX).into(),
                (&sbom.gaps).into(),
                sbom.content.as_slice().into(),
                turn.into(),
                described_json(sbom.described).into(),
            ],
        )
        .map(|_| number)
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

/// Takes away the statements of an SBOM of the past, which hold nowhere any more. The SBOM has
/// them still, and what they silenced is in the findings' past, in words.
fn forget_statements(transaction: &mut Transaction<'_>, sbom: i64) -> Result<(), StoreError> {
    const OF_SBOM: &str = "SELECT statement.number FROM vex_document \
        JOIN statement ON statement.document = vex_document.number WHERE vex_document.sbom = $1";
    transaction.execute(
        &format!("DELETE FROM statement_flaw WHERE statement IN ({OF_SBOM})"),
        &[sbom.into()],
    )?;
    transaction
        .execute(&format!("DELETE FROM statement WHERE number IN ({OF_SBOM})"), &[sbom.into()])
        .map(|_| ())
}

/// The SBOMs of an asset, newest first, each with its content.
pub(crate) fn of_asset(
    transaction: &mut Transaction<'_>,
    asset: i64,
) -> Result<Vec<(SbomRow, Vec<u8>)>, StoreError> {
    transaction.rows(
        &format!("{SBOM} WHERE asset = $1 ORDER BY number DESC"),
        &[asset.into()],
        sbom_of,
    )
}

/// An SBOM, and its content.
pub(crate) fn of_id(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<(SbomRow, Vec<u8>)>, StoreError> {
    transaction.optional(&format!("{SBOM} WHERE id = $1"), &[id.into()], sbom_of)
}

/// The id of the party whose SBOM it is.
pub(crate) fn party_of(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<String>, StoreError> {
    transaction.optional(
        "SELECT party.id FROM sbom JOIN asset ON asset.number = sbom.asset \
         JOIN party ON party.number = asset.party WHERE sbom.id = $1",
        &[id.into()],
        |row| row.text(0),
    )
}

/// How many of the packages are not checked is not in the row: it changes with what is known.
fn sbom_of(row: &Row<'_>) -> Result<(SbomRow, Vec<u8>), StoreError> {
    let sbom = SbomRow {
        id: row.text(0)?,
        release: row.text(1)?,
        blob: row.text(2)?,
        file_name: row.text(3)?,
        format: row.text(4)?,
        received_at: row.time(5)?,
        packages: row.integer(6)?,
        unchecked: 0,
        gaps: gaps_of(&row.text(7)?)?,
        is_current: row.truth(8)?,
    };
    Ok((sbom, row.bytes(9)?.to_vec()))
}

fn gaps_of(json: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json)
        .map_err(|error| StoreError::Statement(format!("gaps of an SBOM: {error}")))
}

/// How many current SBOMs leave something open.
pub(crate) fn count_partial(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one("SELECT COUNT(*) FROM sbom WHERE is_current = 1 AND gaps <> '[]'", &[], |row| {
        row.integer(0)
    })
}

/// The numbers of current SBOMs that leave something open.
pub(crate) fn all_partial(transaction: &mut Transaction<'_>) -> Result<Vec<i64>, StoreError> {
    transaction.rows(
        "SELECT number FROM sbom WHERE is_current = 1 AND gaps <> '[]' ORDER BY number",
        &[],
        |row| row.integer(0),
    )
}

/// By which number SBOMs were changed last.
pub(crate) fn turn(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one("SELECT COALESCE(MAX(turn), 0) FROM sbom", &[], |row| row.integer(0))
}
