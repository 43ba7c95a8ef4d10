//! Findings: flaws in versions of assets, opened, closed, opened again.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_types::{FindingKind, Severity};

use super::known::severity_of;
use crate::model::FindingRow;

/// What a finding is about, within a version of an asset.
pub(crate) type Key = (i64, String);

/// The findings of a version of an asset, and whether each is open.
pub(crate) fn states(
    transaction: &mut Transaction<'_>,
    asset: i64,
    release: &str,
) -> Result<HashMap<Key, bool>, StoreError> {
    let mut states = HashMap::new();
    transaction.each(
        "SELECT component, flaw, closed_at FROM finding WHERE asset = $1 AND release = $2",
        &[asset.into(), release.into()],
        |row| {
            states.insert((row.integer(0)?, row.text(1)?), row.integer_or_null(2)?.is_none());
            Ok(())
        },
    )?;
    Ok(states)
}

/// Opens findings, some of them again.
pub(crate) fn open(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    keys: &[&Key],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<Value> = keys
        .iter()
        .flat_map(|(component, flaw)| {
            [
                asset.into(),
                release.into(),
                (*component).into(),
                flaw.into(),
                now.into(),
                1_i64.into(),
            ]
        })
        .collect();
    transaction
        .insert(
            "INSERT INTO finding (asset, release, component, flaw, opened_at, times)",
            6,
            &rows,
            "ON CONFLICT (asset, release, component, flaw) DO UPDATE SET \
             opened_at = excluded.opened_at, closed_at = NULL, closed_by = NULL, \
             times = finding.times + 1",
        )
        .map(|_| ())
}

/// Closes findings.
pub(crate) fn close(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    keys: &[&Key],
    (why, now): (&str, Timestamp),
) -> Result<(), StoreError> {
    for (component, flaw) in keys {
        transaction.execute(
            "UPDATE finding SET closed_at = $5, closed_by = $6 WHERE asset = $1 AND release = $2 \
             AND component = $3 AND flaw = $4",
            &[
                asset.into(),
                release.into(),
                (*component).into(),
                flaw.into(),
                now.into(),
                why.into(),
            ],
        )?;
    }
    Ok(())
}

const FINDING: &str = "SELECT asset.id, asset.name, finding.release, component.purl, \
    finding.flaw, component_flaw.kind, component_flaw.severity, component_flaw.title, component_flaw.fixed_in, \
    component_flaw.exploited, component_flaw.probability, finding.opened_at, finding.closed_at, \
    finding.closed_by, finding.times FROM finding \
    JOIN asset ON asset.number = finding.asset \
    JOIN component ON component.number = finding.component \
    LEFT JOIN component_flaw ON component_flaw.component = finding.component \
    AND component_flaw.flaw = finding.flaw";

/// The findings of an asset, open ones first, the gravest first.
pub(crate) fn of_asset(
    transaction: &mut Transaction<'_>,
    asset: i64,
) -> Result<Vec<FindingRow>, StoreError> {
    transaction.rows(
        &format!(
            "{FINDING} WHERE finding.asset = $1 ORDER BY \
             CASE WHEN finding.closed_at IS NULL THEN 0 ELSE 1 END, \
             COALESCE(component_flaw.exploited, 0) DESC, \
             COALESCE(component_flaw.severity, 0) DESC, \
             COALESCE(component_flaw.probability, -1) DESC, finding.flaw, finding.release, \
             component.purl"
        ),
        &[asset.into()],
        finding_of,
    )
}

/// How many findings of a party are open, by severity number.
pub(crate) fn open_of_party(
    transaction: &mut Transaction<'_>,
    party: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    transaction.rows(
        "SELECT component_flaw.severity, COUNT(*) FROM finding \
         JOIN asset ON asset.number = finding.asset \
         JOIN component_flaw ON component_flaw.component = finding.component \
         AND component_flaw.flaw = finding.flaw \
         WHERE asset.party = $1 AND finding.closed_at IS NULL \
         GROUP BY component_flaw.severity ORDER BY component_flaw.severity DESC",
        &[party.into()],
        |row| Ok((row.integer(0)?, row.integer(1)?)),
    )
}

/// How many findings are open, by party and severity number.
pub(crate) fn open_of_all(
    transaction: &mut Transaction<'_>,
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    transaction.rows(
        "SELECT party.id, component_flaw.severity, COUNT(*) FROM finding \
         JOIN asset ON asset.number = finding.asset \
         JOIN party ON party.number = asset.party \
         JOIN component_flaw ON component_flaw.component = finding.component \
         AND component_flaw.flaw = finding.flaw \
         WHERE finding.closed_at IS NULL \
         GROUP BY party.id, component_flaw.severity \
         ORDER BY party.id, component_flaw.severity DESC",
        &[],
        |row| Ok((row.text(0)?, row.integer(1)?, row.integer(2)?)),
    )
}

fn finding_of(row: &Row<'_>) -> Result<FindingRow, StoreError> {
    let closed = row.time_or_null(12)?;
    let why = row.text_or_null(13)?;
    Ok(FindingRow {
        asset: row.text(0)?,
        asset_name: row.text(1)?,
        release: row.text(2)?,
        purl: row.text(3)?,
        flaw: row.text(4)?,
        kind: row.text_or_null(5)?.and_then(|word| FindingKind::from_word(&word)),
        severity: row.integer_or_null(6)?.map_or(Severity::Unknown, severity_of),
        title: row.text_or_null(7)?.unwrap_or_default(),
        fixed_in: row.text_or_null(8)?,
        exploited: row.integer_or_null(9)?.map(|number| number != 0),
        probability: row.integer_or_null(10)?,
        opened_at: row.time(11)?,
        closed: closed.map(|at| (at, why.unwrap_or_default())),
        times: row.integer(14)?,
    })
}
