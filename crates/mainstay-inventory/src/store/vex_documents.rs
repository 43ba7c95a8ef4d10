//! Documents that make statements.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction};
use mainstay_vex::SaidBy;

use super::statements::Hold;
use crate::statement::VexDocumentRow;

/// A document to be kept.
pub(crate) struct NewDocument<'d> {
    pub(crate) id: &'d str,
    pub(crate) hold: Hold,
    pub(crate) blob: &'d str,
    pub(crate) file_name: &'d str,
    pub(crate) said_by: &'d SaidBy,
    pub(crate) account: &'d str,
    /// JSON.
    pub(crate) remarks: String,
}

/// Keeps a document, and gives its number.
pub(crate) fn add_document(
    transaction: &mut Transaction<'_>,
    document: &NewDocument<'_>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let number = transaction.numbers("vex-document", 1)?.unwrap_or_default();
    let said_by = document.said_by;
    transaction.execute(
        "INSERT INTO vex_document (number, id, party, asset, sbom, blob, file_name, format, author, \
         name, version, received_at, received_by, remarks) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            number.into(),
            document.id.into(),
            document.hold.party.into(),
            document.hold.asset.into(),
            document.hold.sbom.into(),
            document.blob.into(),
            document.file_name.into(),
            said_by.format.word().into(),
            said_by.author.clone().into(),
            (&said_by.document).into(),
            said_by.version.clone().into(),
            now.into(),
            document.account.into(),
            (&document.remarks).into(),
        ],
    )?;
    Ok(number)
}

const DOCUMENT: &str = "SELECT vex_document.id, party.id, asset.id, vex_document.blob, \
    vex_document.file_name, vex_document.format, vex_document.author, vex_document.received_at, \
    vex_document.remarks, vex_document.number, sbom.id, \
    (SELECT COUNT(*) FROM statement WHERE statement.document = vex_document.number) \
    FROM vex_document JOIN party ON party.number = vex_document.party \
    LEFT JOIN asset ON asset.number = vex_document.asset \
    LEFT JOIN sbom ON sbom.number = vex_document.sbom";

/// A document, and its number.
pub(crate) fn document(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<(VexDocumentRow, i64)>, StoreError> {
    transaction.optional(
        &format!("{DOCUMENT} WHERE vex_document.id = $1"),
        &[id.into()],
        document_of,
    )
}

/// The document of a party with this content, for this asset.
pub(crate) fn document_of_blob(
    transaction: &mut Transaction<'_>,
    hold: Hold,
    blob: &str,
) -> Result<Option<(VexDocumentRow, i64)>, StoreError> {
    transaction.optional(
        &format!(
            "{DOCUMENT} WHERE vex_document.party = $1 AND vex_document.blob = $2 \
             AND vex_document.sbom IS NULL AND COALESCE(vex_document.asset, 0) = $3"
        ),
        &[hold.party.into(), blob.into(), hold.asset.unwrap_or(0).into()],
        document_of,
    )
}

/// The documents of a party, newest first: those of its own, and the current SBOMs that say
/// something.
pub(crate) fn documents(
    transaction: &mut Transaction<'_>,
    party: i64,
) -> Result<Vec<VexDocumentRow>, StoreError> {
    let rows = transaction.rows(
        &format!(
            "{DOCUMENT} WHERE vex_document.party = $1 \
             AND (vex_document.sbom IS NULL OR sbom.is_current = 1) \
             ORDER BY vex_document.number DESC"
        ),
        &[party.into()],
        document_of,
    )?;
    Ok(rows.into_iter().map(|(row, _)| row).collect())
}

fn document_of(row: &Row<'_>) -> Result<(VexDocumentRow, i64), StoreError> {
    let remarks = serde_json::from_str(&row.text(8)?)
        .map_err(|error| StoreError::Statement(format!("remarks of a document: {error}")))?;
    let document = VexDocumentRow {
        id: row.text(0)?,
        party: row.text(1)?,
        asset: row.text_or_null(2)?,
        blob: row.text(3)?,
        file_name: row.text(4)?,
        format: row.text(5)?,
        author: row.text_or_null(6)?,
        received_at: row.time(7)?,
        remarks,
        sbom: row.text_or_null(10)?,
        statements: row.integer(11)?,
    };
    Ok((document, row.integer(9)?))
}

/// How many findings the statements of a document silence now, and how many only they tell.
pub(crate) fn effect(
    transaction: &mut Transaction<'_>,
    document: &str,
) -> Result<(usize, usize), StoreError> {
    let (mut silenced, mut raised) = (0, 0);
    transaction.each(
        "SELECT finding.silenced_at, finding.raised FROM vex_document \
         JOIN statement ON statement.document = vex_document.number \
         JOIN finding ON finding.statement = statement.number \
         WHERE vex_document.id = $1 AND finding.closed_at IS NULL",
        &[document.into()],
        |row| {
            silenced += usize::from(row.integer_or_null(0)?.is_some());
            raised += usize::from(row.truth(1)?);
            Ok(())
        },
    )?;
    Ok((silenced, raised))
}
