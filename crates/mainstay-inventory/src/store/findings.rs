//! Findings: flaws in versions of assets, opened, silenced, closed, opened again.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_types::{FindingKind, Severity};

use super::known::severity_of;
use crate::model::{FindingRow, FindingState, PastState};

/// What a finding is about, within a version of an asset: a component, or 0 for the asset itself;
/// and the id of the flaw.
pub(crate) type Key = (i64, String);

/// What a finding is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) opened_at: Timestamp,
    pub(crate) silenced_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) statement: Option<i64>,
    pub(crate) is_raised: bool,
}

impl State {
    /// The word of the past, and since when.
    fn stretch(&self) -> (&'static str, Timestamp) {
        match (self.closed_at, self.silenced_at) {
            (Some(at), _) => ("closed", at),
            (None, Some(at)) => ("silenced", at),
            (None, None) => ("open", self.opened_at),
        }
    }

    /// Whether it counts as open.
    pub(crate) fn is_open(&self) -> bool {
        self.closed_at.is_none() && self.silenced_at.is_none()
    }
}

/// The findings of a version of an asset.
pub(crate) fn states(
    transaction: &mut Transaction<'_>,
    asset: i64,
    release: &str,
) -> Result<HashMap<Key, State>, StoreError> {
    let mut states = HashMap::new();
    transaction.each(
        "SELECT component, flaw, opened_at, silenced_at, closed_at, statement, raised \
         FROM finding WHERE asset = $1 AND release = $2",
        &[asset.into(), release.into()],
        |row| {
            let state = State {
                opened_at: row.time(2)?,
                silenced_at: row.time_or_null(3)?,
                closed_at: row.time_or_null(4)?,
                statement: row.integer_or_null(5)?,
                is_raised: row.truth(6)?,
            };
            states.insert((row.integer(0)?, row.text(1)?), state);
            Ok(())
        },
    )?;
    Ok(states)
}

/// What is to become of a finding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next<'n> {
    pub(crate) key: &'n Key,
    pub(crate) is_silenced: bool,
    pub(crate) is_raised: bool,
    pub(crate) statement: Option<i64>,
}

/// Adds findings that were never there.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    new: &[Next<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<Value> = new
        .iter()
        .flat_map(|next| {
            [
                asset.into(),
                release.into(),
                next.key.0.into(),
                (&next.key.1).into(),
                now.into(),
                next.is_silenced.then_some(now).into(),
                next.statement.into(),
                next.is_raised.into(),
                1_i64.into(),
            ]
        })
        .collect();
    transaction
        .insert(
            "INSERT INTO finding (asset, release, component, flaw, opened_at, silenced_at, \
             statement, raised, times)",
            9,
            &rows,
            "",
        )
        .map(|_| ())
}

/// Why a finding is another than it was.
pub(crate) struct Change<'c> {
    pub(crate) was: &'c State,
    pub(crate) why: &'c str,
    pub(crate) now: Timestamp,
}

/// Opens or silences a finding that was something else; what it was becomes its past.
pub(crate) fn turn(
    transaction: &mut Transaction<'_>,
    place: (i64, &str),
    next: &Next<'_>,
    change: &Change<'_>,
) -> Result<(), StoreError> {
    remember(transaction, place, next.key, change)?;
    let is_new = change.was.silenced_at.is_some() || change.was.closed_at.is_some();
    let reopened = is_new && !next.is_silenced;
    let opened_at = if reopened { change.now } else { change.was.opened_at };
    transaction
        .execute(
            "UPDATE finding SET opened_at = $5, silenced_at = $6, closed_at = NULL, \
             closed_by = NULL, statement = $7, raised = $8, times = times + $9 \
             WHERE asset = $1 AND release = $2 AND component = $3 AND flaw = $4",
            &[
                place.0.into(),
                place.1.into(),
                next.key.0.into(),
                (&next.key.1).into(),
                opened_at.into(),
                next.is_silenced.then_some(change.now).into(),
                next.statement.into(),
                next.is_raised.into(),
                i64::from(reopened).into(),
            ],
        )
        .map(|_| ())
}

/// Notes which statement is told with a finding that stays as it is.
pub(crate) fn set_statement(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    next: &Next<'_>,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE finding SET statement = $5, raised = $6 WHERE asset = $1 AND release = $2 \
             AND component = $3 AND flaw = $4",
            &[
                asset.into(),
                release.into(),
                next.key.0.into(),
                (&next.key.1).into(),
                next.statement.into(),
                next.is_raised.into(),
            ],
        )
        .map(|_| ())
}

/// Closes a finding; what it was becomes its past.
pub(crate) fn close(
    transaction: &mut Transaction<'_>,
    place: (i64, &str),
    key: &Key,
    change: &Change<'_>,
) -> Result<(), StoreError> {
    remember(transaction, place, key, change)?;
    transaction
        .execute(
            "UPDATE finding SET closed_at = $5, closed_by = $6, silenced_at = NULL, \
             statement = NULL WHERE asset = $1 AND release = $2 AND component = $3 AND flaw = $4",
            &[
                place.0.into(),
                place.1.into(),
                key.0.into(),
                (&key.1).into(),
                change.now.into(),
                change.why.into(),
            ],
        )
        .map(|_| ())
}

fn remember(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    key: &Key,
    change: &Change<'_>,
) -> Result<(), StoreError> {
    let number = transaction.numbers("finding-past", 1)?.unwrap_or_default();
    let (state, since) = change.was.stretch();
    let statement = if state == "silenced" { change.was.statement } else { None };
    transaction
        .execute(
            "INSERT INTO finding_past (number, asset, release, component, flaw, state, since, \
             until, why, statement) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                number.into(),
                asset.into(),
                release.into(),
                key.0.into(),
                (&key.1).into(),
                state.into(),
                since.into(),
                change.now.into(),
                change.why.into(),
                statement.into(),
            ],
        )
        .map(|_| ())
}

/// What a finding was, oldest first.
pub(crate) fn past(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    key: &Key,
) -> Result<Vec<PastState>, StoreError> {
    transaction.rows(
        "SELECT finding_past.state, finding_past.since, finding_past.until, finding_past.why, \
         statement.id FROM finding_past \
         LEFT JOIN statement ON statement.number = finding_past.statement \
         WHERE finding_past.asset = $1 AND finding_past.release = $2 \
         AND finding_past.component = $3 AND finding_past.flaw = $4 ORDER BY finding_past.number",
        &[asset.into(), release.into(), key.0.into(), (&key.1).into()],
        |row| {
            Ok(PastState {
                state: row.text(0)?,
                since: row.time(1)?,
                until: row.time(2)?,
                why: row.text(3)?,
                statement: row.text_or_null(4)?,
            })
        },
    )
}

const FINDING: &str = "SELECT asset.id, asset.name, finding.release, component.purl, \
    finding.flaw, component_flaw.kind, component_flaw.severity, component_flaw.title, \
    component_flaw.fixed_in, component_flaw.exploited, component_flaw.probability, \
    finding.opened_at, finding.closed_at, finding.closed_by, finding.times, finding.silenced_at, \
    finding.statement, finding.raised, component_flaw.vector, component_flaw.due, asset.exposure, \
    asset.human_impact, party.id, finding.component, party.name FROM finding \
    JOIN asset ON asset.number = finding.asset \
    JOIN party ON party.number = asset.party \
    LEFT JOIN component ON component.number = finding.component \
    LEFT JOIN component_flaw ON component_flaw.component = finding.component \
    AND component_flaw.flaw = finding.flaw";

/// A finding, and the number of the statement that is told with it.
pub(crate) type Found = (FindingRow, Option<i64>);

/// The findings of an asset.
pub(crate) fn of_asset(
    transaction: &mut Transaction<'_>,
    asset: i64,
) -> Result<Vec<Found>, StoreError> {
    transaction.rows(
        &format!(
            "{FINDING} WHERE finding.asset = $1 \
             ORDER BY finding.flaw, finding.release, component.purl"
        ),
        &[asset.into()],
        finding_of,
    )
}

/// One finding.
pub(crate) fn one(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
    (purl, flaw): (&str, &str),
) -> Result<Option<Found>, StoreError> {
    transaction.optional(
        &format!(
            "{FINDING} WHERE finding.asset = $1 AND finding.release = $2 \
             AND COALESCE(component.purl, '') = $3 AND finding.flaw = $4 \
             ORDER BY finding.component LIMIT 1"
        ),
        &[asset.into(), release.into(), purl.into(), flaw.into()],
        finding_of,
    )
}

/// The open findings of parties that come first by what the catalogues say: known to be exploited,
/// likely, grave, and what is not known before what is known to be less. At most so many.
pub(crate) fn first_of_parties(
    transaction: &mut Transaction<'_>,
    parties: &[i64],
    most: i64,
) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    // One question a party, so that none is left out for the sake of another.
    for party in parties {
        transaction.each(
            &format!(
                "{FINDING} WHERE asset.party = $1 AND finding.closed_at IS NULL \
                 AND finding.silenced_at IS NULL ORDER BY \
                 CASE component_flaw.exploited WHEN 1 THEN 2 WHEN 0 THEN 0 ELSE 1 END DESC, \
                 COALESCE(component_flaw.probability, 1000001) DESC, \
                 CASE COALESCE(component_flaw.severity, 0) WHEN 0 THEN 9 \
                 ELSE component_flaw.severity END DESC, finding.flaw, finding.release LIMIT $2"
            ),
            &[(*party).into(), most.into()],
            |row| {
                found.push(finding_of(row)?);
                Ok(())
            },
        )?;
    }
    Ok(found)
}

/// How many findings of a party are silenced.
pub(crate) fn silenced_of_party(
    transaction: &mut Transaction<'_>,
    party: i64,
) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM finding JOIN asset ON asset.number = finding.asset \
         WHERE asset.party = $1 AND finding.closed_at IS NULL AND finding.silenced_at IS NOT NULL",
        &[party.into()],
        |row| row.integer(0),
    )
}

/// How many findings are open, by party and severity number: of these parties, or of all.
pub(crate) fn open_of(
    transaction: &mut Transaction<'_>,
    parties: Option<&[Value]>,
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    const OPEN: &str = "SELECT party.id, COALESCE(component_flaw.severity, 0), COUNT(*) \
        FROM finding JOIN asset ON asset.number = finding.asset \
        JOIN party ON party.number = asset.party \
        LEFT JOIN component_flaw ON component_flaw.component = finding.component \
        AND component_flaw.flaw = finding.flaw \
        WHERE finding.closed_at IS NULL AND finding.silenced_at IS NULL";
    const GROUPED: &str = "GROUP BY party.id, COALESCE(component_flaw.severity, 0)";
    let mut counts = Vec::new();
    let Some(parties) = parties else {
        return transaction.rows(&format!("{OPEN} {GROUPED}"), &[], count_of);
    };
    for party in parties {
        transaction.each(
            &format!("{OPEN} AND party.id = $1 {GROUPED}"),
            std::slice::from_ref(party),
            |row| {
                counts.push(count_of(row)?);
                Ok(())
            },
        )?;
    }
    Ok(counts)
}

fn count_of(row: &Row<'_>) -> Result<(String, i64, i64), StoreError> {
    Ok((row.text(0)?, row.integer(1)?, row.integer(2)?))
}

/// A finding in a current SBOM: the SBOM, what it is about, the statement that is told with it.
pub(crate) type InSbom = (i64, Key, Option<i64>);

/// Silenced findings of a flaw, under any of its names.
pub(crate) fn silenced(
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<Vec<InSbom>, StoreError> {
    transaction.rows(
        "SELECT sbom.number, finding.component, finding.flaw, finding.statement FROM flaw_name \
         JOIN finding ON finding.flaw = flaw_name.flaw AND finding.component = flaw_name.component \
         JOIN sbom ON sbom.asset = finding.asset AND sbom.release = finding.release \
         AND sbom.is_current = 1 \
         WHERE flaw_name.name = $1 AND finding.silenced_at IS NOT NULL \
         AND finding.closed_at IS NULL",
        &[name.into()],
        |row| {
            let key = (row.integer(1)?, row.text(2)?);
            Ok((row.integer(0)?, key, row.integer_or_null(3)?))
        },
    )
}

/// Current SBOMs of which only a statement says that they have a flaw, and the component.
pub(crate) fn raised(
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<Vec<(i64, i64)>, StoreError> {
    transaction.rows(
        "SELECT sbom.number, finding.component FROM statement_flaw \
         JOIN finding ON finding.statement = statement_flaw.statement \
         JOIN sbom ON sbom.asset = finding.asset AND sbom.release = finding.release \
         AND sbom.is_current = 1 \
         WHERE statement_flaw.name = $1 AND finding.raised = 1 AND finding.closed_at IS NULL \
         ORDER BY sbom.number, finding.component",
        &[name.into()],
        |row| Ok((row.integer(0)?, row.integer(1)?)),
    )
}

fn finding_of(row: &Row<'_>) -> Result<Found, StoreError> {
    let why = row.text_or_null(13)?.unwrap_or_default();
    let state = match (row.time_or_null(12)?, row.time_or_null(15)?) {
        (Some(at), _) => FindingState::Closed(at, why),
        (None, Some(at)) => FindingState::Silenced(at),
        (None, None) => FindingState::Open,
    };
    let due = row.text_or_null(19)?;
    let finding = FindingRow {
        asset: row.text(0)?,
        asset_name: row.text(1)?,
        party: row.text(22)?,
        party_name: row.text(24)?,
        release: row.text(2)?,
        purl: row.text_or_null(3)?.unwrap_or_default(),
        flaw: row.text(4)?,
        kind: row.text_or_null(5)?.and_then(|word| FindingKind::from_word(&word)),
        severity: row.integer_or_null(6)?.map_or(Severity::Unknown, severity_of),
        title: row.text_or_null(7)?.unwrap_or_default(),
        fixed_in: row.text_or_null(8)?,
        exploited: row.integer_or_null(9)?.map(|number| number != 0),
        probability: row.integer_or_null(10)?,
        vector: row.text_or_null(18)?,
        due: due.and_then(|day| day.parse().ok()),
        exposure: row.text_or_null(20)?,
        human_impact: row.text_or_null(21)?,
        opened_at: row.time(11)?,
        state,
        is_raised: row.truth(17)?,
        times: row.integer(14)?,
        statement: None,
        component: row.integer(23)?,
    };
    Ok((finding, row.integer_or_null(16)?))
}
